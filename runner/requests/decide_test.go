package requests_test

import (
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/runner/graph"
	"slipway/runner/records"
	"slipway/runner/requests"
)

// lost is a deployment whose host lost power: two steps beside each other, each
// on one target, wait for a choice.
func (k *kit) lost() (id string) {
	k.places()
	second := runs("Second", "die")
	second.Start = pipelines.StartWithPrevious
	k.project(pipelines.Project{Name: "Chain", Steps: []pipelines.Step{runs("First", "die"), second, runs("After", "echo")}})
	d := k.deploy("Chain", k.release("Chain").Number, "Dev")
	l := k.until(d.ID, pipelines.Waiting)
	if a, b := l.State.Head.Steps[0], l.State.Head.Steps[1]; a.Choices != 1 || b.Choices != 1 {
		k.t.Fatalf("steps %+v, want both to wait for a choice", l.State.Head.Steps)
	}
	return d.ID
}

func TestDecide(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	id := k.lost()
	choose := func(p pipelines.Principal, step, target string, choice graph.Choice) error {
		return k.Decide(t.Context(), p, requests.DecideRequest{Deployment: id, Step: step, Target: target, Choice: choice, Note: "looked there"})
	}
	viewer := k.user("viewer", pipelines.RoleGrant{Role: "Project viewer"})
	refused(t, "a viewer", choose(viewer, "First", "", graph.Fail), pipelines.Forbidden, "DeploymentCreate")
	refused(t, "no choice", choose(k.admin, "First", "", "maybe"), pipelines.Invalid, "a choice is retry (try it again), ignore")
	refused(t, "which?", choose(k.admin, "", "", graph.Retry), pipelines.Invalid, "these wait: First on web-1, Second on web-1")
	refused(t, "no step", choose(k.admin, "None", "", graph.Retry), pipelines.NotFound, `has no step "None"`)
	refused(t, "another step", choose(k.admin, "After", "", graph.Retry), pipelines.Conflict, "these do: First on web-1")
	refused(t, "another target", choose(k.admin, "First", "web-9", graph.Retry), pipelines.Conflict, "these do: First on web-1")
	refused(t, "an approval", k.Answer(t.Context(), k.admin, requests.AnswerRequest{Deployment: id, Proceed: true}), pipelines.Conflict, "waits for a choice, not for an approval: `slipway decide "+id)
	refused(t, "nothing", k.Decide(t.Context(), k.admin, requests.DecideRequest{Deployment: "Deployments-9", Choice: graph.Fail}), pipelines.NotFound, "Deployments-9")

	must(t, choose(k.admin, "first", "WEB-1", graph.Retry))
	l := k.untilTask(id, 0, func(x graph.TaskState) bool { return x.Attempt == 2 && x.Status == pipelines.Waiting })
	if c := l.State.Task(0).Chosen; c == nil || c.Choice != graph.Retry || c.Called != "Admin" || c.Note != "looked there" || c.Via != "test" {
		t.Errorf("the choice is kept as %+v", c)
	}
	must(t, choose(k.admin, "Second", "", graph.Ignore))
	must(t, choose(k.admin, "", "", graph.Ignore)) // the only one left
	l = k.until(id, pipelines.Succeeded)
	for i := range 2 {
		if s := l.State.Head.Steps[i]; s.Status != pipelines.Succeeded || !s.Warning {
			t.Errorf("step %d is %s, warning %v; want it ignored with a warning", i, s.Status, s.Warning)
		}
	}
	refused(t, "after the end", choose(k.admin, "", "", graph.Fail), pipelines.Conflict, "nothing of "+id+" waits for a choice: it has succeeded")
	if entry := k.audited("InterruptionSubmitted", id); !strings.Contains(entry.Message, "chose ignore for First on web-1 of Chain 0.0.1 to Dev, whose attempt 2 ended nobody knows how: looked there") {
		t.Errorf("the audit log says %q", entry.Message)
	}
}

// untilTask waits for a state of a task.
func (k *kit) untilTask(id string, task int, so func(graph.TaskState) bool) records.Loaded {
	k.t.Helper()
	return k.untilSo(id, "its task is so", func(l records.Loaded) bool { return so(l.State.Task(task)) })
}

func TestGuidedFailure(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.places()
	k.project(pipelines.Project{Name: "Chain", Steps: []pipelines.Step{runs("Break", "exit 3"), asks("Look")}})
	k.release("Chain")
	yes := true
	d, err := k.ordered(func(in *requests.DeployRequest) { in.GuidedFailure = &yes })
	must(t, err)
	l := k.until(d.ID, pipelines.Waiting)
	if x := l.State.Task(0); x.Ask != pipelines.Failed {
		t.Errorf("the failed task stands as %+v", x)
	}
	must(t, k.Decide(t.Context(), k.admin, requests.DecideRequest{Deployment: d.ID, Choice: graph.Ignore}))
	k.untilSo(d.ID, "its approval waits", func(l records.Loaded) bool { return l.State.Head.Steps[1].Status == pipelines.Waiting })
	refused(t, "a choice where people are asked", k.Decide(t.Context(), k.admin, requests.DecideRequest{Deployment: d.ID, Choice: graph.Fail}),
		pipelines.Conflict, "waits for an approval, not for a choice: `slipway approve "+d.ID)
	must(t, k.Answer(t.Context(), k.admin, requests.AnswerRequest{Deployment: d.ID, Proceed: true}))
	k.until(d.ID, pipelines.Succeeded)
	k.until(k.deploy("Chain", "0.0.1", "Dev").ID, pipelines.Failed) // the project does not guide
}
