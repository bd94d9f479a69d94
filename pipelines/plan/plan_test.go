package plan_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/octostache"
	"slipway/pipelines/plan"
	"slipway/pipelines/steps/nginx"
)

// valueAt is what the last variable of a name says for one task.
func valueAt(p plan.Plan, step, place int, name string) string {
	v := octostache.NewVariables()
	for _, x := range p.At(step, place) {
		v.Set(x.Name, x.Value)
	}
	result, err := octostache.Evaluate("#{"+name+"}", v, octostache.Options{})
	if err != nil {
		return err.Error()
	}
	return result.Text
}

func TestVariablesOfEachTarget(t *testing.T) {
	t.Parallel()
	in := input(pipelines.Project{ID: "Projects-1", Name: "P", Steps: []pipelines.Step{runs("one", "#{X}"), runs("two", "#{X}")}}, dev, web(1), web(2), web(3))
	in.Targets[2].Roles = []string{"web", "big"}
	at := func(value string, scope pipelines.Scope) pipelines.Variable {
		return pipelines.Variable{Name: "X", Value: pipelines.Text(value), Scope: scope}
	}
	in.Release.Project.Variables = []pipelines.Variable{
		at("all", pipelines.Scope{}),
		at("two", pipelines.Scope{Steps: []string{"two"}}),
		at("web-2", pipelines.Scope{Targets: []string{"web-2"}}),
		at("big", pipelines.Scope{Roles: []string{"big"}}),
		// more closely scoped than `two`, with the text of the widest one
		at("all", pipelines.Scope{Steps: []string{"two"}, Targets: []string{"web-1"}}),
	}
	p := plan.Make(in)
	if len(p.Findings) > 0 {
		t.Fatalf("findings: %+v", p.Findings)
	}
	want := [][]string{{"all", "web-2", "big"}, {"all", "two", "two"}}
	for step := range want {
		for place := range want[step] {
			if got := valueAt(p, step, place, "X"); got != want[step][place] {
				t.Errorf("X in step %s on %s is %q, want %q", p.Steps[step].Name, p.Steps[step].Targets[place].Name, got, want[step][place])
			}
			if got, want := valueAt(p, step, place, "Octopus.Machine.Name"), fmt.Sprintf("web-%d", place+1); got != want {
				t.Errorf("the machine's name is %q, want %q", got, want)
			}
		}
	}
}

// TestEveryTargetIsChecked: what one target lacks is found, also where the
// others have it.
func TestEveryTargetIsChecked(t *testing.T) {
	t.Parallel()
	for _, transport := range []string{"ssh", "pretend"} {
		in := input(pipelines.Project{ID: "Projects-1", Name: "P", Steps: []pipelines.Step{runs("one", "#{X}")}}, dev, web(1), web(2))
		if transport == "pretend" {
			for i := range in.Targets {
				in.Targets[i].SSH, in.Targets[i].Pretend = nil, "x"
			}
		}
		in.Release.Project.Variables = []pipelines.Variable{
			{Name: "X", Value: "1", Scope: pipelines.Scope{Targets: []string{"web-1"}}},
			{Name: "X", Value: "#{Nowhere}", Scope: pipelines.Scope{Targets: []string{"web-2"}}},
		}
		if blocked := plan.Make(in).Blocked(); len(blocked) != 1 || !strings.Contains(blocked[0].Message, "#{Nowhere}") {
			t.Errorf("%s: Blocked = %+v, want what web-2 lacks", transport, blocked)
		}
		in.Release.Project.Variables = in.Release.Project.Variables[:1]
		if blocked := plan.Make(in).Blocked(); len(blocked) != 1 || !strings.Contains(blocked[0].Message, "#{X}") {
			t.Errorf("%s: Blocked = %+v, want that X has no value on web-2", transport, blocked)
		}
	}
}

// TestTextsOfOthersAreNotEvaluated: names and notes are texts, not templates.
func TestTextsOfOthersAreNotEvaluated(t *testing.T) {
	t.Parallel()
	in := deploying(runs("a", "#{Octopus.Release.Notes} #{Octopus.Deployment.CreatedBy.DisplayName}"))
	in.Release.Notes = "#{Octopus.Environment.Name}"
	in.CreatedBy.DisplayName = "#{Nobody}"
	p := plan.Make(in)
	if len(p.Findings) > 0 {
		t.Errorf("findings: %+v", p.Findings)
	}
	if got := p.Steps[0].Shown[0].Text; got != "#{Octopus.Environment.Name} #{Nobody}" {
		t.Errorf("the text comes out as %q", got)
	}
}

func TestASecretStandsInThePlanByName(t *testing.T) {
	t.Parallel()
	in := deploying(runs("a", "login #{Password}"))
	in.Release.Project.Variables = []pipelines.Variable{{Name: "Password", Secret: "db"}}
	in.SecretVersion = func(string) (int, bool) { return 7, true }
	p := plan.Make(in)
	at := p.Variables[len(p.Variables)-1]
	if at != (plan.Variable{Name: "Password", Secret: "db@7"}) {
		t.Errorf("the plan holds %+v", at)
	}
	if got := p.Steps[0].Shown[0].Text; got != "login ‹known on the host›" {
		t.Errorf("the text is shown as %q", got)
	}
}

func TestStepsAndTasks(t *testing.T) {
	t.Parallel()
	skipped := runs("c", "echo")
	skipped.Disabled = true
	in := deploying(runs("a", "echo"), asks("b", "look"), skipped, mails("d", "hi"))
	in.Targets = append(in.Targets, web(2), web(3))
	p := plan.Make(in)
	if p.Tasks() != 5 {
		t.Errorf("Tasks = %d, want 3 + 1 + 0 + 1", p.Tasks())
	}
	for number, want := range map[int][2]int{-1: {-1, -1}, 0: {0, 0}, 2: {0, 2}, 3: {1, 0}, 4: {3, 0}, 5: {-1, -1}} {
		if step, place := p.StepOf(number); step != want[0] || place != want[1] {
			t.Errorf("StepOf(%d) = %d, %d; want %v", number, step, place, want)
		}
	}
	if p.Step("B") != 1 || p.Step("z") != -1 {
		t.Errorf("Step finds %d and %d", p.Step("B"), p.Step("z"))
	}
}

// TestTheHashIsStable: the same input gives the same bytes, whatever the order
// in which maps are walked.
func TestTheHashIsStable(t *testing.T) {
	t.Parallel()
	nouns := sample(t)
	in := input(nouns.Projects[0], nouns.Environments[1], web(1), web(2))
	in.Targets[0].Roles, in.Targets[1].Roles = []string{"web", "a", "b", "c"}, []string{"d", "web", "e"}
	first, hash, err := plan.Make(in).Encode()
	if err != nil {
		t.Fatal(err)
	}
	for range 50 {
		in.Types = maps.Clone(in.Types)
		bytesNow, now, err := plan.Make(in).Encode()
		if err != nil {
			t.Fatal(err)
		}
		if now != hash || !bytes.Equal(bytesNow, first) {
			t.Fatalf("the plan comes out as\n%s\nand as\n%s", bytesNow, first)
		}
	}
	in.Release.Notes += "!"
	if _, other, _ := plan.Make(in).Encode(); other == hash {
		t.Error("another plan has the same hash")
	}
}

func TestMakeChangesNoInput(t *testing.T) {
	t.Parallel()
	in := deploying(runs("a", "echo"))
	in.Targets = slices.Clip(append(in.Targets, web(2)))
	before := fmt.Sprintf("%+v", in.Release)
	plan.Make(in)
	if after := fmt.Sprintf("%+v", in.Release); after != before || in.Targets[1].Name != "web-2" {
		t.Errorf("Make changed the release to\n%s\nfrom\n%s", after, before)
	}
}

func TestDecodeRefusesANewerFormat(t *testing.T) {
	t.Parallel()
	_, err := plan.Decode([]byte(`{"format":3,"deployment":"Deployments-9"}`))
	if pipelines.CodeOf(err) != pipelines.Unavailable || err.Error() != "the plan of Deployments-9 has format 3, this program understands up to 2: use the newer program" {
		t.Errorf("Decode = %v", err)
	}
	if _, err := plan.Decode([]byte(`{`)); err == nil {
		t.Error("half a plan was decoded")
	}
}

func wide(n int) plan.Input {
	s := runs("wide", "cd #{Octopus.Machine.Name}")
	site := serves("site", "8080")
	site.Action.Settings = raw(nginx.Settings{Package: "RandomQuotes", Bindings: []nginx.Binding{{Port: "8080"}}, Locations: []nginx.Location{{Path: "/"}}})
	in := deploying(s, site)
	in.Targets = nil
	for i := range n {
		in.Targets = append(in.Targets, web(i+1))
	}
	return in
}

// TestTwoThousandTargets bounds the bytes of a plan at full width.
func TestTwoThousandTargets(t *testing.T) {
	t.Parallel()
	b, _, err := plan.Make(wide(2000)).Encode()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("2 steps on 2000 targets: %d bytes", len(b))
	if len(b) > 4<<20 {
		t.Errorf("the plan has %d bytes, want at most 4 MB", len(b))
	}
}

func BenchmarkMakeAndEncodeTwoThousandTargets(b *testing.B) {
	in := wide(2000)
	for b.Loop() {
		bytes, _, err := plan.Make(in).Encode()
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(bytes)), "plan-bytes")
	}
}
