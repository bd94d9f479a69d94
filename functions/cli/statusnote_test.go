package cli

import (
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/web/rest"
)

// TestARejectionIsSaidOnce: the step's message says what its answer says.
func TestARejectionIsSaidOnce(t *testing.T) {
	t.Parallel()
	s := rest.Step{Kind: plan.Ask, Status: pipelines.Failed, Message: "rejected by steve: no", Answer: &rest.Answer{By: "steve", Note: "no"}}
	if got, want := noteOf(rest.Deployment{}, s), "rejected by steve: no"; got != want {
		t.Errorf("noteOf = %q, want %q", got, want)
	}
	s.Message, s.Answer = "nobody answered within 1h", nil
	if got := noteOf(rest.Deployment{}, s); got != s.Message {
		t.Errorf("noteOf = %q, want %q", got, s.Message)
	}
}

// TestWhoIsNotAskedIsNamed, also where the deployment began by itself.
func TestWhoIsNotAskedIsNamed(t *testing.T) {
	t.Parallel()
	s := rest.Step{Kind: plan.Ask, Status: pipelines.Waiting, NotRequester: true, Teams: []string{"QA"}}
	byItself := pipelines.Deployment{ID: "Deployments-1", CreatedBy: "Slipway", Automatic: true, CausedBy: "stella", Via: "trigger: package Web pushed by stella"}
	for want, d := range map[string]pipelines.Deployment{
		"for QA but not stella: slipway approve Deployments-1": byItself,
		"for QA but not Ada: slipway approve Deployments-1":    {ID: "Deployments-1", CreatedBy: "Ada"},
		"for QA: slipway approve Deployments-1":                {ID: "Deployments-1", CreatedBy: "Slipway", Automatic: true},
	} {
		if got := waitsFor(rest.Deployment{Deployment: d}, s)[0]; got != want {
			t.Errorf("waitsFor = %q, want %q", got, want)
		}
	}
	if got := whoOrdered(rest.Deployment{Deployment: byItself}); got != "Slipway (Web pushed by stella)" {
		t.Errorf("whoOrdered = %q", got)
	}
}
