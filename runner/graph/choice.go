package graph

import (
	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
)

// The law of choices: an end that nobody knows is never guessed. The task waits
// for a person, who has it tried again, ignores it or has it fail; until then no
// further task of its step begins. Where failures are guided, a failed task
// waits just so.

// guided says whether people are asked about such an end.
func (t *turn) guided(o task.Outcome) bool {
	return o == task.Unknown || o == task.Failed && t.plan.GuidedFailure
}

func (t *turn) askChoice(step, number int, x *TaskState, end pipelines.Status) {
	x.Status, x.Ask = pipelines.Waiting, end
	t.countChoice(step, 1)
	t.emit(AskChoice{Step: step, Task: number, Attempt: x.Attempt})
}

func (t *turn) countChoice(step, by int) {
	t.step(step).Choices += by
	if up := t.parent(step); up >= 0 {
		t.step(up).Choices += by
	}
}

func (t *turn) decided(d Decided) bool {
	step, _ := stepOf(t.plan, d.Task)
	if step < 0 || t.plan.Steps[step].Kind != plan.OnHosts || d.Choice != Retry && d.Choice != Ignore && d.Choice != Fail {
		return false
	}
	if now := t.state.at(d.Task); now.Ask == "" || now.Attempt != d.Attempt {
		return false
	}
	x := t.state.change(d.Task)
	x.Chosen = &d
	switch d.Choice {
	case Retry:
		t.countChoice(step, -1)
		x.Ask, x.Message = "", ""
		x.From++ // whoever wanted it: no automatic retry is used up
		t.beginTask(step, d.Task, x)
	case Ignore:
		t.ignore(step, d, x)
	case Fail:
		t.endChoice(step, d.Task, x)
	}
	return true
}

// ignore goes on as if the task had succeeded; the step says who wanted it so.
func (t *turn) ignore(step int, d Decided, x *TaskState) {
	s := t.step(step)
	said := x.Message
	x.Message = "ignored by " + d.Called
	if said != "" {
		x.Message += ": " + said
	}
	s.Warning = true
	if s.Message == "" && s.Bad == 0 {
		s.Message = x.Message
	}
	t.countChoice(step, -1)
	x.Ask = ""
	t.endTask(step, d.Task, x, pipelines.Succeeded)
}

// endChoice ends a task as it would have ended had nobody been asked.
func (t *turn) endChoice(step, number int, x *TaskState) {
	end := x.Ask
	t.countChoice(step, -1)
	x.Ask = ""
	t.endTask(step, number, x, end)
}
