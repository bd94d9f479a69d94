package steps_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/plan"
)

// TestEnvironmentsOnOneHost: three environments of the IIS sample stand side by
// side on one target. With the site named as in Octopus's tutorial they would
// take it from each other, and the plan says so before a host is touched.
func TestEnvironmentsOnOneHost(t *testing.T) {
	t.Parallel()
	const unique, literal = "RandomQuotes-#{Octopus.Environment.Name}", "RandomQuotes"
	for _, c := range []struct {
		name, want string
		allow      []string
		blocks     bool
	}{
		{name: unique},
		{name: literal, blocks: true, want: `iis site RandomQuotes on target web-1 is held by Random Quotes/Dev`},
		{name: literal, allow: []string{"iis site"}, want: `iis site RandomQuotes on target web-1 is held by Random Quotes/Dev, and the step allows that`},
	} {
		project := sample(t, "random-quotes-iis")
		step := &project.Steps[0]
		step.Action.Settings = bytes.ReplaceAll(step.Action.Settings, []byte(unique), []byte(c.name))
		step.Allow = c.allow
		project.Steps = project.Steps[:1]
		dev := input(project)
		dev.Release.Packages[0].Feed = "Artifactory"
		first := plan.Make(dev)
		if len(first.Findings) > 0 {
			t.Fatalf("%s: Dev has findings: %+v", c.name, first.Findings)
		}

		test := dev
		test.Environment = pipelines.Environment{ID: "Environments-2", Name: "Test"}
		test.Deployment.EnvironmentID, test.Deployment.Environment = "Environments-2", "Test"
		test.Targets = slices.Clone(dev.Targets)
		test.Targets[0].Environments = []string{"Dev", "Test"}
		test.Holders = []pipelines.Holder{{ProjectID: "Projects-1", Project: "Random Quotes", EnvironmentID: "Environments-1", Environment: "Dev", Claims: first.Claims}}
		found := plan.Make(test).Findings
		if c.want == "" && len(found) > 0 || c.want != "" && (len(found) != 1 || !strings.HasPrefix(found[0].Message, c.want) || found[0].Blocks != c.blocks) {
			t.Errorf("%s, allowing %v: findings %+v, want %q, blocking: %v", c.name, c.allow, found, c.want, c.blocks)
		}
	}
}
