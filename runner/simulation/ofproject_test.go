package simulation_test

import (
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/steps/approval"
	"slipway/pipelines/steps/deploypackage"
	"slipway/pipelines/steps/script"
	"slipway/runner/simulation"
)

// TestOfProject simulates a project as somebody would have it.
func TestOfProject(t *testing.T) {
	t.Parallel()
	setup := simulation.Setup{
		Environments: []string{"Dev", "Prod"},
		Targets:      []pipelines.Target{{Name: "web-1", Roles: []string{"web"}, Environments: []string{"Dev", "Prod"}, SSH: &pipelines.SSHAddress{Host: "web-1"}}},
		Users:        []pipelines.User{{Username: "ida", Mail: "ida@example.org"}},
		Teams:        []pipelines.Team{{Name: "Leads", Members: []string{"ida"}}},
		Projects: []pipelines.Project{{Name: "Shop", Steps: []pipelines.Step{
			{Name: "Install", Roles: []string{"web"}, Action: pipelines.Action{Type: "script", Settings: simulation.Settings(script.Settings{Body: "echo"})}},
			{Name: "Sign off", Action: pipelines.Action{Type: "approval", Settings: simulation.Settings(approval.Settings{Instructions: "Look.", Teams: []string{"Leads"}})}},
		}}},
	}
	worlds, err := simulation.OfProject(setup, "shop")
	if err != nil {
		t.Fatal(err)
	}
	sum := simulation.Campaign{World: worlds, Seeds: 20}.Run(t.Context())
	if sum.Failed > 0 || sum.Passed != 20 || sum.Cover["event Answered"] == 0 {
		var out strings.Builder
		sum.Write(t.Context(), &out, "slipway simulate", true)
		t.Error(out.String())
	}
	if _, err := simulation.OfProject(setup, "other"); pipelines.CodeOf(err) != pipelines.NotFound {
		t.Errorf("a project that is not there: %v", err)
	}
}

// TestOfProjectMakesUpTheRest simulates a project that leans on much that a
// folder of text does not hold.
func TestOfProjectMakesUpTheRest(t *testing.T) {
	t.Parallel()
	two := 2
	web := []string{"web"}
	step := func(name, kind string, settings any, roles ...string) pipelines.Step {
		return pipelines.Step{Name: name, Roles: roles, Action: pipelines.Action{Type: kind, Settings: simulation.Settings(settings)}}
	}
	setup := simulation.Setup{
		Environments: []string{"Dev", "Prod", "Lab"},
		Lifecycles:   []pipelines.Lifecycle{{Name: "Short", Phases: []pipelines.Phase{{Name: "Prod", Environments: []string{"Prod"}}}}},
		Targets: []pipelines.Target{
			{Name: "web-1", Roles: web, Environments: []string{"Dev", "Prod", "Lab"}, SSH: &pipelines.SSHAddress{Host: "web-1", Key: "deploy key"}},
			{Name: "web-2", Roles: web, Environments: []string{"Prod"}, SSM: &pipelines.SSMAddress{Instance: "i-2", Platform: "linux"}},
		},
		Projects: []pipelines.Project{{
			Name: "Shop", VariableSets: []string{"Shared"},
			Channels: []pipelines.Channel{
				{Name: "Stable", Default: true, Rules: []pipelines.VersionRule{{Versions: "[2.0,3.0)", Tag: "^$"}}},
				{Name: "Hotfix", Lifecycle: "Short", Rules: []pipelines.VersionRule{{Tag: "^beta"}}},
			},
			Variables: []pipelines.Variable{
				{Name: "Password", Secret: "db"}, {Name: "Key", Parameter: "/prod/key"},
				{Name: "Colour", Prompt: &pipelines.Prompt{Required: true, Options: []string{"red", "blue"}}},
			},
			Steps: []pipelines.Step{
				step("Install", "package", deploypackage.Settings{ID: "Shop"}, "web"),
				step("Configure", "script", script.Settings{Body: "echo #{Password} #{Key} #{Colour} #{From the set}"}, "web"),
				step("Sign off", "approval", approval.Settings{Instructions: "Look.", Teams: []string{"Leads"}, Approvals: &two}),
			},
		}},
	}
	worlds, err := simulation.OfProject(setup, "Shop")
	if err != nil {
		t.Fatal(err)
	}
	sum := simulation.Campaign{World: worlds, Seeds: 24}.Run(t.Context())
	if sum.Failed > 0 || sum.Cover["event Answered"] == 0 || sum.Cover["host step: running to succeeded"] == 0 {
		var out strings.Builder
		sum.Write(t.Context(), &out, "slipway simulate", true)
		t.Error(out.String())
	}
	setup.Projects[0].Steps = append(setup.Projects[0].Steps, step("Teleport", "teleport", struct{}{}, "web"))
	if _, err := simulation.OfProject(setup, "Shop"); pipelines.CodeOf(err) != pipelines.Invalid || !strings.Contains(err.Error(), "Teleport") {
		t.Errorf("a step of an unknown type: %v", err)
	}
}
