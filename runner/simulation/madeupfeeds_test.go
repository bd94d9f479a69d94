package simulation

import (
	"encoding/json"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/steps"
)

func TestAProjectThatTakesItsPackageFromAFeedIsPlayed(t *testing.T) {
	t.Parallel()
	step := pipelines.Step{Name: "Deploy", Roles: []string{"web"}, Action: pipelines.Action{Type: "package", Settings: json.RawMessage(`{"id":"A","feed":"Nexus","purge":true}`)}}
	given := []pipelines.Step{step, {Name: "Rolling", Steps: []pipelines.Step{step}}}
	s := completed(Setup{Environments: []string{"Dev"}, Projects: []pipelines.Project{{Name: "P", Steps: given}}})
	for _, one := range s.Projects[0].AllSteps() {
		if one.Action.Type == "" {
			continue
		}
		if feed := plan.FeedOf(steps.Types()["package"], one.Action.Settings); feed != "" || string(one.Action.Settings) != `{"id":"A","purge":true}` {
			t.Errorf("step %s takes from %q: %s", one.Name, feed, one.Action.Settings)
		}
	}
	if string(given[0].Action.Settings) != string(step.Action.Settings) || string(given[1].Steps[0].Action.Settings) != string(step.Action.Settings) {
		t.Error("the steps given were changed")
	}
	if len(s.Packages) == 0 || s.Packages[0].Package != "A" {
		t.Errorf("no package was made up: %+v", s.Packages)
	}
}
