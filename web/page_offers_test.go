package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/runner/records"
)

// A user's page offers what would be taken, and nothing else.
func TestAUsersPageOffersWhatIsTaken(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	for _, name := range []string{"uma", "boss", "rich", "plain"} {
		k.person(name, false)
	}
	k.add(records.Users, "bot", func(id string, _ int) any { return pipelines.User{ID: id, Username: "bot", Service: true} })
	for _, team := range []pipelines.Team{
		{Name: "Keepers", Members: []string{"uma"}, Roles: []pipelines.RoleGrant{{Role: "User manager"}}},
		{Name: "Bosses", Members: []string{"boss"}, Roles: []pipelines.RoleGrant{{Role: "System administrator"}}},
		{Name: "Rich", Members: []string{"rich", "bot"}, Roles: []pipelines.RoleGrant{{Role: "Project deployer"}}},
	} {
		must(t, k.catalog.AddTeam(t.Context(), k.admin, team))
	}
	uma := k.browser("uma")
	for _, c := range []struct {
		user              string
		invites, password bool
	}{{"boss", false, false}, {"rich", true, false}, {"plain", true, true}} {
		path := "/people/users/" + k.idOf(c.user)
		body := uma.get(path).body
		if got := strings.Contains(body, testid("invite")); got != c.invites {
			t.Errorf("%s: the invitation is offered: %t", c.user, got)
		}
		if got := strings.Contains(body, testid("password-form")); got != c.password {
			t.Errorf("%s: a password is offered: %t", c.user, got)
		}
		fresh := url.Values{"password": {"another lantern of mine"}, "again": {"another lantern of mine"}}
		if got := uma.post(path+"/password", fresh); (got.status == http.StatusSeeOther) != c.password {
			t.Errorf("%s: a password is answered with %d", c.user, got.status)
		}
	}
	bot := uma.get("/people/users/" + k.idOf("bot")).body
	if strings.Contains(bot, "/keys?for=bot") {
		t.Error("keys are offered that would be refused")
	}
	if got := uma.get("/keys?for=bot"); got.status != http.StatusForbidden {
		t.Errorf("keys of an account with more rights: %d", got.status)
	}
}

// Nobody sets their own password where the one of now is not asked, whatever they
// came by.
func TestAKeyDoesNotSetItsOwnersPassword(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	admin := k.browser("admin")
	made := admin.post("/keys", url.Values{"purpose": {"x"}})
	at := strings.Index(made.body, "API-")
	if at < 0 {
		t.Fatalf("no key: %d %s", made.status, made.text())
	}
	key := made.body[at:]
	key = key[:strings.IndexAny(key, "<\" ")]
	form := url.Values{"password": {"another lantern of mine"}, "again": {"another lantern of mine"}}.Encode()
	r, err := http.NewRequestWithContext(t.Context(), "POST", k.server.URL+"/people/users/"+k.idOf("admin")+"/password", strings.NewReader(form))
	must(t, err)
	r.Header.Set("X-Slipway-ApiKey", key)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if got := k.browser("").sent(r); got.status != http.StatusConflict {
		t.Errorf("the page: %d %s", got.status, got.text())
	}
	if got := k.withKey(key, "PUT", "/v1/users/admin/password", `{"password":"another lantern of mine"}`); got.status != http.StatusUnauthorized {
		t.Errorf("the API: %d", got.status)
	}
	k.browser("admin") // still with the password of before
}

// Who is in a team by signing in has its roles.
func TestARolesPageNamesMembersBySignIn(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.person("nina", false)
	k.add(records.Teams, "Readers", func(id string, _ int) any {
		return pipelines.Team{ID: id, Name: "Readers", BySignIn: []string{"nina"}, Roles: []pipelines.RoleGrant{{Role: "Auditor"}}}
	})
	k.browser("admin").has("/people/roles/Auditor", http.StatusOK, "Readers", "Nina")
}
