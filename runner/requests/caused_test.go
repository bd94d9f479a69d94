package requests_test

import (
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/steps/approval"
	"slipway/runner/graph"
	"slipway/runner/records"
	"slipway/runner/requests"
)

// guarded is a project whose deployments begin by themselves, to Dev and to Test,
// and ask Stakeholders but for whoever began them.
func (k *kit) guarded() (stella, omar pipelines.Principal) {
	k.places()
	stella, omar = k.user("stella", pipelines.RoleGrant{Role: "Package publisher"}, pipelines.RoleGrant{Role: "Release creator"}, pipelines.RoleGrant{Role: "Deployment creator"}), k.user("omar")
	k.add(records.Teams, "Stakeholders", func(id string) any {
		return pipelines.Team{ID: id, Name: "Stakeholders", Members: []string{"stella", "omar"}}
	})
	k.add(records.Lifecycles, "L", func(id string) any {
		return pipelines.Lifecycle{ID: id, Name: "L", Phases: []pipelines.Phase{
			{Name: "Dev", Environments: []string{"Dev"}, Automatic: true}, {Name: "Test", Environments: []string{"Test"}, Automatic: true},
		}}
	})
	ask := pipelines.Step{Name: "Sign off", Action: pipelines.Action{Type: "approval", Settings: settings(approval.Settings{Instructions: "look", Teams: []string{"Stakeholders"}, NotRequester: true})}}
	install := installs("Install", "Quotes")
	install.Environments = []string{"Dev"} // its port is taken there
	k.project(pipelines.Project{Name: "Quotes", Lifecycle: "L", Triggers: []pipelines.Trigger{{Package: "Quotes"}}, Steps: []pipelines.Step{ask, install}})
	return k.signIn(stella.UserID), k.signIn(omar.UserID)
}

func (k *kit) approves(p pipelines.Principal, id string) error {
	return k.Answer(k.t.Context(), p, requests.AnswerRequest{Deployment: id, Proceed: true})
}

// TestWhoBeganItByItselfDoesNotApprove: pushing a package is asking for what follows
// from it, down the whole lifecycle.
func TestWhoBeganItByItselfDoesNotApprove(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	stella, omar := k.guarded()
	got, err := k.ReceivePackage(t.Context(), stella, nupkg(t, "Quotes", "1.0.0", "one"))
	must(t, err)
	if len(got.Deployments) != 1 {
		t.Fatalf("the push made %+v", got)
	}
	for i, environment := range []string{"Dev", "Test"} {
		d := k.deploymentsTo("Projects-1", environment)
		if len(d) != 1 || d[0].CausedByID != stella.UserID || d[0].CausedBy != "stella" || d[0].CreatedByID != "" {
			t.Fatalf("deployments to %s = %+v", environment, d)
		}
		l := k.until(d[0].ID, pipelines.Waiting)
		refused(t, "who pushed it", k.approves(stella, d[0].ID), pipelines.Forbidden, "stella has caused "+d[0].ID)
		after, _, err := graph.Advance(l.Plan, l.State, graph.Event{ID: "x", At: k.Env.Now(), Of: graph.Answered{UserID: stella.UserID, Called: "stella", Proceed: true}})
		if must(t, err); after.Head.Status != pipelines.Waiting {
			t.Error("the graph takes her answer")
		}
		for _, m := range k.mailed("Sign-off needed", i+1) {
			if strings.Contains(strings.Join(m.To, " "), "stella@") {
				t.Error("she is mailed a question that she cannot answer")
			}
		}
		must(t, k.approves(omar, d[0].ID))
		k.until(d[0].ID, pipelines.Succeeded)
	}
}

func TestWhoMadeTheReleaseDoesNotApproveWhatFollows(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	stella, omar := k.guarded()
	k.change("Projects-1", func(p *pipelines.Project) { p.Triggers = nil })
	k.push("Quotes", "1.0.0", "one")
	_, followed, err := k.MakeRelease(t.Context(), stella, requests.ReleaseRequest{Project: "Quotes"})
	must(t, err)
	if len(followed.Deployments) != 1 {
		t.Fatalf("the release made %+v", followed)
	}
	id := followed.Deployments[0].ID
	k.until(id, pipelines.Waiting)
	refused(t, "who made the release", k.approves(stella, id), pipelines.Forbidden, "(release created by stella) and cannot answer")
	must(t, k.approves(omar, id))
	k.until(id, pipelines.Succeeded)
}
