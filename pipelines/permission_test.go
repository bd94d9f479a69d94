package pipelines

import (
	"strings"
	"testing"
)

// everyPermission are all that a role may hold, and Own.
func everyPermission() []Permission {
	all := []Permission{Own}
	for _, p := range Permissions() {
		all = append(all, p.Name)
	}
	return all
}

// may is what a member of a team with these roles may do.
func may(roles ...RoleGrant) Principal {
	return PrincipalOf(User{ID: "Users-1", Username: "u"}, []Team{{Name: "T", Members: []string{"U"}, Roles: roles}}, nil, "test")
}

func TestPrincipalAllows(t *testing.T) {
	t.Parallel()
	everywhere := Where{}
	dev, prod := Where{"Quotes", "Dev"}, Where{"Quotes", "Prod"}
	devRole := RoleGrant{Role: "Deployment creator", Environments: []string{"Dev"}}
	projectRole := RoleGrant{Role: "Project lead", Projects: []string{"Quotes"}}
	for _, c := range []struct {
		who   string
		p     Principal
		want  Permission
		where Where
		ok    bool
	}{
		{"nobody", Principal{}, ProjectView, everywhere, false},
		{"nobody", Principal{}, Own, everywhere, false},
		{"nobody claiming admin", Principal{Admin: true}, ProjectView, everywhere, false},
		{"admin", Principal{UserID: "u", Admin: true}, AdministerSystem, everywhere, true},
		{"system", System("trigger"), DeploymentCreate, prod, true},
		{"no team", Principal{UserID: "u"}, ProjectView, everywhere, false},
		{"no team", Principal{UserID: "u"}, Own, everywhere, true},
		{"team without roles", may(), InterruptionSubmit, prod, true},
		{"team without roles", may(), ProjectView, everywhere, false},
		{"viewer", may(RoleGrant{Role: "Project viewer"}), ProjectView, everywhere, true},
		{"viewer", may(RoleGrant{Role: "project VIEWER"}), DeploymentView, prod, true},
		{"viewer", may(RoleGrant{Role: "Project viewer"}), DeploymentCreate, dev, false},
		{"viewer", may(RoleGrant{Role: "Project viewer"}), UserView, everywhere, false},
		{"unknown role", may(RoleGrant{Role: "King"}), ProjectView, everywhere, false},
		{"deployer to Dev", may(devRole), DeploymentCreate, dev, true},
		{"deployer to Dev", may(devRole), DeploymentCreate, Where{Environment: "DEV"}, true},
		{"deployer to Dev", may(devRole), DeploymentCreate, prod, false},
		{"deployer to Dev", may(devRole), DeploymentCreate, everywhere, false},
		{"deployer to Dev", may(devRole), TaskCancel, dev, true},
		{"lead of Quotes", may(projectRole), ReleaseCreate, Where{Project: "quotes"}, true},
		{"lead of Quotes", may(projectRole), ReleaseCreate, Where{Project: "Other"}, false},
		{"lead of Quotes", may(projectRole), DeploymentCreate, dev, false},
		{"both", may(devRole, projectRole), DeploymentCreate, prod, false},
		{"both", may(devRole, projectRole), DeploymentView, prod, true},
		{"wide beside narrow", may(devRole, RoleGrant{Role: "Deployment creator"}), DeploymentCreate, prod, true},
		{"publisher", may(RoleGrant{Role: "Package publisher"}), BuiltInFeedPush, everywhere, true},
		{"publisher", may(RoleGrant{Role: "Package publisher"}), ReleaseCreate, everywhere, false},
		{"manager", may(RoleGrant{Role: "Environment manager"}), MachineEdit, everywhere, true},
		{"manager", may(RoleGrant{Role: "Environment manager"}), ProjectEdit, everywhere, false},
	} {
		if got := c.p.Allows(c.want, c.where); got != c.ok {
			t.Errorf("%s: Allows(%s, %+v) = %v, want %v", c.who, c.want, c.where, got, c.ok)
		}
		if err := c.p.Demand(c.want, c.where); (err == nil) != c.ok {
			t.Errorf("%s: Demand(%s, %+v) = %v, want allowed: %v", c.who, c.want, c.where, err, c.ok)
		}
	}
}

func TestDemandNamesTheRight(t *testing.T) {
	t.Parallel()
	if err := (Principal{}).Demand(ProjectView, Where{}); CodeOf(err) != Unauthenticated || !strings.Contains(err.Error(), "sign in") {
		t.Errorf("Demand of nobody = %v (%s)", err, CodeOf(err))
	}
	viewer := RoleGrant{Role: "Project viewer", Projects: []string{"Quotes"}}
	err := may(viewer).Demand(DeploymentCreate, Where{"Quotes", "Prod"})
	want := `u needs the permission DeploymentCreate in project "Quotes" for environment "Prod": a team of yours must include a user role that has it`
	if CodeOf(err) != Forbidden || err.Error() != want {
		t.Errorf("Demand = %v, want %s", err, want)
	}
	// Who may not know of the place is not told its name.
	want = "u needs the permission DeploymentCreate: a team of yours must include a user role that has it"
	if err := may(viewer).Demand(DeploymentCreate, Where{"Other", "Prod"}); err.Error() != want {
		t.Errorf("Demand = %v, want %s", err, want)
	}
}

func TestAllowsAnywhere(t *testing.T) {
	t.Parallel()
	narrow := may(RoleGrant{Role: "Deployment creator", Projects: []string{"Quotes"}, Environments: []string{"Dev"}})
	if !narrow.AllowsAnywhere(DeploymentCreate) || narrow.AllowsAnywhere(ProjectEdit) || (Principal{}).AllowsAnywhere(DeploymentCreate) {
		t.Error("AllowsAnywhere knows what is held in some place, and nothing else")
	}
}

func TestPrincipalOf(t *testing.T) {
	t.Parallel()
	u := User{ID: "Users-1", Username: "stella", DisplayName: "Stella", Mail: "s@example.org", Admin: true}
	p := PrincipalOf(u, []Team{{Name: "In", Members: []string{"STELLA"}}, {Name: "Out", Members: []string{"omar"}, Roles: []RoleGrant{{Role: "Project viewer"}}}}, nil, "session")
	if p.UserID != u.ID || p.Called != "Stella" || p.Mail != u.Mail || !p.Admin || p.Via != "session" || strings.Join(p.Teams, " ") != "In" {
		t.Errorf("PrincipalOf = %+v", p)
	}
	p.Admin = false
	if p.Allows(ProjectView, Where{}) {
		t.Error("a right came from a team that the user is not in")
	}
}

func TestMayAnswer(t *testing.T) {
	t.Parallel()
	where := Where{"Quotes", "Prod"}
	member := Principal{UserID: "u", Username: "stella", Teams: []string{"Stakeholders"}}
	deployer := may(RoleGrant{Role: "Deployment creator", Environments: []string{"Prod"}})
	for _, c := range []struct {
		name  string
		teams []string
		p     Principal
		code  Code // "" is yes
	}{
		{"a member", []string{"Others", "stakeholders"}, member, ""},
		{"somebody else", []string{"Others"}, member, Forbidden},
		{"an admin who is no member", []string{"Others"}, Principal{UserID: "a", Username: "admin", Admin: true}, Forbidden},
		{"a deployer who is no member", []string{"Others"}, deployer, Forbidden},
		{"nobody", []string{"Others"}, Principal{}, Unauthenticated},
		{"no team named, a deployer", nil, deployer, ""},
		{"no team named, a member of some", nil, member, Forbidden},
		{"no team named, an admin", nil, Principal{UserID: "a", Admin: true}, ""},
		{"no team named, nobody", nil, Principal{}, Unauthenticated},
	} {
		err := Approval{Teams: c.teams}.MayAnswer(c.p, where)
		if CodeOf(err) != c.code || (err == nil) != (c.code == "") {
			t.Errorf("%s: MayAnswer = %v, want code %q", c.name, err, c.code)
		}
	}
	err := Approval{Teams: []string{"A", "B"}}.MayAnswer(member, where)
	if err == nil || err.Error() != "stella cannot answer this sign-off: it is for members of A and B" {
		t.Errorf("MayAnswer says %v", err)
	}
}

// TestWhoAskedDoesNotAnswer: where a gate says so, neither membership nor an
// admin's rights make up for it.
func TestWhoAskedDoesNotAnswer(t *testing.T) {
	t.Parallel()
	where := Where{"Quotes", "Prod"}
	asked := Principal{UserID: "u", Username: "stella", Teams: []string{"QA"}, Admin: true}
	other := Principal{UserID: "o", Username: "omar", Teams: []string{"QA"}}
	for _, c := range []struct {
		approval Approval
		p        Principal
		want     string
	}{
		{Approval{Teams: []string{"QA"}, NotRequester: true, RequestedBy: "u"}, asked, "you asked for this deployment; somebody else of QA must answer"},
		{Approval{Teams: []string{"QA", "Ops", "Leads"}, NotRequester: true, RequestedBy: "u"}, asked, "you asked for this deployment; somebody else of QA, Ops or Leads must answer"},
		{Approval{NotRequester: true, RequestedBy: "u"}, asked, "you asked for this deployment; somebody else must answer"},
		{Approval{Teams: []string{"QA"}, NotRequester: true, RequestedBy: "u"}, other, ""},
		{Approval{Teams: []string{"QA"}, RequestedBy: "u"}, asked, ""},
		{Approval{Teams: []string{"QA"}, NotRequester: true}, Principal{}, "sign in first, or use the link in your mail"},
	} {
		got := ""
		if err := c.approval.MayAnswer(c.p, where); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%+v: MayAnswer(%s) = %q, want %q", c.approval, c.p.Username, got, c.want)
		}
	}
}

// TestAllowsIn: seeing a project takes the right in one of its environments.
func TestAllowsIn(t *testing.T) {
	t.Parallel()
	dev := may(RoleGrant{Role: "Project viewer", Projects: []string{"Quotes"}, Environments: []string{"Dev"}})
	for _, c := range []struct {
		want    Permission
		project string
		ok      bool
	}{{ProjectView, "quotes", true}, {ProjectView, "Other", false}, {ProjectView, "", false}, {ProjectEdit, "Quotes", false}, {Own, "Other", true}} {
		if got := dev.AllowsIn(c.want, c.project); got != c.ok {
			t.Errorf("AllowsIn(%s, %q) = %v, want %v", c.want, c.project, got, c.ok)
		}
		if err := dev.DemandIn(c.want, c.project); (err == nil) != c.ok || err != nil && CodeOf(err) != Forbidden {
			t.Errorf("DemandIn(%s, %q) = %v, want allowed: %v", c.want, c.project, err, c.ok)
		}
	}
	if (Principal{}).AllowsIn(ProjectView, "Quotes") {
		t.Error("nobody may see a project")
	}
}
