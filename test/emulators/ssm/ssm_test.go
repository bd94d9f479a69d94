//go:build !windows

package ssm_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/smithy-go"

	"slipway/test/emulators/ssm"
)

const instance = "i-0123456789abcdef0"

type kit struct {
	*testing.T
	fake   *ssm.Fake
	client *client.Client
	events chan []byte
}

func newKit(t *testing.T, run ssm.Run) *kit {
	k := &kit{T: t, events: make(chan []byte, 100)}
	k.fake = ssm.New(ssm.Options{Run: run, Events: func(e []byte) { k.events <- e }})
	k.fake.Instance(instance, "linux", ssm.Online)
	door := httptest.NewServer(k.fake)
	t.Cleanup(func() { k.fake.Wait(); door.Close() })
	k.client = client.New(client.Options{
		Region: "eu-central-1", BaseEndpoint: &door.URL, RetryMaxAttempts: 1,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "a", SecretAccessKey: "b"}, nil
		}),
	})
	return k
}

func says(out, errs string, exit int) ssm.Run {
	return func(_ context.Context, _, _ string, stdout, stderr io.Writer) int {
		io.WriteString(stdout, out)
		io.WriteString(stderr, errs)
		return exit
	}
}

func (k *kit) send(change func(*client.SendCommandInput)) (string, error) {
	in := &client.SendCommandInput{DocumentName: aws.String("AWS-RunShellScript"), InstanceIds: []string{instance}, Parameters: map[string][]string{"commands": {"date"}}}
	if change != nil {
		change(in)
	}
	out, err := k.client.SendCommand(k.Context(), in)
	if err != nil {
		return "", err
	}
	return *out.Command.CommandId, nil
}

func (k *kit) get(id string) *client.GetCommandInvocationOutput {
	k.Helper()
	in := &client.GetCommandInvocationInput{CommandId: &id, InstanceId: aws.String(instance)}
	out, err := k.client.GetCommandInvocation(k.Context(), in)
	if _, early := errors.AsType[*types.InvocationDoesNotExist](err); early {
		out, err = k.client.GetCommandInvocation(k.Context(), in)
	}
	if err != nil {
		k.Fatal(err)
	}
	return out
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	k := newKit(t, says("", "", 0))
	k.fake.Instance("i-0123456789abcdef1", "linux", ssm.Gone)
	k.fake.Instance("mi-0123456789abcdef2", "windows", ssm.Online)
	for _, c := range []struct {
		want   string
		change func(*client.SendCommandInput)
	}{
		{"InvalidDocument", func(in *client.SendCommandInput) { in.DocumentName = aws.String("Other") }},
		{"ValidationException", func(in *client.SendCommandInput) { in.Comment = aws.String(strings.Repeat("c", 101)) }},
		{"ValidationException", func(in *client.SendCommandInput) { in.TimeoutSeconds = aws.Int32(29) }},
		{"ValidationException", func(in *client.SendCommandInput) { in.InstanceIds = []string{"web-1"} }},
		{"DuplicateInstanceId", func(in *client.SendCommandInput) { in.InstanceIds = []string{instance, instance} }},
		{"InvalidInstanceId", func(in *client.SendCommandInput) { in.InstanceIds = []string{"i-0123456789abcdef1"} }},
		{"InvalidInstanceId", func(in *client.SendCommandInput) { in.InstanceIds = []string{"i-0123456789abcdef9"} }},
		{"UnsupportedPlatformType", func(in *client.SendCommandInput) { in.InstanceIds = []string{"mi-0123456789abcdef2"} }},
		{"InvalidParameters", func(in *client.SendCommandInput) { in.Parameters["command"] = nil }},
		{"MaxDocumentSizeExceeded", func(in *client.SendCommandInput) { in.Parameters["commands"] = []string{strings.Repeat("c", 64<<10)} }},
	} {
		_, err := k.send(c.change)
		if api, ok := errors.AsType[smithy.APIError](err); !ok || api.ErrorCode() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
	k.fake.Throttle(1)
	if _, err := k.send(nil); !strings.Contains(fmt.Sprint(err), "ThrottlingException") {
		t.Errorf("throttled: %v", err)
	}
	if _, err := k.send(nil); err != nil {
		t.Errorf("after it: %v", err)
	}
}

func TestACommandThatEnds(t *testing.T) {
	t.Parallel()
	for exit, want := range map[int]types.CommandInvocationStatus{0: "Success", 3: "Failed"} {
		k := newKit(t, says(strings.Repeat("ö", 25_000), strings.Repeat("e", 9_000), exit))
		id, err := k.send(func(in *client.SendCommandInput) { in.Comment = aws.String("what for") })
		if err != nil {
			t.Fatal(err)
		}
		if _, err := k.client.GetCommandInvocation(t.Context(), &client.GetCommandInvocationInput{CommandId: &id, InstanceId: aws.String(instance)}); !strings.Contains(fmt.Sprint(err), "InvocationDoesNotExist") {
			t.Errorf("right after: %v", err)
		}
		k.fake.Wait()
		out := k.get(id)
		if out.Status != want || int(out.ResponseCode) != exit || *out.Comment != "what for" || *out.StatusDetails != string(want) {
			t.Errorf("got %s %d", out.Status, out.ResponseCode)
		}
		if n, m := len([]rune(*out.StandardOutputContent)), len(*out.StandardErrorContent); n != 24_000 || m != 8_000 {
			t.Errorf("%d and %d characters", n, m)
		}
		list, err := k.client.ListCommandInvocations(t.Context(), &client.ListCommandInvocationsInput{CommandId: &id, Details: true})
		if err != nil || len(list.CommandInvocations) != 1 || list.CommandInvocations[0].Status != want || len(list.CommandInvocations[0].CommandPlugins) != 1 {
			t.Errorf("list = %+v, %v", list, err)
		}
		commands, err := k.client.ListCommands(t.Context(), &client.ListCommandsInput{CommandId: &id})
		if err != nil || len(commands.Commands) != 1 || commands.Commands[0].Parameters["commands"][0] != "date" {
			t.Errorf("commands = %+v, %v", commands, err)
		}
	}
}

func TestCommandsThatDoNotEnd(t *testing.T) {
	t.Parallel()
	hangs := func(ctx context.Context, _, _ string, _, _ io.Writer) int { <-ctx.Done(); return 137 }
	for _, c := range []struct {
		reach  ssm.Reach
		end    func(*kit, string)
		want   string
		begins bool
	}{
		{ssm.Silent, func(k *kit, _ string) { k.fake.Expire() }, "TimedOut DeliveryTimedOut", false},
		{ssm.Silent, func(k *kit, _ string) { k.fake.Undeliverable() }, "Failed Undeliverable", false},
		{ssm.Online, func(k *kit, _ string) { k.fake.Expire() }, "TimedOut DeliveryTimedOut", true},
		{ssm.Online, func(k *kit, id string) {
			if _, err := k.client.CancelCommand(k.Context(), &client.CancelCommandInput{CommandId: &id}); err != nil {
				k.Error(err)
			}
		}, "Cancelled Cancelled", true},
		{ssm.Online, func(k *kit, _ string) { k.fake.Wait() }, "TimedOut ExecutionTimedOut", true},
	} {
		k := newKit(t, hangs)
		k.fake.Instance(instance, "linux", c.reach)
		id, err := k.send(func(in *client.SendCommandInput) { in.Parameters["executionTimeout"] = []string{"1"} })
		if err != nil {
			t.Fatal(err)
		}
		c.end(k, id)
		out := k.get(id)
		if got := string(out.Status) + " " + *out.StatusDetails; got != c.want || (*out.ExecutionStartDateTime != "") != c.begins {
			t.Errorf("got %s, begun %q, want %s", got, *out.ExecutionStartDateTime, c.want)
		}
	}
}

func TestWhatWaitsIsDelivered(t *testing.T) {
	t.Parallel()
	k := newKit(t, says("here", "", 0))
	k.fake.Instance(instance, "linux", ssm.Silent)
	id, err := k.send(nil)
	if err != nil {
		t.Fatal(err)
	}
	if out := k.get(id); out.Status != "Pending" || out.ResponseCode != -1 {
		t.Errorf("got %s %d", out.Status, out.ResponseCode)
	}
	k.fake.Instance(instance, "linux", ssm.Online)
	k.fake.Wait()
	if out := k.get(id); *out.StandardOutputContent != "here" {
		t.Errorf("got %s %q", out.Status, *out.StandardOutputContent)
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	k := newKit(t, says("", "", 71))
	id, err := k.send(nil)
	if err != nil {
		t.Fatal(err)
	}
	k.fake.Wait()
	got := map[string]bool{}
	for range 4 {
		var e struct {
			Type   string `json:"detail-type"`
			Source string
			Detail map[string]any
		}
		if err := json.Unmarshal(<-k.events, &e); err != nil || e.Source != "aws.ssm" || e.Detail["command-id"] != id {
			t.Fatalf("event %+v, %v", e, err)
		}
		got[fmt.Sprintf("%s: %s %v", e.Type, e.Detail["status"], e.Detail["instance-id"])] = true
	}
	for _, want := range []string{
		"EC2 Command Invocation Status-change Notification: InProgress " + instance, "EC2 Command Invocation Status-change Notification: Failed " + instance,
		"EC2 Command Status-change Notification: InProgress <nil>", "EC2 Command Status-change Notification: Failed <nil>",
	} {
		if !got[want] {
			t.Errorf("no event %q in %v", want, got)
		}
	}
}

func TestInstances(t *testing.T) {
	t.Parallel()
	k := newKit(t, says("", "", 0))
	k.fake.Instance("mi-0123456789abcdef2", "windows", ssm.Gone)
	out, err := k.client.DescribeInstanceInformation(t.Context(), &client.DescribeInstanceInformationInput{
		Filters: []types.InstanceInformationStringFilter{{Key: aws.String("InstanceIds"), Values: []string{"mi-0123456789abcdef2"}}},
	})
	if err != nil || len(out.InstanceInformationList) != 1 {
		t.Fatalf("got %+v, %v", out, err)
	}
	if i := out.InstanceInformationList[0]; i.PingStatus != "ConnectionLost" || i.PlatformType != "Windows" || i.ResourceType != "ManagedInstance" || i.LastPingDateTime.Before(time.Now().Add(-time.Minute)) {
		t.Errorf("got %+v", i)
	}
}

func TestShellIsLikeTheAgents(t *testing.T) {
	t.Parallel()
	k := newKit(t, ssm.Shell(t.TempDir()))
	id, err := k.send(func(in *client.SendCommandInput) {
		in.Parameters["commands"] = []string{"echo home=${HOME-none}", "echo $AWS_SSM_INSTANCE_ID >&2", "(sleep 30 >/dev/null 2>&1 &)", "exit 3"}
	})
	if err != nil {
		t.Fatal(err)
	}
	k.fake.Wait()
	out := k.get(id)
	if *out.StandardOutputContent != "home=none\n" || *out.StandardErrorContent != instance+"\nfailed to run commands: exit status 3" || out.ResponseCode != 3 {
		t.Errorf("got %q %q %d", *out.StandardOutputContent, *out.StandardErrorContent, out.ResponseCode)
	}
}
