package stored

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/task"
	"slipway/runner/graph"
	"slipway/runner/records"
)

// goOn has 90 days pass and then gives every open effect a good answer, until
// all that is owed is done. It says how that went.
func goOn(t *testing.T, rec *records.Records, l records.Loaded) string {
	t.Helper()
	at := l.Deployment.Created.Add(90 * 24 * time.Hour)
	answers := 0
	for range 10_000 {
		if err := graph.Check(l.Plan, l.State); err != nil {
			t.Fatalf("%s: %v", l.Deployment.ID, err)
		}
		if l.State.Head.Closed {
			return fmt.Sprintf("%s with %d answers%s", l.State.Head.Status, answers, said(l.State.Head))
		}
		at = at.Add(time.Minute)
		h := next(l, at)
		if h == nil {
			t.Fatalf("%s is %s, and nothing is open", l.Deployment.ID, l.State.Head.Status)
		}
		after, changed, err := rec.Turn(t.Context(), &l, []graph.Event{{ID: fmt.Sprintf("late-%d", answers), At: at, Of: h}})
		must(t, err)
		if !changed {
			t.Fatalf("%s: nothing follows from %T %+v", l.Deployment.ID, h, h)
		}
		l = *after
		answers++
	}
	t.Fatalf("%s does not end", l.Deployment.ID)
	return ""
}

func said(h graph.Head) string {
	if h.Message == "" {
		return ""
	}
	return ": " + strings.ReplaceAll(h.Message, "\n", " ")
}

// next is what answers the first open effect. Alarms wait until nothing else is
// left to do.
func next(l records.Loaded, at time.Time) graph.Happening {
	head := l.State.Head
	switch {
	case head.Stands() == graph.PlaceWanted && head.Started.IsZero():
		return graph.Started{}
	case head.Stands() == graph.PlaceWanted:
		return graph.Placed{}
	}
	var alarm graph.Happening
	for _, e := range graph.Open(l.Plan, l.State) {
		switch w := e.Do.(type) {
		case graph.RunTask:
			return graph.TaskReported{Task: w.Task, Attempt: w.Attempt, Outcome: task.Succeeded}
		case graph.SendMail:
			return graph.Mailed{Step: w.Step, Attempt: w.Attempt, Sent: true}
		case graph.AskPeople:
			now := head.Steps[w.Step]
			n := len(now.Approved) + 2
			return graph.Answered{Step: w.Step, Proceed: true, UserID: fmt.Sprintf("Users-%d", n), Called: fmt.Sprintf("Person %d", n), Via: "page"}
		case graph.AskChoice:
			return graph.Decided{Task: w.Task, Attempt: w.Attempt, Choice: graph.Retry, UserID: "Users-2", Called: "Ida", Via: "page"}
		case graph.WakeMe:
			return graph.TimerRang{Task: w.Task, Attempt: w.Attempt}
		case graph.SetAlarm:
			if alarm == nil && !at.Before(w.At) {
				alarm = graph.AlarmRang{Name: w.Name}
			}
		case graph.Finish:
			return graph.Closed{}
		}
	}
	if alarm == nil && head.Status == pipelines.Waiting {
		return nil
	}
	return alarm
}
