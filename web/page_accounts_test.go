package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/web/oidc/oidctest"
	"slipway/web/pages"
	"slipway/web/rest"
)

// idOf is a user's id.
func (k *pageKit) idOf(username string) string {
	k.t.Helper()
	users, err := k.records.Users(k.t.Context())
	must(k.t, err)
	for _, u := range users {
		if u.Username == username {
			return u.ID
		}
	}
	k.t.Fatalf("there is no user %s", username)
	return ""
}

// Whoever may edit users changes their own password and second factor where the
// password of now is asked, like everybody.
func TestOneselfIsChangedOnTheProfilePage(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	admin := k.browser("admin")
	own := "/people/users/" + k.idOf("admin")
	if got := admin.has(own, http.StatusOK, testid("end-sessions")); strings.Contains(got.body, testid("password-form")) || strings.Contains(got.body, testid("reset-factor")) {
		t.Error("the page offers to set one's own password without the one of now")
	}
	if got := admin.post(own+"/password", url.Values{"password": {"a lantern by the quay"}, "again": {"a lantern by the quay"}}); got.status != http.StatusConflict {
		t.Errorf("one's own password on the page of users: %d %s", got.status, got.text())
	}
	k.browser("admin") // the old one still signs in
}

func TestAKeyTellsOnceMadeWhatItsScopeTakesAway(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	admin := k.browser("admin")
	const told = "will not have BuiltInFeedPush, BuildInformationPush"
	got := admin.post("/keys", url.Values{"purpose": {"build"}, "roles": {"Build server"}, "projects": {"Random Quotes"}})
	if got.status != http.StatusOK || !strings.Contains(got.text(), told) || !strings.Contains(got.body, testid("api-key")) {
		t.Errorf("on the page: %d %s", got.status, got.text())
	}
	if got := admin.post("/keys", url.Values{"purpose": {"build"}, "roles": {"Build server"}}); strings.Contains(got.text(), "will not have") {
		t.Errorf("a key that may push: %s", got.text())
	}
	got = admin.do("POST", "/v1/apikeys", "application/json", strings.NewReader(`{"purpose":"build","projects":["Random Quotes"],"roles":["Build server"]}`))
	var made rest.NewKey
	if err := json.Unmarshal([]byte(got.body), &made); err != nil || len(made.Warnings) != 1 || !strings.Contains(made.Warnings[0], told) {
		t.Errorf("by the API: %d %s, %v", got.status, got.body, err)
	}
}

func TestATeamSaysWhatARoleDoesNotGiveThere(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	must(t, k.catalog.AddTeam(t.Context(), k.admin, pipelines.Team{Name: "Builders", Roles: []pipelines.RoleGrant{{Role: "Build server", Projects: []string{"Random Quotes"}}}}))
	teams, err := k.records.Teams(t.Context())
	must(t, err)
	team, _ := pipelines.TeamNamed(teams, "Builders")
	k.browser("admin").has("/people/teams/"+team.ID, http.StatusOK, "with this scope without BuiltInFeedPush and BuildInformationPush")
}

// Who is in a team by their groups at a provider is taken out there.
func TestAMemberBySignInIsTakenOutAtTheProvider(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.add(records.Teams, "Night shift", func(id string, _ int) any {
		return pipelines.Team{ID: id, Name: "Night shift", BySignIn: []string{"stella"}}
	})
	admin := k.browser("admin")
	got := admin.do("DELETE", "/v1/teams/Night%20shift/members/stella", "", nil)
	if got.status != http.StatusConflict || !strings.Contains(got.body, "the groups at the identity provider decide that") {
		t.Errorf("taking her out: %d %s", got.status, got.body)
	}
	if got := admin.do("POST", "/v1/teams/Night%20shift/members", "application/json", strings.NewReader(`{"username":"stella"}`)); got.status >= 300 {
		t.Errorf("writing her down besides: %d %s", got.status, got.body)
	}
	teams, err := k.records.Teams(t.Context())
	must(t, err)
	team, _ := pipelines.TeamNamed(teams, "Night shift")
	if !pipelines.HasName(team.Members, "stella") || !pipelines.HasName(team.BySignIn, "stella") {
		t.Errorf("the team is %+v, want her in it by both", team)
	}
}

// Linking an account at a provider is one more way to sign in, for good: a
// browser left open is not enough.
func TestLinkingTakesThePassword(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	provider := oidctest.New(t, time.Now)
	if got := k.browser("admin").post("/settings/sign-in/providers", url.Values{"id": {"acme"}, "name": {"Acme"}, "issuer": {provider.Issuer}, "client-id": {"slipway"}, "secret": {provider.ClientSecret}}); got.status != http.StatusSeeOther {
		t.Fatalf("saving the provider: %d %s", got.status, got.text())
	}
	b := k.browser("stella")
	field := pages.LinkPasswordField("acme")
	b.has("/profile", http.StatusOK, testid("link-acme"), `name="`+field+`"`)
	for _, typed := range []string{"", "not the password"} {
		got := b.post("/profile/providers/acme/link", url.Values{field: {typed}})
		if got.status == http.StatusOK || got.header.Get("Refresh") != "" || !strings.Contains(got.text(), "not your password") {
			t.Errorf("with %q: %d %s", typed, got.status, got.text())
		}
	}
	if got := b.post("/profile/providers/acme/link", url.Values{field: {password}}); got.status != http.StatusOK || got.header.Get("Refresh") == "" {
		t.Errorf("with the password: %d %s", got.status, got.text())
	}
}
