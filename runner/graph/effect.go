package graph

import (
	"strconv"
	"time"
)

// Effect is something that must now happen in the world. ID is computed from
// what it is, so performing one twice is harmless: hosts, mail and people see
// the same id again.
type Effect struct {
	ID string
	Do Work
}

// Work is one of the kinds below: a closed set.
type Work interface{ work() }

// RunTask starts an attempt on a host and brings back its report.
type RunTask struct{ Step, Task, Attempt int }

// StopTask ends an attempt on a host.
type StopTask struct{ Step, Task, Attempt int }

// AskPeople tells those responsible that a decision is wanted. Round counts how
// often the step has asked before, as a resumed one has; Reminder how often
// those asked are to be reminded by now.
type AskPeople struct{ Step, Round, Reminder int }

// AskChoice tells people that nobody can say how an attempt ended, or that it
// failed where failures are guided, and that they can choose.
type AskChoice struct{ Step, Task, Attempt int }

// SetAlarm brings back an AlarmRang at a time. Of one name there is one alarm.
type SetAlarm struct {
	Name string
	At   time.Time
}

// SendMail sends a mail step's message.
type SendMail struct{ Step, Task, Attempt int }

// WakeMe brings back a TimerRang at a time.
type WakeMe struct {
	Task, Attempt int
	At            time.Time
}

// Finish does what is owed after the end: the next phase, the next in the
// queue. Round counts how often the deployment has ended before.
type Finish struct{ Round int }

func (RunTask) work()   {}
func (StopTask) work()  {}
func (AskPeople) work() {}
func (AskChoice) work() {}
func (SetAlarm) work()  {}
func (SendMail) work()  {}
func (WakeMe) work()    {}
func (Finish) work()    {}

// EffectID is the id that an effect of this kind has.
func EffectID(w Work) string { return effect(w).ID }

func effect(w Work) Effect {
	id := ""
	switch w := w.(type) {
	case RunTask:
		id = named("run-", w.Task, w.Attempt)
	case StopTask:
		id = named("stop-", w.Task, w.Attempt)
	case AskPeople:
		id = named("ask-", w.Step)
		if w.Round > 0 || w.Reminder > 0 {
			id += named("-", w.Round, w.Reminder)
		}
	case AskChoice:
		id = named("choice-", w.Task, w.Attempt)
	case SetAlarm:
		id = "alarm-" + w.Name
	case SendMail:
		id = named("mail-", w.Task, w.Attempt)
	case WakeMe:
		id = named("wake-", w.Task, w.Attempt)
	case Finish:
		id = "finish"
		if w.Round > 0 {
			id += named("-", w.Round)
		}
	}
	return Effect{ID: id, Do: w}
}

// named is a name with numbers behind it: run-3-1.
func named(name string, numbers ...int) string {
	b := append(make([]byte, 0, 24), name...)
	for i, n := range numbers {
		if i > 0 {
			b = append(b, '-')
		}
		b = strconv.AppendInt(b, int64(n), 10)
	}
	return string(b)
}
