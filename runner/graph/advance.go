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
package graph

import (
	"fmt"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
)

// Advance applies one event to a deployment and says what must happen next.
// An event that answers nothing (it came twice, or too late) changes nothing.
// The returned state shares nothing with the given one that either will change.
func Advance(p plan.Plan, s State, e Event) (State, []Effect, error) {
	if s.Head.Format > Format {
		return s, nil, pipelines.Refuse(pipelines.Unavailable, "the state of %s has format %d, this program understands up to %d: use the newer program", p.Deployment, s.Head.Format, Format)
	}
	t := turn{plan: p, state: s.copied(), at: e.At}
	if !t.apply(e.Of) {
		return s, nil, nil
	}
	t.settle()
	return t.state, t.effects, nil
}

// turn is one application of an event, while it goes on.
type turn struct {
	plan    plan.Plan
	state   State
	at      time.Time
	effects []Effect
}

func (t *turn) emit(w Work) { t.effects = append(t.effects, effect(w)) }

func (t *turn) step(i int) *StepState { return &t.state.Head.Steps[i] }

// apply reports whether the event means anything in this state.
func (t *turn) apply(h Happening) bool {
	head := &t.state.Head
	if _, closing := h.(Closed); head.Status.Ended() && !closing {
		return false
	}
	if _, starting := h.(Started); head.Status == pipelines.Queued && !starting {
		if c, ok := h.(CancelAsked); ok {
			return t.cancelQueued(c)
		}
		return false
	}
	switch h := h.(type) {
	case Started:
		return t.started(h)
	case TaskReported:
		return t.taskReported(h)
	case Answered:
		return t.answered(h)
	case Mailed:
		return t.mailed(h)
	case TimerRang:
		return t.timerRang(h)
	case CancelAsked:
		return t.cancelAsked(h)
	case Closed:
		if !head.Status.Ended() || head.Closed {
			return false
		}
		head.Closed = true
		return true
	}
	return false
}

func (t *turn) started(s Started) bool {
	head := &t.state.Head
	if head.Status != pipelines.Queued {
		return false
	}
	head.Status = pipelines.Running
	head.Started = t.at
	if blocked := t.plan.Blocked(); len(blocked) > 0 {
		head.Blocked = true
		head.Message = blocked[0].Message
	}
	if s.Clash != "" && !head.Blocked {
		head.Blocked, head.Message = true, s.Clash
	}
	return true
}

func (t *turn) taskReported(r TaskReported) bool {
	step, _ := t.plan.StepOf(r.Task)
	if step < 0 || t.plan.Steps[step].Kind != plan.OnHosts {
		return false
	}
	if now := t.state.Task(r.Task); now.Status != pipelines.Running || now.Attempt != r.Attempt || !now.Wake.IsZero() {
		return false
	}
	x := t.state.change(r.Task)
	x.Exit, x.Message, x.Outputs, x.Blob, x.Stop = r.Exit, r.Message, r.Outputs, r.Blob, false
	if x.Message == "" && r.Outcome == task.Cancelled {
		x.Message = "stopped"
	}
	if r.Installed != nil {
		x.Installed = append(x.Installed[:len(x.Installed):len(x.Installed)], *r.Installed)
	}
	if len(r.Retired) > 0 {
		x.Retired = append(x.Retired[:len(x.Retired):len(x.Retired)], r.Retired...)
	}
	if r.Outcome == task.Failed && r.Attempt <= t.plan.Steps[step].Retries && t.state.Head.Cancel == nil {
		t.deferTask(r.Task, x)
		return true
	}
	t.endTask(step, x, status(r.Outcome))
	return true
}

// deferTask puts the next attempt off: 10 s, 20 s, 40 s, … at most 5 minutes.
func (t *turn) deferTask(number int, x *TaskState) {
	wait := min(10*time.Second<<min(x.Attempt-1, 10), 5*time.Minute)
	x.Wake = t.at.Add(wait)
	t.emit(WakeMe{Task: number, Attempt: x.Attempt, At: x.Wake})
}

func (t *turn) timerRang(r TimerRang) bool {
	step, _ := t.plan.StepOf(r.Task)
	if step < 0 {
		return false
	}
	if now := t.state.Task(r.Task); now.Wake.IsZero() || now.Attempt != r.Attempt {
		return false
	}
	x := t.state.change(r.Task)
	x.Wake = time.Time{}
	x.Attempt++
	t.emit(t.attempt(step, r.Task, x.Attempt))
	return true
}

func (t *turn) attempt(step, number, attempt int) Work {
	if t.plan.Steps[step].Kind == plan.Mail {
		return SendMail{Step: step, Task: number, Attempt: attempt}
	}
	return RunTask{Step: step, Task: number, Attempt: attempt}
}

// endTask books the end of a task with its step.
func (t *turn) endTask(step int, x *TaskState, end pipelines.Status) {
	x.Status = end
	s := t.step(step)
	s.Running--
	s.Done++
	if end != pipelines.Succeeded {
		s.Bad++
		if s.Message == "" {
			s.Message = x.Message
		}
	}
}

func (t *turn) answered(a Answered) bool {
	if a.Step < 0 || a.Step >= len(t.plan.Steps) || t.step(a.Step).Status != pipelines.Waiting {
		return false
	}
	s := t.step(a.Step)
	s.Answer = &a
	x := t.state.change(t.plan.Steps[a.Step].First)
	if a.Proceed {
		t.endTask(a.Step, x, pipelines.Succeeded)
		return true
	}
	x.Message = "rejected by " + a.Called
	if a.Note != "" {
		x.Message += ": " + a.Note
	}
	t.endTask(a.Step, x, pipelines.Failed)
	return true
}

// mailTries is how often a mail is tried before its step ends with a warning.
const mailTries = 4

func (t *turn) mailed(m Mailed) bool {
	if m.Step < 0 || m.Step >= len(t.plan.Steps) || t.plan.Steps[m.Step].Kind != plan.Mail {
		return false
	}
	number := t.plan.Steps[m.Step].First
	if t.plan.Steps[m.Step].Tasks() == 0 {
		return false
	}
	if now := t.state.Task(number); now.Status != pipelines.Running || now.Attempt != m.Attempt || !now.Wake.IsZero() {
		return false
	}
	x := t.state.change(number)
	x.Message = m.Message
	switch {
	case !m.Sent && !m.Final && m.Attempt < mailTries && t.state.Head.Cancel == nil:
		t.deferTask(number, x)
	case !m.Sent:
		s := t.step(m.Step)
		s.Warning, s.Message = true, "the mail could not be sent: "+m.Message
		t.endTask(m.Step, x, pipelines.Succeeded)
	default:
		t.endTask(m.Step, x, pipelines.Succeeded)
	}
	return true
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

// count writes `1 of 3 targets`.
func count(n, of int) string { return fmt.Sprintf("%d of %d targets", n, of) }
