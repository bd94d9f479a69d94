package signin_test

import (
	"context"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/runner/catalog"
	"slipway/runner/records"
)

// Who may look after whose account. Nobody gains rights through somebody else's:
// what would let the keeper sign in as them, or leaves only one thing between,
// takes all their rights; what only closes, or goes to the person by mail, takes
// no more than the permission, but of an administrator, however they are one, an
// administrator.
func TestWhoLooksAfterWhoseAccount(t *testing.T) {
	t.Parallel()
	const all = "factor password mail sessions invite disable"
	const closing = "sessions invite disable"
	for _, c := range []struct{ actor, target, may string }{
		{"nobody", "plain", ""},
		{"nobody", "root", ""},
		{"keeper", "plain", all},
		{"keeper", "deployer", closing},
		{"keeper", "approver", closing},
		{"keeper", "root", ""},
		{"keeper", "boss", ""},
		{"keeper", "chief", ""},
		{"keeper-deployer", "plain", all},
		{"keeper-deployer", "deployer", all},
		{"keeper-deployer", "approver", closing},
		{"keeper-deployer", "boss", ""},
		{"keeper-deployer", "chief", ""},
		{"boss", "plain", all},
		{"boss", "deployer", all},
		{"boss", "approver", all},
		{"boss", "root", all},
		{"boss", "chief", all},
		{"chief", "boss", all},
		{"root", "chief", all},
	} {
		t.Run(c.actor+" and "+c.target, func(t *testing.T) {
			t.Parallel()
			h := newKept(t)
			for _, act := range strings.Fields(all) {
				err, want := h.act(act, h.of(c.actor), c.target), strings.Contains(c.may, act)
				if (err == nil) != want || !want && pipelines.CodeOf(err) != pipelines.Forbidden {
					t.Errorf("%s %s: %v, want allowed: %t", act, c.target, err, want)
				}
			}
		})
	}
}

// In a session one's own second factor takes the password, on the profile page.
func TestNobodyResetsTheirOwnFactorWithoutThePassword(t *testing.T) {
	t.Parallel()
	h := newKept(t)
	if err := h.act("factor", h.of("root"), "root"); pipelines.CodeOf(err) != pipelines.Conflict {
		t.Errorf("root resets root's in a session: %v", err)
	}
	if _, _, there, err := h.Records.Factor(t.Context(), h.of("root").UserID); err != nil || !there {
		t.Errorf("root's factor is gone: %v", err)
	}
}

// kept is a door with accounts of all kinds, and the catalog over the same store.
type kept struct {
	*door
	catalog *catalog.Catalog
	ids     map[string]string
}

func newKept(t *testing.T) *kept {
	t.Helper()
	d := newDoor(t)
	h := &kept{d, &catalog.Catalog{Records: d.Records, Env: d.Env, HashPassword: func(context.Context, string) (string, error) { return hashed() }}, map[string]string{}}
	for _, name := range []string{"nobody", "keeper", "keeper-deployer", "plain", "deployer", "approver", "root", "boss", "chief"} {
		id := d.user(pipelines.User{Username: name, Mail: name + "@example.org", Admin: name == "root"})
		h.ids[name] = id
		must(t, d.Records.Write(t.Context(), records.SetFactor(id, records.Factor{Since: d.now}, 0)))
	}
	d.team(pipelines.Team{Name: "Keepers", Members: []string{"keeper", "keeper-deployer"}, Roles: []pipelines.RoleGrant{{Role: "User manager"}}})
	d.team(pipelines.Team{Name: "Deployers", Members: []string{"deployer", "keeper-deployer"}, Roles: []pipelines.RoleGrant{{Role: "Deployment creator"}}})
	d.team(pipelines.Team{Name: "Stakeholders", Members: []string{"approver"}})
	d.team(pipelines.Team{Name: "Admins", Members: []string{"boss"}, BySignIn: []string{"chief"}, Roles: []pipelines.RoleGrant{{Role: "System administrator"}}})
	project := pipelines.Project{Name: "Shop", Lifecycle: "All", Steps: []pipelines.Step{{Name: "Sign off", Action: pipelines.Action{
		Type: "approval", Settings: []byte(`{"instructions":"Look","teams":["Stakeholders"]}`),
	}}}}
	changes, _, err := d.Records.NewNoun(t.Context(), records.Projects, project.Name, func(id string, _ int) any { project.ID = id; return project })
	must(t, err)
	must(t, d.Records.Write(t.Context(), changes...))
	return h
}

func (h *kept) of(name string) pipelines.Principal {
	h.t.Helper()
	p, err := h.Records.Principal(h.t.Context(), h.ids[name], "session")
	must(h.t, err)
	return p
}

func (h *kept) act(act string, p pipelines.Principal, target string) error {
	ctx := h.t.Context()
	switch act {
	case "factor":
		return h.ResetFactor(ctx, p, target)
	case "sessions":
		return h.EndAllOf(ctx, p, target)
	case "invite":
		_, err := h.Invite(ctx, p, target)
		return err
	case "password":
		return h.catalog.SetPassword(ctx, p, target, "a lantern by the quay")
	case "mail":
		return h.catalog.ChangeUser(ctx, p, target, false, func(u *pipelines.User) { u.Mail = "new-" + target + "@example.org" })
	}
	return h.catalog.ChangeUser(ctx, p, target, false, func(u *pipelines.User) { u.Disabled = true })
}
