package graph

import (
	"cmp"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
)

// The law of cancel: the first wish stops what runs and lets `always` steps
// follow; the second ends at once, and what may still run is called unknown. So
// it is, too, when what was told to stop has not said within a minute that it
// has: a host that is out of reach keeps nobody waiting. A time limit stops in
// the same way.

// cancelQueued: what never began ends at once.
func (t *turn) cancelQueued(c CancelAsked) bool {
	t.never(Cancel{At: t.at, UserID: c.UserID, Called: c.Called, Note: c.Note}, "cancelled before it began")
	return true
}

// superseded: another deployment takes this one's turn, which has not begun.
func (t *turn) superseded(s Superseded) bool {
	t.never(Cancel{At: t.at, By: s.By, Why: s.Why}, s.Why)
	return true
}

// why is what is said of a step that is left out or stopped for it.
func (c *Cancel) why() string {
	if c.Limit > 0 {
		return "the deployment took longer than " + spoken(c.Limit)
	}
	return "the deployment was cancelled"
}

func (t *turn) never(c Cancel, why string) {
	head := &t.state.Head
	head.Cancel, head.Started, head.Status = &c, t.at, pipelines.Running
	for i := range head.Steps {
		t.leave(i, pipelines.Cancelled, why)
	}
}

// secondCancel is how long after the first a cancel is a wish of its own, and
// no double click.
const secondCancel = 3 * time.Second

func (t *turn) cancelAsked(c CancelAsked) bool {
	if first := t.state.Head.Cancel; first != nil {
		if t.at.Sub(first.At) < secondCancel {
			return false // the same wish, sent twice
		}
		t.endAtOnce()
		return true
	}
	t.stop(Cancel{At: t.at, UserID: c.UserID, Called: c.Called, Note: c.Note})
	return true
}

// stop ends what runs and what waits. What may run in spite of it is left to
// settle.
func (t *turn) stop(c Cancel) {
	head := &t.state.Head
	head.Cancel = &c
	ended := "cancelled by " + c.Called
	if c.Limit > 0 {
		ended = c.why()
	}
	if head.Status != pipelines.Queued {
		head.Status = pipelines.Cancelling
	}
	for i := range t.plan.Steps {
		switch s := &t.plan.Steps[i]; {
		case t.asks(i):
			t.endAsk(i, pipelines.Cancelled, ended)
		case s.Kind != plan.Ask && t.step(i).Running > 0:
			t.stopStep(i, s)
		}
	}
}

// stopStep ends the running attempts of a step, unless it runs always, and those
// that wait for a choice as they would have ended without one.
func (t *turn) stopStep(i int, s *plan.Step) {
	always := !t.stopping(i)
	t.underway(i, func(number int) {
		x := t.state.change(number)
		switch {
		case x.Ask != "":
			t.endChoice(i, number, x)
		case always || s.Kind == plan.Mail && x.Wake.IsZero():
		case !x.Wake.IsZero(): // a retry that has not begun
			x.Wake = time.Time{}
			t.endTask(i, number, x, pipelines.Cancelled)
		default:
			x.Stop = true
			t.emit(StopTask{Step: i, Task: number, Attempt: x.Attempt})
		}
	})
}

// stopPatience is how long after the first cancel what was told to stop has time
// to say that it has. Where timers come by the minute, the ring may be that late.
const stopPatience = 50 * time.Second

// stops says whether attempts on hosts have been told to stop, and run.
func (t *turn) stops() bool {
	if t.state.Head.Cancel == nil {
		return false
	}
	for i := range t.plan.Steps {
		if t.toldToStop(i) {
			return true
		}
	}
	return false
}

func (t *turn) toldToStop(i int) bool {
	return t.plan.Steps[i].Kind == plan.OnHosts && t.step(i).Running > 0 && t.stopping(i)
}

// stopped: nobody knows what still runs. What follows goes on all the same.
func (t *turn) stopped() {
	for i := range t.plan.Steps {
		if !t.toldToStop(i) {
			continue
		}
		s, said := &t.plan.Steps[i], ""
		t.underway(i, func(number int) {
			x := t.state.change(number)
			x.Stop = false
			x.Message = "may still be running: " + s.Targets[number-s.First].Name + " could not be told to stop, or did not, within a minute"
			t.endTask(i, number, x, pipelines.Unknown)
			said = cmp.Or(said, x.Message)
		})
		t.step(i).Message = said // the worst that became of it
	}
}

// underway goes over the tasks of a step that have begun and not ended.
func (t *turn) underway(i int, each func(number int)) {
	if t.plan.Steps[i].Kind == plan.Rolling {
		return // its child steps have the tasks
	}
	first := t.plan.Steps[i].First
	for number := first; number < first+t.step(i).Next; number++ {
		if s := t.state.at(number).Status; s == pipelines.Running || s == pipelines.Waiting {
			each(number)
		}
	}
}

func (t *turn) endAtOnce() {
	twice := *t.state.Head.Cancel
	twice.Twice = true
	t.state.Head.Cancel = &twice
	for i := range t.plan.Steps {
		t.underway(i, func(number int) {
			x := t.state.change(number)
			x.Wake = time.Time{}
			x.Message = "may still be running: the deployment was cancelled twice"
			t.endTask(i, number, x, pipelines.Unknown)
		})
		if t.step(i).Status == pipelines.Pending {
			t.leave(i, pipelines.Cancelled, "cancelled before it began")
		}
	}
}
