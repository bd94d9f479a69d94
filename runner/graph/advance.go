// Package graph decides what follows from what happened: the pure heart of the
// runner.
//
// It performs nothing and reads no clock: an event carries its time, and the
// same plan, state and event always give the same bytes.
//
// The order law: state, events and effects are durable before any effect is
// performed. There is no mark that says an effect was sent; an effect is open
// until its answer is in the journal, and Open finds all open ones from the
// state alone, so a runner that died anywhere is replaced by one that looks.
//
// Advance has two halves. apply books what happened; settle draws every
// conclusion from the state. Between them stands the place: what would touch a
// host is not concluded while another deployment has the place.
package graph

import (
	"time"

	"slipway/pipelines/plan"
)

// Advance applies one event to a deployment and says what must happen next.
// An event that answers nothing (it came twice, too early or too late) changes
// nothing. The returned state shares nothing with the given one that either
// will change.
func Advance(p plan.Plan, s State, e Event) (State, []Effect, error) {
	if err := fits(&p, &s); err != nil {
		return s, nil, err
	}
	t := turn{plan: &p, state: s.copied(), at: e.At}
	t.state.Head.Format = Format
	if !t.apply(e.Of) {
		return s, nil, nil
	}
	t.conclude()
	t.count(s.Head)
	t.setAlarms(&s)
	return t.state, t.effects, nil
}

// turn is one application of an event, while it goes on.
type turn struct {
	plan    *plan.Plan
	state   State
	at      time.Time
	effects []Effect
	lanes   []lane  // in which a task ended: they go on
	failed  []int32 // see failedAncestor
	ripe    []int8  // see ready
	settled []bool  // steps that this settling has looked at
	// resuming: the event takes the deployment up again; it goes on from its place.
	resuming bool
}

func (t *turn) emit(w Work) { t.effects = append(t.effects, effect(w)) }

func (t *turn) step(i int) *StepState { return &t.state.Head.Steps[i] }

// apply reports whether the event means anything in this state.
func (t *turn) apply(h Happening) bool {
	head := &t.state.Head
	switch {
	case head.Status.Ended():
		return t.afterEnd(h)
	case head.waitsToBegin():
		return t.beforeBegin(h)
	}
	switch h := h.(type) {
	case Placed:
		return t.placed(h)
	case TaskReported:
		return t.taskReported(h)
	case Decided:
		return t.decided(h)
	case Answered:
		return t.answered(h)
	case Mailed:
		return t.mailed(h)
	case TimerRang:
		return t.timerRang(h)
	case AlarmRang:
		return t.alarmRang(h)
	case CancelAsked:
		return t.cancelAsked(h)
	}
	return false
}

func (t *turn) beforeBegin(h Happening) bool {
	switch h := h.(type) {
	case Started:
		return t.started(h)
	case AlarmRang:
		return t.alarmRang(h)
	case Superseded:
		return t.superseded(h)
	case CancelAsked:
		return t.cancelQueued(h)
	}
	return false
}

func (t *turn) afterEnd(h Happening) bool {
	head := &t.state.Head
	switch h := h.(type) {
	case Closed:
		if head.Closed {
			return false
		}
		head.Closed = true
		return true
	case Resumed:
		return t.resumed(h)
	}
	return false
}
