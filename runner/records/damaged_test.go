package records_test

import (
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/runner/table"
)

// TestADamagedRowGivesNothing and takes nothing from others; the operator hears of
// it once.
func TestADamagedRowGivesNothing(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	var heard []string
	k.Troubled = func(_ string, err error) { heard = append(heard, err.Error()) }
	put := func(kind records.Kind, id, row string) {
		k.write(table.Put(table.Key{Partition: "config", Sort: string(kind) + "/" + id}, []byte(row)))
	}
	put(records.Users, "Users-1", `{"id":"Users-1","username":"ada"}`)
	put(records.Teams, "Teams-1", `{"id":"Teams-1","name":"All","members":["ada"],"roles":[{"role":"Project viewer"}]}`)
	put(records.Users, "Users-2", "{broken")
	put(records.Teams, "Teams-7", "{broken")
	put(records.UserRoles, "UserRoles-1", "[]")
	for range 3 {
		p, err := k.Principal(t.Context(), "Users-1", "test")
		if err != nil || !p.Allows(pipelines.ProjectView, pipelines.Where{}) || p.Allows(pipelines.TeamEdit, pipelines.Where{}) {
			t.Fatalf("ada may %v, %v", p.Grants, err)
		}
		users, err := k.Users(t.Context())
		if err != nil || len(users) != 1 {
			t.Errorf("Users = %v, %v", users, err)
		}
		if roles, err := k.UserRoles(t.Context()); err != nil || len(roles) != 0 {
			t.Errorf("UserRoles = %v, %v", roles, err)
		}
	}
	if len(heard) != 3 {
		t.Errorf("the operator hears %q, want each damaged row once", heard)
	}
	damaged, err := k.Damaged(t.Context())
	if err != nil || len(damaged) != 3 || !strings.Contains(damaged[0].Error(), "Users/Users-2 cannot be read") || !strings.Contains(damaged[0].Error(), "Bring the item back from a backup") {
		t.Errorf("Damaged = %v, %v", damaged, err)
	}
	if _, err := k.User(t.Context(), "Users-2"); pipelines.CodeOf(err) != pipelines.Unavailable {
		t.Errorf("the very row: %v, want that it cannot be read", err)
	}
}

// TestAChainGoesOnWhoseEndCannotBeRead behind its last entry.
func TestAChainGoesOnWhoseEndCannotBeRead(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	var heard []string
	k.Troubled = func(_ string, err error) { heard = append(heard, err.Error()) }
	k.must(k.Tell(t.Context(), told("Users-1", 1)))
	k.must(k.Tell(t.Context(), told("Users-1", 2)))
	k.must(k.Tell(t.Context(), told("Users-2", 1)))
	k.write(table.Put(table.Key{Partition: "audit-head", Sort: "Users-1"}, []byte("{broken")))
	k.write(table.Put(table.Key{Partition: "audit-head", Sort: "Users-3"}, []byte("{broken")))
	k.must(k.Tell(t.Context(), told("Users-1", 3)))
	k.must(k.Tell(t.Context(), told("Users-1", 4)))
	k.must(k.Tell(t.Context(), told("Users-3", 1)))
	chain := k.chain("Users-1")
	for i, e := range chain {
		if e.Number != int64(i+1) || i > 0 && e.Previous != chain[i-1].Hash {
			t.Errorf("entry %d has number %d, previous %q", i+1, e.Number, e.Previous)
		}
	}
	if len(chain) != 10 || len(k.chain("Users-3")) != 1 || len(heard) != 2 {
		t.Errorf("%d and %d entries, %d complaints; want 10, 1 and 2", len(chain), len(k.chain("Users-3")), len(heard))
	}
}
