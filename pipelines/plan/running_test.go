package plan_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/steps/approval"
	"slipway/pipelines/task"
)

// rolls is a step with child steps.
func rolls(name string, children ...pipelines.Step) pipelines.Step {
	return pipelines.Step{Name: name, Roles: []string{"web"}, Window: "2", Steps: children}
}

// spelled is a plan's graph, a step a line.
func spelled(p plan.Plan) string {
	var b strings.Builder
	for i, s := range p.Steps {
		fmt.Fprintf(&b, "%d %s %s", i, s.Name, s.Kind)
		if len(s.Needs) > 0 {
			fmt.Fprintf(&b, " needs %v", s.Needs)
		}
		if s.Kind == plan.Rolling {
			fmt.Fprintf(&b, " children %d window %d", s.Children, s.Window)
		}
		if s.Within > 0 {
			fmt.Fprintf(&b, " within %d", s.Within)
		}
		fmt.Fprintf(&b, " tasks %d+%d", s.First, s.Tasks())
		for _, t := range s.Targets {
			b.WriteString(" " + t.Name)
		}
		if s.Skip != "" {
			b.WriteString(": " + s.Skip)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func lines(all ...string) string { return strings.Join(all, "\n") + "\n" }

func TestRollingSteps(t *testing.T) {
	t.Parallel()
	in := deploying(runs("before", "echo"), rolls("Roll", runs("out", "echo"), runs("in", "echo")), runs("after", "echo"))
	in.Targets = []pipelines.Target{web(1), web(2), web(3)}
	in.Targets[1].Roles = []string{"web", "db"}
	for _, c := range []struct {
		name   string
		change func(*plan.Input)
		want   string
	}{
		{"as it is", func(*plan.Input) {}, lines(
			"0 before host tasks 0+3 web-1 web-2 web-3",
			"1 Roll rolling needs [0] children 2 window 2 tasks 3+0 web-1 web-2 web-3",
			"2 out host within 2 tasks 3+3 web-1 web-2 web-3",
			"3 in host within 2 tasks 6+3 web-1 web-2 web-3",
			"4 after host needs [1] tasks 9+3 web-1 web-2 web-3")},
		{"a child for some of the targets, one elsewhere, a step beside", func(in *plan.Input) {
			process := in.Release.Project.Steps
			process[1].Steps[0].Roles = []string{"db"}
			process[1].Steps[1].SkipEnvironments = []string{"Dev"}
			process[2].Start = pipelines.StartWithPrevious
		}, lines(
			"0 before host tasks 0+3 web-1 web-2 web-3",
			"1 Roll rolling needs [0] children 2 window 2 tasks 3+0 web-1 web-2 web-3",
			"2 out host within 2 tasks 3+1 web-2",
			"3 in host within 2 tasks 4+0: it skips Dev",
			"4 after host needs [0] tasks 4+3 web-1 web-2 web-3")},
		{"roles of the children, needs ahead", func(in *plan.Input) {
			process := in.Release.Project.Steps
			process[1].Roles, process[1].Window = nil, "50%"
			process[1].Steps[0].Roles, process[1].Steps[1].Roles = []string{"db"}, []string{"db"}
			process[0].Needs, process[1].Needs, process[2].Needs = &[]string{"after", "Roll"}, &[]string{}, &[]string{"Roll"}
		}, lines(
			"0 before host needs [4 1] tasks 0+3 web-1 web-2 web-3",
			"1 Roll rolling children 2 window 1 tasks 3+0 web-2",
			"2 out host within 2 tasks 3+1 web-2",
			"3 in host within 2 tasks 4+1 web-2",
			"4 after host needs [1] tasks 5+3 web-1 web-2 web-3")},
		{"disabled", func(in *plan.Input) { in.Release.Project.Steps[1].Disabled = true }, lines(
			"0 before host tasks 0+3 web-1 web-2 web-3",
			"1 Roll rolling needs [0] children 2 window 0 tasks 3+0: the step is disabled",
			"2 out host within 2 tasks 3+0: step Roll takes no part: the step is disabled",
			"3 in host within 2 tasks 3+0: step Roll takes no part: the step is disabled",
			"4 after host needs [1] tasks 3+3 web-1 web-2 web-3")},
		{"no child takes part", func(in *plan.Input) {
			in.Deployment.Skip = []string{"OUT"}
			in.Release.Project.Steps[1].Steps[1].Disabled = true
		}, lines(
			"0 before host tasks 0+3 web-1 web-2 web-3",
			"1 Roll rolling needs [0] children 2 window 2 tasks 3+0 web-1 web-2 web-3: none of its child steps runs here",
			"2 out host within 2 tasks 3+0: left out by Stella Stone",
			"3 in host within 2 tasks 3+0: the step is disabled",
			"4 after host needs [1] tasks 3+3 web-1 web-2 web-3")},
	} {
		in := in
		process := append([]pipelines.Step(nil), in.Release.Project.Steps...)
		process[1].Steps = append([]pipelines.Step(nil), process[1].Steps...)
		in.Release.Project.Steps = process
		c.change(&in)
		p := plan.Make(in)
		if len(p.Findings) > 0 {
			t.Errorf("%s: findings: %+v", c.name, p.Findings)
		}
		if got := spelled(p); got != c.want {
			t.Errorf("%s: the plan is\n%swant\n%s", c.name, got, c.want)
		}
		for number := -1; number <= p.Tasks(); number++ {
			want, wantPlace := -1, -1
			for i, s := range p.Steps {
				if number >= s.First && number < s.First+s.Tasks() {
					want, wantPlace = i, number-s.First
				}
			}
			if step, place := p.StepOf(number); step != want || place != wantPlace {
				t.Errorf("%s: StepOf(%d) = %d, %d, want %d, %d", c.name, number, step, place, want, wantPlace)
			}
		}
	}
}

func TestVariablesOfChildSteps(t *testing.T) {
	t.Parallel()
	const text = "#{X} #{Octopus.Step.Name} #{Octopus.Step.Number} #{Octopus.Action.Name} #{Octopus.Action.Number} #{Octopus.Action.TargetRoles} #{Octopus.Machine.Name}"
	in := deploying(runs("first", text), rolls("Roll", runs("out", text), runs("in", text)))
	at := func(value string, steps ...string) pipelines.Variable {
		return pipelines.Variable{Name: "X", Value: pipelines.Text(value), Scope: pipelines.Scope{Steps: steps}}
	}
	in.Release.Project.Variables = []pipelines.Variable{at("all"), at("parent's", "roll"), at("own", "in")}
	p := plan.Make(in)
	if len(p.Findings) > 0 {
		t.Fatalf("findings: %+v", p.Findings)
	}
	for step, want := range map[int]string{
		0: "all first 1 first 1 web web-1", 2: "parent's Roll 2 out 2.1 web web-1", 3: "own Roll 2 in 2.2 web web-1",
	} {
		if got := p.Steps[step].Shown[0].Text; got != want {
			t.Errorf("step %d reads %q, want %q", step, got, want)
		}
	}
	all, err := plan.Explain(in, "out", "web-1")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if e.Name == "X" && (e.Evaluated != "parent's" || !strings.Contains(e.Rule, "roll") && !strings.Contains(e.Rule, "Roll")) {
			t.Errorf("X is explained as %s", e)
		}
	}
	var names []string
	for _, v := range p.Process(nil) {
		if strings.HasSuffix(v.Name, ".Number") && strings.HasPrefix(v.Name, "Octopus.Step[") {
			names = append(names, v.Name+"="+v.Value)
		}
	}
	if got := strings.Join(names, " "); got != "Octopus.Step[first].Number=1 Octopus.Step[Roll].Number=2 Octopus.Step[out].Number=2.1 Octopus.Step[in].Number=2.2" {
		t.Errorf("Process numbers the steps %s", got)
	}
}

func TestWhatADeploymentSays(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	in := deploying(runs("a", "#{Octopus.Deployment.Comments}, from #{Octopus.Task.QueueTime}"))
	in.Release.Project.Queue, in.Release.Project.Timeout = pipelines.QueueReplaceWaiting, pipelines.Duration(2*time.Hour)
	in.Deployment.CreatedByID, in.Deployment.Comment = "Users-2", "at last"
	due := noon.Add(24 * time.Hour)
	in.Deployment.NotBefore = &due
	p := plan.Make(in)
	if p.Queue != pipelines.QueueReplaceWaiting || p.Timeout != task.Duration(2*time.Hour) || p.RequestedBy != "Users-2" || !p.NotBefore.Equal(due) || p.GuidedFailure {
		t.Errorf("the plan says %q, %s, by %q, from %s, guided %v", p.Queue, time.Duration(p.Timeout), p.RequestedBy, p.NotBefore, p.GuidedFailure)
	}
	if got := p.Steps[0].Shown[0].Text; got != "at last, from 2026-03-02T12:00:00.0000000Z" {
		t.Errorf("the comment is %q", got)
	}
	for _, c := range []struct {
		project bool
		asked   *bool
		want    bool
	}{{true, nil, true}, {true, &no, false}, {false, &yes, true}} {
		in.Release.Project.GuidedFailure, in.GuidedFailure = c.project, c.asked
		if got := plan.Make(in).GuidedFailure; got != c.want {
			t.Errorf("guided failure of a project that says %v, asked for %v: %v", c.project, c.asked, got)
		}
	}
}

func gate(name string, settings approval.Settings) pipelines.Step {
	settings.Instructions = "Look."
	return pipelines.Step{Name: name, Action: pipelines.Action{Type: "approval", Settings: raw(settings)}}
}

func TestQuestions(t *testing.T) {
	t.Parallel()
	yes, no, two, long := true, false, 2, pipelines.Duration(48*time.Hour)
	skipped := runs("elsewhere", "echo")
	skipped.Environments = []string{"Prod"}
	later := gate("later", approval.Settings{})
	later.Needs = &[]string{"mail"}
	p := plan.Make(deploying(
		skipped, mails("mail", "x"), gate("gate", approval.Settings{}), gate("open", approval.Settings{Blocks: &no}),
		rolls("r", runs("a", "echo")), gate("check", approval.Settings{}), gate("kept", approval.Settings{Blocks: &yes}),
		later, gate("last", approval.Settings{Approvals: &two, NotRequester: true, Timeout: &long, OnTimeout: "approve", Remind: &long, Teams: []string{"QA"}}),
	))
	var got []string
	for _, s := range p.Steps {
		if q := s.Question; q != nil {
			got = append(got, fmt.Sprintf("%s %v", s.Name, q.Blocks))
		}
	}
	if text := strings.Join(got, ", "); text != "gate true, open false, check false, kept true, later true, last true" {
		t.Errorf("what blocks: %s", text)
	}
	want := plan.Question{
		Instructions: "Look.", Teams: []string{"QA"}, Minimum: 2, NotRequester: true, Blocks: true,
		Timeout: task.Duration(48 * time.Hour), OnTimeout: "approve", Remind: task.Duration(48 * time.Hour),
	}
	if q := *p.Steps[len(p.Steps)-1].Question; fmt.Sprintf("%+v", q) != fmt.Sprintf("%+v", want) {
		t.Errorf("the last question is %+v, want %+v", q, want)
	}
}

func TestLeavingStepsOut(t *testing.T) {
	t.Parallel()
	in := deploying(runs("a", "echo"), runs("b", "echo"), rolls("r", runs("c", "echo"), runs("d", "echo")), gate("Look", approval.Settings{}))
	in.Release.Project.Steps[1].Required = true
	in.Release.Project.Steps[2].Steps[1].Required = true
	for _, c := range []struct {
		skip []string
		want string // findings, then who is skipped
	}{
		{nil, ""},
		{[]string{"A"}, "a: left out by Stella Stone"},
		{[]string{"b"}, `! step "b" is required and cannot be left out: deploy with it`},
		{[]string{"c"}, "c: left out by Stella Stone"},
		{[]string{"d", "a"}, `! step "d" is required and cannot be left out: deploy with it; a: left out by Stella Stone`},
		{[]string{"r"}, `! step "r" cannot be left out, since its child step "d" is required: deploy with it`},
		{[]string{"look"}, `! step "Look" is a sign-off and cannot be left out: deploy with it`},
		{[]string{"z"}, `! there is no step "z" to leave out; release 1.0.7 has "a", "b", "r", "c", "d", "Look"`},
	} {
		in.Deployment.Skip = c.skip
		p := plan.Make(in)
		for _, s := range p.Steps {
			if must := strings.Contains("b r d Look", s.Name); s.Required != must {
				t.Errorf("step %s has required %v, want %v", s.Name, s.Required, must)
			}
		}
		var got []string
		for _, f := range p.Blocked() {
			got = append(got, "! "+f.Message)
		}
		for _, s := range p.Steps {
			if s.Skip != "" {
				got = append(got, s.Name+": "+s.Skip)
			}
		}
		if text := strings.Join(got, "; "); text != c.want {
			t.Errorf("without %v: %s, want %s", c.skip, text, c.want)
		}
	}
}

// TestPlanOfEverything is a plan in which every field of a running process says
// something, as a file to be read.
func TestPlanOfEverything(t *testing.T) {
	t.Parallel()
	two, blocks, day, week := 2, false, pipelines.Duration(24*time.Hour), pipelines.Duration(7*24*time.Hour)
	out, in := runs("Take out", "lb out #{Octopus.Machine.Name}"), runs("Put back", "lb in #{Octopus.Machine.Name}")
	in.If, in.Retries, in.Timeout = `steps["Take out"].outputs["Pool"] != ""`, 2, pipelines.Duration(time.Minute)
	warn := runs("Warn", "echo #{Octopus.Deployment.Error}")
	warn.Run = "#{if Octopus.Deployment.Error}#{Warn}#{/if}"
	input := deploying(
		gate("Gate", approval.Settings{Teams: []string{"QA"}, Approvals: &two, NotRequester: true, Timeout: &week, OnTimeout: approval.Reject, Remind: &day}),
		rolls("Roll", out, in), gate("Check", approval.Settings{Blocks: &blocks}), warn, runs("Clean up", "rm -rf cache"),
	)
	input.Release.Project.Variables = []pipelines.Variable{{Name: "Warn", Value: "yes"}}
	input.Release.Project.Queue, input.Release.Project.Timeout, input.Release.Project.GuidedFailure = pipelines.QueueSkipSuperseded, pipelines.Duration(time.Hour), true
	due := noon.Add(9 * time.Hour)
	input.Deployment.NotBefore, input.Deployment.CreatedByID, input.Deployment.Skip = &due, "Users-2", []string{"Clean up"}
	p := plan.Make(input)
	if len(p.Findings) > 0 {
		t.Errorf("findings: %+v", p.Findings)
	}
	golden(t, "running-dev.json", p)
}
