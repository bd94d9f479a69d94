package catalog_test

import (
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/textform"
	"slipway/runner/catalog"
	"slipway/runner/records"
)

// asksOthers is a project P that asks the team Others and no more QA.
const asksOthers = `
users: [{ username: ove }]
teams:
  - { name: Others, members: [ove] }
  - { name: Team managers, members: [tom], roles: [{ role: Team manager }] }
projects: [{ name: P, lifecycle: L, steps: [{ name: Ask, approval: { instructions: Look., teams: [Others] } }] }]
`

// TestATeamThatWasAskedStaysGuarded: what waits, and what an older release will
// ask, was frozen with the team that its process named then.
func TestATeamThatWasAskedStaysGuarded(t *testing.T) {
	t.Parallel()
	h, root, who := everybody(t)
	guarded := func(after string) {
		t.Helper()
		err := h.ChangeTeam(t.Context(), who("tom"), "QA", false, func(team *pipelines.Team) error {
			team.Members = append(team.Members, "tom")
			return nil
		})
		wantCode(t, err, pipelines.Forbidden, "QA answers sign-offs, of a process as it is or as a release froze it")
		wantCode(t, h.SetPassword(t.Context(), who("uma"), "omar", "a long password"), pipelines.Forbidden, "answers sign-offs in the team QA")
		wantCode(t, catalog.MayTakeOver(t.Context(), h.Records, who("uma"), h.user(t, "omar"), "reset the second factor of"), pipelines.Forbidden, "answers sign-offs in the team QA")
		mail := textNoun{records.Users, pipelines.User{Username: "omar", Mail: "uma@example.org"}}
		_, err = h.SaveNoun(t.Context(), who("uma"), h.editOf(t, mail))
		wantCode(t, err, pipelines.Forbidden, "answers sign-offs in the team QA")
		if t.Failed() {
			t.Fatalf("not guarded: %s", after)
		}
	}
	guarded("as the process names it")
	h.onPages(t, root, asksOthers)
	guarded("once the process asks another team")
	project := must(h.Records.Project(t.Context(), "Projects-1"))(t)
	must(h.SaveNoun(t.Context(), root, catalog.NounEdit{Kind: records.Projects, ID: "Projects-1", Revision: project.Revision, Remove: true}))(t)
	guarded("once the project is gone")
	must(h.SaveNoun(t.Context(), root, h.removed(t, records.Teams, "QA")))(t)
	_, err := h.SaveNoun(t.Context(), who("tom"), catalog.NounEdit{Kind: records.Teams, Noun: pipelines.Team{Name: "qa", Members: []string{"tom"}}})
	wantCode(t, err, pipelines.Forbidden, "qa answers sign-offs") // by its name a release would find it again
	must(h.SaveNoun(t.Context(), who("tom"), catalog.NounEdit{Kind: records.Teams, Noun: pipelines.Team{Name: "New", Members: []string{"tom"}}}))(t)
}

// TestReleasesOfBeforeTellWhoIsAsked: where nobody has written down which teams
// were ever asked, the releases say it.
func TestReleasesOfBeforeTellWhoIsAsked(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	h.onPages(t, root, `
users: [{ username: tom }, { username: omar }]
teams:
  - { name: Team managers, members: [tom], roles: [{ role: Team manager }] }
  - { name: QA, members: [omar] }
`)
	project := nouns(t, "projects: [{ name: P, steps: [{ name: Ask, approval: { instructions: Look., teams: [QA] } }] }]").Projects[0]
	changes, id, err := h.Records.NewNoun(t.Context(), records.Projects, "P", func(id string, _ int) any {
		project.ID = id
		now := project
		now.Steps = nil
		return now
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Records.Write(t.Context(), changes...); err != nil {
		t.Fatal(err)
	}
	must(h.Records.AddRelease(t.Context(), pipelines.Release{ProjectID: id, Number: "1.0.0", Project: project}, func(pipelines.Release) []pipelines.Event { return nil }))(t)
	join := func() error {
		_, err := h.Diff(t.Context(), h.principal(t, h.user(t, "tom").ID), catalog.Wanted{
			Nouns: textform.Nouns{Teams: []pipelines.Team{{Name: "QA", Members: []string{"omar", "tom"}}}}, Owner: pipelines.OwnedByPages,
		})
		return err
	}
	wantCode(t, join(), pipelines.Forbidden, "QA answers sign-offs")
	must(h.Apply(t.Context(), root, catalog.Wanted{Nouns: nouns(t, "projects: [{ name: P, description: saved }]"), Owner: pipelines.OwnedByPages}))(t)
	if teams, kept, err := h.Records.AskedTeams(t.Context()); !kept || err != nil || len(teams) != 1 || teams[0] != "QA" {
		t.Errorf("AskedTeams after a project was saved = %v, %v, %v, want what its releases ask", teams, kept, err)
	}
	wantCode(t, join(), pipelines.Forbidden, "QA answers sign-offs")
}

// removed is the edit that removes a noun as it stands.
func (h here) removed(t *testing.T, kind records.Kind, name string) catalog.NounEdit {
	t.Helper()
	team, _ := pipelines.TeamNamed(must(h.Records.Teams(t.Context()))(t), name)
	edit := h.edit(t, kind, team.ID, nil)
	edit.Remove = true
	return edit
}
