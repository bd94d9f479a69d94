package pipelines

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

func does(name string) Step {
	return Step{Name: name, Action: Action{Type: "script", Settings: json.RawMessage(`{}`)}}
}

func (s Step) needing(names ...string) Step {
	s.Needs = &names
	return s
}

func (s Step) beside() Step {
	s.Start = StartWithPrevious
	return s
}

// rolls is a step with child steps.
func rolls(name string, children ...Step) Step {
	return Step{Name: name, Roles: []string{"web"}, Steps: children}
}

func circle(at int, names string) string {
	return fmt.Sprintf("steps[%d].needs: these steps wait for each other, so that none could begin: %s; let one of them not need the next", at, names)
}

func TestGraph(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		steps []Step
		want  string // what each step needs
		found string
	}{
		{"nothing", nil, "", ""},
		{"a chain", []Step{does("a"), does("b"), does("c")}, "[] [0] [1]", ""},
		{"needs nobody", []Step{does("a"), does("b").needing(), does("c")}, "[] [] [1]", ""},
		{"needs by name, in any case", []Step{does("a"), does("b"), does("c").needing("A")}, "[] [0] [0]", ""},
		{"a fork and a join", []Step{does("a"), does("b").needing("a"), does("c").needing("a"), does("d").needing("b", "c")}, "[] [0] [0] [1 2]", ""},
		{"beside the one before", []Step{does("a"), does("b"), does("c").beside(), does("d")}, "[] [0] [0] [1 2]", ""},
		{"three beside each other", []Step{does("a"), does("b").beside(), does("c").beside(), does("d"), does("e")}, "[] [] [] [0 1 2] [3]", ""},
		{"two groups", []Step{does("a"), does("b").beside(), does("c"), does("d").beside(), does("e")}, "[] [] [0 1] [0 1] [2 3]", ""},
		{"the first beside nobody", []Step{does("a").beside(), does("b")}, "[] [0]", ""},
		{"beside one with needs", []Step{does("a"), does("b"), does("c").needing("a"), does("d").beside(), does("e")}, "[] [0] [0] [0] [2 3]", ""},
		{"needs a later one", []Step{does("a").needing("b"), does("b").needing()}, "[1] []", ""},
		{"an unknown name", []Step{does("a"), does("b").needing("a", "x")}, "[] [0]", `steps[1].needs[1]: there is no step "x"`},
		{"a slip in a name", []Step{does("Deploy"), does("Check"), does("Tell").needing("Depoly")}, "[] [0] []", `steps[2].needs[0]: there is no step "Depoly"; did you mean "Deploy"?`},
		{"itself", []Step{does("a").needing("a")}, "[0]", circle(0, "a needs a")},
		{"two in a circle", []Step{does("a").needing("b"), does("b").needing("a")}, "[1] [0]", circle(0, "a needs b needs a")},
		{"a circle by the order of writing", []Step{does("a").needing("b"), does("b")}, "[1] [0]", circle(0, "a needs b needs a")},
		{"a circle that another leads to", []Step{does("a").needing("b"), does("b").needing("c"), does("c").needing("b")}, "[1] [2] [1]",
			circle(1, "b needs c needs b")},
		{"three in a circle by way of the order", []Step{does("A").needing("C"), does("B"), does("C")}, "[2] [0] [1]", circle(0, "A needs C needs B needs A")},
		{"two circles", []Step{does("a").needing("b"), does("b").needing("a"), does("c").needing("d"), does("d").needing("c", "a")}, "[1] [0] [3] [2 0]",
			circle(0, "a needs b needs a") + "\n" + circle(2, "c needs d needs c")},
		{"two circles with a step in common", []Step{does("a").needing("b", "c"), does("b").needing("a"), does("c").needing("a")}, "[1 2] [0] [0]", circle(0, "a needs b needs a")},
		{"a child step", []Step{rolls("r", does("c")), does("b").needing("c")}, "[] []", `steps[1].needs[0]: "c" is a child step, and a step waits for whole steps: say "r"`},
		{"beside a step with children", []Step{does("a"), rolls("r", does("c"), does("d")), does("b")}, "[] [0] [1]", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			needs, found := Project{Steps: c.steps}.Graph()
			got := make([]string, len(needs))
			for i, n := range needs {
				got[i] = fmt.Sprint(n)
			}
			if text := strings.Join(got, " "); text != c.want {
				t.Errorf("Graph = %s, want %s", text, c.want)
			}
			if lines(found) != c.found {
				t.Errorf("Graph finds %q, want %q", lines(found), c.found)
			}
		})
	}
}

func TestProjectCheck(t *testing.T) {
	t.Parallel()
	known := Known{
		Environments: environmentsNamed("Dev", "Prod"),
		Lifecycles:   []Lifecycle{{Name: "Slow"}},
		ActionProblems: func(p Project, _ []Environment) []Problem {
			var found []Problem
			for at, s := range p.AllSteps() {
				if string(s.Action.Settings) == `"bad"` {
					found = append(found, Problem{Path: at.Path() + ".script.body", Message: "is bad"})
				}
			}
			return found
		},
	}
	with := func(change func(*Project)) Project {
		p := Project{Name: "P", Steps: []Step{does("a"), does("b")}}
		change(&p)
		return p
	}
	step := func(change func(*Step)) Project {
		return with(func(p *Project) { change(&p.Steps[1]) })
	}
	for _, c := range []struct {
		project Project
		want    string
	}{
		{with(func(*Project) {}), ""},
		{with(func(p *Project) { p.Steps = nil }), ""},
		{with(func(p *Project) { p.Name = "  " }), "name: a project needs a name"},
		{with(func(p *Project) { p.Name = " P" }), `name: the name of a project may not begin or end with a space: " P"`},
		{with(func(p *Project) { p.Name = "a\nb" }), `name: the name of a project may not hold control characters: "a\nb"`},
		{with(func(p *Project) { p.Name = strings.Repeat("é", 101) }), "name: the name of a project may have at most 200 bytes"},
		{with(func(p *Project) { p.Lifecycle = "slow" }), ""},
		{with(func(p *Project) { p.Lifecycle = "default lifecycle" }), ""},
		{with(func(p *Project) { p.Lifecycle = "Fast" }), `lifecycle: there is no lifecycle "Fast"`},
		{with(func(p *Project) { p.Triggers = []Trigger{{Package: "a"}, {}} }), "triggers[1].package: a trigger names the package it waits for"},
		{with(func(p *Project) { p.Variables = []Variable{{Name: "x", Value: "1", Secret: "s"}} }), `variables[0].secret: variable "x" has a value and a secret: give one`},
		{with(func(p *Project) { p.Variables = []Variable{{}} }), "variables[0].name: a variable needs a name"},
		{with(func(p *Project) {
			p.Variables = []Variable{{Name: "x", Scope: Scope{Environments: []string{"dev", "Lab"}}}}
		}), `variables[0].environments[1]: there is no environment "Lab"`},
		{step(func(s *Step) { s.Name = "A" }), `steps[1].name: there are two steps named "A": names are unique without regard to case`},
		{step(func(s *Step) { s.Name = "" }), "steps[1].name: a step needs a name"},
		{step(func(s *Step) { s.Run = "never" }), `steps[1].run: run is success, failure or always, or a text with #{…} in it; got "never"`},
		{step(func(s *Step) { s.Run = RunFailure }), ""},
		{step(func(s *Step) { s.Start = "later" }), `steps[1].start: start is with-previous or left out; got "later"`},
		{step(func(s *Step) { *s = s.beside().needing("a") }), "steps[1].start: a step has `needs` or `start`, not both"},
		{step(func(s *Step) { s.NoTargets = "ignore" }), `steps[1].no-targets: no-targets is skip or left out; got "ignore"`},
		{step(func(s *Step) { s.Window = "0" }), `steps[1].window: with a window of "0" no target would ever begin: a window is a number of targets, like 3, or a part of them, like 20%`},
		{step(func(s *Step) { s.Window = "0%" }), `steps[1].window: with a window of "0%" no target would ever begin: a window is a number of targets, like 3, or a part of them, like 20%`},
		{step(func(s *Step) { s.Window = "half" }), `steps[1].window: a window is a number of targets, like 3, or a part of them, like 20%; got "half"`},
		{step(func(s *Step) { s.Run = "#{Go}" }), ""},
		{step(func(s *Step) { s.If = "true" }), ""},
		{step(func(s *Step) { s.If, s.Run = "true", "always" }), "steps[1].if: a step has `if` or `run`, not both: `if` can ask how steps ended itself, like steps[\"Deploy\"].failed"},
		{with(func(p *Project) { p.Queue = QueueReplaceWaiting }), ""},
		{with(func(p *Project) { p.Queue = "skip" }), `queue: queue is wait, skip-superseded, replace-waiting; got "skip"`},
		{with(func(p *Project) { p.Timeout = -1 }), "timeout: a timeout is not negative"},
		{step(func(s *Step) { *s = rolls("r", does("c")) }), ""},
		{step(func(s *Step) { *s = rolls("r", does("A")) }), `steps[1].steps[0].name: there are two steps named "A": names are unique without regard to case`},
		{step(func(s *Step) { *s = rolls("r", does("c"), does("C")) }), `steps[1].steps[1].name: there are two steps named "C": names are unique without regard to case`},
		{step(func(s *Step) { *s = rolls("r", Step{Name: "c"}) }), "steps[1].steps[0]: step \"c\" does nothing: give it one of the step types, like `script:` or `nginx:`"},
		{step(func(s *Step) { s.Steps, s.Roles = []Step{does("c")}, []string{"web"} }), "steps[1].script: step \"b\" has child steps and does nothing itself: make `script` one of its `steps`"},
		{step(func(s *Step) { *s = rolls("r", does("c")); s.Roles = nil }), "steps[1]: step \"r\" and its child steps name no role: say `roles: [web]`, with the role its targets have"},
		{step(func(s *Step) { *s = rolls("r", does("c")); s.Roles, s.Steps[0].Roles = nil, []string{"web"} }), ""},
		{step(func(s *Step) { *s = rolls("r", does("c")); s.Retries, s.Timeout = 1, 1 }),
			"steps[1].retries: what is tried are the child steps of \"r\": say `retries` at each of them\nsteps[1].timeout: what is tried are the child steps of \"r\": say `timeout` at each of them"},
		{step(func(s *Step) { *s = rolls("r", does("c").needing("a")) }), "steps[1].steps[0].needs: child steps have no `needs`: they run in the order in which they stand; remove it from step \"c\""},
		{step(func(s *Step) { *s = rolls("r", does("c").beside()) }), "steps[1].steps[0].start: child steps have no `start`: they run in the order in which they stand; remove it from step \"c\""},
		{step(func(s *Step) { *s = rolls("r", rolls("c", does("d"))); s.Steps[0].Window = "2" }),
			"steps[1].steps[0].window: child steps have no `window`: how many targets at a time is said at the step they belong to; remove it from step \"c\"\n" +
				"steps[1].steps[0].steps: child steps have no `steps`: child steps have none of their own; remove it from step \"c\""},
		{step(func(s *Step) { *s = rolls("r", does("c")); s.Steps[0].Environments = []string{"Lab"} }), `steps[1].steps[0].environments[0]: there is no environment "Lab"`},
		{step(func(s *Step) { s.Retries = 11 }), "steps[1].retries: retries are 0 to 10; got 11"},
		{step(func(s *Step) { s.Retries = -1 }), "steps[1].retries: retries are 0 to 10; got -1"},
		{step(func(s *Step) { s.Timeout = -1 }), "steps[1].timeout: a timeout is not negative"},
		{step(func(s *Step) { s.Environments = []string{"Lab"} }), `steps[1].environments[0]: there is no environment "Lab"`},
		{step(func(s *Step) { s.SkipEnvironments = []string{"DEV", "Lab"} }), `steps[1].skip-environments[1]: there is no environment "Lab"`},
		{step(func(s *Step) { s.Action = Action{} }), "steps[1]: step \"b\" does nothing: give it one of the step types, like `script:` or `nginx:`"},
		{step(func(s *Step) { s.Action.Settings = json.RawMessage(`"bad"`) }), "steps[1].script.body: is bad"},
		{step(func(s *Step) { *s = s.needing("c") }), `steps[1].needs[0]: there is no step "c"`},
		{step(func(s *Step) { *s = s.needing("b") }), circle(1, "b needs b")},
		{step(func(s *Step) { s.Run, s.Retries = "x", 20 }), "steps[1].run: run is success, failure or always, or a text with #{…} in it; got \"x\"\nsteps[1].retries: retries are 0 to 10; got 20"},
	} {
		if got := lines(c.project.Check(known)); got != c.want {
			t.Errorf("Check(%+v) =\n%s\nwant\n%s", c.project, got, c.want)
		}
	}
}

func TestWindowOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		window string
		of     int
		want   int
		ok     bool
	}{
		{"", 2000, 10, true}, {"", 0, 10, true}, {"1", 5, 1, true}, {"3", 2, 3, true}, {"20%", 50, 10, true},
		{"20%", 4, 1, true}, {"100%", 7, 7, true}, {"50%", 7, 3, true}, {"1%", 0, 1, true}, {"34%", 3, 1, true},
		{"0", 5, 0, false}, {"-1", 5, 0, false}, {"0%", 5, 0, false}, {"101%", 5, 0, false}, {"many", 5, 0, false}, {"%", 5, 0, false}, {"1.5", 5, 0, false}, {"20 %", 5, 0, false},
	} {
		got, err := Step{Window: c.window}.WindowOf(c.of)
		if got != c.want || (err == nil) != c.ok {
			t.Errorf("WindowOf(%q, %d) = %d, %v; want %d", c.window, c.of, got, err, c.want)
		}
		if err != nil && !strings.Contains(err.Error(), fmt.Sprintf("%q", c.window)) {
			t.Errorf("WindowOf(%q) says %q, which does not name what was written", c.window, err)
		}
	}
}

func TestRuns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		step Step
		want string // why not
	}{
		{Step{}, ""},
		{Step{Disabled: true, Environments: []string{"Dev"}}, "the step is disabled"},
		{Step{Environments: []string{"dev"}}, ""},
		{Step{Environments: []string{"Test", "Prod"}}, "it runs in Test and Prod only"},
		{Step{SkipEnvironments: []string{"Prod"}}, ""},
		{Step{SkipEnvironments: []string{"DEV"}}, "it skips Dev"},
		{Step{Channels: []string{"default"}}, ""},
		{Step{Channels: []string{"Beta", "Stable"}}, "it runs for the channel Beta and Stable only"},
		{Step{Environments: []string{"Dev"}, SkipEnvironments: []string{"Dev"}}, "it skips Dev"},
	} {
		runs, why := c.step.Runs("Dev", "Default")
		if runs != (c.want == "") || why != c.want {
			t.Errorf("%+v Runs(Dev) = %v, %q; want %q", c.step, runs, why, c.want)
		}
	}
}

func TestStepAsJSON(t *testing.T) {
	t.Parallel()
	var s Step
	if err := json.Unmarshal([]byte(`{"name":"a","timeout":"1h30m","needs":[]}`), &s); err != nil {
		t.Fatal(err)
	}
	if time.Duration(s.Timeout) != 90*time.Minute || s.Needs == nil || len(*s.Needs) != 0 {
		t.Errorf("read %+v, want 90 minutes and needs that are empty, not left out", s)
	}
	err := json.Unmarshal([]byte(`{"timeout":"90"}`), &s)
	if CodeOf(err) != Invalid || err.Error() != `a duration is a number with a unit, like 90s, 10m, 2h or 3d; got "90"` {
		t.Errorf("a timeout without unit: %v", err)
	}
}

func TestWaitsForAndLifecycleName(t *testing.T) {
	t.Parallel()
	p := Project{Triggers: []Trigger{{Package: "RandomQuotes"}}}
	if !p.WaitsFor("randomquotes") || p.WaitsFor("Other") {
		t.Error("a project waits for the packages its triggers name, in any case, and for no other")
	}
	if got := p.LifecycleName(); got != DefaultLifecycleName {
		t.Errorf("LifecycleName = %q", got)
	}
	p.Lifecycle = "Slow"
	if got := p.LifecycleName(); got != "Slow" {
		t.Errorf("LifecycleName = %q", got)
	}
}
