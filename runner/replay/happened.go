package replay

import (
	"fmt"
	"strings"

	"slipway/pipelines/plan"
	"slipway/pipelines/task"
	"slipway/runner/graph"
)

// eventIn is an event in words: who, and what they did.
func eventIn(p plan.Plan, e graph.Event) string {
	who, what := told(p, e)
	if who == "" {
		return what
	}
	return who + " " + what
}

// told says who made an event, "" where it is nobody in particular, and what
// happened.
func told(p plan.Plan, e graph.Event) (who, what string) {
	switch h := e.Of.(type) {
	case graph.Started:
		return "", "the deployment has its place" + clash(h.Clash)
	case graph.Placed:
		return "", "the deployment has its place again" + clash(h.Clash)
	case graph.TaskReported:
		return reported(p, h)
	case graph.Mailed:
		return "", mailed(p, h)
	case graph.TimerRang:
		step, target := named(p, h.Task)
		return "the clock", fmt.Sprintf("says that the next attempt of %s is due", onTarget(step, target))
	case graph.AlarmRang:
		return "the clock", "says that " + alarmText(p, h.Name)
	case graph.Superseded:
		return "", "the deployment is left out: " + h.Why
	case graph.Closed:
		return "", "what was owed after the end is done"
	}
	return person(p, e.Of)
}

// person tells of what people do.
func person(p plan.Plan, h graph.Happening) (who, what string) {
	switch h := h.(type) {
	case graph.Answered:
		verb := "rejects "
		if h.Proceed {
			verb = "approves "
		}
		return called(h.Called), verb + stepName(p, h.Step) + by(h.Via) + noted(h.Note)
	case graph.Decided:
		step, target := named(p, h.Task)
		return called(h.Called), fmt.Sprintf("chooses %s for attempt %d of %s", h.Choice, h.Attempt, onTarget(step, target)) + by(h.Via) + noted(h.Note)
	case graph.CancelAsked:
		return called(h.Called), "asks to cancel" + noted(h.Note)
	case graph.Resumed:
		return called(h.Called), "takes the deployment up again" + noted(h.Note)
	}
	return "", fmt.Sprintf("something happened that has no words (%T)", h)
}

func reported(p plan.Plan, h graph.TaskReported) (who, what string) {
	step, target := named(p, h.Task)
	if target == "" {
		target = fmt.Sprintf("task %d", h.Task)
	}
	end := string(h.Outcome)
	if h.Outcome == task.Unknown {
		end = "ended nobody knows how"
	}
	what = fmt.Sprintf("reports: %s, attempt %d, %s", step, h.Attempt, end)
	if h.Exit != 0 {
		what += fmt.Sprintf(" with %d", h.Exit)
	}
	return target, what + noted(h.Message)
}

func mailed(p plan.Plan, h graph.Mailed) string {
	what := "the mail of " + stepName(p, h.Step)
	switch {
	case h.Sent:
		return what + " is sent"
	case h.Final:
		return what + " can never be sent" + noted(h.Message)
	}
	return fmt.Sprintf("%s could not be sent, attempt %d", what, h.Attempt) + noted(h.Message)
}

// alarmText says what an alarm is about.
func alarmText(p plan.Plan, name string) string {
	switch kind, step := graph.ReadAlarm(name); kind {
	case graph.AlarmStart:
		return "it is time to start"
	case graph.AlarmLimit:
		return "the time limit of the deployment is over"
	case graph.AlarmStopped:
		return "what was to stop has had time enough"
	case graph.AlarmExpire:
		return "the time to answer " + stepName(p, step) + " is over"
	case graph.AlarmRemind:
		return "those asked at " + stepName(p, step) + " are to be reminded"
	}
	return "the alarm " + name + " is due"
}

func stepName(p plan.Plan, i int) string {
	if i < 0 || i >= len(p.Steps) {
		return fmt.Sprintf("step %d, which the plan does not have", i)
	}
	return p.Steps[i].Name
}

func onTarget(step, target string) string {
	if target == "" {
		return step
	}
	return step + " on " + target
}

func called(name string) string {
	if name == "" {
		return "somebody"
	}
	return name
}

func by(via string) string {
	if via == "" {
		return ""
	}
	return " by " + via
}

func noted(note string) string {
	if note == "" {
		return ""
	}
	return ": " + strings.Join(strings.Fields(note), " ")
}

func clash(with string) string {
	if with == "" {
		return ""
	}
	return ", but nothing on hosts may run: " + with
}
