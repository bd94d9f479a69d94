package steps

import (
	"strings"
	"testing"

	"slipway/pipelines"
)

func TestConditionProblems(t *testing.T) {
	t.Parallel()
	script := func(name, condition string) pipelines.Step {
		s := step("script", `{"body":"echo"}`, "web")
		s.Name, s.If = name, condition
		return s
	}
	beside := func(s pipelines.Step) pipelines.Step {
		s.Start = pipelines.StartWithPrevious
		return s
	}
	rolls := func(children ...pipelines.Step) pipelines.Step {
		return pipelines.Step{Name: "Roll", Roles: []string{"web"}, Steps: children}
	}
	run := func(s pipelines.Step, condition pipelines.Condition) pipelines.Step {
		s.Run = condition
		return s
	}
	question := step("approval", `{"instructions":"look"}`)
	question.Timeout = 1
	for _, c := range []struct {
		name    string
		process []pipelines.Step
		want    string
	}{
		{"one before", []pipelines.Step{script("a", ""), script("b", ""), script("c", "steps.a.failed")}, ""},
		{"itself", []pipelines.Step{script("a", "steps.a.failed")}, "steps[0].if: step a asks about step a, for which it does not wait: put it behind that one, say so in `needs`, or ask about another"},
		{"one beside", []pipelines.Step{script("a", ""), beside(script("b", "steps.a.failed"))}, "steps[1].if: step b asks about step a, for which it does not wait: put it behind that one, say so in `needs`, or ask about another"},
		{"unknown", []pipelines.Step{script("Deploy", ""), script("b", `steps["Deplyo"].failed`)}, `steps[1].if: column 7: there is no step "Deplyo" to ask about; did you mean "Deploy"?`},
		{"a bad expression", []pipelines.Step{script("a", `env.name ==`)}, "steps[0].if: column 11: the condition ends too early: something is missing here"},
		{"an environment", []pipelines.Step{script("a", `env.name != "Dev"`)}, ""},
		{"no environment", []pipelines.Step{script("a", `true or env.name == "Dve"`)}, `steps[0].if: column 21: no environment is called "Dve"; did you mean "Dev"?`},
		{"no boolean", []pipelines.Step{script("a", `env.name`)}, `steps[0].if: the condition comes to a text, and it has to say yes or no: compare it with something, like == "true"`},
		{"a text", []pipelines.Step{run(script("a", ""), "#{X}")}, ""},
		{"a bad text", []pipelines.Step{run(script("a", ""), "#{X")}, "steps[0].run: the expression cannot be read: line 1, column 1: `#{` here is never closed: the text ends, expected `|` or `}`"},
		{"children", []pipelines.Step{script("a", ""), rolls(script("b", "steps.a.failed"), script("c", "steps.b.succeeded")), script("d", "steps.c.failed or steps.Roll.failed")}, ""},
		{"a child asks what comes", []pipelines.Step{rolls(script("b", "steps.c.failed"), script("c", "steps.Roll.failed"))},
			"steps[0].steps[0].if: step b asks about step c, for which it does not wait: put it behind that one, say so in `needs`, or ask about another\n" +
				"steps[0].steps[1].if: step c asks about step Roll, for which it does not wait: put it behind that one, say so in `needs`, or ask about another"},
		{"a child that runs on no target", []pipelines.Step{rolls(step("approval", `{"instructions":"look"}`))},
			"steps[0].steps[0].approval: step S runs on no target, so it cannot be a child step: make it a step of its own behind Roll"},
		{"a timeout at the step", []pipelines.Step{question},
			"steps[0].approval: step S runs on no target: roles, window, retries, timeout, no-targets and allow mean nothing here, remove them; how long people are waited for is the `timeout` of the approval"},
	} {
		var got []string
		for _, p := range Problems(Types())(pipelines.Project{Steps: c.process}, []pipelines.Environment{{Name: "Dev"}}) {
			got = append(got, p.String())
		}
		text := strings.Join(got, "\n")
		if text != c.want {
			t.Errorf("%s: Problems = %s\nwant %s", c.name, text, c.want)
		}
	}
	if got := Packages(Types(), []pipelines.Step{rolls(step("nginx", `{"package":"A"}`), step("package", `{"id":"B"}`))}); strings.Join(got, " ") != "A B" {
		t.Errorf("Packages of child steps = %v", got)
	}
}
