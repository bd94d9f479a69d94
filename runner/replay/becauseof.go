package replay

import (
	"fmt"

	"slipway/pipelines"
	"slipway/pipelines/plan"
)

// ofTask tells of one target.
func (q *inquiry) ofTask() string {
	x, step := q.state.Task(q.task), q.state.Head.Steps[q.at]
	switch {
	case x.Status == pipelines.Pending && step.Status.Ended():
		return q.notReached()
	case x.Status == pipelines.Pending:
		return fmt.Sprintf("it has not begun there: %s at a time, and those before it are not done", targets(max(1, q.window())))
	case x.Status == pipelines.Waiting:
		return fmt.Sprintf("it waits for a person's choice: attempt %d %s", x.Attempt, pastWord(x.Ask)) + noted(x.Message)
	case !x.Wake.IsZero():
		return fmt.Sprintf("attempt %d failed, and the next one is due at %s", x.Attempt, clock(x.Wake)) + noted(x.Message)
	case !x.Status.Ended():
		return fmt.Sprintf("attempt %d runs", x.Attempt)
	}
	text := "it " + pastWord(x.Status)
	switch {
	case x.Attempt == 1 && x.Status == pipelines.Succeeded:
		text = "it ran and succeeded"
	case x.Attempt > 0:
		text += fmt.Sprintf(" with attempt %d", x.Attempt)
	}
	if c := x.Chosen; c != nil && c.Attempt == x.Attempt {
		text += fmt.Sprintf(", since %s chose %s", called(c.Called), c.Choice) + noted(c.Note)
	}
	return text + noted(x.Message) + q.stopped(x.Status, q.ended)
}

// stopped says who or what ended the whole deployment, where that is why
// something came to its end.
func (q *inquiry) stopped(status pipelines.Status, end Past) string {
	c := q.state.Head.Cancel
	if c == nil || end.Revision < q.cancel.Revision || status != pipelines.Cancelled && status != pipelines.Unknown {
		return ""
	}
	if c.Limit > 0 {
		return fmt.Sprintf(", since %s was over (revision %d, %s)", c.Called, q.cancel.Revision, clock(c.At))
	}
	return fmt.Sprintf(", since %s cancelled the deployment (revision %d, %s)", called(c.Called), q.cancel.Revision, clock(c.At)) + noted(c.Note)
}

func (q *inquiry) window() int {
	if within := q.plan.Steps[q.at].Within; within > 0 {
		return q.plan.Steps[within-1].Window
	}
	return q.plan.Steps[q.at].Window
}

// notReached says why the step never came to a target.
func (q *inquiry) notReached() string {
	if q.badly != nil && (q.state.Head.Cancel == nil || q.badly.Revision < q.cancel.Revision) {
		step, target := named(q.plan, q.badly.number)
		what := "further target"
		if target == q.target {
			what = "further step on it"
		}
		return fmt.Sprintf("it never began there: after %s had ended badly on %s (revision %d, %s), no %s began", step, target, q.badly.Revision, clock(q.badly.At), what)
	}
	switch c := q.state.Head.Cancel; {
	case c == nil:
		return "it never began there"
	case c.Limit > 0:
		return fmt.Sprintf("it never began there: %s was over before (revision %d, %s)", c.Called, q.cancel.Revision, clock(c.At))
	default:
		return fmt.Sprintf("it never began there: %s cancelled the deployment before (revision %d, %s)", called(c.Called), q.cancel.Revision, clock(c.At)) + noted(c.Note)
	}
}

// ofTargets tells of all targets of a step.
func (q *inquiry) ofTargets() string {
	s, now := q.plan.Steps[q.at], q.state.Head.Steps[q.at]
	switch {
	case now.Status == pipelines.Waiting:
		return fmt.Sprintf("it waits for a person's choice about %s", targets(now.Choices))
	case !now.Status.Ended():
		return fmt.Sprintf("it runs since %s: %d of %s done", clock(now.Started), now.Done, targets(len(s.Targets)))
	case now.Status == pipelines.Succeeded:
		text := fmt.Sprintf("it ran on %s, from %s to %s", targets(len(s.Targets)), clock(now.Started), clock(now.Ended))
		return text + noted(now.Message)
	}
	text := fmt.Sprintf("it began at %s and %s at %s (revision %d)", clock(now.Started), pastWord(now.Status), clock(now.Ended), q.ends[q.at].Revision) + noted(now.Message) + q.stopped(now.Status, q.ends[q.at])
	if left := len(s.Targets) - now.Next; now.Bad > 0 && left > 0 && s.Kind == plan.OnHosts && s.Within == 0 {
		text += fmt.Sprintf(". It never began on %s", targets(left))
	}
	return text
}

func targets(n int) string {
	if n == 1 {
		return "1 target"
	}
	return fmt.Sprintf("%d targets", n)
}

// ofQuestion tells who decided.
func (q *inquiry) ofQuestion() string {
	now, s := q.state.Head.Steps[q.at], q.plan.Steps[q.at]
	var approved []string
	for _, a := range now.Approved {
		approved = append(approved, called(a.Called))
	}
	if !now.Status.Ended() {
		text := fmt.Sprintf("it asks %s since %s", asksWhom(q.plan, q.at), clock(now.Started))
		if s.Question != nil && s.Question.Minimum > 1 {
			text += fmt.Sprintf(", %d of %d have approved", len(approved), s.Question.Minimum)
		}
		if len(approved) > 0 {
			text += " (" + several(approved) + ")"
		}
		return text
	}
	a := now.Answer
	if a == nil {
		return fmt.Sprintf("it asked from %s and %s at %s (revision %d)", clock(now.Started), pastWord(now.Status), clock(now.Ended), q.ends[q.at].Revision) + noted(now.Message)
	}
	if a.Via == "time" {
		return fmt.Sprintf("nobody had answered until %s (revision %d), and then it counts as approved", clock(now.Ended), q.ends[q.at].Revision)
	}
	verb := "rejected"
	if a.Proceed {
		verb = "approved"
	}
	text := fmt.Sprintf("%s %s it at %s", called(a.Called), verb, clock(now.Ended)) + by(a.Via) + fmt.Sprintf(" (revision %d)", q.ends[q.at].Revision) + noted(a.Note)
	if others := exceptLast(approved, a.Called); len(others) > 0 {
		text += ". Before, " + several(others) + " had approved"
	}
	return text
}

// exceptLast leaves out the one who decided, where they stand among the others.
func exceptLast(names []string, last string) []string {
	if n := len(names); n > 0 && names[n-1] == last {
		return names[:n-1]
	}
	return names
}

func (q *inquiry) ofMail() string {
	now := q.state.Head.Steps[q.at]
	if !now.Status.Ended() {
		return "its mail is being sent since " + clock(now.Started)
	}
	if now.Warning {
		return fmt.Sprintf("it ended at %s (revision %d) with a warning", clock(now.Ended), q.ends[q.at].Revision) + noted(now.Message)
	}
	return fmt.Sprintf("it began at %s and %s at %s (revision %d)", clock(now.Started), pastWord(now.Status), clock(now.Ended), q.ends[q.at].Revision) + noted(now.Message)
}
