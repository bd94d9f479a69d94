package catalog_test

import (
	"fmt"
	"sync"
	"testing"

	"slipway/pipelines"
	"slipway/runner/catalog"
)

// Who adds a member wants that one in, not the team as they have read it: twenty at
// once clash with nobody, and none is lost.
func TestMembersAddedAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	for i := range 20 {
		if err := h.AddUser(t.Context(), root, pipelines.User{Username: fmt.Sprint("user", i)}, ""); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.AddTeam(t.Context(), root, pipelines.Team{Name: "Deployers"}); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			err := h.ChangeTeam(t.Context(), root, "Deployers", false, func(team *pipelines.Team) error {
				team.Members = append(team.Members, fmt.Sprint("user", i))
				return nil
			})
			if err != nil {
				t.Errorf("user%d: %v", i, err)
			}
		})
	}
	wg.Wait()
	all := must(h.Records.Teams(t.Context()))(t)
	if team, _ := pipelines.TeamNamed(all, "Deployers"); len(team.Members) != 20 {
		t.Errorf("%d members, want 20", len(team.Members))
	}
	// What is refused for another reason is refused at once.
	wantCode(t, h.ChangeTeam(t.Context(), root, "Deployers", false, func(*pipelines.Team) error {
		return pipelines.Refuse(pipelines.Conflict, "no")
	}), pipelines.Conflict, "no")
}

func TestNamesOfSecretsAreSeen(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	for _, name := range []string{"\u202eevil", "a\u200bb", ".", ".."} {
		_, err := h.SetSecret(t.Context(), root, secretNamed(name))
		wantCode(t, err, pipelines.Invalid, "a secret's name")
	}
}

func secretNamed(name string) catalog.Secret {
	return catalog.Secret{Name: name, Value: []byte("a long value")}
}
