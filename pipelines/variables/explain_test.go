package variables

import (
	"flag"
	"os"
	"strings"
	"testing"

	"slipway/pipelines"
)

var update = flag.Bool("update", false, "write the golden file")

// TestExplain: what people read, place by place, as a file to be read.
func TestExplain(t *testing.T) {
	t.Parallel()
	project := pipelines.Project{
		VariableSets: []string{"Shared", "More"},
		Variables: []pipelines.Variable{
			v("Port", "8081", pipelines.Scope{Environments: []string{"Dev"}}),
			v("Port", "8082", pipelines.Scope{Environments: []string{"Test", "Prod"}, Channels: []string{"Beta"}}),
			v("Port", "80", pipelines.Scope{}),
			v("Port", "9000", pipelines.Scope{Targets: []string{"web-2"}}),
			v("Port", "9001", pipelines.Scope{Roles: []string{"db"}}),
			v("Port", "9002", pipelines.Scope{Steps: []string{"Migrate"}}),
			{Name: "Password", Secret: "db password"},
			{Name: "Password", Parameter: "/prod/db", Scope: pipelines.Scope{Environments: []string{"Prod"}}},
			{Name: "Mail", SecretsManager: "prod/mail#password"},
			v("Host", "own", pipelines.Scope{}),
			v("Twice", "1", pipelines.Scope{Environments: []string{"Test"}}),
			v("Twice", "2", pipelines.Scope{Environments: []string{"Test", "Prod"}}),
			v("Same", "1", pipelines.Scope{}), v("Same", "1", pipelines.Scope{}),
			v("Colour", "blue", pipelines.Scope{Environments: []string{"Prod"}}),
			{Name: "Title", Value: "Hello", Prompt: &pipelines.Prompt{Label: "The title"}},
			v("Title", "env", pipelines.Scope{Environments: []string{"Test"}}),
			v("Octopus.Release.Notes", "ours", pipelines.Scope{}),
		},
	}
	sets := []pipelines.VariableSet{
		{Name: "Shared", Variables: []pipelines.Variable{v("Host", "shared", pipelines.Scope{}), v("Zone", "a", pipelines.Scope{})}},
		{Name: "More", Variables: []pipelines.Variable{v("Zone", "b", pipelines.Scope{})}},
	}
	values := New(project, sets, map[string]string{"Title": "Hi #{there}"}).WithSystem([]pipelines.Variable{{Name: "Octopus.Release.Notes", Value: "notes"}, {Name: "Octopus.Release.Number", Value: "1.0.7"}})
	var b strings.Builder
	for _, at := range []Place{
		{Environment: "Test", Channel: "Beta"},
		{Environment: "Prod", Channel: "Default", Step: "Migrate", StepRoles: []string{"db"}, Target: "web-2", TargetRoles: []string{"web", "db"}},
		{Environment: "Dev", Step: "Web", StepRoles: []string{"web"}, Target: "web-1", TargetRoles: []string{"web"}},
	} {
		b.WriteString("== " + at.String() + "\n\n")
		for _, e := range values.Explain(at) {
			b.WriteString(e.String() + "\n")
		}
	}
	golden(t, "explain.txt", b.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile("testdata/"+name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s comes out as\n%s\nwant\n%s", name, got, want)
	}
}

func TestTies(t *testing.T) {
	t.Parallel()
	env := func(names ...string) pipelines.Scope { return pipelines.Scope{Environments: names} }
	set := func(name string, all ...pipelines.Variable) pipelines.VariableSet {
		return pipelines.VariableSet{Name: name, Variables: all}
	}
	for _, c := range []struct {
		name string
		own  []pipelines.Variable
		sets []pipelines.VariableSet
		want string
	}{
		{"one", []pipelines.Variable{v("A", "1", env())}, nil, ""},
		{"unscoped", []pipelines.Variable{v("A", "1", env()), v("a", "2", env())}, nil,
			`variables[1]: variable "A" has two values that fit everywhere they apply equally well: "1" (unscoped) and "2" (unscoped); narrow the scope of one, or remove it`},
		{"the same text", []pipelines.Variable{v("A", "1", env()), v("a", "1", env())}, nil, ""},
		{"environments that meet", []pipelines.Variable{v("A", "1", env("Dev")), v("A", "2", env("Test", "dev"))}, nil,
			`variables[1]: variable "A" has two values that fit environment Dev equally well: "1" (environments: Dev) and "2" (environments: Test, dev); narrow the scope of one, or remove it`},
		{"environments that do not", []pipelines.Variable{v("A", "1", env("Dev")), v("A", "2", env("Test"))}, nil, ""},
		{"scoped and not", []pipelines.Variable{v("A", "1", env("Dev")), v("A", "2", env())}, nil, ""},
		{"channels that meet", []pipelines.Variable{v("A", "1", pipelines.Scope{Channels: []string{"Beta"}}), v("A", "2", pipelines.Scope{Channels: []string{"Beta"}})}, nil,
			`variables[1]: variable "A" has two values that fit channel Beta equally well: "1" (channels: Beta) and "2" (channels: Beta); narrow the scope of one, or remove it`},
		{"channels that do not", []pipelines.Variable{v("A", "1", pipelines.Scope{Channels: []string{"Beta"}}), v("A", "2", pipelines.Scope{Channels: []string{"Stable"}})}, nil, ""},
		{"one for a channel", []pipelines.Variable{v("A", "1", pipelines.Scope{Channels: []string{"Beta"}}), v("A", "2", env())}, nil, ""},
		{"roles, in any order", []pipelines.Variable{v("A", "1", pipelines.Scope{Roles: []string{"a", "b"}}), v("A", "2", pipelines.Scope{Roles: []string{"B", "A"}})}, nil,
			`variables[1]: variable "A" has two values that fit everywhere they apply equally well: "1" (roles: a, b) and "2" (roles: B, A); narrow the scope of one, or remove it`},
		{"roles that a target need not share", []pipelines.Variable{v("A", "1", pipelines.Scope{Roles: []string{"a"}}), v("A", "2", pipelines.Scope{Roles: []string{"b"}})}, nil, ""},
		{"a set against itself is that set's", nil, []pipelines.VariableSet{set("One", v("A", "1", env()), v("A", "2", env()))}, ""},
		{"two sets", nil, []pipelines.VariableSet{set("One", v("A", "1", env())), set("Two", v("A", "2", env()))},
			`variable-sets[1]: variable "A" has two values that fit everywhere they apply equally well: "1" (set One) and "2" (set Two); give the project a value of its own, which is stronger, narrow the scope of one, or remove it`},
		{"two sets below the project", []pipelines.Variable{v("A", "0", env())}, []pipelines.VariableSet{set("One", v("A", "1", env())), set("Two", v("A", "2", env()))}, ""},
		{"two sets, and the project elsewhere", []pipelines.Variable{v("A", "0", env("Dev"))}, []pipelines.VariableSet{set("One", v("A", "1", env())), set("Two", v("A", "2", env()))},
			`variable-sets[1]: variable "A" has two values that fit everywhere they apply equally well: "1" (set One) and "2" (set Two); give the project a value of its own, which is stronger, narrow the scope of one, or remove it`},
		{"secrets by name", []pipelines.Variable{{Name: "A", Secret: "x"}, {Name: "A", Secret: "y"}}, nil,
			`variables[1]: variable "A" has two values that fit everywhere they apply equally well: the secret x (unscoped) and the secret y (unscoped); narrow the scope of one, or remove it`},
		{"three values", []pipelines.Variable{v("A", "1", env()), v("A", "2", env()), v("A", "1", env())}, nil,
			`variables[1]: variable "A" has two values that fit everywhere they apply equally well: "1" (unscoped) and "2" (unscoped); narrow the scope of one, or remove it` + "\n" +
				`variables[2]: variable "A" has two values that fit everywhere they apply equally well: "2" (unscoped) and "1" (unscoped); narrow the scope of one, or remove it`},
	} {
		var got []string
		for _, p := range Ties(pipelines.Project{Variables: c.own, VariableSets: []string{"One", "Two"}}, c.sets) {
			got = append(got, p.String())
		}
		if text := strings.Join(got, "\n"); text != c.want {
			t.Errorf("%s: Ties finds\n%s\nwant\n%s", c.name, text, c.want)
		}
	}
	found := TiesWithin(set("One", v("A", "1", env()), v("A", "2", env())))
	if len(found) != 1 || found[0].String() != `variables[1]: variable "A" has two values that fit everywhere they apply equally well: "1" (set One) and "2" (set One); narrow the scope of one, or remove it` {
		t.Errorf("TiesWithin = %v", found)
	}
}

func TestChanged(t *testing.T) {
	t.Parallel()
	env := func(names ...string) pipelines.Scope { return pipelines.Scope{Environments: names} }
	for _, c := range []struct {
		name     string
		was, now []pipelines.Variable
		want     string
	}{
		{"nothing", []pipelines.Variable{v("A", "1", env("Dev"))}, []pipelines.Variable{v("a", "1", env("DEV"))}, ""},
		{"order", []pipelines.Variable{v("A", "1", env("Dev")), v("A", "2", env())}, []pipelines.Variable{v("A", "2", env()), v("A", "1", env("Dev"))}, ""},
		{"a value", []pipelines.Variable{v("Port", "8082", env("Test"))}, []pipelines.Variable{v("Port", "8092", env("Test"))}, `Port (Test) was "8082", is "8092" now`},
		{"one of two", []pipelines.Variable{v("A", "1", env()), v("A", "2", env("Dev"))}, []pipelines.Variable{v("A", "3", env()), v("A", "2", env("Dev"))}, `A was "1", is "3" now`},
		{"new", nil, []pipelines.Variable{v("A", "1", env("Dev"))}, `A (Dev) is new: "1"`},
		{"gone", []pipelines.Variable{v("A", "1", pipelines.Scope{Channels: []string{"Beta"}})}, nil, `A (Beta) was "1" and is gone`},
		{"another scope", []pipelines.Variable{v("A", "1", env("Dev"))}, []pipelines.Variable{v("A", "1", env("Dev", "Test"))}, "A was for Dev, is for Dev, Test now"},
		{"another secret", []pipelines.Variable{{Name: "A", Secret: "x"}}, []pipelines.Variable{{Name: "A", Secret: "y"}}, "A was the secret x, is the secret y now"},
		{"a secret now", []pipelines.Variable{v("A", "1", env())}, []pipelines.Variable{{Name: "A", Parameter: "/a"}}, `A was "1", is the parameter /a now`},
	} {
		var got []string
		for _, d := range Changed(New(pipelines.Project{Variables: c.was}, nil, nil), New(pipelines.Project{Variables: c.now}, nil, nil)) {
			got = append(got, d.String())
		}
		if text := strings.Join(got, "\n"); text != c.want {
			t.Errorf("%s: %s, want %s", c.name, text, c.want)
		}
	}
	was := New(pipelines.Project{VariableSets: []string{"S"}}, []pipelines.VariableSet{{Name: "S", Variables: []pipelines.Variable{v("A", "1", env("Dev"))}}}, nil)
	now := New(pipelines.Project{Variables: []pipelines.Variable{v("A", "1", env("Dev"))}}, nil, nil)
	d := Changed(was, now)
	if len(d) != 1 || d[0].String() != "A was for set S; Dev, is for Dev now" || !d[0].Concerns("dev", "") || d[0].Concerns("Test", "") {
		t.Errorf("from the set to the project: %v", d)
	}
}
