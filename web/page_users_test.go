package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"slipway/pipelines"
)

// The page of a user says what they may do and why, and takes the orders that
// help somebody who cannot sign in.
func TestUserPage(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.person("internaldeployer", false)
	must(t, k.catalog.AddTeam(t.Context(), k.admin, pipelines.Team{Name: "Internal Deployers", Members: []string{"internaldeployer"}, Roles: []pipelines.RoleGrant{
		{Role: "Deployment creator", Environments: []string{"Dev", "Test"}, Projects: []string{"Random Quotes"}},
	}}))
	users, err := k.records.Users(t.Context())
	must(t, err)
	path := ""
	for _, u := range users {
		if u.Username == "internaldeployer" {
			path = "/people/users/" + u.ID
		}
	}
	signedIn, admin := k.browser("internaldeployer"), k.browser("admin")
	admin.has(path, http.StatusOK, "May deploy Random Quotes to Dev and Test, by team Internal Deployers, user role Deployment creator.",
		testid("right-DeploymentCreate"), "in Random Quotes for Dev and Test", `href="/people/roles/Deployment%20creator"`,
		testid("invite"), "internaldeployer@example.org", testid("end-sessions"), "in 1 browser")
	if got := admin.get(path); strings.Contains(got.body, testid("reset-factor")) {
		t.Error("a second factor that is not there can be taken away")
	}
	if got := admin.post(path+"/reset-factor", nil); got.status < 400 {
		t.Errorf("a second factor that is not there: %d", got.status)
	}
	for _, c := range []struct{ do, said string }{{"/invite", "on its way"}, {"/end-sessions", "Signed out everywhere"}} {
		got := admin.post(path+c.do, nil)
		if got.status != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", c.do, got.status, got.text())
		}
		admin.has(strings.TrimPrefix(got.header.Get("Location"), k.server.URL), http.StatusOK, testid("done"), c.said)
	}
	if got := signedIn.get("/keys"); got.status != http.StatusSeeOther {
		t.Errorf("after that they are still signed in: %d", got.status)
	}
	for range 50 { // asked for too often, it is said where the button is
		if got := admin.post(path+"/invite", nil); got.status != http.StatusSeeOther {
			if got.status == http.StatusInternalServerError || !strings.Contains(got.body, "<main") {
				t.Errorf("one invitation too many: %d %s", got.status, got.text())
			}
			break
		}
	}
	if got := admin.post(path+"/password", url.Values{"password": {"one of the piers"}, "again": {"another"}}); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "again-problem") {
		t.Errorf("two passwords: %d %s", got.status, got.text())
	}
	looker := k.browser("stella")
	if got := looker.get(path); strings.Contains(got.body, testid("invite")) || strings.Contains(got.body, testid("password-form")) {
		t.Error("somebody without the right is offered what helps to sign in")
	}
}
