package graph

import (
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
)

// running gives the step of a task whose attempt runs at this moment; -1 where
// that attempt does not.
func (t *turn) running(kind plan.Kind, number, attempt int) int {
	step, _ := stepOf(t.plan, number)
	if step < 0 || t.plan.Steps[step].Kind != kind {
		return -1
	}
	if now := t.state.at(number); now.Status != pipelines.Running || now.Attempt != attempt || !now.Wake.IsZero() {
		return -1
	}
	return step
}

func (t *turn) taskReported(r TaskReported) bool {
	step := t.running(plan.OnHosts, r.Task, r.Attempt)
	if step < 0 {
		return false
	}
	x := t.state.change(r.Task)
	x.Exit, x.Message, x.Outputs, x.Blob, x.Long, x.Stop = r.Exit, r.Message, r.Outputs, r.Blob, r.Long, false
	if x.Message == "" && r.Outcome == task.Cancelled {
		x.Message = "stopped"
	}
	if r.Installed != nil {
		x.Installed = append(x.Installed[:len(x.Installed):len(x.Installed)], *r.Installed)
	}
	if len(r.Retired) > 0 {
		x.Retired = append(x.Retired[:len(x.Retired):len(x.Retired)], r.Retired...)
	}
	cancelled := t.state.Head.Cancel != nil
	switch {
	case r.Outcome == task.Failed && !t.stopping(step) && x.made() <= t.plan.Steps[step].Retries:
		t.deferTask(r.Task, x)
	case !cancelled && t.guided(r.Outcome):
		t.askChoice(step, r.Task, x, status(r.Outcome))
	default:
		t.endTask(step, r.Task, x, status(r.Outcome))
	}
	return true
}

// made is how many attempts count against the budget of retries.
func (x *TaskState) made() int { return x.Attempt - x.From }

// begin has a task's next attempt begin. Numbers of attempts are never used
// again, whoever resumed or chose.
func (t *turn) beginTask(step, number int, x *TaskState) {
	x.Status, x.Attempt = pipelines.Running, x.Attempt+1
	t.emit(t.attempt(step, number, x.Attempt))
}

// deferTask puts the next attempt off: 10 s, 20 s, 40 s, … at most 5 minutes.
func (t *turn) deferTask(number int, x *TaskState) {
	wait := min(10*time.Second<<min(max(x.made()-1, 0), 10), 5*time.Minute)
	x.Wake = t.at.Add(wait)
	t.emit(WakeMe{Task: number, Attempt: x.Attempt, At: x.Wake})
}

func (t *turn) timerRang(r TimerRang) bool {
	step, _ := stepOf(t.plan, r.Task)
	if step < 0 {
		return false
	}
	now := t.state.at(r.Task)
	if now.Wake.IsZero() || now.Attempt != r.Attempt || t.at.Before(now.Wake) {
		return false
	}
	x := t.state.change(r.Task)
	x.Wake = time.Time{}
	t.beginTask(step, r.Task, x)
	return true
}

func (t *turn) attempt(step, number, attempt int) Work {
	if t.plan.Steps[step].Kind == plan.Mail {
		return SendMail{Step: step, Task: number, Attempt: attempt}
	}
	return RunTask{Step: step, Task: number, Attempt: attempt}
}

// endTask books the end of a task with its step.
func (t *turn) endTask(step, number int, x *TaskState, end pipelines.Status) {
	x.Status = end
	s := t.step(step)
	s.Running--
	s.Done++
	if end.Bad() {
		s.wentBad(x.Message)
	}
	t.laneMoved(step, number)
}

// wentBad counts a bad end. The first one gives the step its message, whatever
// the step had to say before, unless the step has ended.
func (s *StepState) wentBad(why string) {
	if s.Bad++; s.Bad == 1 && !s.Status.Ended() || s.Message == "" {
		s.Message = why
	}
}

func status(o task.Outcome) pipelines.Status {
	switch o {
	case task.Succeeded:
		return pipelines.Succeeded
	case task.Cancelled:
		return pipelines.Cancelled
	case task.Unknown:
		return pipelines.Unknown
	}
	return pipelines.Failed
}
