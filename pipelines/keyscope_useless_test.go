package pipelines

import (
	"slices"
	"strings"
	"testing"
)

func TestAKeyThatCannotPushSaysWhy(t *testing.T) {
	t.Parallel()
	scope := KeyScope{Projects: []string{"Shop"}, Permissions: []Permission{BuiltInFeedPush, DeploymentCreate}}
	if got := scope.Useless(nil); !slices.Equal(got, []Permission{BuiltInFeedPush}) {
		t.Errorf("useless: %v, want the push", got)
	}
	if got := (KeyScope{Permissions: scope.Permissions}).Useless(nil); got != nil {
		t.Errorf("without projects: %v, want none", got)
	}
	key := Principal{UserID: "Users-1", Username: "ada", Admin: true}.Within(scope, nil)
	if err := key.Demand(BuiltInFeedPush, Where{}); err == nil || !strings.Contains(err.Error(), "only for some projects or environments never has it") {
		t.Errorf("push with such a key: %v, want the reason", err)
	}
	if err := key.Demand(ReleaseCreate, Where{Project: "Shop"}); err == nil || strings.Contains(err.Error(), "never has it") {
		t.Errorf("a right with a place: %v, want no such reason", err)
	}
}

func TestAKeyTellsWhatItsScopeTakesAway(t *testing.T) {
	t.Parallel()
	own := []UserRole{{Name: "Night shift", Permissions: []Permission{DeploymentCreate, TeamEdit}}}
	for _, c := range []struct {
		what  string
		scope KeyScope
		want  []string
	}{
		{"no scope", KeyScope{}, nil},
		{"only a place: nothing was asked for by name", KeyScope{Projects: []string{"Shop"}}, nil},
		{"a role without a place", KeyScope{Roles: []string{"Build server"}}, nil},
		{"a role that pushes, in one project", KeyScope{Roles: []string{"Build server"}, Projects: []string{"Shop"}},
			[]string{"the key will not have BuiltInFeedPush, BuildInformationPush: they have no place, and the key is only for some projects or environments"}},
		{"what is held for projects, in one environment", KeyScope{Permissions: []Permission{ReleaseCreate, DeploymentCreate}, Environments: []string{"Dev"}},
			[]string{"the key will not have ReleaseCreate: it is held for projects, and the key is only for some environments"}},
		{"what is held for environments, in one project", KeyScope{Permissions: []Permission{MachineEdit, EnvironmentView}, Projects: []string{"Shop"}},
			[]string{"the key will not have MachineEdit: it is held for environments, and the key is only for some projects"}},
		{"what is seen has no place", KeyScope{Permissions: []Permission{FeedView, LifecycleView}, Projects: []string{"Shop"}}, nil},
		{"a role of one's own about accounts", KeyScope{Roles: []string{"night shift"}},
			[]string{"the key will not have TeamEdit: no key with a scope changes accounts, teams or user roles"}},
	} {
		if got := c.scope.Warnings(own); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
	// What is told is so: such a key has the right nowhere that is asked for.
	scope := KeyScope{Roles: []string{"Build server"}, Projects: []string{"Shop"}}
	key := Principal{UserID: "Users-1", Username: "ada", Admin: true}.Within(scope, nil)
	for _, one := range scope.Useless(nil) {
		if key.Allows(one, Where{}) {
			t.Errorf("the key has %s, of which it was told otherwise", one)
		}
	}
}

func TestATeamTellsWhatAScopeTakesAway(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		grant RoleGrant
		want  []Permission
	}{
		{RoleGrant{Role: "Build server"}, nil},
		{RoleGrant{Role: "Build server", Projects: []string{"Shop"}}, []Permission{BuiltInFeedPush, BuildInformationPush}},
		{RoleGrant{Role: "Team manager", Environments: []string{"Dev"}}, []Permission{TeamEdit}},
		{RoleGrant{Role: "Deployment creator", Environments: []string{"Dev"}}, nil},
	} {
		got := c.grant.Useless(nil)
		if !slices.Equal(got, c.want) {
			t.Errorf("%+v: %v, want %v", c.grant, got, c.want)
		}
		p := PrincipalOf(User{ID: "Users-1", Username: "ada"}, []Team{{Name: "T", Members: []string{"ada"}, Roles: []RoleGrant{c.grant}}}, nil, "")
		for _, one := range got {
			if p.Allows(one, Where{}) { // as it is asked for
				t.Errorf("%+v gives %s", c.grant, one)
			}
		}
	}
}
