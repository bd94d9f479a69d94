package graph

import (
	"fmt"

	"slipway/pipelines"
)

// The law of rolling steps: each target is a lane, and takes the child steps in
// order. At most a window of lanes is in progress. Once a lane has ended badly,
// or waits for a choice, no new one begins; those in progress go to their end.
//
// Which child step a lane has come to follows from its tasks: it is the first
// that has not ended. Only a lane in which a task ended can go on, so that an
// event costs the same however many targets there are.

// lane is one target of a rolling step, by its place among that step's targets.
type lane struct{ rolling, place int }

// laneMoved notes that a task of a child step has ended.
func (t *turn) laneMoved(step, number int) {
	up := t.parent(step)
	if up < 0 {
		return
	}
	child := &t.plan.Steps[step]
	t.lanes = append(t.lanes, lane{up, laneOf(child, &t.plan.Steps[up], number-child.First)})
}

// roll has the lanes go on in which something ended, and begins new ones.
func (t *turn) roll(i int) {
	now := t.step(i)
	for at := 0; at < len(t.lanes); at++ {
		if l := t.lanes[at]; l.rolling == i {
			t.advance(l)
		}
	}
	for now.Next < t.size(i) && t.mayBegin(i) {
		now.Next++
		now.Running++
		t.advance(lane{i, now.Next - 1})
	}
	from, to := children(t.plan, i)
	for c := from; c < to; c++ {
		if s := t.step(c); s.Status == pipelines.Running || s.Status == pipelines.Waiting {
			s.Status = t.stands(c)
		}
	}
}

// advance brings a lane to its next task, or to its end.
func (t *turn) advance(l lane) {
	from, to := children(t.plan, l.rolling)
	failed := -1
	for c := from; c < to; c++ {
		number := t.taskIn(c, l)
		if number < 0 {
			continue
		}
		x := t.state.at(number)
		if x.untouched() && !t.enter(c, number, l, failed) {
			return
		}
		switch x := t.state.at(number); {
		case !x.Status.Ended():
			return
		case x.Status.Bad() && failed < 0:
			failed = c
		}
	}
	t.endLane(l, failed)
}

// taskIn is the number of a child step's task in a lane, or -1.
func (t *turn) taskIn(child int, l lane) int {
	s := &t.plan.Steps[child]
	place := placeIn(s, &t.plan.Steps[l.rolling], l.place)
	if place < 0 {
		return -1
	}
	return s.First + place
}

// enter begins a child step's task in a lane, or leaves it out; it says whether
// the lane can go on past it.
func (t *turn) enter(c, number int, l lane, failed int) bool {
	now := t.step(c)
	now.Next = max(now.Next, number-t.plan.Steps[c].First+1)
	if now.Status == pipelines.Pending {
		now.Started, now.Status = t.at, pipelines.Running
	}
	x := t.state.change(number)
	left, why := t.leaveOutIn(c, l, failed)
	if left == "" {
		now.Running++
		t.beginTask(c, number, x)
		return false
	}
	x.Status, x.Message = left, why
	now.Done++
	if left.Bad() {
		now.wentBad(why)
	}
	return true
}

// endLane books the end of a lane. failed is the child step that went wrong
// first, or -1.
func (t *turn) endLane(l lane, failed int) {
	now := t.step(l.rolling)
	now.Running--
	now.Done++
	if failed < 0 {
		return
	}
	now.wentBad("step " + t.plan.Steps[failed].Name + ": " + t.state.at(t.taskIn(failed, l)).Message)
}

// endLanes ends the child steps with their rolling step, whose outcome is the
// worst of theirs.
func (t *turn) endLanes(i int) pipelines.Status {
	worst := pipelines.Succeeded
	from, to := children(t.plan, i)
	for c := from; c < to; c++ {
		if now := t.step(c); !now.Status.Ended() {
			t.endChild(c, i)
		}
		worst = worse(worst, t.step(c).Status)
	}
	now := t.step(i)
	switch {
	case now.Bad > 0:
		return worst
	case now.Next < t.size(i):
		return pipelines.Cancelled
	}
	return pipelines.Succeeded
}

// endChild: a child step that went wrong nowhere has succeeded if it has been
// everywhere. Where its rolling step came to an end before, it is skipped, and
// says how far it came.
func (t *turn) endChild(c, rolling int) {
	s, now := &t.plan.Steps[c], t.step(c)
	of := tasksOf(s)
	worst, succeeded, why := pipelines.Succeeded, 0, ""
	for number := s.First; number < s.First+now.Next; number++ {
		x := t.state.at(number)
		worst = worse(worst, x.Status)
		switch {
		case x.Status == pipelines.Succeeded:
			succeeded++
		case x.Status == pipelines.Skipped && why == "":
			why = x.Message
		}
	}
	now.Ended = t.at
	switch {
	case s.Skip != "":
		now.Status, now.Message = pipelines.Skipped, s.Skip
	case now.Bad > 0:
		now.Status = worst
		if of > 1 {
			now.Message = fmt.Sprintf("%d of %d targets: %s", now.Bad, of, now.Message)
		}
	case now.Done == of && succeeded > 0:
		now.Status = pipelines.Succeeded
	case now.Done == of:
		now.Status, now.Message = pipelines.Skipped, why
	case t.state.Head.Cancel != nil:
		now.Status, now.Message = pipelines.Cancelled, t.state.Head.Cancel.why()
	default:
		now.Status = pipelines.Skipped
		now.Message = fmt.Sprintf("it ran on %d of %d targets: step %s did not go on", succeeded, of, t.plan.Steps[rolling].Name)
		if up := t.step(rolling); up.Bad > 0 && up.Message != "" { // it names the child step that stopped the others
			now.Message = fmt.Sprintf("it ran on %d of %d targets, and on no more after %s", succeeded, of, up.Message)
		}
	}
}
