package aws

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"slipway/pipelines"
	"slipway/test/emulators/gateway"
	"slipway/test/hosts"
)

// scripted is a project without packages; its script waits for a file where the test wants to choose the moment.
const scripted = `
environments: [Dev]
projects:
  - name: Scripted
    steps:
      - name: Work
        roles: [web]
        script: { body: "echo run >> /root/runs\necho before\nuntil [ -e /root/go ]; do sleep 0.1; done\necho after" }
      - { name: Afterwards, roles: [web], script: { body: echo afterwards } }
`

// scriptedWorld is ready to deploy Scripted 1.0.0 to Dev over Systems Manager.
func scriptedWorld(t *testing.T, v Variant) (*world, *hosts.Host) {
	t.Helper()
	h := hosts.Need(t).Up(t, "web-1")
	v.Host = h
	w := newWorld(t, v)
	w.apply(scripted)
	w.target(h, "web-1", "mi-0123456789abcdef0", "web", "Dev")
	w.slipway("", "release", "create", "Scripted", "--number", "1.0.0")
	return w, h
}

func (w *world) runs(h *hosts.Host, n int) {
	w.t.Helper()
	w.until(fmt.Sprintf("run %d of the script", n), 60*time.Second, func() bool {
		return h.Exec(w.t, "cat /root/runs 2>/dev/null | wc -l") == fmt.Sprint(n)
	})
}

// once says that the script ran once and that its log is whole.
func (w *world) once(h *hosts.Host, id string) {
	w.t.Helper()
	if n := h.Exec(w.t, "wc -l </root/runs"); n != "1" {
		w.t.Errorf("the script ran %s times, want once", n)
	}
	log := w.log(id)
	for _, line := range []string{"out: before\n", "out: after\n", "out: afterwards\n"} {
		if strings.Count(log, line) != 1 {
			w.t.Errorf("%q is not once in the log:\n%s", line, log)
		}
	}
}

// TestThrottlingInEachService throttles some calls of each service in the middle of a deployment.
func TestThrottlingInEachService(t *testing.T) {
	beside(t)
	w, h := scriptedWorld(t, Variant{})
	h.Exec(t, "touch /root/go")
	for name, g := range w.Gates {
		g.Add(gateway.Fault{Kind: gateway.Throttle, After: 1, Times: 2})
		if strings.HasSuffix(name, "DYNAMODB") || strings.HasSuffix(name, "S3") {
			g.Add(gateway.Fault{Kind: gateway.Cut, After: 4, Times: 1})
			g.Add(gateway.Fault{Kind: gateway.Broken, After: 6, Times: 1})
		}
	}
	id := w.deploy("Scripted", "1.0.0", "Dev")
	w.becomes(id, pipelines.Succeeded)
	w.once(h, id)
	w.struck("ThrottlingException")
}

// struck makes sure that trouble came about: otherwise the test cannot fail.
func (w *world) struck(code string) {
	w.t.Helper()
	if len(w.Ledger.Calls(func(c gateway.Call) bool { return strings.Contains(c.ErrorCode, code) })) == 0 {
		w.t.Errorf("no call was refused with %s: this test cannot fail", code)
	}
}

// TestProcessesAreKilledAtAnyMoment kills two processes in three, each at another moment of its work.
func TestProcessesAreKilledAtAnyMoment(t *testing.T) {
	beside(t)
	armed := make(chan struct{})
	w, h := scriptedWorld(t, Variant{KillAt: func(nth int) time.Duration {
		select {
		case <-armed:
			return time.Duration(nth%3*nth%40) * time.Millisecond
		default:
			return 0
		}
	}})
	h.Exec(t, "touch /root/go")
	id := w.deploy("Scripted", "1.0.0", "Dev")
	close(armed)
	w.until("the end of "+id, 120*time.Second, func() bool {
		status, body := w.ask("GET", "/v1/deployments/"+id, nil) // the web function is killed too
		return status == http.StatusOK && strings.Contains(string(body), `"ended":true`)
	})
	killed := 0
	for _, r := range append(w.Web.Records(), w.Runner.Records()...) {
		if r.Error == "Runtime.ExitError" {
			killed++
		}
	}
	if killed == 0 {
		t.Error("no process was killed: this test cannot fail")
	}
	if n := h.Exec(t, "wc -l </root/runs"); n != "1" {
		t.Errorf("the script ran %s times, want once", n)
	}
	t.Logf("%d processes killed at work", killed)
}

// TestUploadsComeTwiceAndInDisorder tells of two versions in the wrong order and each twice.
func TestUploadsComeTwiceAndInDisorder(t *testing.T) {
	beside(t)
	h := hosts.Need(t).Up(t, "web-1")
	w := newWorld(t, Variant{Host: h})
	w.slipway("", "apply", "../../pipelines/textform/samples/random-quotes", "--yes")
	w.target(h, "web-1", "mi-0123456789abcdef0", "web", "Dev")
	w.Bucket.Hold()
	w.Bucket.Twice(true)
	for _, version := range []string{"1.0.1", "1.0.2"} {
		w.copyToBucket(w.pack(version), "packages/RandomQuotes."+version+".nupkg")
	}
	w.until("both events", 20*time.Second, func() bool { return w.Bucket.Held() == 2 })
	w.Bucket.Release()
	w.until("both releases deployed or passed over", 90*time.Second, func() bool {
		all := w.deployments("Random Quotes")
		for _, d := range all {
			if !d.Ended {
				return false
			}
		}
		return len(all) > 0 && all[0].Release == "1.0.2" || len(all) > 1
	})
	seen := map[string]int{}
	for _, d := range w.deployments("Random Quotes") {
		seen[d.Release]++
		gaveWay := d.Release == "1.0.1" && d.Status == pipelines.Cancelled && strings.Contains(d.Message, "is older than 1.0.2")
		if d.Status != pipelines.Succeeded && !gaveWay {
			t.Errorf("%s of %s is %s: %s", d.ID, d.Release, d.Status, d.Message)
		}
	}
	for release, n := range seen {
		if n != 1 {
			t.Errorf("%d deployments of %s, want one", n, release)
		}
	}
}

// TestAPoisonedEventIsKept gives the runner events it cannot take: they end in the bucket, are shown, and can be replayed.
func TestAPoisonedEventIsKept(t *testing.T) {
	beside(t)
	w := newWorld(t, Variant{})
	_, err := w.Runner.InvokeAsync([]byte(`{"source":"aws.ec2","detail-type":"EC2 Instance State-change Notification","detail":{}}`))
	must(t, err)
	key := ""
	w.until("the event being kept", 30*time.Second, func() bool {
		out, err := w.Objects.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &w.BucketName, Prefix: ptr("aws/lambda/async/")})
		must(t, err)
		for _, o := range out.Contents {
			key = *o.Key
		}
		return key != ""
	})
	object, err := w.Objects.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &w.BucketName, Key: &key})
	must(t, err)
	record, err := io.ReadAll(object.Body)
	must(t, err)
	wants(t, "kept record", string(record), "RetriesExhausted", "EC2 Instance State-change Notification", "does not know what to do with")
	again, err := json.Marshal(map[string]string{"slipway": "replay", "event": key})
	must(t, err)
	result, err := w.Runner.Invoke(t.Context(), again)
	must(t, err)
	if !strings.Contains(string(result.Payload), "does not know what to do with") {
		t.Errorf("replaying it = %s, want the same refusal", result.Payload)
	}
}

func ptr[T any](v T) *T { return &v }

// TestAMissingPermissionIsNamed takes one permission away; the message names it and the statement to add.
func TestAMissingPermissionIsNamed(t *testing.T) {
	beside(t)
	w, h := scriptedWorld(t, Variant{})
	h.Exec(t, "touch /root/go")
	about := w.function("runner")
	role := w.roles[about.Role]
	for i, st := range role.Statements {
		if st.Sid == "CommandsToHosts" || st.Sid == "CommandsAreTwo" {
			role.Statements[i].Actions = []string{"ssm:Nothing"}
		}
	}
	id := w.deploy("Scripted", "1.0.0", "Dev")
	said := ""
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("all that is said:\n%s\ncalls:\n%s", said, gateway.Table(w.Ledger.Calls(nil)))
		}
	})
	w.until("a message that names ssm:SendCommand", 30*time.Second, func() bool {
		d := w.deployment(id)
		said = d.Message + w.log(id) + w.Said()
		for _, s := range d.Steps {
			said += s.Message
			for _, on := range s.Targets {
				said += on.Message
			}
		}
		return strings.Contains(said, "ssm:SendCommand")
	})
	wants(t, "message", said, "the function's role may not ssm:SendCommand", "update the stack", "Effect")
}

// TestTheTableIsKilledInTheMiddle takes the table away while a host works, and gives it back.
func TestTheTableIsKilledInTheMiddle(t *testing.T) {
	beside(t)
	w, h := scriptedWorld(t, Variant{Own: true})
	id := w.deploy("Scripted", "1.0.0", "Dev")
	w.runs(h, 1)
	must(t, w.DB.Kill())
	w.S3.Kill()
	h.Exec(t, "touch /root/go")
	time.Sleep(2 * time.Second) // events that come meanwhile fail
	must(t, w.S3.Restart())
	must(t, w.DB.Again(t.Context()))
	w.becomes(id, pipelines.Succeeded)
	w.once(h, id)
}

// TestClocksDiffer has every service's clock 20 minutes ahead of the functions'.
func TestClocksDiffer(t *testing.T) {
	beside(t)
	w, h := scriptedWorld(t, Variant{})
	h.Exec(t, "touch /root/go")
	for name, g := range w.Gates {
		if !strings.HasSuffix(name, "S3") { // there the real server checks signatures, by this machine's clock
			g.Add(gateway.Fault{Kind: gateway.Skewed, Delay: 20 * time.Minute})
		}
	}
	id := w.deploy("Scripted", "1.0.0", "Dev")
	w.becomes(id, pipelines.Succeeded)
	w.once(h, id)
	w.struck("InvalidSignatureException")
}

// TestADeploymentSurvivesAnUpgrade changes the program while a host works.
func TestADeploymentSurvivesAnUpgrade(t *testing.T) {
	beside(t)
	w, h := scriptedWorld(t, Variant{})
	id := w.deploy("Scripted", "1.0.0", "Dev")
	w.runs(h, 1)
	newer := filepath.Join(t.TempDir(), "bootstrap")
	program, err := os.ReadFile(w.Zip.Bootstrap)
	must(t, err)
	must(t, os.WriteFile(newer, append(program, "another version"...), 0o755)) // other bytes, the same program
	w.Upgrade(newer)
	h.Exec(t, "touch /root/go")
	w.becomes(id, pipelines.Succeeded)
	w.once(h, id)
}

// TestAHalfDoneUploadIsNoArrival begins an upload in parts and leaves it.
func TestAHalfDoneUploadIsNoArrival(t *testing.T) {
	beside(t)
	w := newWorld(t, Variant{})
	w.slipway("", "apply", "../../pipelines/textform/samples/random-quotes", "--yes")
	_, err := w.Objects.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: &w.BucketName, Key: ptr("packages/RandomQuotes.1.0.1.nupkg")})
	must(t, err)
	w.copyToBucket(w.pack("1.0.2"), "packages/RandomQuotes.1.0.2.nupkg")
	w.until("the whole package arriving", 40*time.Second, func() bool {
		_, body := w.ask("GET", "/v1/packages/RandomQuotes", nil)
		return strings.Contains(string(body), "1.0.2")
	})
	if _, body := w.ask("GET", "/v1/packages/RandomQuotes", nil); strings.Contains(string(body), "1.0.1") {
		t.Errorf("a half-done upload arrived: %s", body)
	}
	if n, err := w.S3.AbortUnfinished(context.Background(), w.BucketName); err != nil || n != 1 {
		t.Errorf("%d uploads to abort (%v), want one", n, err)
	}
}
