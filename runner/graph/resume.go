package graph

import (
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
)

// The law of resuming: what is finished stays finished. Every step that did not
// succeed is tried again, its tasks too that did not; steps that tell of the end
// (mails, and those with a condition of their own) tell again when they depend
// on such a step. In a rolling step a lane that ended badly starts anew with its
// first child step, since a later one may have undone what an earlier one did.
// What the plan left out stays out. Whose time to begin lies ahead waits for it
// still.

func (t *turn) resumed(r Resumed) bool {
	head := &t.state.Head
	if !head.Closed || head.Blocked || head.Status == pipelines.Succeeded {
		return false
	}
	head.takeUp(Takeup{At: t.at, UserID: r.UserID, Called: r.Called, Note: r.Note, Was: head.Status})
	head.Status, head.Place = pipelines.Queued, PlaceWanted
	if t.at.Before(t.plan.NotBefore) { // it was called off before it began
		head.Place, head.Started = PlaceNone, time.Time{}
	}
	head.Closed, head.Cancel, head.Ended, head.Message = false, nil, time.Time{}, ""
	head.Worked, head.Since = 0, time.Time{}
	again := again{turn: t, of: make([]int8, len(t.plan.Steps))}
	for i := range t.plan.Steps {
		again.tried(i)
	}
	for i, yes := range again.of {
		if yes == 1 {
			again.reset(i)
		}
	}
	t.resuming = true
	return true
}

// again finds out which steps are tried again.
type again struct {
	*turn
	of []int8 // 1: yes, 2: no
	// lanes of the rolling step that was reset last: those that start anew.
	lanes []bool
}

func (a again) tried(i int) bool {
	if a.of[i] != 0 {
		return a.of[i] == 1
	}
	a.of[i] = 2
	if up := a.parent(i); up >= 0 { // its tasks that succeeded stay all the same
		if a.plan.Steps[i].Skip == "" && a.tried(up) {
			a.of[i] = 1
		}
		return a.of[i] == 1
	}
	if a.unfinished(i) || a.tells(i) && a.dependsOn(i, make([]bool, len(a.of))) {
		a.of[i] = 1
	}
	return a.of[i] == 1
}

// unfinished: it was to run, and did not succeed.
func (t *turn) unfinished(i int) bool {
	return t.plan.Steps[i].Skip == "" && t.step(i).Status != pipelines.Succeeded
}

// tells: the step succeeded, and says something of how others ended.
func (t *turn) tells(i int) bool {
	s := &t.plan.Steps[i]
	if s.Skip != "" || s.Kind == plan.OnHosts || s.Kind == plan.Rolling {
		return false
	}
	return s.Kind == plan.Mail || s.If != "" || s.Run == pipelines.RunAlways || s.Run == pipelines.RunFailure || s.Run.IsText()
}

// dependsOn says whether some ancestor is tried again.
func (a again) dependsOn(i int, seen []bool) bool {
	for _, n := range a.plan.Steps[i].Needs {
		if seen[n] {
			continue
		}
		seen[n] = true
		if a.tried(n) || a.dependsOn(n, seen) {
			return true
		}
	}
	return false
}

// badLanes are the lanes of a rolling step that ended badly.
func (t *turn) badLanes(i int) []bool {
	out := make([]bool, len(t.plan.Steps[i].Targets))
	from, to := children(t.plan, i)
	for c := from; c < to; c++ {
		s := &t.plan.Steps[c]
		for place := range tasksOf(s) {
			if t.state.at(s.First + place).Status.Bad() {
				out[laneOf(s, &t.plan.Steps[i], place)] = true
			}
		}
	}
	return out
}

// stays says of a task of a step that is tried again that it has succeeded, and
// is not part of a lane that starts anew.
func (a again) stays(i, number int) bool {
	s := &a.plan.Steps[i]
	if a.state.at(number).Status != pipelines.Succeeded || s.Kind != plan.OnHosts {
		return false
	}
	return s.Within == 0 || !a.lanes[laneOf(s, &a.plan.Steps[s.Within-1], number-s.First)]
}

// reset makes a step as if it had not begun, but for the tasks that stay and the
// numbers of attempts. A rolling step is reset before its child steps.
func (a *again) reset(i int) {
	t, s, was := a.turn, &a.plan.Steps[i], *a.step(i)
	if s.Kind == plan.Rolling {
		a.lanes = t.badLanes(i)
	}
	now := StepState{Status: pipelines.Pending, Round: was.Round}
	for number := s.First; number < s.First+tasksOf(s); number++ {
		old := t.state.at(number)
		switch {
		case a.stays(i, number):
			now.Done++
			if s.Within > 0 {
				now.Next = number - s.First + 1
			}
		case old.Status != "" || old.Attempt > 0:
			x := t.state.change(number)
			*x = TaskState{Attempt: x.Attempt, From: x.Attempt, Installed: x.Installed, Retired: x.Retired}
		}
	}
	if s.Kind == plan.Ask && !was.Started.IsZero() {
		now.Round++
	}
	*t.step(i) = now
}
