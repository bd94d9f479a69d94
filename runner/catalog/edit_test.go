package catalog_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/runner/catalog"
	"slipway/runner/records"
)

// edit is the first noun of a kind as it stands, ready to be changed.
func (h here) edit(t *testing.T, kind records.Kind, id string, noun any) catalog.NounEdit {
	t.Helper()
	return catalog.NounEdit{Kind: kind, ID: id, Noun: noun, Revision: must(h.Records.Revision(t.Context(), kind, id))(t)}
}

// onPages are the nouns of a text, as if they had been made on pages.
func (h here) onPages(t *testing.T, p pipelines.Principal, text string) {
	t.Helper()
	must(h.Apply(t.Context(), p, catalog.Wanted{Nouns: nouns(t, text), Owner: pipelines.OwnedByPages}))(t)
}

func TestANounIsAddedChangedAndRemoved(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	ctx := t.Context()
	l := pipelines.Lifecycle{Name: "Dev, Test, and Prod", Phases: []pipelines.Phase{{Name: "Dev", Environments: []string{"Dev"}}}}
	_, err := h.SaveNoun(ctx, root, catalog.NounEdit{Kind: records.Lifecycles, Noun: l})
	wantCode(t, err, pipelines.Invalid, `lifecycles[0].phases[0].environments[0]: there is no environment "Dev"`)

	must(h.SaveNoun(ctx, root, catalog.NounEdit{Kind: records.Environments, Noun: pipelines.Environment{Name: "Dev"}}))(t)
	shown := must(h.PreviewNoun(ctx, root, catalog.NounEdit{Kind: records.Lifecycles, Noun: l}))(t)
	if got := strings.Join(shown.Changes[0].Lines, "\n"); !strings.Contains(got, "+ name: Dev, Test, and Prod") {
		t.Errorf("PreviewNoun = %s, want the text it becomes", got)
	}
	if n := len(must(h.Records.Lifecycles(ctx))(t)); n != 0 {
		t.Fatalf("a preview has saved %d lifecycles", n)
	}
	must(h.SaveNoun(ctx, root, catalog.NounEdit{Kind: records.Lifecycles, Noun: l}))(t)
	_, err = h.SaveNoun(ctx, root, catalog.NounEdit{Kind: records.Lifecycles, Noun: l})
	wantCode(t, err, pipelines.Invalid, "there is a lifecycle \"Dev, Test, and Prod\" already")

	stored := must(h.Records.Lifecycles(ctx))(t)[0]
	if stored.Owner != pipelines.OwnedByPages || stored.ID != "Lifecycles-1" {
		t.Errorf("the new lifecycle is %+v, want it the pages'", stored)
	}
	edit := h.edit(t, records.Lifecycles, stored.ID, pipelines.Lifecycle{Name: stored.Name, Description: "Progression from the Dev to the Prod environments", Phases: l.Phases})
	must(h.SaveNoun(ctx, root, edit))(t)
	if got := must(h.Records.Lifecycles(ctx))(t)[0]; got.ID != stored.ID || got.Description == "" {
		t.Errorf("after an edit it is %+v, want its id kept and a description", got)
	}
	entry := must(h.Records.AuditLog(ctx, noTime, 1))(t)[0]
	if entry.Username != "root" || !strings.Contains(entry.Details["lines"], "+ description: Progression") {
		t.Errorf("the audit entry is %+v, want who and what", entry)
	}
	again := h.edit(t, records.Lifecycles, stored.ID, must(h.Records.Lifecycles(ctx))(t)[0])
	before := len(must(h.Records.AuditLog(ctx, noTime, 0))(t))
	if done := must(h.SaveNoun(ctx, root, again))(t); len(done.Changes) != 0 || len(must(h.Records.AuditLog(ctx, noTime, 0))(t)) != before {
		t.Errorf("saving what is there = %v, want no change and no entry", done.Changes)
	}

	gone := h.edit(t, records.Lifecycles, stored.ID, nil)
	gone.Remove = true
	if shown := must(h.PreviewNoun(ctx, root, gone))(t); told(shown) != "remove lifecycle Dev, Test, and Prod" {
		t.Errorf("PreviewNoun of a removal = %s", told(shown))
	}
	must(h.SaveNoun(ctx, root, gone))(t)
	if n := len(must(h.Records.Lifecycles(ctx))(t)); n != 0 {
		t.Errorf("there are %d lifecycles after the removal", n)
	}
	_, err = h.SaveNoun(ctx, root, gone)
	wantCode(t, err, pipelines.NotFound, "somebody has removed it")
}

func TestTheSlowerOfTwoSeesTheDifference(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	ctx := t.Context()
	h.onPages(t, root, folder)
	dev := pipelines.Environment{Name: "Dev", Description: "mine"}
	edit := h.edit(t, records.Environments, "Environments-1", dev)
	faster := edit
	faster.Noun = pipelines.Environment{Name: "Dev", Description: "theirs"}
	must(h.SaveNoun(ctx, root, faster))(t)
	for name, try := range map[string]func() error{
		"SaveNoun":    func() error { _, err := h.SaveNoun(ctx, root, edit); return err },
		"PreviewNoun": func() error { _, err := h.PreviewNoun(ctx, root, edit); return err },
	} {
		err := try()
		wantCode(t, err, pipelines.Conflict, "environment Dev was changed by somebody else")
		refused, _ := errors.AsType[*pipelines.Error](err)
		var lines []string
		for _, p := range refused.Problems {
			lines = append(lines, p.Message)
		}
		if !slices.Equal(lines, []string{"- description: theirs", "+ description: mine"}) {
			t.Errorf("%s tells %q, want both sides", name, lines)
		}
	}
	nobody := h.principal(t, h.user(t, "ada").ID) // may view projects only
	_, err := h.SaveNoun(ctx, nobody, edit)
	wantCode(t, err, pipelines.Forbidden, "EnvironmentEdit")
	if refused, _ := errors.AsType[*pipelines.Error](err); len(refused.Problems) != 0 {
		t.Errorf("somebody without the right is told %v", refused.Problems)
	}
}

func TestWhatIsUsedIsNotRemovedAndNamesStay(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	ctx := t.Context()
	h.onPages(t, root, folder)
	gone := h.edit(t, records.Lifecycles, "Lifecycles-1", nil)
	gone.Remove = true
	_, err := h.SaveNoun(ctx, root, gone)
	wantCode(t, err, pipelines.Invalid, "project Random Quotes")
	_, err = h.SaveNoun(ctx, root, h.edit(t, records.Environments, "Environments-1", pipelines.Environment{Name: "Development"}))
	wantCode(t, err, pipelines.Invalid, `environment "Dev" keeps its name`)
	_, err = h.SaveNoun(ctx, root, catalog.NounEdit{Kind: "Deployments", Noun: dummy{}})
	wantCode(t, err, pipelines.Invalid, "not edited one by one")
	ada := h.edit(t, records.Users, h.user(t, "ada").ID, nil)
	ada.Remove = true
	must(h.SaveNoun(ctx, root, ada))(t)
	if got := h.user(t, "ada"); !got.Disabled {
		t.Errorf("ada is %+v after the removal, want the account closed and kept", got)
	}
}

type dummy struct{}

func TestANounOfAFolderIsTakenOverOrLeft(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	ctx := t.Context()
	must(h.Apply(ctx, root, of(t, "base", "environments: [Dev]\ntargets: [{ name: web-1, environments: [Dev], roles: [web], pretend: ok }]")))(t)
	target := must(h.Records.Target(ctx, "Machines-1"))(t)
	target.Noun.Roles = []string{"web", "db"}
	edit := h.edit(t, records.Targets, target.Noun.ID, target.Noun)
	_, err := h.SaveNoun(ctx, root, edit)
	wantCode(t, err, pipelines.Conflict, `target "web-1" is written in the folder "base"`)
	edit.TakeOver = true
	done := must(h.SaveNoun(ctx, root, edit))(t)
	if done.Changes[0].Taken != "folder:base" {
		t.Errorf("the change is %+v, want it told from whom it was taken", done.Changes[0])
	}
	if got := must(h.Records.Target(ctx, "Machines-1"))(t).Noun; got.Owner != pipelines.OwnedByPages || len(got.Roles) != 2 {
		t.Errorf("the target is %+v, want it the pages' with two roles", got)
	}
}

func TestEnvironmentsChangePlaces(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	ctx := t.Context()
	h.onPages(t, root, "environments: [Dev, Test, Prod]")
	order := func() string {
		var names []string
		for _, e := range must(h.Records.Environments(ctx))(t) {
			names = append(names, e.Name)
		}
		return strings.Join(names, " ")
	}
	for _, move := range []struct {
		id      string
		forward bool
		want    string
	}{
		{"Environments-3", true, "Dev Prod Test"},
		{"Environments-1", true, "Dev Prod Test"},
		{"Environments-1", false, "Prod Dev Test"},
		{"Environments-2", false, "Prod Dev Test"},
	} {
		if err := h.MoveEnvironment(ctx, root, move.id, move.forward); err != nil || order() != move.want {
			t.Errorf("after moving %s (forward %t) the order is %s (%v), want %s", move.id, move.forward, order(), err, move.want)
		}
	}
	wantCode(t, h.MoveEnvironment(ctx, root, "Environments-9", true), pipelines.NotFound, "somebody has removed it")
	stranger := pipelines.Principal{UserID: "Users-9", Username: "eve", Grants: []pipelines.Grant{{Permission: pipelines.EnvironmentEdit, Environments: []string{"Dev"}}}}
	wantCode(t, h.MoveEnvironment(ctx, stranger, "Environments-1", true), pipelines.Forbidden, `environment "Prod"`)
}
