package signin_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/records"
)

// team adds a team as it is kept.
func (d *door) team(team pipelines.Team) {
	d.t.Helper()
	changes, _, err := d.Records.NewNoun(d.t.Context(), records.Teams, team.Name, func(id string, _ int) any { team.ID = id; return team })
	must(d.t, err)
	must(d.t, d.Records.Write(d.t.Context(), changes...))
}

// bySignIn are the members of a team that came by signing in.
func (d *door) bySignIn(team string) string {
	d.t.Helper()
	all, err := d.Records.Teams(d.t.Context())
	must(d.t, err)
	found, _ := pipelines.TeamNamed(all, team)
	return strings.Join(found.BySignIn, " ")
}

// last is the newest entry of the log.
func (d *door) last() pipelines.Event {
	d.t.Helper()
	all, err := d.Records.AuditLog(d.t.Context(), d.now.AddDate(1, 0, 0), 5)
	must(d.t, err)
	at := slices.IndexFunc(all, func(e pipelines.Event) bool { return e.Category != "Anchored" && e.Category != "LoginSucceeded" })
	if at < 0 {
		d.t.Fatal("the log says nothing")
	}
	return all[at]
}

func (g *gate) settings(change func(*records.Provider)) records.Provider {
	p := records.Provider{
		ID: "acme", Name: "Acme", Issuer: g.provider.Issuer, ClientID: g.provider.ClientID, NewUsers: true,
		Groups: []records.GroupTeam{{Group: "ops", Team: "Deployers"}, {Group: "all", Team: "Readers"}, {Group: "sre", Team: "Deployers"}},
	}
	if change != nil {
		change(&p)
	}
	return p
}

// A membership by signing in ends in the act that takes away what made it.
func TestMembershipsEndWithWhatMadeThem(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		groups    []string
		act       func(*gate) error
		deployers string
		readers   string
		says      string
	}{
		"the provider is removed": {[]string{"ops", "all"}, func(g *gate) error {
			return g.RemoveProvider(g.t.Context(), g.admin, "acme")
		}, "", "", "removed the identity provider Acme: nina left Deployers; nina left Readers"},
		"it is switched off": {[]string{"ops", "all"}, func(g *gate) error {
			return g.SaveProvider(g.t.Context(), g.admin, g.settings(func(p *records.Provider) { p.Disabled = true }), "")
		}, "", "", "nina left Deployers; nina left Readers"},
		"the group stands for nothing": {[]string{"ops", "all"}, func(g *gate) error {
			return g.SaveProvider(g.t.Context(), g.admin, g.settings(func(p *records.Provider) { p.Groups = p.Groups[1:] }), "")
		}, "", "nina", "saved the identity provider Acme: nina left Deployers"},
		"another group of theirs stands for the team": {[]string{"ops", "sre"}, func(g *gate) error {
			return g.SaveProvider(g.t.Context(), g.admin, g.settings(func(p *records.Provider) { p.Groups = p.Groups[1:] }), "")
		}, "nina", "", ""},
		"another group of others stands for the team": {[]string{"ops"}, func(g *gate) error {
			return g.SaveProvider(g.t.Context(), g.admin, g.settings(func(p *records.Provider) { p.Groups = p.Groups[2:] }), "")
		}, "", "", "nina left Deployers"},
		"groups are read from another claim": {[]string{"ops"}, func(g *gate) error {
			return g.SaveProvider(g.t.Context(), g.admin, g.settings(func(p *records.Provider) { p.GroupClaim = "roles" }), "")
		}, "", "", "nina left Deployers"},
		"nothing of it changes": {[]string{"ops", "all"}, func(g *gate) error {
			return g.SaveProvider(g.t.Context(), g.admin, g.settings(func(p *records.Provider) { p.Name = "Acme Corp" }), "")
		}, "nina", "nina", ""},
		"a group more": {[]string{"ops"}, func(g *gate) error {
			return g.SaveProvider(g.t.Context(), g.admin, g.settings(func(p *records.Provider) {
				p.Groups = append(p.Groups, records.GroupTeam{Group: "x", Team: "Readers"})
			}), "")
		}, "nina", "", ""},
		"the person unlinks it": {[]string{"ops", "all"}, func(g *gate) error {
			all, err := g.Records.Users(g.t.Context())
			must(g.t, err)
			nina := all[slices.IndexFunc(all, func(u pipelines.User) bool { return u.Username == "nina" })]
			hash, err := hashed()
			must(g.t, err)
			must(g.t, g.Records.Write(g.t.Context(), records.SetPassword(nina.ID, hash)))
			return g.Unlink(g.t.Context(), pipelines.Principal{UserID: nina.ID, Username: "nina", Via: "session"}, "acme")
		}, "", "", "nina left Deployers; nina left Readers"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGate(t, nil)
			g.team(pipelines.Team{Name: "Deployers", Members: []string{"bob"}})
			g.team(pipelines.Team{Name: "Readers"})
			g.team(pipelines.Team{Name: "Others", BySignIn: []string{"nina"}})
			must(t, g.SaveProvider(t.Context(), g.admin, g.settings(nil), ""))
			g.provider.Person = map[string]any{"sub": "p-1", "preferred_username": "nina", "groups": c.groups}
			_, err := g.signIn()
			must(t, err)
			g.now = g.now.Add(time.Minute)
			must(t, c.act(g))
			if got := g.bySignIn("Deployers"); got != c.deployers {
				t.Errorf("Deployers by sign-in: %q, want %q", got, c.deployers)
			}
			if got := g.bySignIn("Readers"); got != c.readers {
				t.Errorf("Readers by sign-in: %q, want %q", got, c.readers)
			}
			if got := g.bySignIn("Others"); got != "nina" {
				t.Errorf("a team that no group stood for has lost its member: %q", got)
			}
			said := g.last()
			if left := strings.Contains(said.Message, " left "); !strings.Contains(said.Message, c.says) || left != (c.says != "") || left != (said.Details["left"] != "") {
				t.Errorf("the log says %q with %v, want %q", said.Message, said.Details, c.says)
			}
		})
	}
}

// With two providers, what the other one says stays.
func TestTheOtherProvidersMembershipsStay(t *testing.T) {
	t.Parallel()
	g := newGate(t, nil)
	g.team(pipelines.Team{Name: "Deployers"})
	g.team(pipelines.Team{Name: "Readers"})
	must(t, g.SaveProvider(t.Context(), g.admin, g.settings(nil), ""))
	must(t, g.SaveProvider(t.Context(), g.admin, g.settings(func(p *records.Provider) { p.ID, p.Name = "other", "Other" }), ""))
	g.provider.Person = map[string]any{"sub": "p-1", "preferred_username": "nina", "groups": []string{"ops"}}
	_, err := g.signIn()
	must(t, err)
	must(t, g.RemoveProvider(t.Context(), g.admin, "other"))
	if got := g.bySignIn("Deployers"); got != "nina" {
		t.Errorf("by sign-in after the other provider is gone: %q, want nina", got)
	}
	must(t, g.RemoveProvider(t.Context(), g.admin, "acme"))
	if got := g.bySignIn("Deployers"); got != "" {
		t.Errorf("by sign-in after hers is gone: %q", got)
	}
}

// Nobody is left who may do everything: then nothing takes the last one out, and
// the log says so.
func TestTheLastAdministratorStaysWhateverTheirGroups(t *testing.T) {
	t.Parallel()
	g := newGate(t, nil)
	g.team(pipelines.Team{Name: "Admins", Roles: []pipelines.RoleGrant{{Role: "System administrator"}}})
	settings := g.settings(func(p *records.Provider) { p.Groups = []records.GroupTeam{{Group: "bosses", Team: "Admins"}} })
	must(t, g.SaveProvider(t.Context(), g.admin, settings, ""))
	come := func(sub, name string, groups ...string) pipelines.Principal {
		t.Helper()
		g.now = g.now.Add(time.Minute)
		g.provider.Person = map[string]any{"sub": sub, "preferred_username": name, "groups": groups}
		p, err := g.signIn()
		must(t, err)
		return p
	}
	come("p-1", "nina", "bosses")
	come("p-2", "otto", "bosses")
	root, err := g.Records.User(t.Context(), g.admin.UserID)
	must(t, err)
	root.Noun.Disabled = true
	must(t, g.Records.Write(t.Context(), records.ReplaceNoun(records.Users, root.Noun.ID, root.Noun, root.Revision)))

	if come("p-2", "otto").Admin {
		t.Error("otto, one of two, is an administrator without the group")
	}
	if !come("p-1", "nina").Admin {
		t.Error("nina, the last, was taken out")
	}
	if said := g.last(); !strings.Contains(said.Message, ": stays in Admins, because nobody else who can sign in may do everything") {
		t.Errorf("the log says %q", said.Message)
	}
	g.now = g.now.Add(time.Minute)
	nina := g.admin
	nina.Username = "nina"
	if err := g.RemoveProvider(t.Context(), nina, "acme"); pipelines.CodeOf(err) != pipelines.Conflict {
		t.Errorf("the only way in of the last administrator is removed: %v", err)
	}
	off := settings
	off.Disabled = true
	if err := g.SaveProvider(t.Context(), nina, off, ""); pipelines.CodeOf(err) != pipelines.Conflict {
		t.Errorf("it is switched off: %v", err)
	}
	hash, err := hashed()
	must(t, err)
	must(t, g.Records.Write(t.Context(), records.SetPassword(come("p-1", "nina").UserID, hash)))
	g.now = g.now.Add(time.Minute)
	must(t, g.RemoveProvider(t.Context(), nina, "acme"))
	if got := g.bySignIn("Admins"); got != "nina" {
		t.Errorf("after the provider is gone: %q, want nina", got)
	}
	if said := g.last(); !strings.Contains(said.Message, "nina stays in Admins") || said.Details["stays"] == "" {
		t.Errorf("the log says %q with %v", said.Message, said.Details)
	}
}
