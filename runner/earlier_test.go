package runner_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/task"
	"slipway/runner/graph"
	"slipway/runner/requests"
)

// busyWithTheFirst is a deployment whose second attempt waits for the first one,
// whose end nobody knows, and which runs for a minute.
func busyWithTheFirst(t *testing.T, patience time.Duration) (k *kit, id, first string) {
	t.Helper()
	k = newKit(t, t.TempDir(), func(k *kit) { k.runner.Patience = patience })
	k.environments("Dev")
	k.target("web-1", []string{"web"}, "Dev")
	k.oneProject("Chain", scriptStep("one", "echo begun\nsleep 60s"))
	id = k.deploy("Chain")
	k.untilPayloads(1)
	unreachable(k)
	l := k.until(id, pipelines.Waiting)
	reachable(k)
	must(t, k.requests.Decide(t.Context(), k.admin, requests.DecideRequest{Deployment: id, Choice: graph.Retry}))
	k.until(id, pipelines.Running)
	return k, id, fmt.Sprintf("%s-%s.t0.1", id, strconv.FormatInt(l.Deployment.Created.UnixMilli(), 36))
}

// TestACancelStopsEarlierAttemptsToo of which nobody knew how they ended.
func TestACancelStopsEarlierAttemptsToo(t *testing.T) {
	t.Parallel()
	k, id, first := busyWithTheFirst(t, time.Second)
	must(t, k.requests.Cancel(t.Context(), k.admin, id, ""))
	l := k.until(id, pipelines.Cancelled)
	if x := l.State.Task(0); x.Status != pipelines.Cancelled || x.Attempt != 2 {
		t.Errorf("the task is %s after attempt %d: %s", x.Status, x.Attempt, x.Message)
	}
	known, err := k.hosts.Ask(t.Context(), web1, first)
	must(t, err)
	if known.Phase != task.Ended || k.payloads() != 1 {
		t.Errorf("the first attempt is %s; %d payloads ran", known.Phase, k.payloads())
	}
}

// TestACancelSaysWhichEarlierAttemptMayRun when its host is out of reach.
func TestACancelSaysWhichEarlierAttemptMayRun(t *testing.T) {
	t.Parallel()
	k, id, _ := busyWithTheFirst(t, time.Second)
	unreachable(k)
	must(t, k.requests.Cancel(t.Context(), k.admin, id, ""))
	l := k.until(id, pipelines.Cancelled, pipelines.Unknown, pipelines.Failed)
	if x := l.State.Task(0); x.Status != pipelines.Unknown || !strings.Contains(x.Message, "attempt 1 may still run on web-1") && !strings.Contains(x.Message, "out of reach") {
		t.Errorf("the task is %s: %s", x.Status, x.Message)
	}
}

// TestACancelOfWhatNeverRanEndsAtOnce, although its host is out of reach: of the
// earlier attempts it is known how they ended.
func TestACancelOfWhatNeverRanEndsAtOnce(t *testing.T) {
	t.Parallel()
	k := newKit(t, t.TempDir(), func(k *kit) { k.runner.Patience = time.Second })
	k.environments("Dev")
	k.target("web-1", []string{"web"}, "Dev")
	k.oneProject("Chain", scriptStep("one", "echo"))
	unreachable(k)
	id := k.deploy("Chain")
	k.until(id, pipelines.Failed)
	k.untilRetired()
	k.runner.Patience = time.Hour
	must(t, k.requests.Resume(t.Context(), k.admin, id, ""))
	k.until(id, pipelines.Running)
	must(t, k.requests.Cancel(t.Context(), k.admin, id, ""))
	l := k.until(id, pipelines.Cancelled)
	if x := l.State.Task(0); x.Status != pipelines.Cancelled || x.Attempt != 2 {
		t.Errorf("the task is %s after attempt %d: %s", x.Status, x.Attempt, x.Message)
	}
}

// TestACancelAfarStopsEarlierAttemptsToo, again if that message is lost; what the
// host then says of them changes nothing.
func TestACancelAfarStopsEarlierAttemptsToo(t *testing.T) {
	t.Parallel()
	f := newForgetful(t, chain(1)...)
	d := f.deploy()
	must(t, f.runner().Turned(t.Context(), d.ID, 1))
	first := f.hosts.errands[0].Order.ID
	since := f.now
	f.now = f.now.Add(20 * time.Minute)
	must(t, f.runner().Undelivered(t.Context(), first, since, "delivery timed out"))
	must(t, f.requests.Decide(t.Context(), f.admin, requests.DecideRequest{Deployment: d.ID, Choice: graph.Retry}))
	must(t, f.runner().Turned(t.Context(), d.ID, f.load(d.ID).Revision))
	must(t, f.requests.Cancel(t.Context(), f.admin, d.ID, ""))
	must(t, f.runner().Turned(t.Context(), d.ID, f.load(d.ID).Revision))
	f.sent("step 1", "step 1", "stop step 1", "stop step 1")
	if got := f.hosts.errands[2].Order.ID; got != first {
		t.Errorf("the first wish to stop is for %s, want %s", got, first)
	}

	must(t, f.runner().Undelivered(t.Context(), first, f.now, "delivery timed out"))
	later, ok := f.alarms.set["later-"+d.ID+"-run-0-2"]
	if !ok {
		t.Fatalf("the wish is not sent again: %v", f.alarms.set)
	}
	must(t, f.runner().Ring(nil)(t.Context(), "", later.payload))
	f.sent("step 1", "step 1", "stop step 1", "stop step 1", "stop step 1", "stop step 1")

	f.hosts.errands = append(f.hosts.errands, f.hosts.errands[0])
	must(t, f.runner().Reported(t.Context(), f.report(task.Cancelled))) // of the first
	f.hosts.errands = f.hosts.errands[:6]
	f.sent("step 1", "step 1", "stop step 1", "stop step 1", "stop step 1", "stop step 1")
	must(t, f.runner().Reported(t.Context(), f.report(task.Cancelled)))
	if l := f.load(d.ID); l.State.Head.Status != pipelines.Cancelled {
		t.Errorf("it is %s", l.State.Head.Status)
	}
}
