package catalog_test

import (
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/steps"
	"slipway/runner/catalog"
	"slipway/runner/records"
)

func TestTextOfOneNoun(t *testing.T) {
	t.Parallel()
	h := open(t)
	typed, found := h.ReadText(records.VariableSets, "variable-sets:\n  - name: Mail\n    variables:\n      - { name: To, value: a@example.org }\n")
	set, ok := typed.Noun.(pipelines.VariableSet)
	if len(found) > 0 || !ok || set.Name != "Mail" || len(set.Variables) != 1 {
		t.Fatalf("ReadText = %+v, %v", typed.Noun, found)
	}
	if n := typed.Line("variable-sets[0].variables[0]"); n != 4 {
		t.Errorf("the value is in line %d, want 4", n)
	}
	at := typed.Locate([]pipelines.Problem{{Path: "variable-sets[0].variables[0].environments[3]", Message: "x"}, {Message: "of nothing here"}})
	if at[0].Line != 4 || at[1].Line != 0 {
		t.Errorf("Locate = %+v, want line 4 and none", at)
	}
	for text, wants := range map[string]string{
		"":                                      "there is no variable set in this text",
		"variable-sets: []":                     "there is no variable set in this text",
		"variable-sets: [{ naem: x }]":          `did you mean "name"`,
		"variable-sets: [{name: a}, {name: b}]": "a second variable set begins here",
		"environments: [Dev]\nvariable-sets: [{name: a}]":             "`environments` is something else",
		"variable-sets:\n  - name: a\n    description: { file: x }\n": "a text is wanted",
		strings.Repeat("#", 300<<10):                                  "the most is",
		"variable-sets: [&a {name: a}, *a]":                           "a second variable set begins here",
	} {
		typed, found := h.ReadText(records.VariableSets, text)
		if len(found) == 0 || !strings.Contains(found[0].Message, wants) || typed.Noun != nil || found[0].Line < 1 {
			t.Errorf("ReadText(%.60q) finds %v, want %q at a line", text, found, wants)
		}
	}
	if _, found := h.ReadText("accounts", "x: y"); len(found) == 0 {
		t.Error("a kind that has no text is read")
	}
}

func TestEveryExampleIsAStep(t *testing.T) {
	t.Parallel()
	h := open(t)
	for _, e := range steps.Catalogue() {
		step, err := h.StepOf(e.WholeText())
		if err != nil || step.Action.Type != e.Name {
			t.Errorf("the example of %s is %+v, %v", e.Name, step, err)
		}
	}
	for _, text := range []string{"", "projects: []", "projects: [{ name: x, steps: [] }]", "projects: ["} {
		if step, err := h.StepOf(text); err == nil {
			t.Errorf("StepOf(%q) = %+v", text, step)
		}
	}
}

// What people type is foreign: nothing of it may stop the server.
func FuzzReadText(f *testing.F) {
	f.Add("projects:\n  - name: x\n    steps:\n      - name: y\n        script: { body: z }\n")
	f.Add("projects: [&a {name: *a}]")
	f.Add("variable-sets:\r\n  - name: \"\\u202e\"\r\n")
	h := &catalog.Catalog{Types: steps.Types()}
	f.Fuzz(func(t *testing.T, text string) {
		typed, found := h.ReadText(records.Projects, text)
		if (typed.Noun == nil) != (len(found) > 0) {
			t.Errorf("ReadText(%q) = %v with %v", text, typed.Noun, found)
		}
		typed.Locate([]pipelines.Problem{{Path: "projects[0].steps[0].script.body"}})
	})
}
