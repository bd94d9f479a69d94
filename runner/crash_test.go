package runner_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/steps/script"
	"slipway/runner/requests"
	"slipway/runner/tasklog"
)

func scriptStep(name, body string) pipelines.Step {
	return pipelines.Step{Name: name, Roles: []string{"web"}, Action: pipelines.Action{Type: "script", Settings: settings(script.Settings{Body: pipelines.Text(body)})}}
}

// TestARunnerThatDiesIsReplaced stops everything again and again in the middle
// of steps and starts it anew on the same folder. The deployment ends well, each
// attempt's payload has run exactly once, and each line it wrote is kept once.
func TestARunnerThatDiesIsReplaced(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	k := newKit(t, dir)
	k.environments("Dev")
	k.target("web-1", []string{"web"}, "Dev")
	k.target("web-2", []string{"web"}, "Dev")
	k.project(pipelines.Project{Name: "Chain", Steps: []pipelines.Step{
		scriptStep("one", "echo 1\nsleep 150ms\noutput X=1"), scriptStep("two", "sleep 150ms\necho #{Octopus.Action[one].Output.X}"), scriptStep("three", "sleep 150ms"),
	}})
	release, err := k.requests.CreateRelease(t.Context(), k.admin, requests.ReleaseRequest{Project: "Chain"})
	must(t, err)
	d, err := k.requests.Deploy(t.Context(), k.admin, requests.DeployRequest{Project: "Chain", Release: release.Number, Environment: "Dev"})
	must(t, err)
	for range 8 {
		time.Sleep(time.Duration(20+rand.IntN(80)) * time.Millisecond)
		k.stop()
		k = newKit(t, dir)
	}
	l := k.until(d.ID, pipelines.Succeeded)
	for _, s := range l.State.Head.Steps {
		if s.Status != pipelines.Succeeded {
			t.Errorf("steps = %+v, want all succeeded", l.State.Head.Steps)
		}
	}
	for _, target := range []string{"Machines-1", "Machines-2"} {
		b, err := os.ReadFile(filepath.Join(dir, "pretend", target, "payload.log"))
		must(t, err)
		if lines := strings.Count(string(b), "\n"); lines != 3 {
			t.Errorf("%s ran %d payloads, want 3:\n%s", target, lines, b)
		}
	}
	told := map[string]int{}
	must(t, k.runner.Output.Each(t.Context(), []tasklog.Output{{Deployment: d.ID}}, func(e tasklog.Entry) error {
		told[e.Task+": "+e.Text]++
		return nil
	}))
	if want := map[string]int{"t0: 1": 1, "t1: 1": 1, "t2: 1": 1, "t3: 1": 1}; !maps.Equal(told, want) {
		t.Errorf("the output is %v, want %v", told, want)
	}
}

// TestOneAtATime: two deployments to one environment run one after the other.
func TestOneAtATime(t *testing.T) {
	t.Parallel()
	k := newKit(t, t.TempDir())
	k.environments("Dev")
	k.target("web-1", []string{"web"}, "Dev")
	k.project(pipelines.Project{Name: "Chain", Steps: []pipelines.Step{scriptStep("one", "sleep 300ms")}})
	release, err := k.requests.CreateRelease(t.Context(), k.admin, requests.ReleaseRequest{Project: "Chain"})
	must(t, err)
	var ids []string
	for range 3 {
		d, err := k.requests.Deploy(t.Context(), k.admin, requests.DeployRequest{Project: "Chain", Release: release.Number, Environment: "Dev"})
		must(t, err)
		ids = append(ids, d.ID)
	}
	k.until(ids[0], pipelines.Running, pipelines.Succeeded)
	if l, err := k.records.Load(t.Context(), ids[1]); err != nil || l.State.Head.Status != pipelines.Queued {
		t.Errorf("the second is %s (%v) while the first runs, want queued", l.State.Head.Status, err)
	}
	must(t, k.requests.Cancel(t.Context(), k.admin, ids[1], ""))
	k.until(ids[1], pipelines.Cancelled)
	first, third := k.until(ids[0], pipelines.Succeeded), k.until(ids[2], pipelines.Succeeded)
	if third.State.Head.Started.Before(first.State.Head.Ended) {
		t.Errorf("the third started at %s, before the first ended at %s", third.State.Head.Started, first.State.Head.Ended)
	}
}

// TestCancelStopsWhatRuns ends a long step on its host.
func TestCancelStopsWhatRuns(t *testing.T) {
	t.Parallel()
	k := newKit(t, t.TempDir())
	k.environments("Dev")
	k.target("web-1", []string{"web"}, "Dev")
	k.project(pipelines.Project{Name: "Chain", Steps: []pipelines.Step{scriptStep("one", "echo begun\nsleep 5m"), scriptStep("two", "echo never")}})
	release, err := k.requests.CreateRelease(t.Context(), k.admin, requests.ReleaseRequest{Project: "Chain"})
	must(t, err)
	d, err := k.requests.Deploy(t.Context(), k.admin, requests.DeployRequest{Project: "Chain", Release: release.Number, Environment: "Dev"})
	must(t, err)
	k.until(d.ID, pipelines.Running)
	must(t, k.requests.Cancel(t.Context(), k.admin, d.ID, "wrong one"))
	l := k.until(d.ID, pipelines.Cancelled)
	if got := l.State.Head.Steps[0].Status; got != pipelines.Cancelled {
		t.Errorf("the step that ran is %s, want cancelled", got)
	}
}

// TestTwoThousandTargets: one step at full width, every item within the
// table's limit and the journal loaded in one go.
func TestTwoThousandTargets(t *testing.T) {
	t.Parallel()
	const targets = 2000
	k := newKit(t, t.TempDir())
	k.environments("Dev")
	for i := range targets {
		k.target(fmt.Sprintf("web-%04d", i), []string{"web"}, "Dev")
	}
	step := scriptStep("wide", "echo hello\noutput Path=/srv/app/1.0.0")
	step.Window = "200"
	k.project(pipelines.Project{Name: "Wide", Steps: []pipelines.Step{step}})
	release, err := k.requests.CreateRelease(t.Context(), k.admin, requests.ReleaseRequest{Project: "Wide"})
	must(t, err)
	d, err := k.requests.Deploy(t.Context(), k.admin, requests.DeployRequest{Project: "Wide", Release: release.Number, Environment: "Dev"})
	must(t, err)
	deadline := time.Now().Add(3 * time.Minute)
	for time.Now().Before(deadline) {
		l, err := k.records.Load(t.Context(), d.ID)
		must(t, err)
		if !l.State.Head.Closed {
			time.Sleep(100 * time.Millisecond)
			continue
		}
		if l.State.Head.Status != pipelines.Succeeded || l.State.Head.Steps[0].Done != targets {
			t.Errorf("%s with %d of %d done: %s", l.State.Head.Status, l.State.Head.Steps[0].Done, targets, l.State.Head.Message)
		}
		t.Logf("%d targets in %s, %d turns", targets, l.State.Head.Ended.Sub(l.State.Head.Started).Round(time.Millisecond), l.Revision)
		return
	}
	t.Fatal("the wide deployment did not end")
}
