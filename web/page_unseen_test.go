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

// What stands at an environment's address, and beside it in the order, is told to
// nobody who may not see it.
func TestAnEnvironmentThatMayNotBeSeenIsNotThere(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.person("manager", false)
	k.add(records.Teams, "Managers", func(id string, _ int) any {
		return pipelines.Team{ID: id, Name: "Managers", Members: []string{"manager"}, Roles: []pipelines.RoleGrant{{Role: "Environment manager", Environments: []string{"Test"}}}}
	})
	ids := map[string]string{}
	all, err := k.records.Environments(t.Context())
	must(t, err)
	for _, e := range all {
		ids[e.Name] = e.ID
	}
	manager := k.browser("manager")
	for _, c := range []struct {
		path   string
		status int
	}{{ids["Prod"], http.StatusNotFound}, {"Environments-999", http.StatusNotFound}, {ids["Test"], http.StatusForbidden}} {
		for _, way := range []string{"up", "down"} {
			got := manager.post("/environments/"+c.path+"/move", map[string][]string{"do": {way}})
			if got.status != c.status || regexp.MustCompile(`\b(Dev|Prod)\b`).MatchString(got.text()) {
				t.Errorf("POST /environments/%s/move %s: %d %s, want %d and the name of no environment that is not seen", c.path, way, got.status, got.text(), c.status)
			}
		}
	}
	manager.has("/environments/"+ids["Prod"], http.StatusNotFound)
	manager.has("/environments/"+ids["Prod"]+"/edit", http.StatusNotFound)
}

// An environment's page says that nothing is there only to who would see it.
func TestAnEnvironmentWithNothingToSee(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.push("1.0.1")
	d := k.deployTo("Test", "1.0.1")
	k.browser("stella").post("/approvals/"+d.ID+".1", map[string][]string{"answer": {"approve"}})
	k.until(d.ID, pipelines.Succeeded)
	k.person("visitor", false)
	k.add(records.Teams, "Visitors", func(id string, _ int) any {
		return pipelines.Team{ID: id, Name: "Visitors", Members: []string{"visitor"}, Roles: []pipelines.RoleGrant{{Role: "Environment viewer"}}}
	})
	visitor, admin := k.browser("visitor"), k.browser("admin")
	visitor.has("/environments/"+d.EnvironmentID, http.StatusOK, "Nothing was deployed here that you may see.")
	if seen := admin.has("/environments/"+d.EnvironmentID, http.StatusOK, "1.0.1"); strings.Contains(seen.text(), "Nothing was deployed") {
		t.Errorf("admin reads that nothing is there: %s", seen.text())
	}
	all, err := k.records.Environments(t.Context())
	must(t, err)
	admin.has("/environments/"+all[len(all)-1].ID, http.StatusOK, "Nothing was deployed here yet.")
}

// An auditor reads who somebody is that the log tells of, and changes nobody.
func TestAnAuditorReadsWhoPeopleAre(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.person("auditor", false)
	k.add(records.Teams, "Auditors", func(id string, _ int) any {
		return pipelines.Team{ID: id, Name: "Auditors", Members: []string{"auditor"}, Roles: []pipelines.RoleGrant{{Role: "Auditor"}}}
	})
	users, err := k.records.Users(t.Context())
	must(t, err)
	teams, err := k.records.Teams(t.Context())
	must(t, err)
	auditor := k.browser("auditor")
	user, team, role := "/people/users/"+users[0].ID, "/people/teams/"+teams[0].ID, "/people/roles/Auditor"
	for _, path := range []string{"/people", "/people/teams", "/people/roles", user, team, role} {
		seen := auditor.has(path, http.StatusOK)
		for _, sign := range []string{`href="/people/users/new"`, `/edit"`, "/password", "/invite", "/end-sessions"} {
			if strings.Contains(seen.body, sign) {
				t.Errorf("GET %s offers an auditor %s", path, sign)
			}
		}
	}
	for _, path := range []string{"/people/users/new", user + "/edit", team + "/edit", "/people/roles/new"} {
		auditor.has(path, http.StatusForbidden)
	}
	if got := auditor.post(user+"/password", map[string][]string{"password": {"long enough, surely"}, "again": {"long enough, surely"}}); got.status != http.StatusForbidden {
		t.Errorf("an auditor sets a password: %d %s", got.status, got.text())
	}
}
