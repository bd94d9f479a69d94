package graph_test

import (
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
	"slipway/runner/graph"
)

// TestDamagedStatesAreRefused: what cannot be a state of the plan is an error
// that says so, and never a guess.
func TestDamagedStatesAreRefused(t *testing.T) {
	t.Parallel()
	p := chain(3, 150)
	for name, damage := range map[string]func(*graph.State){
		"newer":         func(s *graph.State) { s.Head.Format++ },
		"a step less":   func(s *graph.State) { s.Head.Steps = s.Head.Steps[:2] },
		"no parts":      func(s *graph.State) { s.Parts = nil },
		"a part less":   func(s *graph.State) { s.Parts = s.Parts[:4] },
		"a part cut":    func(s *graph.State) { s.Parts[4].Tasks = s.Parts[4].Tasks[:3] },
		"parts swapped": func(s *graph.State) { s.Parts[0].Tasks, s.Parts[4].Tasks = s.Parts[4].Tasks[:50], s.Parts[0].Tasks },
	} {
		s := graph.Begin(p)
		damage(&s)
		if _, _, err := graph.Advance(p, s, graph.Event{Of: graph.Started{}}); err == nil || !strings.Contains(err.Error(), "Deployments-1") {
			t.Errorf("%s: Advance gives the error %v, want one that names the deployment", name, err)
		}
		if graph.Check(p, s) == nil {
			t.Errorf("%s: Check finds nothing", name)
		}
	}
}

// TestCheckFindsFaults: a state that no events lead to is found.
func TestCheckFindsFaults(t *testing.T) {
	t.Parallel()
	p := rollingPlan(4, 2, 2)
	p.Steps = append(p.Steps, plan.Step{Name: "Ask", Kind: plan.Ask, Needs: []int{0}, First: p.Tasks(), Question: &plan.Question{}})
	state, effects, err := graph.Advance(p, graph.Begin(p), graph.Event{At: time.Unix(1, 0), Of: graph.Started{}})
	if err != nil || len(effects) != 2 || graph.Check(p, state) != nil {
		t.Fatalf("begins with %v, %v, %v", effects, err, graph.Check(p, state))
	}
	for name, break_ := range map[string]func(*graph.State){
		"a lane more than the window":   func(s *graph.State) { s.Head.Steps[0].Running, s.Head.Steps[0].Next = 3, 3 },
		"lanes miscounted":              func(s *graph.State) { s.Head.Steps[0].Done++ },
		"a task that nobody counts":     func(s *graph.State) { s.Parts[0].Tasks[2].Status = pipelines.Running },
		"a second child in a lane":      func(s *graph.State) { s.Parts[0].Tasks[4].Status, s.Head.Steps[2].Running = pipelines.Running, 1 },
		"a choice that nobody asks for": func(s *graph.State) { s.Parts[0].Tasks[0].Ask = pipelines.Unknown },
		"choices miscounted":            func(s *graph.State) { s.Head.Steps[1].Choices = 1 },
		"hosts without the place":       func(s *graph.State) { s.Head.Place = graph.PlaceNone },
		"queued and running":            func(s *graph.State) { s.Head.Status = pipelines.Queued },
		"a question too early": func(s *graph.State) {
			s.Head.Steps[3].Next = 1
			s.Head.Steps[3].Running = 1
			s.Parts[0].Tasks[7].Status = pipelines.Running
			s.Head.Steps[3].Status = pipelines.Waiting
		},
		"an end with open steps": func(s *graph.State) { s.Head.Status = pipelines.Failed },
		"an answer from nobody": func(s *graph.State) {
			s.Parts[0].Tasks[7].Status, s.Head.Steps[3].Done, s.Head.Steps[3].Status = pipelines.Succeeded, 1, pipelines.Succeeded
		},
	} {
		s, _, _ := graph.Advance(p, graph.Begin(p), graph.Event{At: time.Unix(1, 0), Of: graph.Started{}})
		break_(&s)
		if graph.Check(p, s) == nil {
			t.Errorf("%s: Check finds nothing", name)
		}
	}
}

// TestOlderStatesGoOn: a state without a place has it from its start to its end.
func TestOlderStatesGoOn(t *testing.T) {
	t.Parallel()
	p := chain(2, 1)
	queued := graph.Begin(p)
	queued.Head.Place = ""
	running, effects, err := graph.Advance(p, queued, graph.Event{At: time.Unix(1, 0), Of: graph.Started{}})
	if err != nil || len(effects) != 1 {
		t.Fatalf("an older queued state begins with %v, %v", effects, err)
	}
	running.Head.Place, running.Head.Touched = "", time.Time{}
	next, effects, err := graph.Advance(p, running, graph.Event{At: time.Unix(2, 0), Of: graph.TaskReported{Attempt: 1, Outcome: task.Succeeded}})
	if err != nil || len(effects) != 1 || next.Head.Stands() != graph.PlaceHeld {
		t.Fatalf("an older running state goes on with %v, %v, and its place is %q", effects, err, next.Head.Stands())
	}
}

// TestCycles: a deployment whose steps need each other ends, and says why.
func TestCycles(t *testing.T) {
	t.Parallel()
	p := chain(3, 1)
	p.Steps[1].Needs = []int{2}
	state, _, _ := graph.Advance(p, graph.Begin(p), graph.Event{At: time.Unix(1, 0), Of: graph.Started{}})
	state, _, err := graph.Advance(p, state, graph.Event{At: time.Unix(2, 0), Of: graph.TaskReported{Attempt: 1, Outcome: task.Succeeded}})
	if err != nil || state.Head.Status != pipelines.Failed || !strings.Contains(state.Head.Message, "needs itself") {
		t.Errorf("ends as %s (%s, %v), want failed for the cycle", state.Head.Status, state.Head.Message, err)
	}
}

// TestLateNeeds: a step may need one that stands below it.
func TestLateNeeds(t *testing.T) {
	t.Parallel()
	p := chain(3, 1)
	p.Steps[0].Needs, p.Steps[1].Needs, p.Steps[2].Needs = []int{1}, []int{2}, nil
	for i := range p.Steps {
		p.Steps[i].Retries = 0
	}
	state, effects, _ := graph.Advance(p, graph.Begin(p), graph.Event{At: time.Unix(1, 0), Of: graph.Started{}})
	if len(effects) != 1 || effects[0].ID != "run-2-1" {
		t.Fatalf("begins with %v, want the last step", effects)
	}
	state, _, _ = graph.Advance(p, state, graph.Event{At: time.Unix(2, 0), Of: graph.TaskReported{Task: 2, Attempt: 1, Outcome: task.Failed, Message: "broken"}})
	for i := range 2 {
		if s := state.Head.Steps[i]; s.Status != pipelines.Skipped || s.Message != "step Step 2 did not succeed" {
			t.Errorf("step %d is %s (%s) at once, want skipped for Step 2", i, s.Status, s.Message)
		}
	}
}
