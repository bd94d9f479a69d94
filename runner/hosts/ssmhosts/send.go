package ssmhosts

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/smithy-go"
	"golang.org/x/crypto/nacl/box"

	"slipway/runner/awscalls"
	"slipway/runner/blobs"
	"slipway/runner/hosts"
)

// instanceID is what Run Command takes: an EC2 instance, or a machine elsewhere
// that is registered.
var instanceID = regexp.MustCompile(`^m?i-[0-9a-f]{8,17}$`)

// message is a command on its way.
type message struct {
	script  bootstrap
	comment string
	blob    string        // where stdin goes if it is too large
	deliver time.Duration // how long AWS tries to hand it over
	runs    time.Duration // how long the script may run
}

// largest leaves room below the 64 KB of a document for what AWS adds.
const largest = 56 << 10

// send hands the command to AWS and returns its id.
func (h *Hosts) send(ctx context.Context, t hosts.Target, m message) (string, error) {
	if !instanceID.MatchString(t.Address) {
		return "", fmt.Errorf("%s: %q is no instance id: a target of the transport ssm has an address like i-0123456789abcdef0, or mi-… for a machine outside of AWS", nameOf(t), t.Address)
	}
	document, text := "AWS-RunShellScript", m.script.shell
	if isWindows(t) {
		document, text = "AWS-RunPowerShellScript", m.script.powerShell
	}
	if len(m.script.stdin) > largest || len(text()) > largest {
		if err := h.putAside(ctx, &m); err != nil {
			return "", err
		}
		if text = m.script.shell; isWindows(t) {
			text = m.script.powerShell
		}
	}
	out, err := h.api.SendCommand(ctx, &ssm.SendCommandInput{
		DocumentName: aws.String(document), InstanceIds: []string{t.Address}, Comment: aws.String(m.comment),
		TimeoutSeconds: aws.Int32(int32(m.deliver.Seconds())),
		Parameters: map[string][]string{
			"commands":         strings.Split(strings.TrimSuffix(text(), "\n"), "\n"),
			"executionTimeout": {strconv.Itoa(int(m.runs.Seconds()))},
		},
	})
	if err != nil {
		return "", sending(ctx, t, err)
	}
	return aws.ToString(out.Command.CommandId), nil
}

// putAside leaves a large stdin in the store, sealed as it is.
func (h *Hosts) putAside(ctx context.Context, m *message) error {
	_, err := h.settings.Store.Put(ctx, m.blob, strings.NewReader(m.script.stdin))
	if err != nil && !errors.Is(err, blobs.ErrExists) {
		return err
	}
	get, err := h.settings.Store.SignGet(ctx, m.blob, lasts)
	m.script.stdin, m.script.from = "", get.URL
	return err
}

// sending says what it means that AWS did not take a command.
func sending(ctx context.Context, t hosts.Target, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if _, denied := errors.AsType[*awscalls.DeniedError](err); denied {
		return err
	}
	if _, gone := errors.AsType[*types.InvalidInstanceId](err); gone {
		return fmt.Errorf("%s (%s) is not online in Systems Manager: start the instance; check that its SSM agent runs, that its role has AmazonSSMManagedInstanceCore and that it reaches the region's ssm endpoints by HTTPS (`aws ssm describe-instance-information` lists who is online): %w", nameOf(t), t.Address, hosts.ErrUnreachable)
	}
	if api, answered := errors.AsType[smithy.APIError](err); answered && api.ErrorFault() != smithy.FaultServer && !throttled(api) {
		return fmt.Errorf("%s (%s): Systems Manager refused the command: %w", nameOf(t), t.Address, err)
	}
	if api, answered := errors.AsType[smithy.APIError](err); answered && throttled(api) {
		return fmt.Errorf("%s (%s): Systems Manager did not take the command (%v): %w", nameOf(t), t.Address, err, hosts.ErrUnreachable)
	}
	// It may have been taken before the answer was lost, or the fault came up.
	return fmt.Errorf("%s (%s): Systems Manager did not say that it took the command (%v): %w", nameOf(t), t.Address, err, hosts.ErrUnsure)
}

// looking says what it means that AWS does not tell of a command.
func looking(ctx context.Context, instance string, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if _, denied := errors.AsType[*awscalls.DeniedError](err); denied {
		return err
	}
	return fmt.Errorf("%s: Systems Manager does not tell of the command (%v): %w", instance, err, hosts.ErrUnreachable)
}

func throttled(err smithy.APIError) bool {
	code := err.ErrorCode()
	return strings.Contains(code, "Throttl") || code == "RateExceeded" || code == "TooManyRequestsException" || code == "RequestLimitExceeded"
}

// seal closes text so that only the host's executor reads it.
func (h *Hosts) seal(t hosts.Target, text []byte) (string, error) {
	if len(t.ExecutorKey) != 32 {
		return "", fmt.Errorf("%s: the host's key is not known yet: `slipway target check` asks the host for it", nameOf(t))
	}
	sealed, err := box.SealAnonymous(nil, text, (*[32]byte)(t.ExecutorKey), h.settings.Random)
	return base64.StdEncoding.EncodeToString(sealed), err
}

func (h *Hosts) nonce() (string, error) {
	b := make([]byte, 16)
	_, err := io.ReadFull(h.settings.Random, b)
	return hex.EncodeToString(b), err
}

func isWindows(t hosts.Target) bool { return strings.EqualFold(t.Platform, "windows") }
