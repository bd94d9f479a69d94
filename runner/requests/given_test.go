package requests_test

import (
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/variables"
	"slipway/runner/records"
	"slipway/runner/requests"
)

// asking is a project that asks for a title, and for a mode in Dev.
func (k *kit) asking() string {
	k.places()
	k.add(records.VariableSets, "Shared", func(id string) any {
		return pipelines.VariableSet{ID: id, Name: "Shared", Variables: []pipelines.Variable{{Name: "Host", Value: "example.org"}}}
	})
	return k.project(pipelines.Project{
		Name: "Chain", VariableSets: []string{"Shared"}, Steps: []pipelines.Step{runs("one", "echo #{Title} #{Mode} #{Host}")},
		Variables: []pipelines.Variable{
			{Name: "Title", Prompt: &pipelines.Prompt{Label: "The title", Required: true}},
			{Name: "Mode", Value: "slow", Scope: pipelines.Scope{Environments: []string{"Dev"}}, Prompt: &pipelines.Prompt{Options: []string{"slow", "fast"}}},
			{Name: "Mode", Value: "fixed"},
		},
	})
}

func TestValuesAreAskedForAndKept(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.asking()
	r := k.release("Chain")
	in := requests.DeployRequest{Project: "Chain", Release: r.Number, Environment: "Dev"}
	ahead, err := k.Preview(t.Context(), k.admin, in)
	must(t, err)
	if len(ahead.Asked) != 2 || ahead.Asked[0].Name != "Title" || ahead.Asked[1].Value != "slow" || len(ahead.Plan.Findings) != 0 || len(ahead.Lacking) != 1 {
		t.Errorf("Preview = asked %+v, findings %+v, lacking %+v", ahead.Asked, ahead.Plan.Findings, ahead.Lacking)
	}
	for _, c := range []struct {
		values map[string]string
		code   pipelines.Code
		words  string
	}{
		{nil, pipelines.Conflict, `variable "Title" has to be given at each deployment`},
		{map[string]string{"Title": "x", "Mode": "medium"}, pipelines.Conflict, `variable "Mode" is one of slow, fast`},
		{map[string]string{"Title": "x", "Host": "y"}, pipelines.Conflict, `a value was given for "Host", and asked for are Title, Mode`},
		{map[string]string{"Title": "x", "TITLE": "y"}, pipelines.Invalid, "two values were given"},
		{map[string]string{"Title": strings.Repeat("x", 17<<10)}, pipelines.Invalid, "at most 16384 bytes"},
	} {
		try := in
		try.Values = c.values
		_, err := k.Deploy(t.Context(), k.admin, try)
		refused(t, "Deploy", err, c.code, c.words)
	}
	in.Values = map[string]string{"title": "Hi #{Host}", "Mode": "fast"}
	in.Comment = "for the fair"
	d, err := k.Deploy(t.Context(), k.admin, in)
	must(t, err)
	l := k.until(d.ID, pipelines.Succeeded)
	if l.Deployment.Values["Title"] != "Hi #{Host}" || variable(l.Plan, "Mode") != "fast" || variable(l.Plan, "Octopus.Deployment.Comments") != "for the fair" {
		t.Errorf("the deployment keeps %v, plan %+v", l.Deployment.Values, l.Plan.Variables)
	}
	if got := l.Plan.Steps[0].Shown[0].Text; got != "echo Hi #{Host} fast example.org" {
		t.Errorf("the text comes out as %q: what was given is no template", got)
	}
	log, err := k.Records.AuditLog(t.Context(), time.Now().Add(time.Hour), 20)
	must(t, err)
	told := false
	for _, e := range log {
		told = told || e.Category == "DeploymentQueued" && e.Details["values"] == "Mode = fast\nTitle = Hi #{Host}\n" && e.Details["comment"] == "for the fair"
	}
	if !told {
		t.Errorf("no audit entry tells the values and the comment: %+v", log)
	}
	// in Test nobody is asked for the mode
	if ahead, err := k.Preview(t.Context(), k.admin, requests.DeployRequest{Project: "Chain", Release: r.Number, Environment: "Test"}); err != nil || len(ahead.Asked) != 1 {
		t.Errorf("asked in Test: %+v, %v", ahead.Asked, err)
	}
}

func TestAnAutomaticDeploymentThatLacksAValueFails(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.quotes()
	k.change("Projects-1", func(p *pipelines.Project) {
		p.Variables = []pipelines.Variable{{Name: "Title", Prompt: &pipelines.Prompt{Required: true}}}
	})
	got := k.push("Quotes", "1.0.0", "one")
	if len(got.Deployments) != 1 {
		t.Fatalf("deployments = %+v, want one", got.Deployments)
	}
	if l := k.until(got.Deployments[0].ID, pipelines.Failed); !strings.Contains(l.State.Head.Message, `variable "Title" has to be given at each deployment`) {
		t.Errorf("it failed with %q", l.State.Head.Message)
	}
}

func TestWhatWasThereBefore(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.places()
	k.project(pipelines.Project{Name: "Chain", Steps: []pipelines.Step{runs("one", "echo")}})
	k.project(pipelines.Project{Name: "Other", Steps: []pipelines.Step{runs("one", "echo")}})
	first := k.release("Chain")
	k.release("Other")
	second := k.release("Chain")
	good := k.deploy("Chain", first.Number, "Dev")
	k.until(good.ID, pipelines.Succeeded)
	l := k.until(k.deploy("Chain", second.Number, "Dev").ID, pipelines.Succeeded)
	for name, want := range map[string]string{
		"Octopus.Release.Previous.Number": first.Number, "Octopus.Release.PreviousForEnvironment.Number": first.Number,
		"Octopus.Deployment.PreviousSuccessful.Id": good.ID, "Octopus.Release.CurrentForEnvironment.Number": first.Number,
	} {
		if got := variable(l.Plan, name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
}

func TestUpdateVariables(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	project := k.asking()
	r := k.release("Chain")
	if len(r.Sets) != 1 || r.Sets[0].Variables[0].Value != "example.org" {
		t.Fatalf("the release froze the sets %+v", r.Sets)
	}
	if head, err := k.Records.Releases(t.Context(), project, 1); err != nil || head[0].Sets != nil || head[0].Project.Variables != nil {
		t.Errorf("a head carries what is frozen: %+v, %v", head, err)
	}
	k.change(project, func(p *pipelines.Project) {
		p.Variables[2].Value = "other"
		p.Steps = append(p.Steps, runs("two", "echo"))
	})
	set, err := k.Records.VariableSet(t.Context(), r.Sets[0].ID)
	must(t, err)
	set.Noun.Variables[0].Value = "example.com"
	must(t, k.Records.Write(t.Context(), records.ReplaceNoun(records.VariableSets, set.Noun.ID, set.Noun, set.Revision)))
	in := requests.DeployRequest{Project: "Chain", Release: r.Number, Environment: "Dev", Values: map[string]string{"Title": "x"}}
	ahead, err := k.Preview(t.Context(), k.admin, in)
	must(t, err)
	const changed = `Host (set Shared) was "example.org", is "example.com" now; this deployment uses the release's "example.org"`
	if len(ahead.Plan.Findings) != 2 || ahead.Plan.Findings[1].Blocks || !strings.HasPrefix(ahead.Plan.Findings[1].Message, changed) {
		t.Errorf("findings = %+v, want the changes since the release", ahead.Plan.Findings)
	}

	viewer := k.user("viewer", pipelines.RoleGrant{Role: "Project viewer"})
	_, _, err = k.UpdateVariables(t.Context(), viewer, r.ID)
	refused(t, "without the right", err, pipelines.Forbidden, "ReleaseCreate")
	_, _, err = k.UpdateVariables(t.Context(), k.admin, "Releases-9")
	refused(t, "no release", err, pipelines.NotFound, "Releases-9")
	after, differences, err := k.UpdateVariables(t.Context(), k.admin, r.ID)
	must(t, err)
	if len(differences) != 2 || differences[0].What != variables.ValueChanged || len(after.Project.Steps) != 1 || after.Number != r.Number {
		t.Errorf("UpdateVariables = %+v, %+v", after, differences)
	}
	stored, err := k.Records.Release(t.Context(), r.ID)
	must(t, err)
	if stored.Project.Variables[2].Value != "other" || stored.Sets[0].Variables[0].Value != "example.com" || len(stored.Project.Steps) != 1 {
		t.Errorf("stored is %+v", stored)
	}
	if heads, err := k.Records.Releases(t.Context(), project, 0); err != nil || len(heads) != 1 || heads[0].Sets != nil {
		t.Errorf("the list has %+v, %v", heads, err)
	}
	log, err := k.Records.AuditLog(t.Context(), time.Now().Add(time.Hour), 1)
	must(t, err)
	if log[0].Category != "ReleaseVariablesUpdated" || !strings.Contains(log[0].Details["lines"], `Host (set Shared) was "example.org", is "example.com" now`) {
		t.Errorf("the audit says %+v", log[0])
	}
	if ahead, err = k.Preview(t.Context(), k.admin, in); err != nil || len(ahead.Plan.Findings) != 0 {
		t.Errorf("findings after the update = %+v, %v", ahead.Plan.Findings, err)
	}
	if _, differences, err = k.UpdateVariables(t.Context(), k.admin, r.ID); err != nil || len(differences) != 0 {
		t.Errorf("a second update changes %+v, %v", differences, err)
	}
	if again, err := k.Records.AuditLog(t.Context(), time.Now().Add(time.Hour), 1); err != nil || again[0].ID != log[0].ID {
		t.Errorf("an update of nothing is audited: %+v, %v", again, err)
	}
}
