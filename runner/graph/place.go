package graph

import (
	"slipway/pipelines"
	"slipway/pipelines/plan"
)

// The law of the place: one deployment at a time has the place of its project
// and environment, and a task on a host begins only while its deployment has
// it. One that only waits for people gives the place up, unless a question says
// that it blocks; when something on a host follows from their answer, it queues
// again.

// waitsToBegin: it was asked for and has never had its place.
func (h *Head) waitsToBegin() bool { return h.Status == pipelines.Queued && h.Started.IsZero() }

func (t *turn) started(s Started) bool {
	if t.state.Head.Stands() != PlaceWanted {
		return false // not due yet
	}
	t.state.Head.Started = t.at
	t.take(s.Clash)
	return true
}

func (t *turn) placed(p Placed) bool {
	if t.state.Head.Stands() != PlaceWanted {
		return false
	}
	t.take(p.Clash)
	return true
}

// take has the deployment go on with its place. Findings of the plan, and what
// another project holds by now, stop it before the next host is touched.
func (t *turn) take(clash string) {
	head := &t.state.Head
	head.Status, head.Place = pipelines.Running, PlaceHeld
	if head.Cancel != nil {
		head.Status = pipelines.Cancelling
	}
	for _, f := range t.plan.Findings {
		if f.Blocks && !head.Blocked {
			head.Blocked, head.Message = true, f.Message
		}
	}
	if clash != "" && !head.Blocked {
		head.Blocked, head.Message = true, clash
	}
}

// conclude settles. Without the place it goes as far as it can without a host:
// as soon as a task would begin, none of the conclusions is drawn, and the
// deployment queues.
func (t *turn) conclude() {
	head := &t.state.Head
	switch {
	case head.Closed || head.waitsToBegin() || t.resuming:
		return
	case head.Status.Ended() || head.Stands() == PlaceHeld:
		t.settle()
		t.giveUp()
		return
	}
	applied, before := t.state, len(t.effects)
	t.state = applied.copied()
	t.settle()
	if !beginsTask(t.effects[before:]) {
		if !t.state.Head.Status.Ended() {
			t.state.Head.Place = PlaceNone
		}
		return
	}
	t.state, t.effects = applied, t.effects[:before]
	t.state.Head.Place, t.state.Head.Status = PlaceWanted, pipelines.Queued
}

func beginsTask(effects []Effect) bool {
	for _, e := range effects {
		if _, ok := e.Do.(RunTask); ok {
			return true
		}
	}
	return false
}

// giveUp leaves the place to others while nothing goes on here but questions
// that do not block.
func (t *turn) giveUp() {
	head := &t.state.Head
	if head.Status != pipelines.Waiting {
		return
	}
	for i := range t.plan.Steps {
		s := &t.plan.Steps[i]
		if t.step(i).Status == pipelines.Waiting && (s.Kind != plan.Ask || question(s).Blocks) {
			return
		}
	}
	head.Place = PlaceNone
}
