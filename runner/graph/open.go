package graph

import (
	"slices"

	"slipway/pipelines"
	"slipway/pipelines/plan"
)

// Open are all effects that still lack their answer, found from the state
// alone. A runner that begins anew performs them all.
func Open(p plan.Plan, s State) []Effect {
	if s.Head.Status.Ended() {
		if s.Head.Closed {
			return nil
		}
		return []Effect{effect(Finish{Round: s.Head.TakenUp()})}
	}
	t := turn{plan: &p, state: s}
	for i := range p.Steps {
		if now := t.step(i); now.Running > 0 && p.Steps[i].Kind != plan.Rolling {
			t.openStep(i, now)
		}
	}
	t.alarms(func(a Alarm) { t.emit(SetAlarm{a.Name, a.At}) })
	return t.effects
}

// openStep looks from the newest task back, so that a step with many targets
// costs no more than those of them that run.
func (t *turn) openStep(i int, now *StepState) {
	if t.plan.Steps[i].Kind == plan.Ask {
		t.emit(AskPeople{Step: i, Round: now.Round, Reminder: now.Reminded})
		return
	}
	var numbers []int
	first := t.plan.Steps[i].First
	for number := first + now.Next - 1; number >= first && len(numbers) < now.Running; number-- {
		if s := t.state.at(number).Status; s == pipelines.Running || s == pipelines.Waiting {
			numbers = append(numbers, number)
		}
	}
	for _, number := range slices.Backward(numbers) {
		t.openTask(i, number)
	}
}

func (t *turn) openTask(step, number int) {
	x := t.state.at(number)
	switch {
	case x.Ask != "":
		t.emit(AskChoice{Step: step, Task: number, Attempt: x.Attempt})
		return
	case !x.Wake.IsZero():
		t.emit(WakeMe{Task: number, Attempt: x.Attempt, At: x.Wake})
		return
	}
	t.emit(t.attempt(step, number, x.Attempt))
	if x.Stop {
		t.emit(StopTask{Step: step, Task: number, Attempt: x.Attempt})
	}
}
