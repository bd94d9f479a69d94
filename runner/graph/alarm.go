package graph

import (
	"fmt"
	"strconv"
	"strings"
)

// The law of alarms: which times a deployment waits for follows from its state
// alone. An alarm that rings says only that it is time to look: what is not due
// by the event's own time, or not any more, is not changed by it.

// startAlarm is the name of the one that a scheduled deployment waits for.
const startAlarm = "start"

// alarms are all that are due from the state, in the order of the steps.
func (t *turn) alarms(each func(SetAlarm)) {
	head := &t.state.Head
	switch {
	case head.Status.Ended():
		return
	case head.waitsToBegin():
		if head.Place == PlaceNone {
			each(SetAlarm{startAlarm, t.plan.NotBefore})
		}
		return
	}
	if at, limited := t.limit(); limited {
		each(SetAlarm{limitAlarm(head.Since), at})
	}
	for i := range t.plan.Steps {
		if t.plan.Steps[i].Question == nil || !t.asks(i) {
			continue
		}
		q, now := t.plan.Steps[i].Question, t.step(i)
		if q.Timeout > 0 {
			each(SetAlarm{fmt.Sprintf("expire-%d-%d", i, now.Round), t.expires(i)})
		}
		if q.Remind > 0 {
			each(SetAlarm{fmt.Sprintf("remind-%d-%d-%d", i, now.Round, now.Reminded+1), t.reminds(i)})
		}
	}
}

// setAlarms asks for those that were not due before. Of one name the time is
// always the same.
func (t *turn) setAlarms(before *State) {
	var known map[string]bool
	t.alarms(func(a SetAlarm) {
		if known == nil {
			known = map[string]bool{}
			was := turn{plan: t.plan, state: *before}
			was.alarms(func(b SetAlarm) { known[b.Name] = true })
		}
		if !known[a.Name] {
			t.emit(a)
		}
	})
}

func (t *turn) alarmRang(r AlarmRang) bool {
	kind, rest, _ := strings.Cut(r.Name, "-")
	if kind == "limit" {
		return t.limitRang(r.Name)
	}
	step, rest, _ := strings.Cut(rest, "-")
	round, rest, _ := strings.Cut(rest, "-")
	i, err := strconv.Atoi(step)
	if err != nil || !t.asks(i) || round != strconv.Itoa(t.step(i).Round) {
		return false
	}
	q := question(&t.plan.Steps[i])
	switch {
	case kind == "expire" && q.Timeout > 0:
		return t.askExpired(i)
	case kind == "remind" && q.Remind > 0 && rest == strconv.Itoa(t.step(i).Reminded+1):
		return t.remindersDue(i)
	}
	return false
}

// startRang: the time of a scheduled deployment has come, it queues.
func (t *turn) startRang(r AlarmRang) bool {
	head := &t.state.Head
	if r.Name != startAlarm || head.Place != PlaceNone || t.at.Before(t.plan.NotBefore) {
		return false
	}
	head.Place = PlaceWanted
	return true
}
