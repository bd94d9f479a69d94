package web

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/runner/records"
)

// Whoever may see Dev only is not told that elsewhere is nothing, and not what
// there is.
func TestACellThatMayNotBeSeenSaysSo(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.push("1.0.1")
	d := k.deployTo("Test", "1.0.1")
	k.browser("stella").post("/approvals/"+d.ID+".1", map[string][]string{"answer": {"approve"}})
	k.until(d.ID, pipelines.Succeeded)
	k.person("dev", false)
	k.add(records.Teams, "Dev only", func(id string, _ int) any {
		return pipelines.Team{ID: id, Name: "Dev only", Members: []string{"dev"}, Roles: []pipelines.RoleGrant{{Role: "Project deployer", Environments: []string{"Dev"}}}}
	})
	dev, stella := k.browser("dev"), k.browser("stella")
	unseen := regexp.MustCompile(testid("unseen") + `>not visible to you<`)
	for _, path := range []string{"/", "/projects/Projects-1", "/projects/Projects-1/releases/1.0.1"} {
		seen := dev.has(path, http.StatusOK)
		if got := len(unseen.FindAllString(seen.body, -1)); got != 2 { // Test, where something is, and Prod
			t.Errorf("GET %s by dev: %d cells are not visible, want 2: %s", path, got, seen.text())
		}
		if strings.Contains(seen.body, "nothing yet") || strings.Contains(seen.body, d.ID) || strings.Contains(seen.body, "succeeded in Dev and Test") {
			t.Errorf("GET %s by dev tells what there is, or that nothing is: %s", path, seen.text())
		}
		whole := stella.has(path, http.StatusOK)
		if unseen.MatchString(whole.body) || !strings.Contains(whole.body, "nothing yet") || !strings.Contains(whole.body, d.ID) {
			t.Errorf("GET %s by stella, who sees all: Test has %s, and Prod nothing: %s", path, d.ID, whole.text())
		}
	}
}
