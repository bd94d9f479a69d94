package graph_test

import (
	"fmt"
	"testing"
	"time"

	"slipway/pipelines/plan"
	"slipway/pipelines/task"
	"slipway/runner/graph"
)

// chain is a plan of steps one after the other, each on some targets.
func chain(steps, targets int) plan.Plan {
	p := plan.Plan{Format: plan.Format, Deployment: "Deployments-1", Environment: "Test"}
	for i := range steps {
		step := plan.Step{Name: fmt.Sprintf("Step %d", i), Kind: plan.OnHosts, First: p.Tasks(), Window: 10, Targets: hosts(targets)}
		if i > 0 {
			step.Needs = []int{i - 1}
		}
		p.Steps = append(p.Steps, step)
	}
	return p
}

func hosts(n int) []plan.Target {
	out := make([]plan.Target, n)
	for i := range out {
		out[i] = plan.Target{ID: fmt.Sprintf("Targets-%d", i), Name: fmt.Sprintf("web-%d", i)}
	}
	return out
}

// rollingPlan is one rolling step with child steps. The second of them leaves
// the first target out, so that places differ.
func rollingPlan(targets, children, window int) plan.Plan {
	all := hosts(targets)
	p := plan.Plan{Format: plan.Format, Deployment: "Deployments-1"}
	p.Steps = []plan.Step{{Name: "Web", Kind: plan.Rolling, Targets: all, Window: window, Children: children}}
	for i := range children {
		of := all
		if i == 1 {
			of = all[1:]
		}
		p.Steps = append(p.Steps, plan.Step{Name: fmt.Sprintf("Child %d", i), Kind: plan.OnHosts, Within: 1, First: p.Tasks(), Targets: of})
	}
	return p
}

// through plays a deployment in which all goes well; it says how many events it
// took.
func through(tb testing.TB, p plan.Plan) (graph.State, int) {
	state, waiting := graph.Begin(p), []graph.Effect(nil)
	at, events := time.Unix(1_700_000_000, 0), 0
	advance := func(h graph.Happening) {
		at, events = at.Add(time.Second), events+1
		next, effects, err := graph.Advance(p, state, graph.Event{At: at, Of: h})
		if err != nil {
			tb.Fatal(err)
		}
		state, waiting = next, append(waiting, effects...)
	}
	advance(graph.Started{})
	for len(waiting) > 0 {
		e := waiting[0]
		waiting = waiting[1:]
		switch w := e.Do.(type) {
		case graph.RunTask:
			advance(graph.TaskReported{Task: w.Task, Attempt: w.Attempt, Outcome: task.Succeeded, Outputs: map[string]string{"Port": "8080"}})
		case graph.Finish:
			advance(graph.Closed{})
		}
	}
	if !state.Head.Closed {
		tb.Fatalf("the deployment is %s", state.Head.Status)
	}
	return state, events
}

// BenchmarkAdvance is the price of one event, over a whole deployment.
func BenchmarkAdvance(b *testing.B) {
	conditional := chain(100, 1)
	for i := 1; i < 100; i++ {
		conditional.Steps[i].If = fmt.Sprintf("steps[%q].succeeded", conditional.Steps[i-1].Name)
	}
	variable := chain(100, 1)
	for i := 1; i < 100; i++ {
		variable.Steps[i].Run = "#{if Octopus.Step[Step 0].Status.Code == \"Succeeded\"}yes#{/if}"
	}
	failing := chain(100, 1)
	failing.Steps[99].Run = "#{unless Octopus.Deployment.Error}yes#{/unless}"
	for _, of := range []struct {
		name string
		plan plan.Plan
	}{
		{"10-steps", chain(10, 1)},
		{"100-steps", chain(100, 1)},
		{"1000-steps", chain(1000, 1)},
		{"2000-targets", chain(1, 2000)},
		{"100-steps-20-targets", chain(100, 20)},
		{"rolling-3-children-20-targets", rollingPlan(20, 3, 10)},
		{"rolling-3-children-2000-targets", rollingPlan(2000, 3, 10)},
		{"100-steps-each-with-if", conditional},
		{"100-steps-each-with-variable-condition", variable},
	} {
		b.Run(of.name, func(b *testing.B) {
			b.ReportAllocs()
			for events := 0; events < b.N; {
				_, n := through(b, of.plan)
				events += n
			}
		})
	}
}

// BenchmarkOpen is the price of a look at a deployment in its middle.
func BenchmarkOpen(b *testing.B) {
	p := rollingPlan(2000, 3, 10)
	state := graph.Begin(p)
	at := time.Unix(1_700_000_000, 0)
	state, effects, _ := graph.Advance(p, state, graph.Event{At: at, Of: graph.Started{}})
	for range 3000 {
		w := effects[0].Do.(graph.RunTask)
		next, more, _ := graph.Advance(p, state, graph.Event{At: at, Of: graph.TaskReported{Task: w.Task, Attempt: 1, Outcome: task.Succeeded}})
		state, effects = next, append(effects[1:], more...)
	}
	for b.Loop() {
		if len(graph.Open(p, state)) != 10 {
			b.Fatal("not ten are open")
		}
	}
}
