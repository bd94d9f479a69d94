package pipelines

import (
	"strings"
	"testing"
)

func TestUserRoleCheck(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		role UserRole
		want string
	}{
		{UserRole{Name: "Night shift", Permissions: []Permission{DeploymentCreate, TaskCancel}}, ""},
		{UserRole{Permissions: []Permission{ProjectView}}, "name: a user role needs a name"},
		{UserRole{Name: "project VIEWER", Permissions: []Permission{ProjectView}}, `name: the user role "project VIEWER" is built in and stays as it is: give yours another name`},
		{UserRole{Name: "R"}, `permissions: user role "R" has no permission: name at least one, like ProjectView`},
		{UserRole{Name: "R", Permissions: []Permission{"deployment-create"}}, `permissions[0]: there is no permission "deployment-create"; did you mean "DeploymentCreate"?`},
		{UserRole{Name: "R", Permissions: []Permission{ProjectView, ProjectView}}, `permissions[1]: ProjectView stands here twice: remove one`},
		{UserRole{Name: "R", Permissions: []Permission{Own}}, `permissions[0]: there is no permission "Own"; there are `},
	} {
		if got := lines(c.role.Check()); got != c.want && (c.want == "" || !strings.HasPrefix(got, c.want)) {
			t.Errorf("Check(%+v) =\n%s\nwant\n%s", c.role, got, c.want)
		}
	}
}

// What is built in is right by the same rules as what is made, and every
// permission can be given by some role.
func TestBuiltInRoles(t *testing.T) {
	t.Parallel()
	held, names := map[Permission]bool{}, map[string]bool{}
	for _, r := range BuiltInRoles() {
		key := NameKey(r.Name)
		if names[key] || !r.BuiltIn() || r.Description == "" || r.ID != "" {
			t.Errorf("%+v: its name stands twice, it is not known as built in, or nobody says what it is for", r)
		}
		names[key] = true
		r.Name = "Own " + r.Name
		if found := r.Check(); len(found) > 0 {
			t.Errorf("%s: %s", r.Name, lines(found))
		}
		for _, p := range r.Permissions {
			held[p] = true
		}
	}
	for _, p := range Permissions() {
		if !held[p.Name] {
			t.Errorf("no built-in role holds %s", p.Name)
		}
		if p.Means == "" || strings.HasSuffix(p.Means, ".") {
			t.Errorf("%s means %q: want a sentence without a full stop", p.Name, p.Means)
		}
	}
	for _, name := range []string{
		"Project viewer", "Project contributor", "Project deployer", "Project lead", "Project initiator", "Release creator", "Deployment creator", "Package publisher",
		"Build server", "Environment viewer", "Environment manager", "Lifecycle editor", "Team manager", "User manager", "Auditor", "System manager", "System administrator",
	} {
		if _, ok := UserRoleNamed(nil, name); !ok {
			t.Errorf("there is no role %s", name)
		}
	}
	lead, _ := UserRoleNamed(nil, "Project lead")
	manager, _ := UserRoleNamed(nil, "System manager")
	if lead.Holds(DeploymentCreate) || manager.Holds(AdministerSystem) || !manager.Holds(ConfigureServer) {
		t.Error("a lead does not deploy, and a system manager makes no administrators")
	}
}

// A role with a scope never makes somebody an administrator, even of a part.
func TestAdministratorsByRole(t *testing.T) {
	t.Parallel()
	if p := may(RoleGrant{Role: "System administrator"}); !p.Admin || !p.Allows(AdministerSystem, Where{}) || !p.Allows(ProjectEdit, Where{Project: "X"}) {
		t.Errorf("the role without a scope: %+v", p)
	}
	if p := may(RoleGrant{Role: "System administrator", Projects: []string{"A"}}); p.Admin || p.AllowsAnywhere(AdministerSystem) {
		t.Errorf("the role with a scope: %+v", p)
	}
	team := Team{Name: "T", Roles: []RoleGrant{{Role: "System administrator", Projects: []string{"A"}}}}
	if got := lines(team.Check(nil, nil, nil)); !strings.Contains(got, "it has no scope") {
		t.Errorf("Check says %q", got)
	}
}

// A key with a scope cannot do what is about accounts, and answers a sign-off
// only where its scope says so.
func TestWithin(t *testing.T) {
	t.Parallel()
	admin := Principal{UserID: "a", Username: "ada", Admin: true, Teams: []string{"QA"}}
	whole := admin.Within(KeyScope{}, nil)
	if !whole.Admin || whole.Limited || whole.DemandWhole() != nil {
		t.Errorf("a key without a scope: %+v", whole)
	}
	key := admin.Within(KeyScope{Projects: []string{"A"}}, nil)
	for _, p := range Permissions() {
		if p.Accounts && key.AllowsAnywhere(p.Name) {
			t.Errorf("a key for project A has %s", p.Name)
		}
	}
	if !key.Allows(ProjectEdit, Where{Project: "a"}) || key.Allows(ProjectEdit, Where{Project: "B"}) || key.Allows(ProjectEdit, Where{}) {
		t.Errorf("a key for project A: %+v", key.Grants)
	}
	if err := key.DemandWhole(); CodeOf(err) != Forbidden || !strings.Contains(err.Error(), "has a scope") {
		t.Errorf("DemandWhole = %v", err)
	}
	if err := key.Demand(UserEdit, Where{}); err == nil || !strings.Contains(err.Error(), "this API key of ada lacks the permission UserEdit") {
		t.Errorf("Demand = %v", err)
	}
	ask := Approval{Teams: []string{"QA"}}
	if err := ask.MayAnswer(key, Where{"A", "Dev"}); err != nil {
		t.Errorf("in project A: %v", err)
	}
	if err := ask.MayAnswer(key, Where{"B", "Dev"}); err == nil {
		t.Error("a key for project A answered a sign-off of project B")
	}
	build := admin.Within(KeyScope{Roles: []string{"Build server"}}, nil)
	if err := ask.MayAnswer(build, Where{"A", "Dev"}); err == nil || !build.Allows(BuiltInFeedPush, Where{}) || !build.AllowsAnywhere(DeploymentCreate) || build.AllowsAnywhere(ProjectEdit) {
		t.Errorf("a build server's key: %v, %+v", err, build.Grants)
	}
	gone := admin.Within(KeyScope{Roles: []string{"No more"}}, nil)
	if len(gone.Grants) != 0 {
		t.Errorf("a role that is gone allows %+v", gone.Grants)
	}
	if got := lines(KeyScope{Projects: []string{"X"}, Environments: []string{"Y"}, Roles: []string{"projekt viewer"}, Permissions: []Permission{UserEdit, "Nope"}}.Check(nil, nil, nil)); strings.Count(got, "\n") != 4 || !strings.Contains(got, `did you mean "Project viewer"?`) {
		t.Errorf("Check of a scope says\n%s", got)
	}
}
