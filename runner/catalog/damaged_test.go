package catalog_test

import (
	"testing"

	"slipway/pipelines"
	"slipway/runner/catalog"
	"slipway/runner/records"
	"slipway/runner/table"
)

// TestADamagedRowIsRemoved by an administrator, with one entry, and its name is free.
func TestADamagedRowIsRemoved(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	ctx := t.Context()
	ok(t, h.AddTeam(ctx, root, pipelines.Team{Name: "Painters"}))
	ok(t, h.AddTeam(ctx, root, pipelines.Team{Name: "Whole"}))
	teams := must(h.Records.Teams(ctx))(t)
	id, whole := teams[0].ID, teams[1].ID
	ok(t, h.Records.Write(ctx, table.Put(table.Key{Partition: "config", Sort: "Teams/" + id}, []byte("{broken"))))
	manager := may(pipelines.TeamEdit, pipelines.TeamView, pipelines.UserEdit)
	wantCode(t, h.RemoveDamaged(ctx, manager, id), pipelines.Forbidden, "AdministerSystem")
	wantCode(t, h.RemoveDamaged(ctx, root, whole), pipelines.NotFound, "that cannot be read")
	wantCode(t, h.RemoveDamaged(ctx, root, "Teams-99"), pipelines.NotFound, "that cannot be read")
	wantCode(t, h.RemoveDamaged(ctx, root, ""), pipelines.NotFound, "that cannot be read")
	before := len(entriesOf(t, h))
	ok(t, h.RemoveDamaged(ctx, root, id))
	if log := entriesOf(t, h); len(log) != before+1 {
		t.Errorf("%d entries more, want 1", len(log)-before)
	}
	wantCode(t, h.RemoveDamaged(ctx, root, id), pipelines.NotFound, "that cannot be read")
	if damaged := must(h.Records.Damaged(ctx))(t); len(damaged) != 0 {
		t.Errorf("left are %v", damaged)
	}
	ok(t, h.AddTeam(ctx, root, pipelines.Team{Name: "Painters"}))
}

// TestATakenNameIsToldToNobodyWithoutTheRight to add one of that kind.
func TestATakenNameIsToldToNobodyWithoutTheRight(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	ctx := t.Context()
	must(h.Apply(ctx, root, of(t, "shop", `
environments: [Dev, Vault]
lifecycles: [{ name: Fast, phases: [{ name: Dev, environments: [Dev] }] }]
variable-sets: [{ name: Shared, variables: [{ name: A, value: b }] }]
teams: [{ name: Painters }]
targets: [{ name: hid, pretend: host, environments: [Vault], roles: [web] }]
projects: [{ name: Secret, steps: [{ name: Say, roles: [web], script: { body: echo } }] }]
`)))(t)
	inDev := pipelines.Principal{UserID: "Users-7", Username: "dev", Grants: []pipelines.Grant{{Permission: pipelines.MachineEdit, Environments: []string{"Dev"}}}}
	for _, c := range []struct {
		by   pipelines.Principal
		kind records.Kind
		noun any
	}{
		{may(pipelines.ProjectView), records.Environments, pipelines.Environment{Name: "Vault"}},
		{may(pipelines.ProjectView), records.Lifecycles, pipelines.Lifecycle{Name: "Fast"}},
		{may(pipelines.FeedView), records.VariableSets, pipelines.VariableSet{Name: "Shared"}},
		{may(pipelines.UserEdit), records.Teams, pipelines.Team{Name: "Painters"}},
		{may(pipelines.TeamEdit), records.Users, pipelines.User{Username: "root"}},
		{may(pipelines.UserEdit), records.UserRoles, pipelines.UserRole{Name: "Any"}},
		{inDev, records.Targets, pipelines.Target{Name: "hid", Environments: []string{"Vault"}, Roles: []string{"web"}, Pretend: "host"}},
		{may(pipelines.MachineEdit), records.Projects, pipelines.Project{Name: "Secret"}},
	} {
		for name, do := range map[string]func(catalog.NounEdit) error{
			"save":    func(e catalog.NounEdit) error { _, err := h.SaveNoun(ctx, c.by, e); return err },
			"preview": func(e catalog.NounEdit) error { _, err := h.PreviewNoun(ctx, c.by, e); return err },
		} {
			if err := do(catalog.NounEdit{Kind: c.kind, Noun: c.noun}); pipelines.CodeOf(err) != pipelines.Forbidden {
				t.Errorf("%s one of %s: %v, want that the right is lacking", name, c.kind, err)
			}
		}
	}
	_, err := h.SaveNoun(ctx, root, catalog.NounEdit{Kind: records.Teams, Noun: pipelines.Team{Name: "Painters"}})
	wantCode(t, err, pipelines.Invalid, "there is a team")
}

// TestAFeedWithItsPassword is one act, with one entry; where either is refused
// nothing is left of it.
func TestAFeedWithItsPassword(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	root := h.admin(t)
	feed := pipelines.Feed{Name: "Nexus", Type: pipelines.FeedNuGet, URL: "http://nexus/nuget", Username: "ci", Secret: "feed-Nexus"}
	before := len(entriesOf(t, h))
	_, err := h.AddFeedWithPassword(ctx, root, feed, "short")
	wantCode(t, err, pipelines.Invalid, "8 characters")
	_, err = h.AddFeedWithPassword(ctx, may(pipelines.FeedEdit), feed, "long enough for it")
	wantCode(t, err, pipelines.Forbidden, "SecretEdit")
	_, err = h.AddFeedWithPassword(ctx, may(pipelines.SecretEdit), feed, "long enough for it")
	wantCode(t, err, pipelines.Forbidden, "FeedEdit")
	bad := feed
	bad.URL = "nowhere"
	_, err = h.AddFeedWithPassword(ctx, root, bad, "long enough for it")
	wantCode(t, err, pipelines.Invalid, "")
	if feeds := must(h.Records.Feeds(ctx))(t); len(feeds) != 0 || len(entriesOf(t, h)) != before || len(must(h.Records.Secrets(ctx))(t)) != 0 {
		t.Fatalf("of what was refused is left: %v, %d entries", feeds, len(entriesOf(t, h))-before)
	}
	must(h.AddFeedWithPassword(ctx, root, feed, "long enough for it"))(t)
	log, secrets := entriesOf(t, h), must(h.Records.Secrets(ctx))(t)
	if len(log) != before+1 || len(secrets) != 1 || secrets[0].Name != "feed-Nexus" || secrets[0].Version != 1 {
		t.Errorf("%d entries, secrets %v; want 1 entry and 1 secret", len(log)-before, secrets)
	}
	_, err = h.AddFeedWithPassword(ctx, root, feed, "another that is long")
	wantCode(t, err, pipelines.Conflict, "already")
	if v, _, err := h.Records.SecretVersion(ctx, "feed-Nexus"); err != nil || v != 1 {
		t.Errorf("the refused one set version %d, %v", v, err)
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func entriesOf(t *testing.T, h here) []pipelines.Event {
	t.Helper()
	return must(h.Records.AuditLog(t.Context(), noTime, 0))(t)
}
