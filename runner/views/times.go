package views

import (
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

// TimesOf sorts the alarms that are due by what they are about.
func TimesOf(p plan.Plan, s graph.State) Times {
	out := Times{Expires: map[int]time.Time{}, Reminds: map[int]time.Time{}}
	for _, a := range graph.Due(p, s) {
		switch a.Kind {
		case graph.AlarmStart:
			out.Start = a.At
		case graph.AlarmLimit:
			out.Limit = a.At
		case graph.AlarmExpire:
			out.Expires[a.Step] = a.At
		case graph.AlarmRemind:
			out.Reminds[a.Step] = a.At
		}
	}
	return out
}
