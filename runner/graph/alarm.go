package graph

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"slipway/pipelines/plan"
)

// The law of alarms: which times a deployment waits for follows from its state
// alone. An alarm that rings says only that it is time to look: what is not due
// by the event's own time, or not any more, is not changed by it.

// AlarmKind says what a deployment waits for. It is the first word of the
// alarm's name, and so a file format: added to, never renamed.
type AlarmKind string

// The kinds of alarms.
const (
	AlarmStart   AlarmKind = "start"   // a scheduled deployment begins to queue
	AlarmLimit   AlarmKind = "limit"   // the deployment has taken too long
	AlarmStopped AlarmKind = "stopped" // what was told to stop has had time enough
	AlarmExpire  AlarmKind = "expire"  // the time to answer a question is over
	AlarmRemind  AlarmKind = "remind"  // those asked are reminded
)

// Alarm is a time that a deployment waits for. Step is the question's; -1 where
// it is about the deployment as a whole.
type Alarm struct {
	Name string
	Kind AlarmKind
	Step int
	At   time.Time
}

// Due are the times that a deployment waits for by its state: those of the whole,
// then those of its questions in the order of the steps.
func Due(p plan.Plan, s State) []Alarm {
	var out []Alarm
	t := turn{plan: &p, state: s}
	t.alarms(func(a Alarm) { out = append(out, a) })
	return out
}

// ReadAlarm takes the name of an alarm apart, of a later program too. Step is -1
// where it is about the deployment as a whole.
func ReadAlarm(name string) (kind AlarmKind, step int) {
	what, rest, _ := strings.Cut(name, "-")
	if kind = AlarmKind(what); kind != AlarmExpire && kind != AlarmRemind {
		return kind, -1
	}
	number, _, _ := strings.Cut(rest, "-")
	step, err := strconv.Atoi(number)
	if err != nil {
		return kind, -1
	}
	return kind, step
}

// alarms are all that are due from the state.
func (t *turn) alarms(each func(Alarm)) {
	head := &t.state.Head
	whole := func(kind AlarmKind, of, at time.Time) {
		name := string(kind)
		if !of.IsZero() {
			name += fmt.Sprintf("-%d", of.UnixNano())
		}
		each(Alarm{Name: name, Kind: kind, Step: -1, At: at})
	}
	switch {
	case head.Status.Ended():
		return
	case head.waitsToBegin():
		if head.Place == PlaceNone {
			whole(AlarmStart, time.Time{}, t.plan.NotBefore)
		}
		return
	}
	if at, limited := t.limit(); limited {
		whole(AlarmLimit, head.Since, at) // each time the clock begins to go it is another one
	}
	if t.stops() {
		whole(AlarmStopped, head.Cancel.At, head.Cancel.At.Add(stopPatience))
	}
	for i := range t.plan.Steps {
		if t.plan.Steps[i].Question == nil || !t.asks(i) {
			continue
		}
		q, now := t.plan.Steps[i].Question, t.step(i)
		if q.Timeout > 0 {
			each(Alarm{fmt.Sprintf("%s-%d-%d", AlarmExpire, i, now.Round), AlarmExpire, i, t.expires(i)})
		}
		if q.Remind > 0 {
			each(Alarm{fmt.Sprintf("%s-%d-%d-%d", AlarmRemind, i, now.Round, now.Reminded+1), AlarmRemind, i, t.reminds(i)})
		}
	}
}

// setAlarms asks for those that were not due before. Of one name the time is
// always the same.
func (t *turn) setAlarms(before *State) {
	var known map[string]bool
	t.alarms(func(a Alarm) {
		if known == nil {
			known = map[string]bool{}
			was := turn{plan: t.plan, state: *before}
			was.alarms(func(b Alarm) { known[b.Name] = true })
		}
		if !known[a.Name] {
			t.emit(SetAlarm{a.Name, a.At})
		}
	})
}

// alarmRang has the one that rang take its effect, if it is due.
func (t *turn) alarmRang(r AlarmRang) bool {
	var due *Alarm
	t.alarms(func(a Alarm) {
		if a.Name == r.Name && !t.at.Before(a.At) {
			due = &a
		}
	})
	if due == nil {
		return false
	}
	switch due.Kind {
	case AlarmStart:
		t.state.Head.Place = PlaceWanted
	case AlarmLimit:
		t.overLimit()
	case AlarmStopped:
		t.stopped()
	case AlarmExpire:
		t.askExpired(due.Step)
	case AlarmRemind:
		t.remindersDue(due.Step)
	}
	return true
}
