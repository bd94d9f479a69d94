package runner_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/task"
	"slipway/runner/tasklog"
)

// output are the lines of a deployment, our own apart.
func (k *kit) output(id string) (ours, theirs []string) {
	k.t.Helper()
	entries, _, err := k.runner.Output.Read(k.t.Context(), tasklog.Output{Deployment: id}, "", 1000)
	must(k.t, err)
	for _, e := range entries {
		if strings.HasPrefix(e.Text, "waits: ") && e.Stream == task.Note {
			ours = append(ours, e.Text)
			continue
		}
		theirs = append(theirs, e.Text)
	}
	return ours, theirs
}

func (k *kit) untilWaits(id string, n int) {
	k.t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(5 * time.Millisecond) {
		ours, _ := k.output(id)
		if len(ours) >= n {
			return
		}
		if time.Now().After(deadline) {
			k.t.Fatalf("the log says %q, want %d lines of ours", ours, n)
		}
	}
}

// TestTheLogSaysWhatATaskWaitsFor: a host that is busy, and one that does not
// answer. The output of the host itself is complete.
func TestTheLogSaysWhatATaskWaitsFor(t *testing.T) {
	t.Parallel()
	k := newKit(t, t.TempDir(), func(k *kit) { k.runner.Patience = time.Hour })
	k.environments("Dev")
	k.target("web-1", []string{"web"}, "Dev")
	k.oneProject("Chain", scriptStep("one", "echo begun\necho done"))
	k.oneProject("Long", scriptStep("one", "sleep 60s"))
	long := k.deploy("Long")
	k.untilPayloads(1)
	id := k.deploy("Chain")
	k.untilWaits(id, 1)
	unreachable(k)
	k.untilWaits(id, 2)
	reachable(k)
	must(t, k.requests.Cancel(t.Context(), k.admin, long, ""))
	k.until(id, pipelines.Succeeded)
	ours, theirs := k.output(id)
	want := []string{"waits: web-1 is busy with " + long, "waits: web-1 cannot be reached, trying again"}
	if len(ours) < 2 || !slices.Equal(ours[:2], want) {
		t.Errorf("the log says %q, want %q first", ours, want)
	}
	if i := slices.Index(theirs, "begun"); i < 0 || !slices.Contains(theirs[i:], "done") {
		t.Errorf("the host's own output is %q", theirs)
	}
}

// TestWhatWaitsIsSaidOnce while the reason stays the same.
func TestWhatWaitsIsSaidOnce(t *testing.T) {
	t.Parallel()
	k := newKit(t, t.TempDir(), func(k *kit) { k.runner.Patience = 3 * time.Second })
	k.environments("Dev")
	k.target("web-1", []string{"web"}, "Dev")
	k.oneProject("Chain", scriptStep("one", "echo"))
	unreachable(k)
	id := k.deploy("Chain")
	k.until(id, pipelines.Failed)
	if ours, _ := k.output(id); !slices.Equal(ours, []string{"waits: web-1 cannot be reached, trying again"}) {
		t.Errorf("the log says %q", ours)
	}
	must(t, k.requests.Resume(t.Context(), k.admin, id, ""))
	k.untilWaits(id, 2) // another attempt says it again
	must(t, k.requests.Cancel(t.Context(), k.admin, id, ""))
}
