package simulation_test

import (
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/steps/approval"
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
