package graph_test

import (
	"fmt"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
	"slipway/runner/graph"
)

// TestLargeDeployments go through, and their states hold.
func TestLargeDeployments(t *testing.T) {
	t.Parallel()
	for name, of := range map[string]struct {
		plan   plan.Plan
		events int
	}{
		"1000 steps":                    {chain(1000, 1), 1002},
		"2000 targets":                  {chain(1, 2000), 2002},
		"3 child steps on 2000 targets": {rollingPlan(2000, 3, 10), 2 + 2000 + 1999 + 2000},
		"300 steps, each on 20 targets": {chain(300, 20), 6002},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			state, events := through(t, of.plan)
			if err := graph.Check(of.plan, state); err != nil || events != of.events || state.Head.Status != pipelines.Succeeded {
				t.Errorf("ends as %s after %d events (%v), want succeeded after %d", state.Head.Status, events, err, of.events)
			}
		})
	}
}

// TestAnEventCostsTheSameAnywhere: what has ended, and how many targets there
// are, does not make the next event dearer.
func TestAnEventCostsTheSameAnywhere(t *testing.T) {
	of := map[string]float64{}
	for _, targets := range []int{40, 2000} {
		p := rollingPlan(targets, 3, 10)
		state, effects, _ := graph.Advance(p, graph.Begin(p), graph.Event{At: time.Unix(1, 0), Of: graph.Started{}})
		report := func() graph.Event {
			w := effects[0].Do.(graph.RunTask)
			return graph.Event{At: time.Unix(2, 0), Of: graph.TaskReported{Task: w.Task, Attempt: w.Attempt, Outcome: task.Succeeded}}
		}
		measure := func(where string) {
			e := report()
			of[fmt.Sprint(where, targets)] = testing.AllocsPerRun(20, func() {
				if _, _, err := graph.Advance(p, state, e); err != nil {
					t.Fatal(err)
				}
			})
		}
		for n := 0; n < 3*targets-50; n++ {
			if n == 9 { // in the midst of the first lanes
				measure("early")
			}
			next, more, _ := graph.Advance(p, state, report())
			state, effects = next, append(effects[1:], more...)
		}
		measure("late")
	}
	for where, allocations := range of {
		if allocations > 25 {
			t.Errorf("an event allocates %v times at %s, want at most 25 anywhere: %v", allocations, where, of)
		}
	}
}
