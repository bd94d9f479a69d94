package requests_test

import (
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/steps/approval"
	"slipway/runner/graph"
	"slipway/runner/records"
	"slipway/runner/requests"
)

// two asks two of QA, but not who asked for the deployment.
func two(name string) pipelines.Step {
	needed, limit := 2, pipelines.Duration(48*time.Hour)
	return pipelines.Step{Name: name, Action: pipelines.Action{Type: "approval", Settings: settings(approval.Settings{
		Instructions: "look", Teams: []string{"QA"}, Approvals: &needed, NotRequester: true, Timeout: &limit, OnTimeout: "approve",
	})}}
}

func TestSeveralMustApprove(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.places()
	k.add(records.Teams, "QA", func(id string) any {
		return pipelines.Team{ID: id, Name: "QA", Members: []string{"ida", "omar", "vera"}}
	})
	ida := k.user("ida", pipelines.RoleGrant{Role: "Deployment creator"})
	omar, vera := k.user("omar"), k.user("vera")
	k.project(pipelines.Project{Name: "Chain", Steps: []pipelines.Step{two("Look"), runs("After", "echo")}})
	r := k.release("Chain")
	d, err := k.Deploy(t.Context(), ida, requests.DeployRequest{Project: "Chain", Release: r.Number, Environment: "Dev"})
	must(t, err)
	k.until(d.ID, pipelines.Waiting)
	mailed := k.mailed("Dev", 2)[0].Text
	for _, fact := range []string{"Approvals    2 of QA must approve\n", "No answer    counts as approved on "} {
		if !strings.Contains(mailed, fact) {
			t.Errorf("the mail lacks %q:\n%s", fact, mailed)
		}
	}
	token, code := linkOf(t, mailed)
	answer := func(p pipelines.Principal, proceed bool) error {
		return k.Answer(t.Context(), p, requests.AnswerRequest{Deployment: d.ID, Proceed: proceed})
	}
	for _, proceed := range []bool{true, false} {
		refused(t, "who asked for it", answer(ida, proceed), pipelines.Forbidden, "ida has asked for "+d.ID+" and cannot answer Look: somebody else of QA must")
	}
	must(t, answer(omar, true))
	refused(t, "the same again", answer(omar, true), pipelines.Conflict, "you have approved already; 1 more of QA must")
	l, err := k.Records.Load(t.Context(), d.ID)
	must(t, err)
	if now := l.State.Head.Steps[0]; now.Status != pipelines.Waiting || len(now.Approved) != 1 || now.Approved[0].Called != omar.Called || now.Answer != nil {
		t.Errorf("after the first approval the step is %+v", now)
	}
	if entry := k.audited("InterruptionSubmitted", d.ID); !strings.HasSuffix(entry.Message, "approved Look of Chain 0.0.1 to Dev (1 more must), asked for by ida") {
		t.Errorf("the audit log says %q", entry.Message)
	}

	// After the deadline what was planned counts, though no clock has told yet.
	late := *k.Requests
	late.Env.Now = func() time.Time { return time.Now().Add(49 * time.Hour) }
	err = late.Answer(t.Context(), vera, requests.AnswerRequest{Deployment: d.ID, Proceed: false})
	refused(t, "too late", err, pipelines.Conflict, "it counts as approved")

	// By the mail: whoever it went to has approved, or decides now.
	q, err := k.Question(t.Context(), token)
	must(t, err)
	if q.User.Username == "omar" {
		refused(t, "omar's link", q.Closed, pipelines.Conflict, "you have approved already; 1 more of QA must")
		must(t, answer(vera, true))
	} else {
		if q.Closed != nil || q.Missing != 1 || len(q.Approved) != 1 {
			t.Errorf("Question = %+v", q)
		}
		_, err = k.AnswerByLink(t.Context(), token, code, requests.AnswerRequest{Proceed: true})
		must(t, err)
	}
	l = k.until(d.ID, pipelines.Succeeded)
	if a := l.State.Head.Steps[0].Answer; a == nil || a.UserID != vera.UserID {
		t.Errorf("decided by %+v", a)
	}
}

// TestOneRejectionDecides, even of one who had approved.
func TestOneRejectionDecides(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.places()
	k.add(records.Teams, "QA", func(id string) any { return pipelines.Team{ID: id, Name: "QA", Members: []string{"omar"}} })
	omar := k.user("omar")
	k.project(pipelines.Project{Name: "Chain", Steps: []pipelines.Step{two("Look")}})
	d := k.deploy("Chain", k.release("Chain").Number, "Dev")
	k.until(d.ID, pipelines.Waiting)
	for _, proceed := range []bool{true, false} {
		must(t, k.Answer(t.Context(), omar, requests.AnswerRequest{Deployment: d.ID, Proceed: proceed}))
	}
	k.until(d.ID, pipelines.Failed)
}

// TestACheckGivesThePlaceUp: others go on meanwhile, and whoever was answered
// has its place again.
func TestACheckGivesThePlaceUp(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.places()
	k.project(pipelines.Project{Name: "Chain", Steps: []pipelines.Step{runs("One", "echo"), asks("Look"), runs("Two", "echo")}})
	r := k.release("Chain")
	first := k.deploy("Chain", r.Number, "Dev")
	k.untilSo(first.ID, "it has no place", func(l records.Loaded) bool {
		return l.State.Head.Status == pipelines.Waiting && l.State.Head.Stands() == graph.PlaceNone
	})
	second := k.deploy("Chain", r.Number, "Dev")
	k.until(second.ID, pipelines.Waiting)
	for _, d := range []string{first.ID, second.ID} {
		must(t, k.Answer(t.Context(), k.admin, requests.AnswerRequest{Deployment: d, Proceed: true}))
		k.until(d, pipelines.Succeeded)
	}
}
