package requests_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/runner/requests"
)

func TestDeployRefuses(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.places()
	k.project(pipelines.Project{Name: "Chain", Steps: []pipelines.Step{runs("one", "echo")}})
	other := k.project(pipelines.Project{Name: "Other", Steps: []pipelines.Step{runs("one", "echo #{X}"), {
		Name: "two", Roles: []string{"db"}, Action: runs("", "echo").Action,
	}}})
	r := k.release("Chain")
	try := func(p pipelines.Principal, project, release, environment string) error {
		_, err := k.Deploy(t.Context(), p, requests.DeployRequest{Project: project, Release: release, Environment: environment})
		return err
	}
	dev := k.user("dev", pipelines.RoleGrant{Role: "Deployment creator", Environments: []string{"Dev"}})
	refused(t, "the rule", try(k.admin, "Chain", r.Number, "Prod"), pipelines.Conflict, "release 0.0.1 cannot go to Prod yet: phase Dev needs 1 success, has 0")
	refused(t, "the right", try(dev, "Chain", r.Number, "Prod"), pipelines.Forbidden, `needs the permission DeploymentCreate in project "Chain" for environment "Prod"`)
	refused(t, "nobody", try(pipelines.Principal{}, "Chain", r.Number, "Dev"), pipelines.Unauthenticated, "sign in")
	refused(t, "no release", try(k.admin, "Chain", "9.9.9", "Dev"), pipelines.NotFound, `project Chain has no release "9.9.9"`)
	refused(t, "no environment", try(k.admin, "Chain", r.Number, "Lab"), pipelines.NotFound, "there are: Dev, Test, Prod")
	refused(t, "another project's release", try(k.admin, "Other", r.ID, "Dev"), pipelines.NotFound, "project Other has no release")

	mine := k.release("Other")
	err := try(k.admin, "Other", mine.Number, "Dev")
	refused(t, "findings", err, pipelines.Conflict, "Other 0.0.1 cannot be deployed to Dev")
	refusal, ok := errors.AsType[*pipelines.Error](err)
	if !ok || len(refusal.Problems) != 2 || !strings.Contains(refusal.Message, "(and 1 more)") {
		t.Errorf("the refusal has %d problems, want both: %v", len(refusal.Problems), refusal.Problems)
	}
	if all, err := k.Records.Deployments(t.Context(), other, 0); err != nil || len(all) != 0 {
		t.Errorf("a refused deployment was stored: %v, %v", all, err)
	}
	if err := try(dev, "Chain", r.ID, "dev"); err != nil {
		t.Errorf("a deployment with the right, by the release's id: %v", err)
	}
}

func TestDeployingAnOlderReleaseIsNoted(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.places()
	k.project(pipelines.Project{Name: "Chain", Steps: []pipelines.Step{runs("one", "echo")}})
	old, fresh := k.release("Chain"), k.release("Chain")
	k.until(k.deploy("Chain", fresh.Number, "Dev").ID, pipelines.Succeeded)
	ahead, err := k.Preview(t.Context(), k.admin, requests.DeployRequest{Project: "Chain", Release: old.Number, Environment: "Dev"})
	must(t, err)
	d, p := ahead.Deployment, ahead.Plan
	if !d.Older || d.Replaces != fresh.Number || len(p.Findings) != 1 || p.Findings[0].Blocks {
		t.Errorf("Preview = %+v with %+v, want a note that it is older", d, p.Findings)
	}
	made := k.deploy("Chain", old.Number, "Dev")
	if !made.Older || k.until(made.ID, pipelines.Succeeded).Deployment.Replaces != fresh.Number {
		t.Errorf("Deploy = %+v", made)
	}
}

// TestManyForOnePlaceAtOnce: however the requests meet, everyone gets its turn.
func TestManyForOnePlaceAtOnce(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.places()
	k.project(pipelines.Project{Name: "Chain", Steps: []pipelines.Step{runs("one", "echo")}})
	r := k.release("Chain")
	const n = 12
	ids := make([]string, n)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			d, err := k.Deploy(t.Context(), k.admin, requests.DeployRequest{Project: "Chain", Release: r.Number, Environment: "Dev"})
			if err != nil {
				t.Error(err)
			}
			ids[i] = d.ID
		})
	}
	all.Wait()
	for _, id := range ids {
		k.until(id, pipelines.Succeeded)
	}
}

func (k *kit) deploymentsTo(project, environment string) []pipelines.Deployment {
	k.t.Helper()
	all, err := k.Records.Deployments(k.t.Context(), project, 0)
	must(k.t, err)
	var out []pipelines.Deployment
	for _, d := range all {
		if d.Environment == environment {
			out = append(out, d)
		}
	}
	return out
}

func TestAutomaticPhasesFollowEachOther(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.quotes()
	k.add(records.Lifecycles, "L", func(id string) any {
		return pipelines.Lifecycle{ID: id, Name: "L", Phases: []pipelines.Phase{
			{Name: "Dev", Environments: []string{"Dev"}}, {Name: "Test", Environments: []string{"Test"}, Automatic: true}, {Name: "Prod", Environments: []string{"Prod"}},
		}}
	})
	k.change("Projects-1", func(p *pipelines.Project) { p.Lifecycle = "L" })
	got := k.push("Quotes", "1.0.0", "one")
	if len(got.Deployments) != 1 || got.Deployments[0].Environment != "Dev" || !strings.HasPrefix(got.Deployments[0].Via, "trigger: package Quotes pushed by admin") {
		t.Fatalf("deployments = %+v, want one to Dev", got.Deployments)
	}
	// two projects in one place: the claims of Dev are on the same port as Test's
	k.until(got.Deployments[0].ID, pipelines.Succeeded)
	test := k.deploymentsTo("Projects-1", "Test")
	if len(test) != 1 || test[0].Via != "lifecycle: Dev succeeded, begun by admin" {
		t.Fatalf("deployments to Test = %+v, want one by the lifecycle", test)
	}
	if prod := k.deploymentsTo("Projects-1", "Prod"); len(prod) != 0 {
		t.Errorf("deployments to Prod = %+v, want none", prod)
	}
}

// TestAnAutomaticDeploymentThatCannotBeIsRecorded: nobody was there to be
// refused, so it fails, and the mail that is always sent is sent.
func TestAnAutomaticDeploymentThatCannotBeIsRecorded(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.add(records.Environments, "Dev", func(id string) any { return pipelines.Environment{ID: id, Name: "Dev"} })
	k.project(pipelines.Project{Name: "Quotes", Triggers: []pipelines.Trigger{{Package: "Quotes"}}, Steps: []pipelines.Step{installs("Install", "Quotes"), mailsAlways("how it went")}})
	got := k.push("Quotes", "1.0.0", "one")
	if len(got.Deployments) != 1 {
		t.Fatalf("deployments = %+v, want one", got.Deployments)
	}
	l := k.until(got.Deployments[0].ID, pipelines.Failed)
	const why = `step "Install" finds no target with role web in environment Dev`
	if !strings.Contains(l.State.Head.Message, why) || l.State.Head.Steps[0].Status != pipelines.Failed {
		t.Errorf("it failed with %q, steps %+v", l.State.Head.Message, l.State.Head.Steps)
	}
	if text := k.mailed("how it went", 1)[0].Text; !strings.Contains(text, why) {
		t.Errorf("the mail says %q", text)
	}
	if held, err := k.Records.Claims(t.Context()); err != nil || len(held) != 0 {
		t.Errorf("a deployment that never ran holds %+v, %v", held, err)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.places()
	k.project(pipelines.Project{Name: "Chain", Steps: []pipelines.Step{asks("Wait")}})
	r := k.release("Chain")
	d := k.deploy("Chain", r.Number, "Dev")
	k.until(d.ID, pipelines.Waiting)
	viewer := k.user("viewer", pipelines.RoleGrant{Role: "Project viewer"})
	elsewhere := k.user("elsewhere", pipelines.RoleGrant{Role: "Deployment creator", Environments: []string{"Test"}})
	here := k.user("here", pipelines.RoleGrant{Role: "Deployment creator", Environments: []string{"Dev"}})
	for _, p := range []pipelines.Principal{viewer, elsewhere} {
		code, words := pipelines.Forbidden, "TaskCancel"
		if p.Username == "elsewhere" { // who sees nothing of it
			code, words = pipelines.NotFound, "there is no deployment"
		}
		refused(t, "cancel by "+p.Username, k.Cancel(t.Context(), p, d.ID, ""), code, words)
	}
	refused(t, "cancel of nothing", k.Cancel(t.Context(), k.admin, "Deployments-9", ""), pipelines.NotFound, "Deployments-9")
	must(t, k.Cancel(t.Context(), here, d.ID, "wrong one"))
	l := k.until(d.ID, pipelines.Cancelled)
	if l.State.Head.Cancel.Called != "here" || l.State.Head.Cancel.Note != "wrong one" {
		t.Errorf("Cancel = %+v", l.State.Head.Cancel)
	}
	refused(t, "cancel of what has ended", k.Cancel(t.Context(), here, d.ID, ""), pipelines.Conflict, "has ended already")
}
