package variables

import (
	"fmt"
	"testing"

	"slipway/pipelines"
)

// TestChildSteps: what is for a step is for its child steps too, unless it is
// said of the child step itself.
func TestChildSteps(t *testing.T) {
	t.Parallel()
	steps := func(names ...string) pipelines.Scope { return pipelines.Scope{Steps: names} }
	for _, c := range []struct {
		name   string
		values []pipelines.Variable
		want   string
	}{
		{"of the step", []pipelines.Variable{v("A", "all", pipelines.Scope{}), v("A", "rolling", steps("ROLL"))}, "rolling"},
		{"of the child step", []pipelines.Variable{v("A", "child", steps("out")), v("A", "rolling", steps("Roll"))}, "child"},
		{"of both", []pipelines.Variable{v("A", "both", steps("Roll", "Out")), v("A", "rolling", steps("Roll"))}, "both"},
		{"of another child step", []pipelines.Variable{v("A", "other", steps("in"))}, ""},
		{"of the step, and of the target", []pipelines.Variable{v("A", "target", pipelines.Scope{Targets: []string{"web-1"}}), v("A", "rolling", steps("Roll"))}, "rolling"},
	} {
		at := Place{Environment: "Dev", Step: "Out", Within: "Roll", Target: "web-1"}
		choices, problems := New(pipelines.Project{Variables: c.values}, nil, nil).Choose(at)
		got := ""
		if len(choices) > 0 {
			got = string(choices[0].Winner.Value)
		}
		if got != c.want || len(problems) > 0 {
			t.Errorf("%s: %q, %v, want %q", c.name, got, problems, c.want)
		}
	}
	values := New(pipelines.Project{Variables: []pipelines.Variable{v("A", "all", pipelines.Scope{}), v("A", "rolling", steps("Roll")), v("A", "in", steps("in"))}}, nil, nil)
	e, _ := values.ExplainOne("A", Place{Step: "Out", Within: "Roll"})
	want := "A = \"rolling\"\n  wins    \"rolling\", project (steps: Roll)\n  loses   \"all\", project (unscoped)\n  not     \"in\", project (steps: in): it is for in, and this is Out\n" +
		"  because Roll (step that the child step belongs to, 5000000) beats unscoped (0)\n"
	if e.String() != want {
		t.Errorf("it is explained as\n%s\nwant\n%s", e, want)
	}
}

func TestWhatAReferenceTellsOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"#{Octopus.Action[a b].Output.X}":        `a b X true | a b true`,
		"#{Octopus.Action[a].Output.X.Y[1]}":     `a X.Y[1] true | a true`,
		"#{Octopus.Action[a].Output[web-1].X.Y}": `a X.Y true | a true`,
		"#{Octopus.Action[#{N}].Output.X}":       ` X true |  true`,
		"#{Octopus.Action[a].Output}":            `  false | a true`,
		"#{Octopus.Action[a].Name}":              `  false | a true`,
		"#{octopus.step[A].Status.Code}":         `  false | A true`,
		"#{Octopus.Step.Name}":                   `  false |  false`,
		"#{Octopus.Action.Name}":                 `  false |  false`,
		"#{each s in Octopus.Step}#{/each}":      `  false |  true`,
		"#{Octopus.Environment.Name}":            `  false |  false`,
		"#{X}":                                   `  false |  false`,
	} {
		all := References(text)
		r := all[len(all)-1]
		step, name, ok := r.Output()
		of, tells := r.OfStep()
		if got := fmt.Sprintf("%s %s %v | %s %v", step, name, ok, of, tells); got != want {
			t.Errorf("%s tells of %q, want %q", text, got, want)
		}
	}
}
