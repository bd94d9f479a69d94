package catalog_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/catalog"
	"slipway/runner/records"
)

const people = `
environments: [Dev, Test, Prod]
lifecycles: [{ name: L, phases: [{ name: All, environments: [Dev, Test, Prod] }] }]
users: [{ username: tom }, { username: uma }, { username: omar }, { username: ada }, { username: ci, service: true }]
user-roles:
  - { name: Night shift, permissions: [DeploymentCreate] }
teams:
  - { name: Team managers, members: [tom], roles: [{ role: Team manager }, { role: Deployment creator, environments: [Dev] }, { role: Project viewer, projects: [P] }] }
  - { name: User managers, members: [uma], roles: [{ role: Security manager }] }
  - { name: Admins, members: [ada], roles: [{ role: System administrator }] }
  - { name: QA, members: [omar] }
  - { name: Machines, members: [ci], roles: [{ role: Night shift, environments: [Dev] }] }
projects:
  - name: P
    lifecycle: L
    steps: [{ name: Ask, approval: { instructions: Look., teams: [QA] } }]
`

// everybody is a house with people, made by the folder "here" but for what pages
// may change.
func everybody(t *testing.T) (here, pipelines.Principal, func(string) pipelines.Principal) {
	h := open(t)
	root := h.admin(t)
	h.onPages(t, root, people)
	return h, root, func(name string) pipelines.Principal { return h.principal(t, h.user(t, name).ID) }
}

// TestNobodyGivesWhatTheyLack: each way in which somebody could give a right.
func TestNobodyGivesWhatTheyLack(t *testing.T) {
	t.Parallel()
	h, root, who := everybody(t)
	team := func(name string, members []string, roles ...pipelines.RoleGrant) textNoun {
		return textNoun{records.Teams, pipelines.Team{Name: name, Members: members, Roles: roles}}
	}
	role := func(name string, permissions ...pipelines.Permission) textNoun {
		return textNoun{records.UserRoles, pipelines.UserRole{Name: name, Permissions: permissions}}
	}
	for _, c := range []struct {
		who  pipelines.Principal
		noun textNoun
		want string // "" is done
	}{
		{who("tom"), team("New", nil, pipelines.RoleGrant{Role: "Deployment creator", Environments: []string{"dev"}}), ""},
		{who("tom"), team("New", nil, pipelines.RoleGrant{Role: "Deployment creator", Environments: []string{"Dev", "Prod"}}), `tom cannot give DeploymentCreate (by the role Deployment creator) for environment "Prod"`},
		{who("tom"), team("New", nil, pipelines.RoleGrant{Role: "Deployment creator"}), "tom cannot give DeploymentCreate"},
		{who("tom"), team("New", nil, pipelines.RoleGrant{Role: "Project viewer", Projects: []string{"P"}, Environments: []string{"Prod"}}), ""},
		{who("tom"), team("New", nil, pipelines.RoleGrant{Role: "Project viewer"}), "tom cannot give ProjectView"},
		{who("tom"), team("New", nil, pipelines.RoleGrant{Role: "Night shift", Environments: []string{"Prod"}}), "tom cannot give DeploymentCreate (by the role Night shift)"},
		{who("tom"), team("New", nil, pipelines.RoleGrant{Role: "System administrator"}), "only an administrator makes administrators, and tom is none"},
		{who("tom"), team("Admins", []string{"ada", "tom"}, pipelines.RoleGrant{Role: "System administrator"}), "only an administrator changes it"},
		{who("tom"), team("Admins", nil), "only an administrator changes it"},
		{who("tom"), team("User managers", []string{"uma", "tom"}, pipelines.RoleGrant{Role: "Security manager"}), "tom cannot give UserEdit"},
		{who("tom"), team("QA", []string{"omar", "tom"}), "QA answers sign-offs, of a process as it is or as a release froze it, so only its members and administrators add somebody"},
		{who("tom"), team("QA", []string{}), ""},
		{who("tom"), role("Own", pipelines.ProjectView), "UserRoleEdit"},
		{who("uma"), role("Own", pipelines.UserView, pipelines.EventView), ""},
		{who("uma"), role("Own", pipelines.DeploymentCreate), "uma cannot give DeploymentCreate"},
		{who("uma"), role("Night shift", pipelines.DeploymentCreate, pipelines.ProjectEdit), "uma cannot give ProjectEdit"},
		{who("uma"), role("Kings", pipelines.AdministerSystem), "only an administrator makes administrators"},
		{who("uma"), textNoun{records.Users, pipelines.User{Username: "tom", Mail: "uma@example.org"}}, "uma cannot change how one signs in to the account tom"},
		{who("uma"), textNoun{records.Users, pipelines.User{Username: "tom", DisplayName: "Tom", Disabled: true}}, ""},
		{who("uma"), textNoun{records.Users, pipelines.User{Username: "ada", Disabled: true}}, "AdministerSystem"},
		{who("uma"), textNoun{records.Users, pipelines.User{Username: "root", Mail: "uma@example.org"}}, "AdministerSystem"},
		{who("ada"), team("Admins", []string{"ada", "uma"}, pipelines.RoleGrant{Role: "System administrator"}), ""},
		{who("ada"), role("Kings", pipelines.AdministerSystem), ""},
		{root.Within(pipelines.KeyScope{Projects: []string{"P"}}, nil), team("Other", nil), "TeamEdit"},
	} {
		_, err := h.PreviewNoun(t.Context(), c.who, h.editOf(t, c.noun))
		if got := fmt.Sprint(err); err != nil && c.want == "" || c.want != "" && !strings.Contains(got, c.want) {
			t.Errorf("%s wants %+v: %v, want %q", c.who.Username, c.noun.noun, err, c.want)
		}
		if err != nil && pipelines.CodeOf(err) != pipelines.Forbidden {
			t.Errorf("%s wants %+v: code %s, want forbidden", c.who.Username, c.noun.noun, pipelines.CodeOf(err))
		}
	}
	wantCode(t, h.SetPassword(t.Context(), who("uma"), "tom", "a long password"), pipelines.Forbidden, "which has more rights")
	wantCode(t, h.SetPassword(t.Context(), root, "ci", "a long password"), pipelines.Invalid, "is a service account")
}

// TestNobodyTakesAnApproversAccount: who is in a team that answers sign-offs may
// hold no other right, and whoever has their account answers in their place.
func TestNobodyTakesAnApproversAccount(t *testing.T) {
	t.Parallel()
	h, root, who := everybody(t)
	uma := who("uma")
	wantCode(t, h.SetPassword(t.Context(), uma, "omar", "a long password"), pipelines.Forbidden, "omar, which answers sign-offs in the team QA")
	mail := textNoun{records.Users, pipelines.User{Username: "omar", Mail: "uma@example.org"}}
	_, err := h.SaveNoun(t.Context(), uma, h.editOf(t, mail))
	wantCode(t, err, pipelines.Forbidden, "omar, which answers sign-offs")
	if _, err := h.SaveNoun(t.Context(), root, h.editOf(t, mail)); err != nil {
		t.Errorf("an administrator sets the address of anybody: %v", err)
	}
	must(h.SaveNoun(t.Context(), root, h.editOf(t, textNoun{records.Teams, pipelines.Team{Name: "QA", Members: []string{"omar", "uma"}}})))(t)
	if err := h.SetPassword(t.Context(), who("uma"), "omar", "a long password"); err != nil {
		t.Errorf("who answers the same sign-offs and has more rights sets the password: %v", err)
	}
}

// TestOnlySigningInMakesMembersBySignIn: no text shows such members, so nobody
// puts some there with a new team.
func TestOnlySigningInMakesMembersBySignIn(t *testing.T) {
	t.Parallel()
	h, _, who := everybody(t)
	team := pipelines.Team{Name: "New", Members: []string{"omar"}, BySignIn: []string{"tom", "not here yet"}}
	must(h.SaveNoun(t.Context(), who("tom"), catalog.NounEdit{Kind: records.Teams, Noun: team}))(t)
	made, _ := pipelines.TeamNamed(must(h.Records.Teams(t.Context()))(t), "New")
	if made.Has("tom") || made.Has("not here yet") || !made.Has("omar") {
		t.Errorf("the new team is %+v, want omar alone in it", made)
	}
}

// TestMailedLinksEndWithTheAccountTheyWereFor: a link that lies in an old mailbox
// must not set the password back that an administrator has just set.
func TestMailedLinksEndWithTheAccountTheyWereFor(t *testing.T) {
	t.Parallel()
	h, root, _ := everybody(t)
	id := h.user(t, "omar").ID
	for what, change := range map[string]func() error{
		"password": func() error { return h.SetPassword(t.Context(), root, "omar", "a long password") },
		"mail": func() error {
			return h.ChangeUser(t.Context(), root, "omar", false, func(u *pipelines.User) { u.Mail = "new@example.org" })
		},
		"disabled": func() error {
			return h.ChangeUser(t.Context(), root, "omar", false, func(u *pipelines.User) { u.Disabled = true })
		},
	} {
		if err := h.Records.Write(t.Context(), records.AddTicket(records.Ticket{Key: "link of " + what, UserID: id}, h.Env.Now())...); err != nil {
			t.Fatal(err)
		}
		if err := change(); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if _, _, alive, err := h.Records.Ticket(t.Context(), "link of "+what); alive || err != nil {
			t.Errorf("%s: the link that was mailed before still works (%v)", what, err)
		}
	}
}

// textNoun is a noun of a kind, to be saved under its name.
type textNoun struct {
	kind records.Kind
	noun any
}

// editOf is the edit that saves a noun: of the one with that name, or a new one.
func (h here) editOf(t *testing.T, n textNoun) catalog.NounEdit {
	t.Helper()
	id := ""
	switch noun := n.noun.(type) {
	case pipelines.Team:
		team, _ := pipelines.TeamNamed(must(h.Records.Teams(t.Context()))(t), noun.Name)
		id = team.ID
	case pipelines.User:
		id = h.user(t, noun.Username).ID
	case pipelines.UserRole:
		role, _ := pipelines.UserRoleNamed(must(h.Records.UserRoles(t.Context()))(t), noun.Name)
		id = role.ID
	}
	if id == "" {
		return catalog.NounEdit{Kind: n.kind, Noun: n.noun}
	}
	return h.edit(t, n.kind, id, n.noun)
}

// TestTheLastAdministratorStays: be it by themselves or by a team.
func TestTheLastAdministratorStays(t *testing.T) {
	t.Parallel()
	h, root, who := everybody(t)
	save := func(p pipelines.Principal, kind records.Kind, noun any) error {
		_, err := h.SaveNoun(t.Context(), p, h.editOf(t, textNoun{kind, noun}))
		return err
	}
	if err := save(who("ada"), records.Users, pipelines.User{Username: "root", Disabled: true}); err != nil {
		t.Fatalf("one of two administrators cannot be disabled: %v", err)
	}
	ada := who("ada")
	for what, err := range map[string]error{
		"disabled":           save(ada, records.Users, pipelines.User{Username: "ada", Disabled: true}),
		"made a program":     save(ada, records.Users, pipelines.User{Username: "ada", Service: true}),
		"taken out":          save(ada, records.Teams, pipelines.Team{Name: "Admins", Roles: []pipelines.RoleGrant{{Role: "System administrator"}}}),
		"left without role":  save(ada, records.Teams, pipelines.Team{Name: "Admins", Members: []string{"ada"}}),
		"left without rules": save(root, records.Teams, pipelines.Team{Name: "Admins"}),
	} {
		if pipelines.CodeOf(err) != pipelines.Invalid || !strings.Contains(err.Error(), "the last admin") {
			t.Errorf("the last administrator was %s: %v", what, err)
		}
	}
}

// TestARoleInUseStays: told where it is used.
func TestARoleInUseStays(t *testing.T) {
	t.Parallel()
	h, root, who := everybody(t)
	edit := h.editOf(t, textNoun{records.UserRoles, pipelines.UserRole{Name: "Night shift"}})
	edit.Noun, edit.Remove = nil, true
	_, err := h.SaveNoun(t.Context(), root, edit)
	wantCode(t, err, pipelines.Invalid, `team Machines: there is no user role "Night shift"`)
	before := who("ci").Allows(pipelines.TaskCancel, pipelines.Where{Environment: "Dev"})
	must(h.SaveNoun(t.Context(), root, h.editOf(t, textNoun{records.UserRoles, pipelines.UserRole{Name: "night shift", Permissions: []pipelines.Permission{pipelines.TaskCancel}}})))(t)
	ci := who("ci")
	if before || !ci.Allows(pipelines.TaskCancel, pipelines.Where{Environment: "Dev"}) || ci.AllowsAnywhere(pipelines.DeploymentCreate) {
		t.Errorf("a role that changed counts at once, got %+v", ci.Grants)
	}
	_, err = h.SaveNoun(t.Context(), root, catalog.NounEdit{Kind: records.UserRoles, Noun: pipelines.UserRole{Name: "Auditor", Permissions: []pipelines.Permission{pipelines.EventView}}})
	wantCode(t, err, pipelines.Invalid, "is built in")
}

// TestKeysOfServiceAccounts: who makes, lists and ends them.
func TestKeysOfServiceAccounts(t *testing.T) {
	t.Parallel()
	h, root, who := everybody(t)
	n := 0
	newKey := func() (string, string, string, error) {
		n++
		return "API-KEY", fmt.Sprint("hash", n), "API-K…", nil
	}
	make := func(p pipelines.Principal, wish catalog.KeyWish) (records.APIKey, error) {
		k, _, err := h.NewAPIKey(t.Context(), p, wish, newKey)
		return k, err
	}
	now := h.Env.Now()
	for _, c := range []struct {
		who  pipelines.Principal
		wish catalog.KeyWish
		code pipelines.Code
		part string
	}{
		{root, catalog.KeyWish{Purpose: "ci", For: "CI"}, "", ""},
		{root, catalog.KeyWish{Purpose: "ci", For: "tom"}, pipelines.Forbidden, "tom is a person"},
		{root, catalog.KeyWish{Purpose: "ci", For: "nobody"}, pipelines.NotFound, "no user"},
		{who("omar"), catalog.KeyWish{Purpose: "ci", For: "ci"}, pipelines.Forbidden, "UserEdit"},
		{who("uma"), catalog.KeyWish{Purpose: "ci", For: "ci"}, pipelines.Forbidden, "cannot make a key for the account ci, which has more rights"},
		{root, catalog.KeyWish{Purpose: "a\nb"}, pipelines.Invalid, "in one line"},
		{root, catalog.KeyWish{Purpose: "x", Expires: now.Add(-time.Second)}, pipelines.Invalid, "no use now"},
		{root, catalog.KeyWish{Purpose: "x", Expires: now.Add(time.Hour), Never: true}, pipelines.Invalid, "say one of them"},
		{root, catalog.KeyWish{Purpose: "x", Scope: pipelines.KeyScope{Projects: []string{"None"}}}, pipelines.Invalid, `no project "None"`},
		{root, catalog.KeyWish{Purpose: "x", Scope: pipelines.KeyScope{Permissions: []pipelines.Permission{pipelines.UserEdit}}}, pipelines.Invalid, "a key with a scope does not"},
		{root, catalog.KeyWish{Purpose: "x", Scope: pipelines.KeyScope{Environments: strings.Fields(strings.Repeat("Dev ", 101))}}, pipelines.Invalid, "at most 100"},
		{root.Within(pipelines.KeyScope{Projects: []string{"P"}}, nil), catalog.KeyWish{Purpose: "x"}, pipelines.Forbidden, "has a scope"},
	} {
		k, err := make(c.who, c.wish)
		if c.code != "" {
			wantCode(t, err, c.code, c.part)
			continue
		}
		if err != nil || k.UserID != h.user(t, "ci").ID || k.Expires == nil || !k.Expires.Equal(now.Add(catalog.KeyLife)) && k.Expires.Sub(now) > catalog.KeyLife+time.Minute {
			t.Errorf("a key of ci: %+v, %v; want it to expire after 180 days", k, err)
		}
	}
	never, err := make(root, catalog.KeyWish{Purpose: "for good", Never: true, For: "ci"})
	if err != nil || never.Expires != nil {
		t.Errorf("a key that never expires: %+v, %v", never, err)
	}
	own, err := make(who("omar"), catalog.KeyWish{Purpose: "mine"})
	if err != nil {
		t.Fatal(err)
	}
	wantCode(t, h.RemoveAPIKey(t.Context(), root, own.ID), pipelines.NotFound, "root has no API key")
	wantCode(t, h.RemoveAPIKey(t.Context(), who("tom"), never.ID), pipelines.NotFound, "tom has no API key")
	wantCode(t, h.RemoveAPIKey(t.Context(), who("uma"), never.ID), pipelines.Forbidden, "cannot end a key of the account ci")
	wantCode(t, h.MaySeeKeys(t.Context(), who("uma"), "ci"), pipelines.Forbidden, "cannot see the keys of the account ci")
	if err := h.MaySeeKeys(t.Context(), root, "ci"); err != nil {
		t.Errorf("who may take the account over sees its keys: %v", err)
	}
	if err := h.RemoveAPIKey(t.Context(), root, never.ID); err != nil {
		t.Errorf("who may take the account over ends its key: %v", err)
	}
	limited := who("omar").Within(pipelines.KeyScope{Projects: []string{"P"}}, nil)
	limited.Credential = "other"
	wantCode(t, h.RemoveAPIKey(t.Context(), limited, own.ID), pipelines.Forbidden, "has a scope")
	limited.Credential = own.ID
	if err := h.RemoveAPIKey(t.Context(), limited, own.ID); err != nil {
		t.Errorf("a key with a scope ends itself: %v", err)
	}
}

// A user who becomes a service account has no password from then on.
func TestAServiceAccountHasNoPassword(t *testing.T) {
	t.Parallel()
	h, root, _ := everybody(t)
	if err := h.AddUser(t.Context(), root, pipelines.User{Username: "builder"}, "long enough"); err != nil {
		t.Fatal(err)
	}
	id := h.user(t, "builder").ID
	if hash := must(h.Records.Password(t.Context(), id))(t); hash == "" {
		t.Fatal("there is no password to lose")
	}
	if err := h.ChangeUser(t.Context(), root, "builder", false, func(u *pipelines.User) { u.Service = true }); err != nil {
		t.Fatal(err)
	}
	if hash := must(h.Records.Password(t.Context(), id))(t); hash != "" {
		t.Errorf("the password is still there: %s", hash)
	}
	wantCode(t, h.AddUser(t.Context(), root, pipelines.User{Username: "x", Service: true}, "long enough"), pipelines.Invalid, "no password")
	wantCode(t, h.AddUser(t.Context(), root, pipelines.User{Username: "x"}, "short"), pipelines.Invalid, "at least")
	for _, u := range must(h.Records.Users(t.Context()))(t) {
		if u.Username == "x" {
			t.Error("an account was made though its password was refused")
		}
	}
}

func TestReadExpiry(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"": "0001-01-01T00:00:00Z", "90d": "2027-02-20T10:00:00Z", "12h": "2026-11-22T22:00:00Z", "2027-01-31": "2027-02-01T00:00:00Z", "2027-01-31T08:00:00+01:00": "2027-01-31T07:00:00Z",
		"-1d": "", "soon": "", "0d": "",
	} {
		at, never, err := catalog.ReadExpiry(text, now)
		if got := at.UTC().Format(time.RFC3339); never || want != "" && (err != nil || got != want) || want == "" && pipelines.CodeOf(err) != pipelines.Invalid {
			t.Errorf("ReadExpiry(%q) = %s, %v, %v; want %s", text, got, never, err, want)
		}
	}
	if _, never, err := catalog.ReadExpiry("never", now); !never || err != nil {
		t.Errorf("never: %v, %v", never, err)
	}
}

// TestOnlyAnAdministratorSetsTheMailServer: links that set passwords go out by
// it, so whoever reads its mails is whom they want to be.
func TestOnlyAnAdministratorSetsTheMailServer(t *testing.T) {
	t.Parallel()
	h, root, who := everybody(t)
	must(h.SaveNoun(t.Context(), root, catalog.NounEdit{Kind: records.Teams, Noun: pipelines.Team{Name: "Operators", Members: []string{"omar"}, Roles: []pipelines.RoleGrant{{Role: "System manager"}}}}))(t)
	server := catalog.MailServerEdit{Host: "mail.example.net", From: "slipway@example.net"}
	wantCode(t, h.SetMailServer(t.Context(), who("omar"), server), pipelines.Forbidden, "AdministerSystem")
	if err := h.SetMailServer(t.Context(), root, server); err != nil {
		t.Fatal(err)
	}
	_, revision, err := h.MailServer(t.Context(), who("omar"))
	if err != nil || revision == 0 {
		t.Errorf("a system manager sees the mail server: %v", err)
	}
	wantCode(t, h.RemoveMailServer(t.Context(), who("omar"), revision), pipelines.Forbidden, "AdministerSystem")
}

// TestANameThatLooksTheSameIsAnother: nobody gets at an administrator's account by
// adding one whose name is nearly theirs.
func TestANameThatLooksTheSameIsAnother(t *testing.T) {
	t.Parallel()
	h, root, who := everybody(t)
	must(h.SaveNoun(t.Context(), root, catalog.NounEdit{Kind: records.Users, Noun: pipelines.User{Username: "iris", Mail: "iris@example.org"}}))(t)
	must(h.SaveNoun(t.Context(), root, h.editOf(t, textNoun{records.Teams, pipelines.Team{Name: "Admins", Members: []string{"ada", "iris"}, Roles: []pipelines.RoleGrant{{Role: "System administrator"}}}})))(t)
	before := h.user(t, "iris")
	for _, name := range []string{before.ID, "SYSTEM"} {
		_, err := h.SaveNoun(t.Context(), who("uma"), catalog.NounEdit{Kind: records.Users, Noun: pipelines.User{Username: name}})
		wantCode(t, err, pipelines.Invalid, "would be taken for")
	}
	for _, name := range []string{"ırıs", "İris", "\u212aris", "iris\u200b", "\u202eiris", "ir\xffis", "iris\u2066", "iris\u200d"} {
		_, err := h.SaveNoun(t.Context(), who("uma"), catalog.NounEdit{Kind: records.Users, Noun: pipelines.User{Username: name, Mail: "uma@example.org"}})
		if after := h.user(t, "iris"); after != before {
			t.Errorf("adding %q made %+v of %+v (%v)", name, after, before, err)
		}
		if looksTheSame := !strings.ContainsAny(name, "ıİ") && name != "\u212aris"; looksTheSame && pipelines.CodeOf(err) != pipelines.Invalid {
			t.Errorf("%q is taken as a name: %v", name, err)
		}
	}
}
