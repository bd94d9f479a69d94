package graph

import (
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
)

// cancelQueued: what never began ends at once.
func (t *turn) cancelQueued(c CancelAsked) bool {
	head := &t.state.Head
	head.Cancel = &Cancel{At: t.at, UserID: c.UserID, Called: c.Called, Note: c.Note}
	head.Started = t.at
	head.Status = pipelines.Running
	for i := range head.Steps {
		t.leave(i, pipelines.Cancelled, "cancelled before it began")
	}
	return true
}

// secondCancel is how long after the first a cancel is a wish of its own, and
// no double click.
const secondCancel = 3 * time.Second

// cancelAsked: the first wish stops what runs and lets `always` steps follow;
// the second ends at once, and what may still run is called unknown.
func (t *turn) cancelAsked(c CancelAsked) bool {
	head := &t.state.Head
	if head.Cancel != nil {
		if t.at.Sub(head.Cancel.At) < secondCancel {
			return false // the same wish, sent twice
		}
		t.endAtOnce()
		return true
	}
	head.Cancel = &Cancel{At: t.at, UserID: c.UserID, Called: c.Called, Note: c.Note}
	head.Status = pipelines.Cancelling
	for i, s := range t.plan.Steps {
		now := t.step(i)
		switch {
		case now.Status == pipelines.Waiting:
			x := t.state.change(s.First)
			x.Message = "cancelled by " + c.Called
			t.endTask(i, x, pipelines.Cancelled)
		case now.Status == pipelines.Running:
			t.stopStep(i, s)
		}
	}
	return true
}

// stopStep ends the running attempts of a step, unless it runs always.
func (t *turn) stopStep(i int, s plan.Step) {
	if s.Run == pipelines.RunAlways {
		return
	}
	for number := s.First; number < s.First+t.step(i).Next; number++ {
		now := t.state.Task(number)
		if now.Status != pipelines.Running {
			continue
		}
		x := t.state.change(number)
		if !x.Wake.IsZero() { // a retry that has not begun
			x.Wake = time.Time{}
			t.endTask(i, x, pipelines.Cancelled)
			continue
		}
		x.Stop = true
		t.emit(StopTask{Step: i, Task: number, Attempt: x.Attempt})
	}
}

func (t *turn) endAtOnce() {
	for i, s := range t.plan.Steps {
		now := t.step(i)
		for number := s.First; number < s.First+now.Next; number++ {
			if t.state.Task(number).Status != pipelines.Running {
				continue
			}
			x := t.state.change(number)
			x.Wake = time.Time{}
			x.Message = "may still be running: the deployment was cancelled twice"
			t.endTask(i, x, pipelines.Unknown)
		}
		if !now.Status.Ended() && now.Status == pipelines.Pending {
			t.leave(i, pipelines.Cancelled, "cancelled before it began")
		}
	}
}
