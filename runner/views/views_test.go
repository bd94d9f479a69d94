package views_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/steps"
	"slipway/pipelines/task"
	"slipway/runner/bolttable"
	"slipway/runner/diskblobs"
	"slipway/runner/records"
	"slipway/runner/tasklog"
	"slipway/runner/views"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// kit is what people look at: two projects, deployed to Dev and Prod.
type kit struct {
	*views.Views
	t *testing.T
}

func newKit(t *testing.T) *kit {
	t.Helper()
	dir := t.TempDir()
	table, err := bolttable.Open(filepath.Join(dir, "slipway.db"), time.Now)
	must(t, err)
	t.Cleanup(func() { _ = table.Close() })
	store, err := diskblobs.Open(filepath.Join(dir, "blobs"))
	must(t, err)
	k := &kit{Views: &views.Views{Records: records.New(table, store), Output: tasklog.New(store)}, t: t}
	for i, name := range []string{"Dev", "Prod"} {
		k.add(records.Environments, name, func(id string) any { return pipelines.Environment{ID: id, Name: name, SortOrder: i} })
	}
	k.add(records.Targets, "web-1", func(id string) any { return pipelines.Target{ID: id, Name: "web-1"} })
	for _, name := range []string{"Quotes", "Other"} {
		k.add(records.Projects, name, func(id string) any { return pipelines.Project{ID: id, Name: name} })
		for _, environment := range []string{"Dev", "Prod"} {
			k.deployed(name, environment)
		}
	}
	return k
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (k *kit) add(kind records.Kind, name string, with func(id string) any) {
	k.t.Helper()
	changes, _, err := k.Records.NewNoun(k.t.Context(), kind, name, func(id string, _ int) any { return with(id) })
	must(k.t, err)
	must(k.t, k.Records.Write(k.t.Context(), changes...))
}

// deployed stores release 1.0 of a project, if it is not there, and a
// deployment of it that waits for its first step in an environment.
func (k *kit) deployed(project, environment string) {
	k.t.Helper()
	ctx := k.t.Context()
	number := map[string]string{"Quotes": "1", "Other": "2", "Dev": "1", "Prod": "2"}
	r := pipelines.Release{ProjectID: "Projects-" + number[project], Number: "1.0", Project: pipelines.Project{Name: project, Steps: []pipelines.Step{
		{Name: "Ask", Action: pipelines.Action{Type: "approval", Settings: []byte(`{"instructions":"look","teams":["Stakeholders"]}`)}},
	}}}
	head, there, err := k.Records.ReleaseNumbered(ctx, r.ProjectID, r.Number)
	must(k.t, err)
	if r.ID = head.ID; !there {
		r, err = k.Records.AddRelease(ctx, r, func(pipelines.Release) []pipelines.Event { return nil })
		must(k.t, err)
	}
	id, take, err := k.Records.NextDeployment(ctx)
	must(k.t, err)
	d := pipelines.Deployment{ID: id, ProjectID: r.ProjectID, Project: project, ReleaseID: r.ID, Release: "1.0",
		EnvironmentID: "Environments-" + number[environment], Environment: environment, Created: noon, Status: pipelines.Queued}
	_, err = k.Records.AddDeployment(ctx, records.Request{Deployment: d, Take: take, At: noon, EventID: "e", Plan: plan.Make(plan.Input{
		Deployment: d, Release: r, Environment: pipelines.Environment{ID: d.EnvironmentID, Name: environment}, Types: steps.Types(),
	})})
	must(k.t, err)
}

// who is somebody with a role within a scope.
func who(role string, projects, environments []string) pipelines.Principal {
	return pipelines.PrincipalOf(pipelines.User{ID: "Users-1", Username: "u"}, []pipelines.Team{{
		Name: "T", Members: []string{"u"}, Roles: []pipelines.RoleGrant{{Role: role, Projects: projects, Environments: environments}},
	}}, nil, "test")
}

// TestWhatCanBeSeen: every list, for people who may see all, part or nothing.
func TestWhatCanBeSeen(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	for _, c := range []struct {
		name string
		p    pipelines.Principal
		want string
	}{
		{"admin", pipelines.Principal{UserID: "a", Admin: true}, "Other[Dev Prod] Quotes[Dev Prod]"},
		{"viewer", who("Project viewer", nil, nil), "Other[Dev Prod] Quotes[Dev Prod]"},
		{"viewer of one project", who("Project viewer", []string{"quotes"}, nil), "Quotes[Dev Prod]"},
		{"viewer of Dev", who("Project viewer", nil, []string{"Dev"}), "Other[Dev] Quotes[Dev]"},
		{"viewer of one project in Prod", who("Project viewer", []string{"Other"}, []string{"Prod"}), "Other[Prod]"},
		{"publisher", who("Package publisher", nil, nil), ""},
		{"nobody", pipelines.Principal{}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			rows, err := k.Dashboard(t.Context(), c.p)
			must(t, err)
			var dashboard, lists, releases []string
			for _, row := range rows {
				var seen []string
				for _, cell := range row.Cells {
					if cell.Newest != nil {
						seen = append(seen, cell.Newest.Environment)
					}
				}
				dashboard = append(dashboard, row.Project.Name+fmt.Sprint(seen))
			}
			projects, err := k.Projects(t.Context(), c.p)
			must(t, err)
			for _, project := range projects {
				all, err := k.Deployments(t.Context(), c.p, project.Name, 0)
				must(t, err)
				lists = append(lists, project.Name+environmentsOf(all))
				r, err := k.Release(t.Context(), c.p, project.ID, "1.0")
				must(t, err)
				all, next, err := k.ReleaseDeployments(t.Context(), c.p, r, "", 10)
				must(t, err)
				if next != "" {
					t.Errorf("there is more behind %s", next)
				}
				must(t, k.LatestOf(t.Context(), c.p, &r))
				if got, want := environmentsOf(r.Latest), environmentsOf(all); got != want {
					t.Errorf("the latest are in %s, all in %s", got, want)
				}
				releases = append(releases, project.Name+environmentsOf(all))
			}
			for what, got := range map[string][]string{"dashboard": dashboard, "deployments": lists, "releases": releases} {
				if text := strings.Join(got, " "); text != c.want {
					t.Errorf("%s shows %s, want %s", what, text, c.want)
				}
			}
		})
	}
}

// environmentsOf are the environments of deployments, oldest first.
func environmentsOf(all []pipelines.Deployment) string {
	var out []string
	for _, d := range all {
		out = append([]string{d.Environment}, out...)
	}
	return fmt.Sprint(out)
}

func TestOneThingThatMayNotBeSeenIsNotThere(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	dev := who("Project viewer", []string{"Quotes"}, []string{"Dev"})
	_, project := k.Project(t.Context(), dev, "Other")
	_, deployment := k.Deployment(t.Context(), dev, "Deployments-2") // Quotes to Prod
	_, _, log := k.Log(t.Context(), dev, "Deployments-2", "", 10)
	_, release := k.Release(t.Context(), dev, "Other", "1.0")
	_, deployments := k.Deployments(t.Context(), dev, "Other", 0)
	for what, err := range map[string]error{"project": project, "deployment": deployment, "log": log, "release": release, "deployments": deployments} {
		if pipelines.CodeOf(err) != pipelines.NotFound {
			t.Errorf("%s = %v, want that it is not there", what, err)
		}
	}
	if _, err := k.Deployment(t.Context(), dev, "Deployments-1"); err != nil {
		t.Errorf("a deployment that may be seen: %v", err)
	}
	if _, err := k.Project(t.Context(), dev, "Nope"); pipelines.CodeOf(err) != pipelines.NotFound {
		t.Errorf("no project = %v", err)
	}
	if _, err := k.Deployment(t.Context(), pipelines.Principal{}, "Deployments-1"); pipelines.CodeOf(err) != pipelines.Unauthenticated {
		t.Errorf("nobody asks for a deployment: %v", err)
	}
}

// TestListsOfOthersAreEmpty: a list is filtered, not refused.
func TestListsOfOthersAreEmpty(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	must(t, k.Records.Write(t.Context(), records.AddPackage(pipelines.Package{ID: "Quotes", Version: "1.0.0"})...))
	lists := func(p pipelines.Principal) string {
		environments, err := k.Environments(t.Context(), p)
		must(t, err)
		targets, err := k.Targets(t.Context(), p)
		must(t, err)
		lifecycles, err := k.Lifecycles(t.Context(), p)
		must(t, err)
		packages, err := k.Packages(t.Context(), p)
		must(t, err)
		users, err := k.Users(t.Context(), p)
		must(t, err)
		secrets, err := k.Secrets(t.Context(), p)
		must(t, err)
		return fmt.Sprint(len(environments), len(targets), len(lifecycles), len(packages), len(users), len(secrets))
	}
	for _, c := range []struct {
		p    pipelines.Principal
		want string
	}{
		{who("Project viewer", nil, nil), "2 1 1 1 0 0"}, {who("Package publisher", nil, nil), "0 0 0 1 0 0"}, {pipelines.Principal{}, "0 0 0 0 0 0"},
	} {
		if got := lists(c.p); got != c.want {
			t.Errorf("%s sees %s, want %s", c.p.Username, got, c.want)
		}
	}
}

// TestWaitingAreTheDeploymentsThatAskMe, be it that I may see them or not.
func TestWaitingAreTheDeploymentsThatAskMe(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	asked := who("Project viewer", []string{"Quotes"}, nil)
	if all, err := k.Waiting(t.Context(), asked); err != nil || len(all) != 0 {
		t.Errorf("somebody who is not asked: %d, %v", len(all), err)
	}
	asked.Teams = []string{"stakeholders"}
	all, err := k.Waiting(t.Context(), asked)
	must(t, err)
	only := map[string]bool{}
	for _, d := range all {
		if !d.MayAnswer[0] || d.MayCancel {
			t.Errorf("%s waits: may answer %v, may cancel %t", d.Deployment.ID, d.MayAnswer, d.MayCancel)
		}
		only[d.Deployment.Project] = d.AskedOnly
	}
	if len(all) != 4 || only["Quotes"] || !only["Other"] {
		t.Errorf("Waiting = %d deployments, only asked for %v; want four, and those of Other not to be seen", len(all), only)
	}
	if all, err := k.Waiting(t.Context(), pipelines.Principal{}); err != nil || len(all) != 0 {
		t.Errorf("nobody: %d, %v", len(all), err)
	}
}

func TestTheLogNamesItsSteps(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	w, err := k.Output.Writer("Deployments-1", tasklog.TaskID(0), "a", 0)
	must(t, err)
	must(t, w.Append(t.Context(), task.Line{Seq: 1, At: noon, Stream: task.Stdout, Text: "hello"}))
	must(t, w.Flush(t.Context()))
	lines, next, err := k.Log(t.Context(), who("Project viewer", nil, nil), "Deployments-1", "", 10)
	must(t, err)
	if len(lines) != 1 || lines[0].Text != "hello" || lines[0].Step != 0 || lines[0].Name != "Ask" || lines[0].Target != "" {
		t.Errorf("Log = %+v", lines)
	}
	if lines, _, err := k.Log(t.Context(), who("Project viewer", nil, nil), "Deployments-1", next, 10); err != nil || len(lines) != 0 {
		t.Errorf("Log after the end = %+v, %v", lines, err)
	}
}
