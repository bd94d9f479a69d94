package openings_test

import (
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/graph"
	"slipway/runner/records"
	"slipway/runner/requests/openings"
)

func TestResume(t *testing.T) {
	t.Parallel()
	d := pipelines.Deployment{ID: "Deployments-2", Project: "My App", Release: "1.0", Environment: "Test"}
	later := pipelines.Deployment{ID: "Deployments-3", Release: "1.1"}
	for _, c := range []struct {
		head  graph.Head
		since *pipelines.Deployment
		want  string // "": it can be taken up
	}{
		{graph.Head{Status: pipelines.Failed, Closed: true}, nil, ""},
		{graph.Head{Status: pipelines.Cancelled, Closed: true}, nil, ""},
		{graph.Head{Status: pipelines.Unknown, Closed: true}, nil, ""},
		{graph.Head{Status: pipelines.Failed}, nil, "has ended this very moment"},
		{graph.Head{Status: pipelines.Running}, nil, "has not ended: it is running"},
		{graph.Head{Status: pipelines.Queued}, nil, "has not ended: it is queued"},
		{graph.Head{Status: pipelines.Succeeded, Closed: true}, nil, "nothing to try again: `slipway deploy \"My App\" 1.0 Test`"},
		{graph.Head{Status: pipelines.Failed, Closed: true, Blocked: true, Message: "no target"}, nil, "what its plan found (no target)"},
		{graph.Head{Status: pipelines.Failed, Closed: true}, &later, "Deployments-3 (1.1) was deployed to Test after Deployments-2"},
	} {
		err := openings.Resume(records.Loaded{Deployment: d, State: graph.State{Head: c.head}}, c.since)
		if (err == nil) != (c.want == "") || err != nil && (!strings.Contains(err.Error(), c.want) || pipelines.CodeOf(err) != pipelines.Conflict) {
			t.Errorf("Resume(%s, since %v) = %v, want %q", c.head.Status, c.since, err, c.want)
		}
	}
}

// asking is a deployment whose only step asks.
func asking(q plan.Question, approved ...string) records.Loaded {
	now := graph.StepState{Status: pipelines.Waiting}
	for _, id := range approved {
		now.Approved = append(now.Approved, graph.Answered{Proceed: true, UserID: id})
	}
	return records.Loaded{
		Deployment: pipelines.Deployment{ID: "Deployments-1"},
		Plan:       plan.Plan{RequestedBy: "Users-1", Project: "P", Environment: "E", Steps: []plan.Step{{Name: "Look", Kind: plan.Ask, Question: &q}}},
		State:      graph.State{Head: graph.Head{Status: pipelines.Waiting, Steps: []graph.StepState{now}}},
	}
}

func TestAnswer(t *testing.T) {
	t.Parallel()
	someone := func(id string, teams ...string) pipelines.Principal {
		return pipelines.Principal{UserID: id, Username: id, Teams: teams}
	}
	three := plan.Question{Teams: []string{"QA", "Ops"}, Minimum: 3}
	for _, c := range []struct {
		who     pipelines.Principal
		l       records.Loaded
		proceed bool
		want    string // "": they may
	}{
		{someone("Users-2", "QA"), asking(three), true, ""},
		{someone("Users-2", "Sales"), asking(three), true, "it is for members of QA and Ops"},
		{someone("Users-2", "QA"), asking(three, "Users-2"), true, "you have approved already; 2 more of QA or Ops must"},
		{someone("Users-2", "QA"), asking(three, "Users-2"), false, ""},
		{someone("Users-3", "QA"), asking(three, "Users-2"), true, ""},
		{someone("Users-1", "QA"), asking(three), true, ""},
		{someone("Users-1", "QA"), asking(plan.Question{Teams: []string{"QA"}, NotRequester: true}), false, "somebody else of QA must"},
		{pipelines.Principal{UserID: "Users-1", Admin: true}, asking(plan.Question{NotRequester: true}), true, "somebody else of those who may deploy here must"},
		{pipelines.Principal{UserID: "Users-2", Admin: true}, asking(plan.Question{NotRequester: true}), true, ""},
	} {
		err := openings.Answer(c.who, c.l, 0, c.proceed)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("Answer(%s, %v) = %v, want %q", c.who.UserID, c.proceed, err, c.want)
		}
	}
}

// TestAsks: what waits on hosts waits for a choice, not for an answer.
func TestAsks(t *testing.T) {
	t.Parallel()
	l := asking(plan.Question{})
	if !openings.Asks(l, 0) || len(openings.Choices(l)) != 0 {
		t.Error("a sign-off that waits is none")
	}
	l.Plan.Steps[0] = plan.Step{Name: "Work", Kind: plan.OnHosts, Targets: []plan.Target{{ID: "Targets-1", Name: "web-1"}, {ID: "Targets-2", Name: "web-2"}}}
	l.State = graph.Begin(l.Plan)
	l.State.Head.Steps[0] = graph.StepState{Status: pipelines.Waiting, Choices: 1}
	l.State.Parts[0].Tasks[1] = graph.TaskState{Status: pipelines.Waiting, Attempt: 3, Ask: pipelines.Unknown, Message: "lost"}
	all := openings.Choices(l)
	want := openings.Choice{Step: 0, Task: 1, Attempt: 3, Target: plan.Target{ID: "Targets-2", Name: "web-2"}, Ask: pipelines.Unknown, Message: "lost"}
	if openings.Asks(l, 0) || len(all) != 1 || all[0].Task != want.Task || all[0].Attempt != 3 || all[0].Target.Name != "web-2" || all[0].Ask != want.Ask || all[0].Message != "lost" {
		t.Errorf("Choices = %+v, want %+v", all, want)
	}
}

// TestWhoCausedItDoesNotAnswer where it began by itself.
func TestWhoCausedItDoesNotAnswer(t *testing.T) {
	t.Parallel()
	l := asking(plan.Question{Teams: []string{"QA"}, NotRequester: true})
	l.Plan.RequestedBy, l.Plan.CausedBy = "", "Users-2"
	l.Deployment.CreatedBy, l.Deployment.Automatic, l.Deployment.Via = "Slipway", true, "trigger: package Web pushed by stella"
	err := openings.Answer(pipelines.Principal{UserID: "Users-2", Username: "stella", Teams: []string{"QA"}}, l, 0, false)
	if want := "stella has caused Deployments-1 (Web pushed by stella) and cannot answer Look: somebody else of QA must"; err == nil || err.Error() != want {
		t.Errorf("Answer by who pushed it = %v, want %q", err, want)
	}
	if err := openings.Answer(pipelines.Principal{UserID: "Users-3", Teams: []string{"QA"}}, l, 0, true); err != nil {
		t.Errorf("Answer by somebody else = %v", err)
	}
	if got := openings.Requester(l); got != "Slipway (Web pushed by stella)" {
		t.Errorf("Requester = %q", got)
	}
}

// TestWhoTookItUpAsksForIt, however often others did after them.
func TestWhoTookItUpAsksForIt(t *testing.T) {
	t.Parallel()
	l := asking(plan.Question{Teams: []string{"QA"}, NotRequester: true})
	for _, id := range []string{"Users-2", "Users-3"} {
		l.State.Head.Resumed = append(l.State.Head.Resumed, graph.Takeup{UserID: id})
	}
	for id, may := range map[string]bool{"Users-1": false, "Users-2": false, "Users-3": false, "Users-4": true} {
		err := openings.Answer(pipelines.Principal{UserID: id, Username: id, Teams: []string{"QA"}}, l, 0, true)
		if (err == nil) != may {
			t.Errorf("Answer(%s) = %v, may: %v", id, err, may)
		}
	}
}
