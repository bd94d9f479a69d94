package graph

import (
	"fmt"

	"slipway/pipelines"
	"slipway/pipelines/plan"
)

// The law of the window: at most that many tasks of a step run at a time, and as
// one ends the next begins. Once one has ended badly, or waits for a choice, no
// further one begins; those that run may finish.

// fill begins as many tasks as the window allows. What has succeeded before the
// deployment was resumed stays.
func (t *turn) fill(i int) {
	s, now := &t.plan.Steps[i], t.step(i)
	for of := tasksOf(s); now.Next < of && t.mayBegin(i); {
		number := s.First + now.Next
		now.Next++
		if !t.state.at(number).untouched() {
			continue
		}
		now.Running++
		x := t.state.change(number)
		if s.Kind != plan.Ask {
			t.beginTask(i, number, x)
			continue
		}
		x.Status, x.Attempt = pipelines.Running, x.Attempt+1
		t.emit(AskPeople{Step: i, Round: now.Round, Reminder: now.Reminded})
	}
}

// mayBegin says whether the window is open for one more.
func (t *turn) mayBegin(i int) bool {
	now := t.step(i)
	return now.Running < max(1, t.plan.Steps[i].Window) && now.Bad == 0 && now.Choices == 0 && !t.stopping(i)
}

// stopping: the deployment was cancelled, and the step is none of those that run
// all the same.
func (t *turn) stopping(i int) bool {
	c := t.state.Head.Cancel
	return c != nil && (c.Twice || !t.always(i))
}

// always says whether a step runs whatever happens; a child step does so too if
// its rolling step does.
func (t *turn) always(i int) bool {
	if t.plan.Steps[i].Run == pipelines.RunAlways {
		return true
	}
	up := t.parent(i)
	return up >= 0 && t.plan.Steps[up].Run == pipelines.RunAlways
}

// size is how many tasks, or lanes, a step has.
func (t *turn) size(i int) int {
	if s := &t.plan.Steps[i]; s.Kind == plan.Rolling {
		return len(s.Targets)
	}
	return tasksOf(&t.plan.Steps[i])
}

// endStep ends the step when nothing of it runs or will run.
func (t *turn) endStep(i int) bool {
	now, of := t.step(i), t.size(i)
	if now.Running > 0 || now.Next < of && now.Bad == 0 && !t.stopping(i) {
		return false
	}
	now.Ended = t.at
	if t.plan.Steps[i].Kind == plan.Rolling {
		now.Status = t.endLanes(i)
	} else {
		now.Status = t.outcome(i)
	}
	if now.Bad > 0 && of > 1 {
		now.Message = fmt.Sprintf("%d of %d targets: %s", now.Bad, of, now.Message)
	}
	return true
}

// outcome is the worst of what the step's tasks came to.
func (t *turn) outcome(i int) pipelines.Status {
	s, now := &t.plan.Steps[i], t.step(i)
	if now.Bad == 0 && now.Next < tasksOf(s) {
		return pipelines.Cancelled
	}
	worst := pipelines.Succeeded
	for number := s.First; number < s.First+now.Next; number++ {
		worst = worse(worst, t.state.at(number).Status)
	}
	return worst
}

// worse of two ends: unknown, failed, cancelled, and then all others.
func worse(a, b pipelines.Status) pipelines.Status {
	for _, s := range []pipelines.Status{pipelines.Unknown, pipelines.Failed, pipelines.Cancelled} {
		if a == s || b == s {
			return s
		}
	}
	return a
}
