package runner

import (
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
	"slipway/runner/graph"
	"slipway/runner/records"
)

func TestOutputsWithoutAMachine(t *testing.T) {
	t.Parallel()
	type set struct{ machine, value string }
	for _, c := range []struct {
		name, target string
		sets         []set
		want         output
	}{
		{"one machine", "", []set{{"a", "1"}}, output{value: "1", machine: "a"}},
		{"the last by order", "", []set{{"b", "1"}, {"a", "2"}}, output{value: "2", machine: "a", differs: true}},
		{"the same everywhere", "", []set{{"a", "1"}, {"b", "1"}}, output{value: "1", machine: "b"}},
		{"its own", "a", []set{{"a", "1"}, {"b", "2"}}, output{value: "1", machine: "a", own: true, differs: true}},
		{"its own, the last", "b", []set{{"a", "1"}, {"b", "2"}}, output{value: "2", machine: "b", own: true, differs: true}},
		{"of others", "c", []set{{"a", "1"}, {"b", "2"}}, output{value: "2", machine: "b", differs: true}},
	} {
		all := outputs{of: map[string]*output{}, target: c.target}
		for _, s := range c.sets {
			all.add("X", s.machine, s.value)
		}
		if got := *all.of["X"]; got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestAnswersAreOutputs(t *testing.T) {
	t.Parallel()
	got := map[string]string{}
	for _, v := range answered("Sign Off", &graph.Answered{Proceed: true, UserID: "Users-2", Called: "Ada", Mail: "ada@example.org", Note: "fine #{x}"}) {
		got[v.Name] = v.Value
	}
	for name, want := range map[string]string{"Notes": "fine ##{x}", "ResponsibleUser.Id": "Users-2", "ResponsibleUser.DisplayName": "Ada", "ResponsibleUser.EmailAddress": "ada@example.org"} {
		if full := "Octopus.Action[Sign Off].Output.Manual." + name; got[full] != want {
			t.Errorf("%s = %q, want %q", full, got[full], want)
		}
	}
	if left := answered("Sign Off", nil); left != nil {
		t.Errorf("an open question leaves %v", left)
	}
}

func TestReadsOfAStep(t *testing.T) {
	t.Parallel()
	const name = "Octopus.Action[one].Output.X"
	script := func(settings string) plan.Step { return plan.Step{Work: &task.Work{Settings: []byte(settings)}} }
	for _, c := range []struct {
		step plan.Step
		want bool
	}{
		{script(`{"body":"echo #{Octopus.Action[ONE].Output.X | ToUpper}"}`), true},
		{script(`{"body":"get_octopusvariable \"Octopus.Action[one].Output.X\""}`), true},
		{script(`{"body":"echo #{Octopus.Action[one].Output[web-1].X}"}`), false},
		{plan.Step{Message: &plan.Message{Body: "#{" + name + "}"}}, true},
		{plan.Step{Question: &plan.Question{Instructions: "#{" + name + "}"}}, true},
		{plan.Step{}, false},
	} {
		if got := reads(c.step, name); got != c.want {
			t.Errorf("reads(%+v) = %v, want %v", c.step, got, c.want)
		}
	}
}

func TestProgress(t *testing.T) {
	t.Parallel()
	at := records.Loaded{
		Plan: plan.Plan{Steps: []plan.Step{{Name: "one"}, {Name: "two"}, {Name: "three"}, {Name: "four", Skip: "it skips Dev"}}},
		State: graph.State{Head: graph.Head{Steps: []graph.StepState{
			{Status: pipelines.Failed, Message: "#{no}"}, {Status: pipelines.Pending}, {Status: pipelines.Pending}, {Status: pipelines.Skipped},
		}}},
	}
	tell := func(people bool) string {
		names, stands := progress(at, 1, people)
		out := ""
		for _, v := range append(names, stands...) {
			switch {
			case len(v.Name) > 7 && v.Name[len(v.Name)-7:] == ".Number":
				if v.Name[:13] == "Octopus.Step[" {
					out += v.Value
				}
			case len(v.Name) > 5 && v.Name[len(v.Name)-5:] == ".Code":
				out += " " + v.Value
			case v.Name == "Octopus.Deployment.Error":
				out += " " + v.Value
			}
		}
		return out
	}
	if got := tell(false); got != "1234 Failed Running Pending Skipped one: ##{no}" {
		t.Errorf("a script is told %q", got)
	}
	if got := tell(true); got != "14 Failed Skipped one: ##{no}" {
		t.Errorf("people are told %q", got)
	}
}
