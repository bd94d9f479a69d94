package requests_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/variables"
	"slipway/runner/records"
	"slipway/runner/requests"
)

// TestWhoPushesHearsOfWhatTheySee: any project may wait for a package, also one
// that they do not see.
func TestWhoPushesHearsOfWhatTheySee(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.quotes()
	k.project(pipelines.Project{Name: "Broken", Triggers: []pipelines.Trigger{{Package: "Quotes"}}}) // makes no release, as it has no steps
	pushes := pipelines.RoleGrant{Role: "Package publisher"}
	role := func(name string, projects, environments []string) pipelines.RoleGrant {
		return pipelines.RoleGrant{Role: name, Projects: projects, Environments: environments}
	}
	for i, c := range []struct {
		by                              pipelines.Principal
		releases, deployments, problems int
	}{
		{k.admin, 1, 1, 1},
		{k.user("pusher", pushes), 0, 0, 0},
		{k.user("ofquotes", pushes, role("Project viewer", []string{"Quotes"}, nil)), 1, 1, 0},
		{k.user("ofbroken", pushes, role("Project viewer", []string{"Broken"}, nil)), 0, 0, 1},
		{k.user("oftest", pushes, role("Project viewer", nil, []string{"Test"})), 1, 0, 1},
		{k.user("ofdev", pushes, role("Project viewer", nil, []string{"Dev"})), 1, 1, 1},
	} {
		got, err := k.ReceivePackage(t.Context(), c.by, nupkg(t, "Quotes", fmt.Sprintf("1.0.%d", i), "one"))
		must(t, err)
		if got.Package.ID != "Quotes" || len(got.Releases) != c.releases || len(got.Deployments) != c.deployments || len(got.Problems) != c.problems {
			t.Errorf("%s hears %d releases, %d deployments, %q; want %d, %d and %d problems", c.by.Username, len(got.Releases), len(got.Deployments), got.Problems, c.releases, c.deployments, c.problems)
		}
	}
	// An older version is not sent over a newer one, and whoever may see that hears why.
	for i, c := range []struct {
		by   pipelines.Principal
		want int
	}{{k.signIn("Users-1"), 0}, {k.signIn("Users-4"), 0}, {k.signIn("Users-5"), 1}} {
		got, err := k.ReceivePackage(t.Context(), c.by, nupkg(t, "Quotes", fmt.Sprintf("0.9.%d", i), "one"))
		must(t, err)
		if len(got.NotSent) != c.want {
			t.Errorf("%s hears %q, want %d", c.by.Username, got.NotSent, c.want)
		}
	}
}

// TestANewReleaseTellsOfDeploymentsThatOneSees.
func TestANewReleaseTellsOfDeploymentsThatOneSees(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.places()
	k.add(records.Lifecycles, "Auto", func(id string) any {
		return pipelines.Lifecycle{ID: id, Name: "Auto", Phases: []pipelines.Phase{{Name: "Dev", Environments: []string{"Dev"}, Automatic: true}}}
	})
	k.project(pipelines.Project{Name: "Chain", Lifecycle: "Auto", Steps: []pipelines.Step{runs("one", "echo")}})
	creates := pipelines.RoleGrant{Role: "Release creator"}
	for _, c := range []struct {
		by   pipelines.Principal
		want int
	}{
		{k.admin, 1},
		{k.user("creator", creates), 0},
		{k.user("seeing", creates, pipelines.RoleGrant{Role: "Project viewer"}), 1},
	} {
		_, followed, err := k.MakeRelease(t.Context(), c.by, requests.ReleaseRequest{Project: "Chain"})
		must(t, err)
		if len(followed.Deployments) != c.want {
			t.Errorf("%s hears of %d deployments, want %d", c.by.Username, len(followed.Deployments), c.want)
		}
	}
}

// TestNothingIsNamedThatOneDoesNotSee, in an error about what is not there.
func TestNothingIsNamedThatOneDoesNotSee(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.quotes()
	k.project(pipelines.Project{Name: "Hidden", Steps: []pipelines.Step{runs("one", "echo")}})
	editor := k.user("editor", pipelines.RoleGrant{Role: "Project deployer", Projects: []string{"Quotes"}})
	dev := k.user("dev", pipelines.RoleGrant{Role: "Project deployer", Environments: []string{"Dev"}})
	bare := k.user("bare", pipelines.RoleGrant{Role: "Deployment creator"})
	for _, c := range []struct {
		by        pipelines.Principal
		in        requests.DeployRequest
		want, not string
	}{
		{editor, requests.DeployRequest{Project: "Nope"}, "there are: Quotes", "Hidden"},
		{dev, requests.DeployRequest{Project: "Nope"}, "there are: Hidden, Quotes", "\n"},
		{dev, requests.DeployRequest{Project: "Quotes", Environment: "Nope"}, "there are: Dev", "Prod"},
		{bare, requests.DeployRequest{Project: "Nope"}, `no project "Nope", or you may not see it`, "Quotes"},
		{bare, requests.DeployRequest{Project: "Quotes", Environment: "Nope"}, `no environment "Nope", or you may not see it`, "Dev"},
		{k.admin, requests.DeployRequest{Project: "Quotes", Environment: "Nope"}, "there are: Dev, Test, Prod", "\n"},
	} {
		_, err := k.Preview(t.Context(), c.by, c.in)
		refused(t, c.by.Username, err, pipelines.NotFound, c.want)
		if strings.Contains(fmt.Sprint(err), c.not) {
			t.Errorf("%s is told %v, and may not see %s", c.by.Username, err, c.not)
		}
	}
}

// TestAnUpdateTellsOfValuesThatOneSees, and stores all.
func TestAnUpdateTellsOfValuesThatOneSees(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	project := k.asking()
	creates := pipelines.RoleGrant{Role: "Release creator"}
	for i, c := range []struct {
		by   pipelines.Principal
		want string
	}{
		{k.admin, "Prod, Site"},
		{k.user("creator", creates), ""},
		{k.user("seeing", creates, pipelines.RoleGrant{Role: "Project viewer"}), "Prod, Site"},
		{k.user("ofdev", creates, pipelines.RoleGrant{Role: "Project viewer", Environments: []string{"Dev"}}), "Site"},
	} {
		r := k.release("Chain")
		k.change(project, func(p *pipelines.Project) {
			value := pipelines.Text(fmt.Sprint("new ", i))
			p.Variables = append(p.Variables[:3:3], pipelines.Variable{Name: "Site", Value: value}, pipelines.Variable{Name: "Prod", Value: value, Scope: pipelines.Scope{Environments: []string{"Prod"}}})
		})
		after, changed, err := k.UpdateVariables(t.Context(), c.by, r.ID)
		must(t, err)
		if got := namesOf(changed); got != c.want || len(after.Project.Variables) != 5 {
			t.Errorf("%s hears of %q and stores %d variables, want %q and 5", c.by.Username, got, len(after.Project.Variables), c.want)
		}
	}
}

func namesOf(all []variables.Difference) string {
	var names []string
	for _, d := range all {
		names = append(names, d.Name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
