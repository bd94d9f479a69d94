package graph_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
	"slipway/runner/graph"
)

// TestRandomSchedules plays random graphs with random answers in random order,
// many of them twice or from nowhere. After each event the invariants hold,
// what is open is open once, the same event changes nothing a second time, and
// in the end every deployment ends.
func TestRandomSchedules(t *testing.T) {
	t.Parallel()
	seeds := uint64(400)
	if os.Getenv("SLIPWAY_SOAK") != "" {
		seeds = 40_000
	}
	for seed := range seeds {
		play := schedule{t: t, seed: seed, rand: rand.New(rand.NewPCG(seed, 1))}
		play.run()
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

type schedule struct {
	t      *testing.T
	seed   uint64
	rand   *rand.Rand
	plan   plan.Plan
	events int64
}

func (s *schedule) randomPlan() plan.Plan {
	p := plan.Plan{Format: plan.Format, Deployment: "Deployments-1"}
	if s.rand.IntN(8) == 0 {
		p.Findings = []plan.Finding{{Step: "s0", Message: "wrong", Blocks: true}}
	}
	for i := range 1 + s.rand.IntN(8) {
		step := plan.Step{Name: fmt.Sprintf("s%d", i), Kind: plan.OnHosts, First: p.Tasks(), Window: 1 + s.rand.IntN(4), Retries: s.rand.IntN(3)}
		for n := range i {
			if s.rand.IntN(i) == 0 {
				step.Needs = append(step.Needs, n)
			}
		}
		step.Run = []pipelines.Condition{"", "", pipelines.RunAlways, pipelines.RunFailure}[s.rand.IntN(4)]
		switch s.rand.IntN(6) {
		case 0:
			step.Kind = plan.Ask
		case 1:
			step.Kind = plan.Mail
		case 2:
			step.Skip = "skipped"
		}
		if step.Kind == plan.OnHosts {
			for n := range 1 + s.rand.IntN(150)*s.rand.IntN(2) {
				step.Targets = append(step.Targets, plan.Target{ID: fmt.Sprint(n), Name: fmt.Sprint(n)})
			}
		}
		p.Steps = append(p.Steps, step)
	}
	return p
}

func (s *schedule) run() {
	s.plan = s.randomPlan()
	state := graph.Begin(s.plan)
	state = s.apply(state, graph.Started{})
	for range 20_000 {
		if state.Head.Closed {
			return
		}
		if s.rand.IntN(200) == 0 {
			state = s.apply(state, graph.CancelAsked{Called: "ida"})
		}
		if s.rand.IntN(5) == 0 {
			state = s.apply(state, s.noise())
		}
		open := graph.Open(s.plan, state)
		if len(open) == 0 && state.Head.Closed {
			return // closed by noise after its end
		}
		if len(open) == 0 {
			s.t.Errorf("nothing is open, and the deployment is %s", state.Head.Status)
			return
		}
		state = s.apply(state, s.answer(open[s.rand.IntN(len(open))]))
	}
	s.t.Errorf("the deployment never ended: %+v", state.Head)
}

func (s *schedule) apply(before graph.State, h graph.Happening) graph.State {
	s.events++
	e := graph.Event{At: time.Unix(1_700_000_000+2*s.events, 0), Of: h}
	was, err := json.Marshal(before)
	if err != nil {
		s.t.Fatal(err)
	}
	after, _, err := graph.Advance(s.plan, before, e)
	if err != nil {
		s.t.Fatal(err)
	}
	if now, _ := json.Marshal(before); string(now) != string(was) {
		s.t.Errorf("seed %d: Advance changed the state it was given, by %#v", s.seed, h)
	}
	if err := graph.Check(s.plan, after); err != nil {
		s.t.Errorf("seed %d: after %#v: %v", s.seed, h, err)
	}
	if loaded := graph.Load(s.plan, after.Head, after.Changed(graph.Begin(s.plan))); !reflect.DeepEqual(loaded.Parts, after.Parts) {
		s.t.Errorf("seed %d: the changed parts do not give the state", s.seed)
	}
	if _, cancel := h.(graph.CancelAsked); !cancel {
		if again, effects, _ := graph.Advance(s.plan, after, e); len(effects) > 0 || !reflect.DeepEqual(again.Head, after.Head) {
			s.t.Errorf("seed %d: %#v a second time asks for %v", s.seed, h, effects)
		}
	}
	return after
}

func (s *schedule) answer(e graph.Effect) graph.Happening {
	switch w := e.Do.(type) {
	case graph.RunTask:
		outcome := []task.Outcome{task.Succeeded, task.Succeeded, task.Succeeded, task.Succeeded, task.Failed, task.Unknown}[s.rand.IntN(6)]
		return graph.TaskReported{Task: w.Task, Attempt: w.Attempt, Outcome: outcome}
	case graph.StopTask:
		return graph.TaskReported{Task: w.Task, Attempt: w.Attempt, Outcome: task.Cancelled}
	case graph.AskPeople:
		return graph.Answered{Step: w.Step, Proceed: s.rand.IntN(3) > 0, Called: "stella"}
	case graph.SendMail:
		return graph.Mailed{Step: w.Step, Attempt: w.Attempt, Sent: s.rand.IntN(3) > 0}
	case graph.WakeMe:
		return graph.TimerRang{Task: w.Task, Attempt: w.Attempt}
	}
	return graph.Closed{}
}

// noise is an event that nobody asked for.
func (s *schedule) noise() graph.Happening {
	n := s.rand.IntN(s.plan.Tasks()+3) - 1
	return []graph.Happening{
		graph.Started{}, graph.Closed{},
		graph.TaskReported{Task: n, Attempt: 7, Outcome: task.Succeeded},
		graph.TimerRang{Task: n, Attempt: 9},
		graph.Mailed{Step: s.rand.IntN(len(s.plan.Steps)+2) - 1, Attempt: 9, Sent: true},
	}[s.rand.IntN(5)]
}

// TestEventsSurviveStorage: every kind comes back as it went.
func TestEventsSurviveStorage(t *testing.T) {
	t.Parallel()
	for _, h := range []graph.Happening{
		graph.Started{}, graph.Closed{},
		graph.TaskReported{Task: 3, Attempt: 2, Outcome: task.Failed, Exit: 4, Message: "m", Outputs: map[string]string{"a": "b"}},
		graph.Answered{Step: 1, Proceed: true, UserID: "u", Called: "c", Mail: "m", Note: "n", Via: "v"},
		graph.Mailed{Step: 1, Attempt: 2, Sent: true, Message: "m"},
		graph.TimerRang{Task: 1, Attempt: 2}, graph.CancelAsked{UserID: "u", Called: "c", Note: "n"},
	} {
		want := graph.Event{ID: "e1", At: time.Unix(5, 0).UTC(), Of: h}
		b, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got graph.Event
		if err := json.Unmarshal(b, &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s comes back as %+v (%v), want %+v", b, got, err, want)
		}
	}
	var e graph.Event
	if err := json.Unmarshal([]byte(`{"id":"x","kind":"teleported","of":{}}`), &e); err == nil {
		t.Error("an unknown kind was read without an error")
	}
}
