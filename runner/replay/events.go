package replay

import (
	"fmt"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/graph"
)

// Line is one event with what followed from it.
type Line struct {
	Revision int64     `json:"revision"`
	Event    int       `json:"event"` // of the revision, counted from 1
	Of       int       `json:"of"`    // how many it has
	At       time.Time `json:"at"`
	Who      string    `json:"who,omitempty"` // a person, a target or the clock
	What     string    `json:"what"`
	Followed []string  `json:"followed"`
}

// Place is how the event is named to `--until`: `12`, or `12.2` for the second
// of several events of revision 12.
func (l Line) Place() string {
	if l.Of < 2 {
		return fmt.Sprint(l.Revision)
	}
	return fmt.Sprintf("%d.%d", l.Revision, l.Event)
}

// LineOf tells of one event of a walk.
func LineOf(p plan.Plan, m Moment) Line {
	who, what := told(p, m.Happened)
	l := Line{Revision: m.Turn.Revision, Event: m.Event, Of: len(m.Turn.Events), At: m.Happened.At, Who: who, What: what, Followed: []string{}}
	l.Followed = append(l.Followed, approvedSoFar(p, m)...)
	l.Followed = append(l.Followed, ended(p, m)...)
	l.Followed = append(l.Followed, asked(p, m.Effects)...)
	l.Followed = append(l.Followed, stood(m.Before.Head, m.After.Head)...)
	return l
}

// Events tells of every event up to a place in a journal.
func Events(j Journal, until Until) ([]Line, Report, error) {
	var out []Line
	report, err := walk(j, until, func(m Moment) { out = append(out, LineOf(j.Plan, m)) })
	return out, report, err
}

// ended are the steps that ended with the event.
func ended(p plan.Plan, m Moment) []string {
	var out []string
	for i, s := range m.After.Head.Steps {
		if was := m.Before.Head.Steps[i].Status; s.Status == was || !s.Status.Ended() {
			continue
		}
		text := p.Steps[i].Name + " " + endWord(s.Status)
		if s.Message != "" {
			text += ": " + oneLine(s.Message)
		}
		out = append(out, text)
	}
	if len(out) > 6 {
		out = append(out[:5], fmt.Sprintf("and %d more steps ended", len(out)-5))
	}
	return out
}

func endWord(s pipelines.Status) string {
	switch s {
	case pipelines.Skipped:
		return "is skipped"
	case pipelines.Cancelled:
		return "is cancelled"
	case pipelines.Unknown:
		return "ended nobody knows how"
	}
	return string(s)
}

// approvedSoFar tells of an approval that others must join.
func approvedSoFar(p plan.Plan, m Moment) []string {
	a, ok := m.Happened.Of.(graph.Answered)
	if !ok || a.Step < 0 || a.Step >= len(p.Steps) || m.After.Head.Steps[a.Step].Status.Ended() || p.Steps[a.Step].Question == nil {
		return nil
	}
	return []string{fmt.Sprintf("%d of %d have approved", len(m.After.Head.Steps[a.Step].Approved), max(1, p.Steps[a.Step].Question.Minimum))}
}

// pastWord is endWord for a sentence that names the time.
func pastWord(s pipelines.Status) string {
	if s == pipelines.Skipped || s == pipelines.Cancelled {
		return "was " + string(s)
	}
	return endWord(s)
}

// standsWord is how something stands now, as a sentence about it goes on.
func standsWord(s pipelines.Status) string {
	switch s {
	case pipelines.Pending:
		return "has not begun"
	case pipelines.Queued:
		return "waits for its turn"
	case pipelines.Running:
		return "runs"
	case pipelines.Waiting:
		return "waits for a person"
	case pipelines.Cancelling:
		return "is being cancelled"
	}
	return pastWord(s)
}

// asked are the effects in words; what is begun on many targets is one of them.
func asked(p plan.Plan, effects []graph.Effect) []string {
	var out []string
	begun := map[int][]string{}
	for _, e := range effects {
		if r, ok := e.Do.(graph.RunTask); ok && r.Attempt == 1 {
			_, target := named(p, r.Task)
			begun[r.Step] = append(begun[r.Step], target)
		}
	}
	for _, e := range effects {
		switch w := e.Do.(type) {
		case graph.RunTask:
			if w.Attempt > 1 {
				_, target := named(p, w.Task)
				out = append(out, fmt.Sprintf("attempt %d of %s begins", w.Attempt, onTarget(stepName(p, w.Step), target)))
			} else if targets := begun[w.Step]; len(targets) > 0 {
				out = append(out, stepName(p, w.Step)+" begins on "+several(targets))
				delete(begun, w.Step)
			}
		default:
			out = append(out, effectText(p, w)...)
		}
	}
	return out
}

func effectText(p plan.Plan, w graph.Work) []string {
	switch w := w.(type) {
	case graph.StopTask:
		_, target := named(p, w.Task)
		return []string{onTarget(stepName(p, w.Step), target) + " is to stop"}
	case graph.AskPeople:
		if w.Reminder > 0 {
			return []string{"those asked at " + stepName(p, w.Step) + " are reminded"}
		}
		return []string{stepName(p, w.Step) + " asks " + asksWhom(p, w.Step)}
	case graph.AskChoice:
		_, target := named(p, w.Task)
		return []string{onTarget(stepName(p, w.Step), target) + " waits for a person's choice"}
	case graph.SendMail:
		if w.Attempt > 1 {
			return []string{fmt.Sprintf("attempt %d to send the mail of %s", w.Attempt, stepName(p, w.Step))}
		}
		return []string{"the mail of " + stepName(p, w.Step) + " goes out"}
	case graph.WakeMe:
		step, target := named(p, w.Task)
		return []string{fmt.Sprintf("the next attempt of %s is due at %s", onTarget(step, target), clock(w.At))}
	case graph.SetAlarm:
		return []string{alarmSet(p, w)}
	}
	return nil // the end is told by the state
}

func alarmSet(p plan.Plan, w graph.SetAlarm) string {
	switch kind, step := graph.ReadAlarm(w.Name); kind {
	case graph.AlarmStart:
		return "it is to start at " + clock(w.At)
	case graph.AlarmLimit:
		return "its time limit ends at " + clock(w.At)
	case graph.AlarmStopped:
		return "what is to stop has until " + clock(w.At)
	case graph.AlarmExpire:
		return stepName(p, step) + " can be answered until " + clock(w.At)
	case graph.AlarmRemind:
		return "those asked at " + stepName(p, step) + " are reminded at " + clock(w.At)
	}
	return "the alarm " + w.Name + " is set to " + clock(w.At)
}

func asksWhom(p plan.Plan, i int) string {
	if q := p.Steps[i].Question; q != nil && len(q.Teams) > 0 {
		return strings.Join(q.Teams, ", ")
	}
	return "those who may deploy there"
}

// stood tells how the deployment itself moved.
func stood(was, is graph.Head) []string {
	var out []string
	if from, to := was.Stands(), is.Stands(); from != to {
		switch to {
		case graph.PlaceNone:
			out = append(out, "the deployment gives its place up")
		case graph.PlaceWanted:
			out = append(out, "the deployment queues for its place")
		}
	}
	if was.Status == is.Status {
		return out
	}
	text := "the deployment " + endWord(is.Status)
	switch is.Status {
	case pipelines.Waiting:
		text = "the deployment waits for people"
	case pipelines.Running:
		text = "the deployment runs"
	case pipelines.Queued:
		return out // the place says so
	case pipelines.Cancelling:
		text = "the deployment is being cancelled"
	}
	if is.Message != "" && is.Message != was.Message {
		text += ": " + oneLine(is.Message)
	}
	return append(out, text)
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
