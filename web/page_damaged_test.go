package web

import (
	"net/http"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/runner/catalog"
	"slipway/runner/table"
)

// A damaged team takes nothing from others: everybody signs in and works, and an
// administrator is told. Until it can be read again, nobody else lays hands on an
// account that may have had rights by it.
func TestADamagedTeamTakesNothingFromOthers(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.push("1.0.1")
	must(t, k.records.Write(t.Context(), table.Put(table.Key{Partition: "config", Sort: "Teams/Teams-7"}, []byte("{broken"))))
	must(t, k.records.Write(t.Context(), table.Put(table.Key{Partition: "config", Sort: "Users/Users-77"}, []byte("{broken"))))
	admin, stella := k.browser("admin"), k.browser("stella")
	stella.has("/", http.StatusOK, "Random Quotes")
	admin.has("/people", http.StatusOK, testid("notice"), "Teams/Teams-7 cannot be read", "Bring the item back from a backup")
	if got := stella.get("/people"); strings.Contains(got.body, "Teams-7") {
		t.Errorf("Stella, who is no administrator, reads of it: %s", got.text())
	}
	must(t, k.catalog.AddTeam(t.Context(), k.admin, pipelines.Team{Name: "Another", Members: []string{"stella"}}))
	users, err := k.records.Users(t.Context())
	must(t, err)
	manager := pipelines.Principal{UserID: "Users-9", Username: "uma", Grants: []pipelines.Grant{{Permission: pipelines.UserEdit}, {Permission: pipelines.UserView}}}
	for _, u := range users {
		if u.Username != "guest" {
			continue
		}
		if err := catalog.MayTakeOver(t.Context(), k.records, manager, u, "set the password of"); pipelines.CodeOf(err) != pipelines.Unavailable {
			t.Errorf("a user manager takes an account over whose rights are not known: %v", err)
		}
		must(t, catalog.MayTakeOver(t.Context(), k.records, k.admin, u, "set the password of"))
	}
}

// On the profile, too, nobody takes the name of another.
func TestAProfileDoesNotBorrowAName(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	p := func(username string) pipelines.Principal {
		users, err := k.records.Users(t.Context())
		must(t, err)
		for _, u := range users {
			if u.Username == username {
				return pipelines.Principal{UserID: u.ID, Username: username, Via: "session"}
			}
		}
		t.Fatalf("there is no %s", username)
		return pipelines.Principal{}
	}
	err := k.catalog.SaveOwn(t.Context(), p("stella"), "Ａdmin", "stella@example.org")
	if pipelines.CodeOf(err) != pipelines.Invalid || !strings.Contains(err.Error(), "admin is called so already") {
		t.Errorf("Stella as the administrator: %v", err)
	}
	must(t, k.catalog.SaveOwn(t.Context(), p("stella"), "Stella Maris", "stella@example.org"))
}
