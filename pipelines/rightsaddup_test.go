package pipelines

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// slowlyAllows says the rule as a person would, one role of one team at a time.
func slowlyAllows(teams []Team, made []UserRole, want Permission, where Where) bool {
	if want == Own {
		return true
	}
	for _, team := range teams {
		if !slices.Contains(team.Members, "u") {
			continue
		}
		if want == InterruptionSubmit {
			return true
		}
		for _, g := range team.Roles {
			for _, role := range UserRoles(made) {
				if role.Name != g.Role {
					continue
				}
				everywhere := g.Projects == nil && g.Environments == nil
				if role.Holds(AdministerSystem) && everywhere {
					return true
				}
				info, _ := InfoOf(want)
				everywhere = everywhere || info.Looking
				inProject := everywhere || g.Projects == nil || slices.Contains(g.Projects, where.Project)
				inEnvironment := everywhere || g.Environments == nil || slices.Contains(g.Environments, where.Environment)
				if want != AdministerSystem && slices.Contains(role.Permissions, want) && inProject && inEnvironment {
					return true
				}
			}
		}
	}
	return false
}

func pick(r *rand.Rand, from ...string) []string {
	var out []string
	for _, s := range from {
		if r.IntN(2) == 0 {
			out = append(out, s)
		}
	}
	return out
}

// randomRoles are roles that somebody made of any permissions.
func randomRoles(r *rand.Rand) []UserRole {
	out := make([]UserRole, r.IntN(3))
	for i := range out {
		out[i].Name = fmt.Sprint("Own ", i)
		for _, p := range Permissions() {
			if r.IntN(6) == 0 {
				out[i].Permissions = append(out[i].Permissions, p.Name)
			}
		}
	}
	return out
}

func randomGrant(r *rand.Rand, made []UserRole) RoleGrant {
	all := UserRoles(made)
	if r.IntN(20) > 0 { // somebody who may do everything tells little
		all = slices.DeleteFunc(all, func(role UserRole) bool { return role.Holds(AdministerSystem) })
	}
	return RoleGrant{Role: all[r.IntN(len(all))].Name, Environments: pick(r, "Dev", "Prod"), Projects: pick(r, "A", "B")}
}

func randomTeams(r *rand.Rand, made []UserRole) []Team {
	teams := make([]Team, r.IntN(4))
	for i := range teams {
		teams[i] = Team{Name: fmt.Sprint("T", i), Members: pick(r, "u", "v")}
		for range r.IntN(4) {
			teams[i].Roles = append(teams[i].Roles, randomGrant(r, made))
		}
	}
	return teams
}

var somewhere = []Where{{}, {"A", ""}, {"", "Dev"}, {"A", "Dev"}, {"B", "Prod"}, {"C", "Test"}, {"B", ""}, {"", "Prod"}}

// TestRightsAddUp holds Allows against the slow version over random teams and
// roles, and against the two laws of a union: one role more never takes a right
// away, and how narrow one role is never changes what another gives.
func TestRightsAddUp(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	user := User{ID: "Users-1", Username: "u"}
	for range 500 {
		made := randomRoles(r)
		teams := randomTeams(r, made)
		extra := append(slices.Clone(teams), Team{Name: "More", Members: []string{"u"}, Roles: []RoleGrant{randomGrant(r, made)}})
		before, after, alone := PrincipalOf(user, teams, made, ""), PrincipalOf(user, extra, made, ""), PrincipalOf(user, extra[len(teams):], made, "")
		for _, want := range everyPermission() {
			for _, where := range somewhere {
				had, has, gives := before.Allows(want, where), after.Allows(want, where), alone.Allows(want, where)
				if slow := slowlyAllows(teams, made, want, where); had != slow {
					t.Fatalf("Allows(%s, %+v) = %v, want %v for %+v with %+v", want, where, had, slow, teams, made)
				}
				if has != (had || gives) {
					t.Fatalf("%s at %+v: %v before, %v by the new role alone, %v together; teams %+v", want, where, had, gives, has, extra)
				}
			}
			if before.AllowsAnywhere(want) && !after.AllowsAnywhere(want) {
				t.Fatalf("%s was somewhere, and with a role more it is nowhere: %+v", want, extra)
			}
		}
	}
}

// slowlyWithin says what a key's scope leaves, as a person would.
func slowlyWithin(s KeyScope, made []UserRole, want Permission, where Where) bool {
	if want == Own {
		return true
	}
	if !s.Limits() {
		return true
	}
	if info, _ := InfoOf(want); info.Accounts {
		return false
	}
	named := len(s.Roles)+len(s.Permissions) == 0 || slices.Contains(s.Permissions, want)
	for _, role := range UserRoles(made) {
		named = named || slices.Contains(s.Roles, role.Name) && role.Holds(want)
	}
	info, _ := InfoOf(want)
	inProject := info.Looking || s.Projects == nil || slices.Contains(s.Projects, where.Project)
	inEnvironment := info.Looking || s.Environments == nil || slices.Contains(s.Environments, where.Environment)
	return named && inProject && inEnvironment
}

// TestAKeyHasWhatBothAllow: a key may do exactly what its owner may and its
// scope does not leave out, so never more than its owner; and a role more for
// the owner takes nothing from the key.
func TestAKeyHasWhatBothAllow(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		made := randomRoles(r)
		teams := randomTeams(r, made)
		owner := PrincipalOf(User{ID: "Users-1", Username: "u", Admin: r.IntN(10) == 0}, teams, made, "")
		richer := PrincipalOf(User{ID: "Users-1", Username: "u", Admin: owner.Admin}, append(slices.Clone(teams), Team{Name: "More", Members: []string{"u"}, Roles: []RoleGrant{randomGrant(r, made)}}), made, "")
		scope := KeyScope{Projects: pick(r, "A", "B"), Environments: pick(r, "Dev", "Prod")}
		if r.IntN(2) == 0 {
			scope.Roles = []string{randomGrant(r, made).Role}
		}
		if r.IntN(3) == 0 {
			scope.Permissions = []Permission{permissions[r.IntN(len(permissions))].Name}
		}
		key, later := owner.Within(scope, made), richer.Within(scope, made)
		for _, want := range everyPermission() {
			for _, where := range somewhere {
				got, both := key.Allows(want, where), owner.Allows(want, where) && slowlyWithin(scope, made, want, where)
				if got != both {
					t.Fatalf("a key with %+v: Allows(%s, %+v) = %v, want %v; its owner %v; teams %+v", scope, want, where, got, both, owner.Allows(want, where), teams)
				}
				if got && !later.Allows(want, where) {
					t.Fatalf("a role more for the owner took %s at %+v from the key with %+v", want, where, scope)
				}
			}
			if key.AllowsAnywhere(want) && !owner.AllowsAnywhere(want) {
				t.Fatalf("a key has %s somewhere, and its owner nowhere", want)
			}
		}
	}
}

// TestNobodyGivesWhatTheyLack: whoever passes MayGive holds all that a new team
// with that role would give.
func TestNobodyGivesWhatTheyLack(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	gave := 0
	for range 2000 {
		made := randomRoles(r)
		giver := PrincipalOf(User{ID: "Users-1", Username: "u"}, randomTeams(r, made), made, "")
		grant := randomGrant(r, made)
		if giver.MayGive(grant, made) != nil {
			continue
		}
		gave++
		gets := PrincipalOf(User{ID: "Users-2", Username: "v"}, []Team{{Members: []string{"v"}, Roles: []RoleGrant{grant}}}, made, "")
		for _, want := range everyPermission() {
			for _, where := range somewhere {
				if want != InterruptionSubmit && gets.Allows(want, where) && !giver.Allows(want, where) {
					t.Fatalf("%+v gives %s at %+v, which the giver does not have", grant, want, where)
				}
			}
		}
		if !giver.Admin && gets.Admin {
			t.Fatalf("%+v made an administrator", grant)
		}
	}
	if gave < 50 {
		t.Errorf("only %d of 2000 gave anything: the test says little", gave)
	}
}
