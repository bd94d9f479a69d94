package catalog_test

import (
	"errors"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/runner/catalog"
)

// of is what a folder of that name wants, whole.
func of(t *testing.T, name, text string) catalog.Wanted {
	t.Helper()
	return catalog.Wanted{Nouns: nouns(t, text), Owner: pipelines.OwnedByFolder(name), Whole: true}
}

func TestAFolderRemovesOnlyWhatItHas(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	ctx := t.Context()
	must(h.Apply(ctx, root, of(t, "base", "environments: [Dev, Test]\nusers: [{ username: ada }, { username: bob }]")))(t)
	must(h.Apply(ctx, root, of(t, "shop", "environments: [Dev]\nprojects: [{ name: Shop }, { name: Till }]")))(t)
	if _, err := h.AddTarget(ctx, root, pipelines.Target{Name: "web-1", Environments: []string{"Dev"}, Roles: []string{"web"}, Pretend: "ok"}); err != nil {
		t.Fatal(err)
	}

	got := told(must(h.Apply(ctx, root, of(t, "shop", "projects: [{ name: Shop }]")))(t))
	if want := "remove project Till"; got != want {
		t.Errorf("Apply of less = %s, want %s: Dev is the other folder's, the target the pages'", got, want)
	}
	if entry := must(h.Records.AuditLog(ctx, noTime, 1))(t)[0]; entry.Category != "Deleted" || !strings.Contains(entry.Details["lines"], "- name: Till") {
		t.Errorf("the audit entry is %+v, want the removal with what was there", entry)
	}
	got = told(must(h.Apply(ctx, root, of(t, "base", "environments: [Dev, Test]\nusers: [{ username: ada }]")))(t))
	if bob := h.user(t, "bob"); got != "change user bob" || !bob.Disabled {
		t.Errorf("Apply without bob = %s and %+v, want the account closed and kept", got, bob)
	}
	if got := told(must(h.Apply(ctx, root, of(t, "base", "environments: [Dev, Test]\nusers: [{ username: ada }]")))(t)); got != "" {
		t.Errorf("the same again = %s, want nothing", got)
	}

	_, err := h.Apply(ctx, root, of(t, "base", "environments: [Test]\nusers: [{ username: ada }]"))
	wantCode(t, err, pipelines.Invalid, "target web-1: there is no environment \"Dev\"")
	if n := len(must(h.Records.Environments(ctx))(t)); n != 2 {
		t.Errorf("there are %d environments after a refusal, want both", n)
	}
}

func TestAnotherFolderOfTheSameNameRemovesNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	ctx := t.Context()
	must(h.Apply(ctx, root, of(t, "deploy", "projects: [{ name: Shop }]")))(t)
	stranger := of(t, "deploy", "projects: [{ name: Blog }]")
	_, err := h.Apply(ctx, root, stranger)
	wantCode(t, err, pipelines.Conflict, "another folder of that name")
	if got := told(must(h.Diff(ctx, root, stranger))(t)); got != "add project Blog, remove project Shop" {
		t.Errorf("Diff = %s, want the list to look at", got)
	}
	if n := len(must(h.Records.Projects(ctx))(t)); n != 1 {
		t.Errorf("there are %d projects, want the one of before", n)
	}
}

func TestWhatAnotherHasIsChangedOnlyWhenTakenOver(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	ctx := t.Context()
	must(h.Apply(ctx, root, of(t, "base", "environments: [Dev]\nprojects: [{ name: Shop }]")))(t)

	theirs := of(t, "shop", "environments: [Dev]\nprojects: [{ name: Shop, description: ours }]")
	_, err := h.Apply(ctx, root, theirs)
	wantCode(t, err, pipelines.Invalid, `project "Shop" is written in the folder "base": change it there, or say --take-over`)
	theirs.TakeOver = true
	done := must(h.Apply(ctx, root, theirs))(t)
	if got, want := told(done), "adopt environment Dev, change project Shop"; got != want || done.Changes[1].Taken != "folder:base" {
		t.Errorf("taking over = %s (from %q), want %s from the folder base", got, done.Changes[1].Taken, want)
	}
	if entry := must(h.Records.AuditLog(ctx, noTime, 1))(t)[0]; !strings.Contains(entry.Message, "taken over from folder:base") {
		t.Errorf("the audit entry says %q", entry.Message)
	}

	made := must(h.AddTarget(ctx, root, pipelines.Target{Name: "web-1", Environments: []string{"Dev"}, Roles: []string{"web"}, Pretend: "ok"}))(t)
	if made.Owner != pipelines.OwnedByPages {
		t.Errorf("a target made by hand belongs to %q", made.Owner)
	}
	_, err = h.Apply(ctx, root, of(t, "shop", "environments: [Dev]\nprojects: [{ name: Shop, description: ours }]\ntargets: [{ name: web-1, environments: [Dev], roles: [db], pretend: ok }]"))
	wantCode(t, err, pipelines.Invalid, "on the pages")
	same := of(t, "shop", "environments: [Dev]\nprojects: [{ name: Shop, description: ours }]\ntargets: [{ name: web-1, environments: [Dev], roles: [web], pretend: ok }]")
	if got, want := told(must(h.Apply(ctx, root, same))(t)), "adopt target web-1"; got != want {
		t.Errorf("the same text = %s, want %s", got, want)
	}
	wantCode(t, h.RemoveTarget(ctx, root, "web-1", false), pipelines.Conflict, `written in the folder "shop"`)
}

func TestApplyDoesWhatWasShownOrNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	ctx := t.Context()
	wanted := of(t, "shop", "environments: [Dev]\nprojects: [{ name: Shop }]")
	wanted.Base = must(h.Diff(ctx, root, wanted))(t).Base
	must(h.Apply(ctx, root, of(t, "base", "environments: [Dev]")))(t)
	_, err := h.Apply(ctx, root, wanted)
	wantCode(t, err, pipelines.Conflict, "has changed since these differences were shown")
	wanted.Base = must(h.Diff(ctx, root, wanted))(t).Base
	if got := told(must(h.Apply(ctx, root, wanted))(t)); got != "add project Shop" {
		t.Errorf("Apply of what was shown = %s", got)
	}
}

func TestTwoPeopleSaveVariables(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	ctx := t.Context()
	must(h.Apply(ctx, root, catalog.Wanted{Nouns: nouns(t, "projects: [{ name: Shop, variables: [{ name: Port, value: 1 }] }]"), Owner: pipelines.OwnedByPages}))(t)
	stored := must(h.Records.Project(ctx, "Projects-1"))(t)
	value := func(text string) catalog.Edit {
		return catalog.Edit{Revision: stored.Revision, Variables: []pipelines.Variable{{Name: "Port", Value: pipelines.Text(text)}}}
	}
	if err := h.SaveProjectVariables(ctx, root, "Projects-1", value("2")); err != nil {
		t.Fatal(err)
	}
	err := h.SaveProjectVariables(ctx, root, "Projects-1", value("3"))
	wantCode(t, err, pipelines.Conflict, "changed by somebody else")
	refusal, _ := errors.AsType[*pipelines.Error](err)
	var lines []string
	for _, p := range refusal.Problems {
		lines = append(lines, p.Message)
	}
	if got, want := strings.Join(lines, "\n"), "- variables: [{ name: Port, value: 2 }]\n+ variables: [{ name: Port, value: 3 }]"; got != want {
		t.Errorf("the difference is\n%s\nwant\n%s", got, want)
	}
	if got := must(h.Records.Project(ctx, "Projects-1"))(t).Noun.Variables[0].Value; got != "2" {
		t.Errorf("the value is %s, want the first one's", got)
	}

	must(h.Apply(ctx, root, of(t, "shop", "projects: [{ name: Shop, variables: [{ name: Port, value: 2 }] }]")))(t)
	stored = must(h.Records.Project(ctx, "Projects-1"))(t)
	wantCode(t, h.SaveProjectVariables(ctx, root, "Projects-1", value("4")), pipelines.Conflict, `written in the folder "shop"`)
	taken := value("4")
	taken.TakeOver = true
	if err := h.SaveProjectVariables(ctx, root, "Projects-1", taken); err != nil {
		t.Error(err)
	}
	if now := must(h.Records.Project(ctx, "Projects-1"))(t).Noun; now.Owner != pipelines.OwnedByPages || now.Variables[0].Value != "4" {
		t.Errorf("after taking over the project is %+v", now)
	}
}

func TestExportIsWhatApplyTakes(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	ctx := t.Context()
	must(h.Apply(ctx, root, read(t, folder)))(t)
	text := string(must(h.Export(ctx, root, "", ""))(t))
	if got := told(must(h.Apply(ctx, root, read(t, text)))(t)); got != "adopt user root" {
		t.Errorf("applying the export = %s, want that nothing changes", got)
	}
	if again := string(must(h.Export(ctx, root, "", ""))(t)); again != text {
		t.Errorf("the export of what was exported is\n%s\nwant\n%s", again, text)
	}
	one := string(must(h.Export(ctx, root, "project", "random quotes"))(t))
	if !strings.HasPrefix(one, "projects:\n  - name: Random Quotes\n") {
		t.Errorf("one project is\n%s", one)
	}
	_, err := h.Export(ctx, root, "project", "None")
	wantCode(t, err, pipelines.NotFound, "no project \"None\"")
	_, err = h.Export(ctx, root, "planet", "")
	wantCode(t, err, pipelines.Invalid, "no kind")
}
