package runner

import (
	"log/slog"
	"slices"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
	"slipway/runner/graph"
	"slipway/runner/records"
)

// TestADifferenceThatIsReadIsLogged: the step reads a value without saying of
// which machine, and the machines differ.
func TestADifferenceThatIsReadIsLogged(t *testing.T) {
	t.Parallel()
	const name = "Octopus.Action[one].Output.X"
	for _, c := range []struct {
		reads, a, b string
		logged      bool
	}{
		{"#{" + name + "}", "1", "2", true}, {"#{" + name + "}", "1", "1", false}, {"nothing", "1", "2", false},
	} {
		var log strings.Builder
		r := &Runner{Records: &records.Records{}, Log: slog.New(slog.NewTextHandler(&log, nil))}
		at := records.Loaded{Plan: plan.Plan{Steps: []plan.Step{
			{Name: "one", Kind: plan.OnHosts, Targets: []plan.Target{{Name: "a"}, {Name: "b"}}}, {Name: "two", Kind: plan.Mail, First: 2, Message: &plan.Message{Body: c.reads}},
		}}}
		at.State = graph.Begin(at.Plan)
		at.State.Parts[0].Tasks[0].Outputs, at.State.Parts[0].Tasks[1].Outputs = map[string]string{"X": c.a}, map[string]string{"X": c.b}
		out, err := r.OutputsFor(t.Context(), &at, 1, -1)
		if err != nil {
			t.Fatal(err)
		}
		if last := out[len(out)-1]; last.Name != name || last.Value != c.b {
			t.Errorf("%+v: without a machine it is %+v, want that of the last", c, last)
		}
		if got := strings.Contains(log.String(), "name the machine: Octopus.Action[one].Output[b].X"); got != c.logged {
			t.Errorf("%+v: logged %q", c, log.String())
		}
	}
}

func TestWhatConditionsAskForIsAtHand(t *testing.T) {
	t.Parallel()
	outputs := map[string]string{"Port": "80", "Deep": `{"a":1}`, "Other": "x", "Long": strings.Repeat("x", maxAsked+1), "Por": "no"}
	few, long := atHand(outputs, []string{"PORT", "Deep.a", "Long", "Missing"}, maxAskedSum)
	if len(few) != 2 || few["Port"] != "80" || few["Deep"] == "" || !slices.Equal(long, []string{"Long"}) {
		t.Errorf("atHand = %v, %v", few, long)
	}
	if few, long := atHand(outputs, nil, maxAskedSum); few != nil || long != nil {
		t.Errorf("nothing is asked for, and at hand are %v, %v", few, long)
	}
}

// TestWhatIsAtHandFitsIntoAPart however many tasks of a part are asked for their
// outputs, and however long those are.
func TestWhatIsAtHandFitsIntoAPart(t *testing.T) {
	t.Parallel()
	targets := func(n int) []plan.Target { return make([]plan.Target, n) }
	asked := []string{"A", "B", "C"}
	narrow := plan.Plan{}
	for i := range 250 { // every other step of one target is asked
		s := plan.Step{First: i, Targets: targets(1)}
		if i%2 == 0 {
			s.Asked = asked
		}
		narrow.Steps = append(narrow.Steps, s)
	}
	for _, c := range []struct {
		name string
		plan plan.Plan
		task int
		want int // the task's share of the part
	}{
		{"one target", plan.Plan{Steps: []plan.Step{{Targets: targets(1), Asked: asked}}}, 0, maxAskedSum},
		{"a hundred", plan.Plan{Steps: []plan.Step{{Targets: targets(100), Asked: asked}}}, 99, maxAskedSum / 100},
		{"two thousand", plan.Plan{Steps: []plan.Step{{Targets: targets(2000), Asked: asked}}}, 1234, maxAskedSum / 100},
		{"the last part of many", plan.Plan{Steps: []plan.Step{{Targets: targets(110), Asked: asked}}}, 105, maxAskedSum / 10},
		{"beside many that nobody asks", plan.Plan{Steps: []plan.Step{{Targets: targets(50)}, {First: 50, Targets: targets(4), Asked: asked}}}, 52, maxAskedSum / 4},
		{"many steps", narrow, 120, maxAskedSum / 50},
	} {
		room := roomFor(&c.plan, c.task)
		if room != c.want {
			t.Errorf("%s: roomFor(%d) = %d, want %d", c.name, c.task, room, c.want)
		}
		outputs := map[string]string{}
		for _, name := range asked {
			outputs[name] = strings.Repeat("x", min(maxAsked, room/2))
		}
		few, long := atHand(outputs, asked, room)
		sum := 0
		for name, value := range few {
			sum += len(name) + len(value)
		}
		if sum > room || len(few)+len(long) != len(asked) || len(few) == 0 {
			t.Errorf("%s: %d bytes in a room of %d, %d at hand, too long %v", c.name, sum, room, len(few), long)
		}
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
		if got := reads(&c.step, name); got != c.want {
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
		names, stands := graph.Progress(at.Plan, at.State, graph.Reader{Step: 1, Place: -1, People: people})
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
