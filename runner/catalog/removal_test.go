package catalog_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/runner/table"
)

// A folder that does not name an account any more closes it, which is a change
// of that account like any other.
func TestClosingAnAccountByAFolderTakesTheRight(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	ctx := t.Context()
	must(h.Apply(ctx, root, of(t, "base", "users: [{ username: lead }, { username: ada }]\nprojects: [{ name: Shop }]")))(t)
	must(h.Apply(ctx, root, of(t, "teams", "teams: [{ name: Leads, members: [lead], roles: [{ role: Project lead }] }]")))(t)
	lead := h.principal(t, h.user(t, "lead").ID)
	wanted := of(t, "base", "projects: [{ name: Shop }]")
	_, err := h.Diff(ctx, lead, wanted)
	wantCode(t, err, pipelines.Forbidden, "UserEdit")
	_, err = h.Apply(ctx, lead, wanted)
	wantCode(t, err, pipelines.Forbidden, "UserEdit")
	if h.user(t, "ada").Disabled {
		t.Error("ada is closed, and nobody with the right has done it")
	}
}

// Who may edit users still may not close an admin's account by a folder.
func TestAFolderThatOnceNamedAnAdmin(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	ctx := t.Context()
	must(h.Apply(ctx, root, of(t, "people", "users: [{ username: root }, { username: hr }]")))(t)
	hr := pipelines.Principal{UserID: h.user(t, "hr").ID, Username: "hr", Grants: []pipelines.Grant{{Permission: pipelines.UserEdit}, {Permission: pipelines.UserView}}}
	stored := must(h.Records.User(ctx, hr.UserID))(t)
	stored.Noun.Admin = true // so that root is not the last
	if err := h.Records.Write(ctx, records.ReplaceNoun(records.Users, hr.UserID, stored.Noun, stored.Revision)); err != nil {
		t.Fatal(err)
	}
	_, err := h.Apply(ctx, hr, of(t, "people", "users: [{ username: hr }]"))
	wantCode(t, err, pipelines.Forbidden, "AdministerSystem")
	if h.user(t, "root").Disabled {
		t.Error("root was closed")
	}
}

// What was shown may be done, also where nothing of the folder stays.
func TestEmptyingAFolderAfterLooking(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	ctx := t.Context()
	must(h.Apply(ctx, root, of(t, "deploy", "projects: [{ name: Shop }]")))(t)
	wanted := of(t, "deploy", "projects: [{ name: Blog }]")
	shown := must(h.Diff(ctx, root, wanted))(t)
	if got := told(shown); got != "add project Blog, remove project Shop" {
		t.Errorf("Diff = %s", got)
	}
	_, err := h.Apply(ctx, root, wanted)
	wantCode(t, err, pipelines.Conflict, "look at the list")
	wanted.Base = shown.Base
	if got := told(must(h.Apply(ctx, root, wanted))(t)); got != "add project Blog, remove project Shop" {
		t.Errorf("Apply = %s", got)
	}
}

// Two who each leave a valid configuration must not leave an invalid one
// together.
func TestTwoAppliesThatExcludeEachOther(t *testing.T) {
	t.Parallel()
	for round := range 20 {
		h := open(t)
		root := h.admin(t)
		ctx := t.Context()
		must(h.Apply(ctx, root, of(t, "one", "environments: [Dev, Old]")))(t)
		must(h.Apply(ctx, root, of(t, "two", "projects: [{ name: Shop }]")))(t)
		var wg sync.WaitGroup
		wg.Go(func() { _, _ = h.Apply(ctx, root, of(t, "one", "environments: [Dev]")) })
		wg.Go(func() {
			_, _ = h.Apply(ctx, root, of(t, "two", "projects: [{ name: Shop }]\nlifecycles: [{ name: L, phases: [{ name: P, environments: [Old] }] }]"))
		})
		wg.Wait()
		environments := must(h.Records.Environments(ctx))(t)
		lifecycles := must(h.Records.Lifecycles(ctx))(t)
		if len(environments) == 1 && len(lifecycles) == 1 {
			t.Fatalf("round %d: the lifecycle refers to an environment that is gone", round)
		}
	}
}

// A project and its environment go at once, with what the one holds in the
// other.
func TestRemovingAProjectWithItsEnvironment(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	ctx := t.Context()
	must(h.Apply(ctx, root, of(t, "shop", "environments: [Dev, Old]\nprojects: [{ name: Shop }, { name: Till }]")))(t)
	holds(t, h, "Projects-2", "Environments-2")
	must(h.Apply(ctx, root, of(t, "shop", "environments: [Dev]\nprojects: [{ name: Shop }]")))(t)
	if left := must(h.Records.Claims(ctx))(t); len(left) != 0 {
		t.Errorf("still held: %+v", left)
	}
}

func TestRemovingAnEnvironmentThatManyHoldThingsIn(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	ctx := t.Context()
	must(h.Apply(ctx, root, of(t, "shop", "environments: [Dev, Old]")))(t)
	for i := range 130 {
		holds(t, h, fmt.Sprintf("Projects-%d", i+1), "Environments-2")
	}
	must(h.Apply(ctx, root, of(t, "shop", "environments: [Dev]")))(t)
	if left := must(h.Records.Claims(ctx))(t); len(left) != 0 {
		t.Errorf("%d are still held", len(left))
	}
}

func holds(t *testing.T, h here, project, environment string) {
	t.Helper()
	row := fmt.Sprintf(`{"projectId":%q,"environmentId":%q}`, project, environment)
	if err := h.Records.Write(t.Context(), table.Put(table.Key{Partition: "claims", Sort: project + "/" + environment}, []byte(row))); err != nil {
		t.Fatal(err)
	}
}

// More removals than fit into one write, with a rename in the midst of them.
func TestRemovingMuch(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	ctx := t.Context()
	var before, after strings.Builder
	before.WriteString("environments: [Keep")
	for i := range 60 {
		fmt.Fprintf(&before, ", E%d", i)
	}
	before.WriteString("]\nprojects:\n")
	for i := range 60 {
		fmt.Fprintf(&before, "  - { name: P%d, variables: [{ name: x, value: 1, environments: [E%d] }] }\n", i, i)
	}
	before.WriteString("lifecycles: [{ name: L, phases: [{ name: One, environments: [Keep] }] }]\n")
	must(h.Apply(ctx, root, of(t, "shop", before.String())))(t)
	after.WriteString("environments: [Kept]\nlifecycles: [{ name: L, phases: [{ name: One, environments: [Kept] }] }]\n")
	done := must(h.Apply(ctx, root, of(t, "shop", after.String())))(t)
	if n := len(done.Changes); n != 1+1+60+61 {
		t.Errorf("%d changes", n)
	}
	if e, p := must(h.Records.Environments(ctx))(t), must(h.Records.Projects(ctx))(t); len(e) != 1 || e[0].Name != "Kept" || len(p) != 0 {
		t.Errorf("left are %+v and %d projects", e, len(p))
	}
}

// Whoever is slower than a removal begins again, whatever kind it was.
func TestApplyAndRemoveAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	ctx := t.Context()
	for round := range 10 {
		must(h.Apply(ctx, root, of(t, "shop", "environments: [Dev]\nprojects: [{ name: Shop }, { name: Till }]")))(t)
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() {
				_, err := h.Apply(ctx, root, of(t, "shop", "environments: [Dev]\nprojects: [{ name: Shop }]"))
				if err == nil {
					_, err = h.Apply(ctx, root, of(t, "shop", fmt.Sprintf("environments: [Dev]\nprojects: [{ name: Shop }, { name: Till, description: \"%d\" }]", i)))
				}
				if err != nil {
					t.Errorf("round %d: %v", round, err)
				}
			})
		}
		wg.Wait()
	}
}

// A folder in which another has put things tells from whom it takes what it
// takes, also where their text stays.
func TestTakingOverTellsFromWhom(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	ctx := t.Context()
	must(h.Apply(ctx, root, of(t, "base", "environments: [Dev]")))(t)
	theirs := of(t, "shop", "environments: [Dev]")
	theirs.TakeOver = true
	if c := must(h.Apply(ctx, root, theirs))(t).Changes[0]; c.Do != "adopt" || c.Taken != "folder:base" {
		t.Errorf("the change is %+v", c)
	}
}

// What is wrong is told once: in the text, or of the noun that the text does not
// hold.
func TestWhatRefersToWhatGoesIsToldOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	ctx := t.Context()
	const lifecycle = "\nlifecycles: [{ name: L, phases: [{ name: P, environments: [Old] }] }]"
	must(h.Apply(ctx, root, of(t, "base", "environments: [Dev, Old]"+lifecycle)))(t)
	_, err := h.Apply(ctx, root, of(t, "base", "environments: [Dev]"+lifecycle))
	if e, _ := errors.AsType[*pipelines.Error](err); e == nil || len(e.Problems) != 1 {
		t.Errorf("the error is %v with the problems %+v, want one", err, e)
	}
	must(h.Apply(ctx, root, of(t, "other", "lifecycles: [{ name: M, phases: [{ name: P, environments: [Old] }] }]")))(t)
	_, err = h.Apply(ctx, root, of(t, "base", "environments: [Dev]"+lifecycle))
	if e, _ := errors.AsType[*pipelines.Error](err); e == nil || len(e.Problems) != 2 {
		t.Errorf("the error is %v with the problems %+v, want one in the text and one of M", err, e)
	}
}

func TestTheNameOfAFolder(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	for _, name := range []string{"", " ", "a\x1b[2J", "a\nb", "a\u202eb", "\xff", strings.Repeat("x", 101)} {
		_, err := h.Apply(t.Context(), root, of(t, name, "environments: [Dev]"))
		wantCode(t, err, pipelines.Invalid, "--owner")
	}
	must(h.Apply(t.Context(), root, of(t, "Dienste für Köln", "environments: [Dev]")))(t)
}

// A target that somebody takes into a folder at the moment another removes it
// by hand is either there, and the folder's, or gone with its name.
func TestRemovingATargetThatChanges(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	ctx := t.Context()
	const text = "environments: [Dev]\ntargets: [{ name: web-1, environments: [Dev], roles: [web], pretend: ok }]"
	must(h.Apply(ctx, root, of(t, "base", "environments: [Dev]")))(t)
	for round := range 15 {
		if _, err := h.AddTarget(ctx, root, pipelines.Target{Name: "web-1", Environments: []string{"Dev"}, Roles: []string{"web"}, Pretend: "ok"}); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		var wg sync.WaitGroup
		wg.Go(func() { _ = h.RemoveTarget(ctx, root, "web-1", false) })
		wg.Go(func() { _, _ = h.Apply(ctx, root, of(t, "base", text)) })
		wg.Wait()
		all := must(h.Records.Targets(ctx))(t)
		if len(all) > 1 || len(all) == 1 && all[0].Owner != pipelines.OwnedByFolder("base") {
			t.Fatalf("round %d: left is %+v", round, all)
		}
		must(h.Apply(ctx, root, of(t, "base", "environments: [Dev]")))(t)
	}
}
