package views

import (
	"strconv"
	"strings"
	"time"

	"slipway/pipelines/plan"
	"slipway/runner/graph"
)

// Times are the moments that a deployment waits for, zero where it does not.
type Times struct {
	Start   time.Time         // it begins
	Limit   time.Time         // it has taken too long
	Expires map[int]time.Time // a sign-off, by index, is answered by the time
	Reminds map[int]time.Time // those who are asked are reminded
}

// Times are those of a deployment; none of one that cannot be read.
func (d Deployment) Times() Times {
	if d.Held != "" {
		return Times{}
	}
	return TimesOf(d.Plan, d.State)
}

// TimesOf reads the moments off the alarms that a deployment has set.
func TimesOf(p plan.Plan, s graph.State) Times {
	out := Times{Expires: map[int]time.Time{}, Reminds: map[int]time.Time{}}
	for _, e := range graph.Open(p, s) {
		alarm, ok := e.Do.(graph.SetAlarm)
		if !ok {
			continue
		}
		what, rest, _ := strings.Cut(alarm.Name, "-")
		number, _, _ := strings.Cut(rest, "-")
		step, err := strconv.Atoi(number)
		switch {
		case what == "start":
			out.Start = alarm.At
		case what == "limit":
			out.Limit = alarm.At
		case err != nil:
		case what == "expire":
			out.Expires[step] = alarm.At
		case what == "remind":
			out.Reminds[step] = alarm.At
		}
	}
	return out
}
