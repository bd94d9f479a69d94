package plan_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/variables"
)

// process has a step under test, `x`, behind a and b and beside c.
func process(change func(x *pipelines.Step)) plan.Input {
	x := runs("x", "echo")
	change(&x)
	beside := runs("c", "echo")
	beside.Start = pipelines.StartWithPrevious
	in := deploying(runs("a", "echo"), rolls("b", runs("in b", "echo")), x, beside, runs("after", "echo"))
	in.SecretVersion = func(string) (int, bool) { return 1, true }
	in.Release.Project.Variables = []pipelines.Variable{
		{Name: "On", Value: "true"}, {Name: "Reads", Value: "#{On} #{Nowhere}"}, {Name: "Pw", Secret: "pw"}, {Name: "Leaks", Value: "#{Pw}"},
		{Name: "Json", Value: `{"a":{"b":"1"}}`}, {Name: "Url", Value: "#{Octopus.Action[a].Output.Url}"}, {Name: "Elsewhere", Value: "1", Scope: pipelines.Scope{Environments: []string{"Prod"}}},
	}
	return in
}

func when(condition string) func(*pipelines.Step) {
	return func(x *pipelines.Step) { x.Run = pipelines.Condition(condition) }
}

func provided(condition string) func(*pipelines.Step) {
	return func(x *pipelines.Step) { x.If = condition }
}

func TestConditions(t *testing.T) {
	t.Parallel()
	const noWay = " has no value here, and nothing will give it one: define the variable or correct its name"
	const secret = " is a secret, and conditions are decided where no secret is known: ask for something else"
	for _, c := range []struct {
		change func(*pipelines.Step)
		want   string
	}{
		{when("#{On}"), ""},
		{when("#{unless Octopus.Deployment.Error}true#{/unless}"), ""},
		{when("#{if Octopus.Step[a].Status.Code == \"Succeeded\"}#{On}#{/if}"), ""},
		{when("#{Octopus.Step[in b].Status.Code}"), ""},
		{when("#{each s in Octopus.Step}#{s.Status.Code}#{/each}"), ""},
		{when("#{Octopus.Action[a].Output.Ready}#{Octopus.Action[in b].Output[web-1].Ready}"), ""},
		{when("#{Octopus.Environment.Name} #{Octopus.Step.Name}"), ""},
		{when("#{Json.a.b}"), ""},
		{when("#{Octopus.Step[c].Status.Code}"), `! step "x", run: #{Octopus.Step[c].Status.Code} tells of step "c", for which this one does not wait: say so in ` + "`needs`, or ask for something else"},
		{when("#{Octopus.Action[after].Output.X}"), `! step "x", run: #{Octopus.Action[after].Output.X} tells of step "after", for which this one does not wait: say so in ` + "`needs`, or ask for something else"},
		{when("#{Nowhere}"), `! step "x", run: #{Nowhere}` + noWay},
		{when("#{Elsewhere}"), `! step "x", run: #{Elsewhere}` + noWay},
		{when("#{Octopus.Machine.Name}"), `! step "x", run: #{Octopus.Machine.Name}` + noWay},
		{when("#{Pw}"), `! step "x", run: #{Pw}` + secret},
		{when("#{Leaks}"), `! step "x", run: #{Pw}` + secret},
		{when("#{On | Foo}"), `! step "x", run: #{On | Foo} uses the filter Foo, which does not exist: see docs/reference/expressions.md`},
		{func(x *pipelines.Step) { x.Run, x.Disabled = "#{Nowhere}", true }, ""},
		{provided(`env.name == "Dev" and steps["A"].succeeded and not steps["in b"].failed`), ""},
		{provided(`vars["on"] == "true" && vars["Octopus.Release.Number"] == release.version`), ""},
		{provided(`steps.a.outputs.Ready == "1" && vars["Url"] != "" && vars["Octopus.Action[a].Output.Old"] == "" && vars["Json.a.b"] == "1"`), ""},
		{provided(`vars["Octopus.Step[a].Status.Code"] == "Succeeded" && vars["Octopus.Deployment.Error"] == ""`), ""},
		{provided(`steps["c"].failed`), `! step "x", if: it asks about step "c", for which it does not wait: say so in ` + "`needs`, or ask about another"},
		{provided(`steps["x"].failed`), `! step "x", if: it asks about step "x", for which it does not wait: say so in ` + "`needs`, or ask about another"},
		{provided(`steps["q"].failed`), `! step "x", if, column 7: there is no step "q" to ask about; there are "a", "b", "in b", "x", "c" and "after"`},
		{provided(`env.name == "Prod" && vars["Elsewhere"] == "1"`), ""},
		{provided(`env.name == "Dev" && vars["Elsewhere"] == "1"`), `! step "x", if: vars["Elsewhere"]` + noWay},
		{provided(`vars["Nowhere"] == ""`), `! step "x", if: vars["Nowhere"]` + noWay},
		{provided(`vars["Reads"] == ""`), `! step "x", if: #{Nowhere}` + noWay},
		{provided(`vars["pw"] == ""`), `! step "x", if: variable "Pw"` + secret},
		{provided(`vars["Leaks"] == ""`), `! step "x", if: #{Pw}` + secret},
		{provided(`vars["On"]`), `! step "x", if: the condition comes to a text, and it has to say yes or no: compare it with something, like == "true"`},
	} {
		in := process(c.change)
		x := in.Release.Project.Steps[2]
		if text := findings(plan.Make(in)); text != c.want {
			t.Errorf("run %q, if %q: Make finds\n%s\nwant\n%s", x.Run, x.If, text, c.want)
		}
	}
	in := process(when("#{Nowhere}"))
	in.Release.Project.AllowUnresolved = true
	if p := plan.Make(in); len(p.Findings) != 1 || len(p.Blocked()) != 0 {
		t.Errorf("where unresolved texts are allowed, Make finds %+v", p.Findings)
	}
}

// TestConditionsOfChildSteps: a lane knows the child steps before in it.
func TestConditionsOfChildSteps(t *testing.T) {
	t.Parallel()
	for condition, want := range map[string]string{
		"steps.a.failed": "",
		`vars["Octopus.Machine.Name"] == "web-1" and vars["Kind"] == "a"`: "",
		`vars["Other"] == ""`: `step "x", if: vars["Other"] has no value here, and nothing will give it one: define the variable or correct its name`,
		"steps.out.failed":    "",
		"steps.in.failed":     `step "x", if: it asks about step "in", for which it does not wait: say so in ` + "`needs`, or ask about another",
		"steps.r.failed":      `step "x", if: it asks about step "r", for which it does not wait: say so in ` + "`needs`, or ask about another",
	} {
		x := runs("x", "echo")
		x.If = condition
		var got string
		in := deploying(runs("a", "echo"), rolls("r", runs("out", "echo"), x, runs("in", "echo")))
		in.Targets = append(in.Targets, web(2))
		on := func(name, value, target string) pipelines.Variable {
			return pipelines.Variable{Name: name, Value: pipelines.Text(value), Scope: pipelines.Scope{Targets: []string{target}}}
		}
		in.Release.Project.Variables = []pipelines.Variable{on("Kind", "a", "web-1"), on("Kind", "b", "web-2"), on("Other", "c", "web-1")}
		for _, f := range plan.Make(in).Findings {
			got += f.Message
		}
		if got != want {
			t.Errorf("%s: %s, want %s", condition, got, want)
		}
	}
}

// TestLongProcesses: what a condition costs does not grow with the process so
// much that nobody would wait for it.
func TestLongProcesses(t *testing.T) {
	t.Parallel()
	var steps []pipelines.Step
	for i := range 1000 {
		s := runs(fmt.Sprintf("s%d", i), "echo")
		if i > 0 && i%2 == 0 {
			s.Run = pipelines.Condition(fmt.Sprintf("#{Octopus.Step[s%d].Status.Code}", i-1))
		} else if i > 0 {
			s.If = fmt.Sprintf(`steps["s%d"].succeeded && vars["Octopus.Release.Number"] != ""`, i-1)
		}
		steps = append(steps, s)
	}
	began := time.Now()
	p := plan.Make(deploying(steps...))
	if took := time.Since(began); took > 20*time.Second || len(p.Findings) > 0 {
		t.Errorf("Make took %s and found %v", took, p.Findings)
	} else {
		t.Logf("1,000 steps with conditions take %s", took)
	}
}

func TestAskedOutputs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		change    func(*pipelines.Step)
		ofA, ofIn string
	}{
		{func(*pipelines.Step) {}, "", ""},
		{when("#{Octopus.Action[A].Output.One}#{if Octopus.Action[a].Output[web-1].Two}x#{/if}#{Octopus.Action[in b].Output.one}"), "One Two", "one"},
		{when("#{Url}"), "Url", ""},
		{when("#{Octopus.Action[a].Output.Config.Port}"), "Config.Port Config", ""},
		{provided(`steps.a.outputs.One == steps["a"].outputs["one"] && steps["in b"].outputs["T w o"] == ""`), "One", "T w o"},
		{provided(`vars["Url"] == vars["Octopus.Action[a].Output.Old"]`), "Url Old", ""},
		{func(x *pipelines.Step) { x.If, x.Disabled = `steps.a.outputs.One == ""`, true }, "", ""},
	} {
		in := process(c.change)
		p := plan.Make(in)
		if a, b := strings.Join(p.AskedOutputs(0), " "), strings.Join(p.AskedOutputs(2), " "); a != c.ofA || b != c.ofIn {
			x := in.Release.Project.Steps[2]
			t.Errorf("run %q, if %q: asked of a is %q, of the child step %q, want %q and %q; %v", x.Run, x.If, a, b, c.ofA, c.ofIn, p.Findings)
		}
	}
}

// TestReachOfConditions: a condition is a reader like any text, and child steps
// are walked through.
func TestReachOfConditions(t *testing.T) {
	t.Parallel()
	x, in := runs("x", "echo"), runs("in", "echo #{Host}")
	x.If = `steps["whatever"].failed || vars["Url"] == ""`
	y := runs("y", "echo")
	y.Run = "#{Host}"
	world := variables.World{
		Project: pipelines.Project{
			Name: "P", Steps: []pipelines.Step{x, y, rolls("r", in)},
			Variables: []pipelines.Variable{{Name: "Host", Value: "h"}, {Name: "Url", Value: "http://#{Host}"}, {Name: "Host", Value: "rolled", Scope: pipelines.Scope{Steps: []string{"r"}}}},
		},
		Environments: []pipelines.Environment{dev}, Targets: []pipelines.Target{web(1)}, Texts: plan.TextsOf(deploying().Types, "P"),
	}
	for number, want := range []string{"x if (Url); y run", "x if", "in script.body"} {
		reached, err := world.Reach("", number)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range reached {
			for _, reader := range r.Readers {
				got = append(got, r.Step+" "+reader.String())
			}
		}
		if text := strings.Join(got, "; "); text != want {
			t.Errorf("value %d reaches %s, want %s", number+1, text, want)
		}
	}
}
