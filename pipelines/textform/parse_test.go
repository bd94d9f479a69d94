package textform_test

import (
	"reflect"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/textform"
)

// wrong are texts with something wrong in them. What is said about each stands
// in testdata/wrong.txt.
var wrong = []struct{ name, text string }{
	{"empty file", ""},
	{"only a comment", "# nothing yet\n"},
	{"not YAML", "PK\x03\x04\x00\xff"},
	{"YAML, but not ours", "just some text\n"},
	{"brackets do not match", "environments: [Dev, Test\nprojects: []\n"},
	{"indented by a tab", "projects:\n\t- name: A\n"},
	{"two documents", "environments: [Dev]\n---\nenvironments: [Test]\n"},
	{"a key twice", "projects:\n  - name: A\n    name: B\n"},
	{"unknown key at the top", "project:\n  - name: A\nfoo: 1\n"},
	{"an id", "environments:\n  - { id: Environments-1, name: Dev }\nusers: [{ username: a, admin: true }]\n"},
	{"unknown keys", "projects:\n  - name: A\n    steps:\n      - name: S\n        nginx:\n          package: P\n          port: 8081\n          postDeploy: x\n          colour: red\n        skip_environments: [Dev]\n        ngnix: {}\n"},
	{"a key one level too low", "projects:\n  - name: A\n    steps:\n      - name: S\n        nginx:\n          package: P\n          roles: [web]\n          bindings: [{ port: 80, roles: [web] }]\n"},
	{"a variable that points nowhere", "projects:\n  - name: A\n    variables:\n      - { name: x, paramter: /a }\n      - { name: y, secret-manager: a }\n      - { name: z, secretsManager: a }\n"},
	{"a set and what it lacks", "variable-set:\n  - name: S\nvariable-sets:\n  - name: S\n    variable: []\n    steps: [a]\nprojects:\n  - name: A\n    variablesets: [S]\n    channels:\n      - name: Beta\n        lifecicle: L\n        rules: [{ version: \"1.0\", tags: x }]\n      - Stable\n    variables:\n      - { name: x, prompt: yes }\n      - { name: y, prompt: { option: [a] }, channel: Beta }\n"},
	{"two things in one step", "projects:\n  - name: A\n    steps:\n      - name: S\n        script: { body: x }\n        email: { to: a@b }\n"},
	{"wrong types", "environments: Dev\nlifecycles: { name: L }\nteams:\n  - just a name\n  - name: [A]\n    members: stella\nprojects:\n  - name: yes\n    allow-unresolved: \"true\"\n  - name: true\n    steps:\n      - name: { a: b }\n        retries: many\n        timeout: 90\n        nginx: [1]\n      -\n"},
	{"how a process runs", "projects:\n  - name: A\n    queues: wait\n    timout: 2h\n    guided_failure: true\n    steps:\n      - name: S\n        iff: true\n        require: true\n        step: []\n        approval: { instructions: x, approval: 2, notRequester: true, block: true, ontimeout: reject, reminder: 24h }\n      - name: T\n        if: true\n        timeout: 2 days\n        approvals: 2\n        steps: { name: U }\n      - name: V\n        steps:\n          - name: W\n            approval: { approvals: two, timeout: soon, blocks: maybe }\n            colour: red\n"},
	{"files", "projects:\n  - name: A\n    steps:\n      - name: S\n        script: { body: { file: gone.sh } }\n      - name: T\n        script: { body: { file: ../out.sh } }\n      - name: U\n        script: { body: { file: /etc/passwd } }\n      - name: V\n        script: { body: { path: x.sh } }\n      - name: W\n        script: { body: { file: binary } }\n"},
	{"an alias of nothing", "environments: *all\n"},
	{"an alias of itself", "projects: &a\n  - name: A\n    steps: *a\n"},
	{"a tag", "environments: !!python/object [Dev]\n"},
	{"too deep", strings.Repeat("[", 100000)},
	{"too deep by dashes", strings.Repeat("- ", 50000) + "x"},
	{"a billion laughs", laughs()},
	{"many at once", "environments: [Dev\t, 1, {nam: Prod}]\nlifecycles:\n  - name: L\n    phases:\n      - { name: One, environment: [Dev] }\n      - { name: Two, environments: [Dev], minimum: lots }\nprojects:\n  - nme: A\n    variables:\n      - { name: x, value: [1] }\n"},
}

// laughs is 500 bytes that stand for 10⁹ values.
func laughs() string {
	text := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := range 8 {
		one := "*a" + string(rune('0'+i))
		text += "a" + string(rune('1'+i)) + ": &a" + string(rune('1'+i)) + " [" + strings.TrimSuffix(strings.Repeat(one+", ", 10), ", ") + "]\n"
	}
	return text
}

func TestYAMLWrongInManyWays(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	for _, c := range wrong {
		_, found := parse(c.text, map[string]string{"binary": "\xff\xfe"})
		if len(found) == 0 {
			t.Errorf("%s: no problem was found in\n%s", c.name, c.text)
		}
		out.WriteString("# " + c.name + "\n" + joined(found) + "\n")
	}
	golden(t, "wrong.txt", out.String())
}

func TestParse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		want textform.Nouns
	}{
		"environments short and long": {
			"environments: [Dev, { name: Prod, address: https://example.org }]",
			textform.Nouns{Environments: []pipelines.Environment{{Name: "Dev"}, {Name: "Prod", Address: "https://example.org"}}},
		},
		"numbers where texts are wanted stay as written": {
			"projects: [{ name: 7, variables: [{ name: a, value: 1.10 }, { name: b, value: 0x1F }, { name: c, value: true }] }]",
			textform.Nouns{Projects: []pipelines.Project{{Name: "7", Variables: []pipelines.Variable{{Name: "a", Value: "1.10"}, {Name: "b", Value: "0x1F"}, {Name: "c", Value: "true"}}}}},
		},
		"keys without value say nothing": {
			"environments: [Dev]\nprojects:\nusers: []\n",
			textform.Nouns{Environments: []pipelines.Environment{{Name: "Dev"}}},
		},
		"anchors, aliases and merges": {
			"environments: &all [Dev, Test]\nteams:\n  - &t { name: A, members: [x], description: d }\n  - { <<: *t, name: B }\ntargets: [{ name: w, environments: *all, roles: [web], pretend: ok }]\n",
			textform.Nouns{
				Environments: []pipelines.Environment{{Name: "Dev"}, {Name: "Test"}},
				Teams:        []pipelines.Team{{Name: "A", Description: "d", Members: []string{"x"}}, {Name: "B", Description: "d", Members: []string{"x"}}},
				Targets:      []pipelines.Target{{Name: "w", Environments: []string{"Dev", "Test"}, Roles: []string{"web"}, Pretend: "ok"}},
			},
		},
		"a file's bytes, and settings as JSON": {
			"projects: [{ name: A, steps: [{ name: S, script: { body: { file: sub/x.sh } } }] }]",
			textform.Nouns{Projects: []pipelines.Project{{Name: "A", Steps: []pipelines.Step{{Name: "S", Action: pipelines.Action{Type: "script", Settings: []byte(`{"body":"a\r\n\tb"}`)}}}}}},
		},
		"line ends of Windows": {
			"environments: [Dev]\r\nprojects:\r\n  - name: A\r\n    description: |\r\n      x\r\n      y\r\n",
			textform.Nouns{Environments: []pipelines.Environment{{Name: "Dev"}}, Projects: []pipelines.Project{{Name: "A", Description: "x\ny\n"}}},
		},
		"a byte order mark": {
			"\ufeffenvironments: [Dev]\n",
			textform.Nouns{Environments: []pipelines.Environment{{Name: "Dev"}}},
		},
		"a directive may be a number": {
			"projects: [{ name: A, steps: [{ name: S, nginx: { package: P, bindings: [{ port: 80 }], locations: [{ path: /, directives: [{ keepalive_timeout: 65 }] }] } }] }]",
			textform.Nouns{Projects: []pipelines.Project{{Name: "A", Steps: []pipelines.Step{{Name: "S", Action: pipelines.Action{Type: "nginx", Settings: []byte(
				`{"package":"P","bindings":[{"port":"80"}],"locations":[{"path":"/","directives":[{"keepalive_timeout":"65"}]}]}`)}}}}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc, found := parse(c.text, map[string]string{"sub/x.sh": "a\r\n\tb"})
			if len(found) > 0 || !reflect.DeepEqual(doc.Nouns, c.want) {
				t.Errorf("Parse(%q) = %+v, %v; want %+v", c.text, doc.Nouns, found, c.want)
			}
		})
	}
}

func TestSeveralFilesAreOneConfiguration(t *testing.T) {
	t.Parallel()
	doc, found := textform.Parse([]textform.File{
		{Name: "a.yaml", Text: []byte("environments: [Dev]\nprojects: [{ name: A }]\n")},
		{Name: "sub/b.yaml", Text: []byte("projects:\n  - name: B\n    steps:\n      - { name: S, script: { body: { file: b.sh } }, colour: red }\n")},
	}, stepTypes(), func(name string) ([]byte, error) { return []byte(name), nil })
	if got, want := joined(found), "sub/b.yaml:4:54: projects[1].steps[0].colour: unknown key \"colour\"; there are "; !strings.HasPrefix(got, want) {
		t.Errorf("Parse found %s, want %s", got, want)
	}
	if len(doc.Projects) != 2 || !strings.Contains(string(doc.Projects[1].Steps[0].Action.Settings), "sub/b.sh") {
		t.Errorf("Parse gives %+v, want projects A and B with the text of sub/b.sh", doc.Projects)
	}
	if got, want := doc.Where("projects[1].name").String(), "sub/b.yaml:2:11"; got != want {
		t.Errorf("Where(projects[1].name) = %s, want %s", got, want)
	}
	if _, found := textform.Parse(nil, stepTypes(), nil); len(found) != 1 {
		t.Errorf("Parse of no files found %v, want one problem", found)
	}
}

func TestWhere(t *testing.T) {
	t.Parallel()
	doc := mustParse(t, `environments:
  - Dev
projects:
  - name: A
    steps:
      - name: S
        nginx:
          package: P
          bindings: [{ port: 80 }, { port: 81 }]
          post-deploy: |
            echo
`)
	for path, want := range map[string]string{
		"environments[0]":            "slipway.yaml:2:5",
		"environments[0].name":       "slipway.yaml:2:5",
		"projects":                   "slipway.yaml:3:1",
		"projects[0]":                "slipway.yaml:4:5",
		"projects[0].lifecycle":      "slipway.yaml:4:5",
		"projects[0].steps[0].nginx": "slipway.yaml:7:9",
		"projects[0].steps[0].nginx.bindings[1].port":  "slipway.yaml:9:44",
		"projects[0].steps[0].nginx.bindings[1].other": "slipway.yaml:9:38",
		"projects[0].steps[0].nginx.post-deploy":       "slipway.yaml:10:24",
		"projects[0].steps[7].nginx":                   "slipway.yaml:5:5",
		"teams[0].name":                                ":0:0",
	} {
		if got := doc.Where(path).String(); got != want {
			t.Errorf("Where(%s) = %s, want %s", path, got, want)
		}
	}
	located := doc.Locate([]pipelines.Problem{{Path: "projects[0].lifecycle", Message: "there is no lifecycle \"L\""}})
	if got, want := located[0].String(), `slipway.yaml:4:5: projects[0].lifecycle: there is no lifecycle "L"`; got != want {
		t.Errorf("Locate gives %s, want %s", got, want)
	}
}

// FuzzParse looks for panics, and for texts that do not survive printing.
func FuzzParse(f *testing.F) {
	for _, c := range wrong {
		if len(c.text) < 4096 {
			f.Add([]byte(c.text))
		}
	}
	f.Add(printed(everything()))
	f.Fuzz(func(t *testing.T, content []byte) {
		doc, found := parse(string(content), nil)
		if len(found) > 0 {
			for _, p := range found {
				if p.File == "" || p.Place.Line < 1 || p.Place.Column < 1 || p.Message == "" {
					t.Errorf("problem without place or text: %#v", p)
				}
			}
			return
		}
		out := printed(doc.Nouns)
		if len(out) == 0 {
			return
		}
		again, found := parse(string(out), nil)
		if len(found) > 0 {
			t.Fatalf("Parse(Print(x)) has problems:\n%s\nin\n%s", joined(found), out)
		}
		if twice := printed(again.Nouns); string(twice) != string(out) {
			t.Fatalf("Print(Parse(Print(x))) is\n%s\nwant\n%s", twice, out)
		}
	})
}

// TestPlacesOfSets: what is wrong with a set or a channel is told where it stands.
func TestPlacesOfSets(t *testing.T) {
	t.Parallel()
	doc := mustParse(t, "variable-sets:\n  - name: S\n    variables:\n      - { name: x, steps: [a] }\nprojects:\n  - name: P\n    channels:\n      - name: C\n        rules: [{ versions: \"[1\" }]\n    variable-sets: [S, T]\n")
	var found []pipelines.Problem
	for _, p := range doc.VariableSets[0].Check(nil) {
		p.Path = pipelines.Join("variable-sets[0]", p.Path)
		found = append(found, p)
	}
	for _, p := range doc.Projects[0].Check(pipelines.Known{VariableSets: doc.VariableSets}) {
		p.Path = pipelines.Join("projects[0]", p.Path)
		found = append(found, p)
	}
	var got []string
	for _, p := range doc.Locate(found) {
		got = append(got, p.Place.String()+" "+p.Path)
	}
	want := "slipway.yaml:4:20 variable-sets[0].variables[0].steps, slipway.yaml:9:29 projects[0].channels[0].rules[0].versions, slipway.yaml:10:24 projects[0].variable-sets[1]"
	if text := strings.Join(got, ", "); text != want {
		t.Errorf("the problems stand at %s, want %s", text, want)
	}
}
