package catalog_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/textform"
	"slipway/runner/catalog"
	"slipway/runner/records"
)

func TestApply(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	ctx := t.Context()
	wanted := read(t, folder)
	all := "add environment Dev, add environment Test, add lifecycle L, add user ada, add team Stakeholders, add target web-1, add project Random Quotes"

	if got := told(must(h.Diff(ctx, root, wanted))(t)); got != all {
		t.Errorf("Diff = %s, want %s", got, all)
	}
	if n := len(must(h.Records.Environments(ctx))(t)); n != 0 {
		t.Errorf("Diff has written %d environments", n)
	}
	before := len(must(h.Records.AuditLog(ctx, noTime, 0))(t))
	if got := told(must(h.Apply(ctx, root, wanted))(t)); got != all {
		t.Errorf("Apply = %s, want %s", got, all)
	}
	if n := len(must(h.Records.AuditLog(ctx, noTime, 0))(t)) - before; n != 7 {
		t.Errorf("Apply has left %d audit entries, want one for each of 7 nouns", n)
	}
	environments := must(h.Records.Environments(ctx))(t)
	if len(environments) != 2 || environments[0].ID != "Environments-1" || environments[1].ID != "Environments-2" || environments[1].Name != "Test" || environments[1].SortOrder != 2 {
		t.Errorf("environments are %+v, want Dev and Test, numbered 1 and 2 in this order", environments)
	}

	if got := must(h.Apply(ctx, root, wanted))(t); len(got.Changes) != 0 {
		t.Errorf("the same Apply again = %s, want nothing", told(got))
	}
	again := read(t, strings.ReplaceAll(strings.Replace(folder, "8081", "9091", 1), "name: Random Quotes", "name: random quotes"))
	changes := must(h.Apply(ctx, root, again))(t)
	if got, want := told(changes), "change project random quotes"; got != want {
		t.Fatalf("Apply = %s, want %s", got, want)
	}
	lines := strings.Join(changes.Changes[0].Lines, "\n")
	if !strings.Contains(lines, "- variables: [{ name: Port, value: 8081, environments: [Dev] }]\n+ variables: [{ name: Port, value: 9091, environments: [Dev] }]") {
		t.Errorf("the lines are\n%s\nwant the port that goes and the one that comes", lines)
	}
	entry := must(h.Records.AuditLog(ctx, noTime, 1))(t)[0]
	if entry.Category != "Modified" || entry.Subject != "Projects-1" || entry.Username != "root" || strings.TrimSuffix(entry.Details["lines"], "\n") != lines {
		t.Errorf("the audit entry is %+v, want who changed what with its lines", entry)
	}
	projects := must(h.Records.Projects(ctx))(t)
	if len(projects) != 1 || projects[0].ID != "Projects-1" || projects[0].Variables[0].Value != "9091" {
		t.Errorf("projects are %+v, want the one of before, changed", projects)
	}
}

func TestApplyFindsAllProblemsAndWritesNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	must(h.Apply(t.Context(), root, read(t, "environments: [Dev, Prod EU]\nprojects: [{ name: Old One }]")))(t)
	_, err := h.Apply(t.Context(), root, read(t, `
environments: [Test, test, Prod-EU]
lifecycles: [{ name: L, phases: [{ name: One, environments: [Nowhere] }] }]
users: [{ username: "a b" }]
teams: [{ name: T, members: [nobody], roles: [{ role: King }, { role: Project lead, projects: [Nothing] }] }]
targets: [{ name: web, environments: [Moon], roles: [web], pretend: ok }]
projects:
  - name: old-one
    lifecycle: None
    variables: [{ name: A, value: 1 }, { name: a, value: 2 }, { name: B, value: 1, environments: [Dev, Test] }, { name: B, value: 2, environments: [Test] }, { name: B, value: 3 }]
    steps:
      - { name: S, script: { body: "" }, roles: [web] }
      - { name: S, approval: { instructions: Look, teams: [Kings] } }
      - { name: N, nginx: { package: P, bindings: [{ port: 99999 }], locations: [{ path: / }] } }
`))
	var refusal *pipelines.Error
	if !errors.As(err, &refusal) || refusal.Code != pipelines.Invalid {
		t.Fatalf("Apply = %v, want a refusal with problems", err)
	}
	var paths []string
	for _, p := range refusal.Problems {
		paths = append(paths, p.Path)
	}
	got := strings.Join(paths, "\n") + "\n"
	for _, want := range []string{
		"environments[1]", "environments[2].name", "lifecycles[0].phases[0].environments[0]", "users[0].username", "teams[0].members[0]", "teams[0].roles[0].role",
		"teams[0].roles[1].projects[0]", "targets[0].environments[0]", "projects[0].name", "projects[0].lifecycle", "projects[0].variables[1]", "projects[0].variables[3]",
		"projects[0].steps[0].script.body", "projects[0].steps[1].name", "projects[0].steps[1].approval.teams[0]", "projects[0].steps[2].nginx.bindings[0].port", "projects[0].steps[2].nginx",
	} {
		if !strings.Contains("\n"+got, "\n"+want+"\n") {
			t.Errorf("no problem at %s", want)
		}
	}
	if len(refusal.Problems) != 17 {
		t.Errorf("%d problems, want 17:\n%v", len(refusal.Problems), refusal.Problems)
	}
	if n := len(must(h.Records.Environments(t.Context()))(t)); n != 2 {
		t.Errorf("there are %d environments after a refused Apply, want the 2 of before", n)
	}
}

func TestApplyDemandsRights(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	ctx := t.Context()
	must(h.Apply(ctx, root, read(t, folder+`  - name: Other
`)))(t)
	must(h.Apply(ctx, root, read(t, `
users: [{ username: lead }]
teams: [{ name: Leads, members: [lead], roles: [{ role: Project lead, projects: [Other] }, { role: Environment manager, environments: [Dev] }] }]
`)))(t)
	lead := h.principal(t, h.user(t, "lead").ID)
	for _, c := range []struct {
		text, missing string
	}{
		{"projects: [{ name: Other, description: mine }]", ""},
		{"projects: [{ name: Random Quotes, description: mine }]", "ProjectEdit"},
		{"projects: [{ name: New }]", "ProjectEdit"},
		{"environments: [{ name: Dev, description: mine }]", ""},
		{"environments: [{ name: Test, description: mine }]", "EnvironmentEdit"},
		{"environments: [Test]", "EnvironmentEdit"},
		{"targets: [{ name: w, environments: [Dev], roles: [web], pretend: ok }]", ""},
		{"targets: [{ name: w, environments: [Dev, Test], roles: [web], pretend: ok }]", "MachineEdit"},
		{"lifecycles: [{ name: M, phases: [{ name: D, environments: [Dev] }] }]", "LifecycleEdit"},
		{"users: [{ username: eve }]", "UserEdit"},
		{"users: [{ username: root, mail: lead@example.org }]", "UserEdit"},
		{"teams: [{ name: Leads, members: [lead], roles: [{ role: Project lead }] }]", "TeamEdit"},
	} {
		_, err := h.Diff(ctx, lead, read(t, c.text))
		_, applied := h.Apply(ctx, lead, read(t, c.text))
		if c.missing == "" {
			if err != nil || applied != nil {
				t.Errorf("%s: Diff = %v, Apply = %v, want both to be allowed", c.text, err, applied)
			}
			continue
		}
		wantCode(t, err, pipelines.Forbidden, c.missing)
		wantCode(t, applied, pipelines.Forbidden, c.missing)
	}
	_, err := h.Apply(ctx, pipelines.Principal{}, read(t, "environments: [Dev]"))
	wantCode(t, err, pipelines.Unauthenticated, "sign in")
}

func TestApplyKeepsWhatTextDoesNotSay(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	ctx := t.Context()
	must(h.Apply(ctx, root, read(t, folder)))(t)
	pin := func() {
		t.Helper()
		target := must(h.Records.Targets(ctx))(t)[0]
		stored := must(h.Records.Target(ctx, target.ID))(t)
		stored.Noun.ExecutorKey = []byte("key")
		if err := h.Records.Write(ctx, records.ReplaceNoun(records.Targets, target.ID, stored.Noun, stored.Revision)); err != nil {
			t.Fatal(err)
		}
	}
	pin()
	must(h.Apply(ctx, root, read(t, strings.Replace(folder, "roles: [web], ssh", "roles: [web, db], ssh", 1))))(t)
	if got := must(h.Records.Targets(ctx))(t)[0]; got.ID != "Machines-1" || !bytes.Equal(got.ExecutorKey, []byte("key")) || len(got.Roles) != 2 {
		t.Errorf("the target is %+v, want its id and pinned key kept and the new role", got)
	}
	must(h.Apply(ctx, root, read(t, strings.Replace(folder, "host: web-1", "host: web-2", 1))))(t)
	if got := must(h.Records.Targets(ctx))(t)[0]; got.ExecutorKey != nil {
		t.Errorf("the target at another host keeps the key %q of the former one", got.ExecutorKey)
	}

	must(h.Apply(ctx, root, read(t, "users: [{ username: Root, mail: root@example.org }]")))(t)
	if got := h.user(t, "root"); !got.Admin || got.Mail != "root@example.org" || got.ID != root.UserID {
		t.Errorf("the admin is %+v after a change by text, want the same admin with a mail address", got)
	}
	_, err := h.Apply(ctx, root, catalog.Wanted{Nouns: textform.Nouns{Users: []pipelines.User{{Username: "eve", Admin: true}}}})
	wantCode(t, err, pipelines.Invalid, "cannot be made an admin")
	_, err = h.Apply(ctx, root, read(t, "users: [{ username: root, disabled: true }]"))
	wantCode(t, err, pipelines.Invalid, "last admin")
}

// More than the table takes in one write is applied in several.
func TestApplyOfMuch(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	var n textform.Nouns
	for i := range 150 {
		name := fmt.Sprintf("E%03d", i)
		n.Environments = append(n.Environments, pipelines.Environment{Name: name})
		n.Projects = append(n.Projects, pipelines.Project{Name: "P" + name, Variables: []pipelines.Variable{{Name: "x", Value: "1", Scope: pipelines.Scope{Environments: []string{name}}}}})
	}
	if got := len(must(h.Apply(t.Context(), root, catalog.Wanted{Nouns: n}))(t).Changes); got != 300 {
		t.Errorf("Apply tells of %d changes, want 300", got)
	}
	environments := must(h.Records.Environments(t.Context()))(t)
	if len(environments) != 150 || environments[149].ID != "Environments-150" || environments[149].Name != "E149" {
		t.Errorf("there are %d environments, the last %+v; want 150 in their order", len(environments), environments[len(environments)-1])
	}
	if got := len(must(h.Records.Projects(t.Context()))(t)); got != 150 {
		t.Errorf("there are %d projects, want 150", got)
	}
}

// Several at once end as if one had come after the other.
func TestApplyAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			if _, err := h.Apply(t.Context(), root, read(t, fmt.Sprintf("environments: [Dev, E%d]", i))); err != nil {
				t.Errorf("Apply %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	seen := map[string]bool{}
	all := must(h.Records.Environments(t.Context()))(t)
	for _, e := range all {
		seen[e.Name] = true
		seen[e.ID] = true
	}
	if len(all) != 7 || len(seen) != 14 {
		t.Errorf("environments are %+v, want Dev and E0 to E5, each once", all)
	}
}

func TestSettingsOfAnAPIClientAreCheckedAndMadeCanonical(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	project := func(settings string) catalog.Wanted {
		return catalog.Wanted{Nouns: textform.Nouns{Projects: []pipelines.Project{{Name: "P", Steps: []pipelines.Step{{Name: "S", Roles: []string{"web"}, Action: pipelines.Action{Type: "script", Settings: []byte(settings)}}}}}}}
	}
	_, err := h.Apply(t.Context(), root, project(`{"body":"x","colour":"red"}`))
	wantCode(t, err, pipelines.Invalid, `projects[0].steps[0].script: the settings of the step are not those of script: json: unknown field "colour"`)
	must(h.Apply(t.Context(), root, project(`{ "body": "x", "syntax": "" }`)))(t)
	if got := string(must(h.Records.Projects(t.Context()))(t)[0].Steps[0].Action.Settings); got != `{"body":"x"}` {
		t.Errorf("the settings are stored as %s", got)
	}
	huge := project(fmt.Sprintf(`{"body":%q}`, strings.Repeat("x", 200<<10)))
	_, err = h.Apply(t.Context(), root, huge)
	wantCode(t, err, pipelines.Invalid, "put long scripts into the package")
}
