package graph

import (
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
		return []Effect{effect(Finish{})}
	}
	t := turn{plan: p, state: s}
	for i, step := range p.Steps {
		now := s.Head.Steps[i]
		switch now.Status {
		case pipelines.Waiting:
			t.emit(AskPeople{Step: i})
		case pipelines.Running:
			for number := step.First; number < step.First+now.Next; number++ {
				t.openTask(i, number)
			}
		}
	}
	return t.effects
}

func (t *turn) openTask(step, number int) {
	x := t.state.Task(number)
	if x.Status != pipelines.Running {
		return
	}
	if !x.Wake.IsZero() {
		t.emit(WakeMe{Task: number, Attempt: x.Attempt, At: x.Wake})
		return
	}
	t.emit(t.attempt(step, number, x.Attempt))
	if x.Stop {
		t.emit(StopTask{Step: step, Task: number, Attempt: x.Attempt})
	}
}
