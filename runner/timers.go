package runner

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"slipway/pipelines"
	"slipway/runner/graph"
	"slipway/runner/records"
)

// timer is the payload of a timer of ours: of a task whose next attempt is due,
// of an alarm, or, with neither, of a deployment that is to be looked at.
type timer struct {
	Deployment string `json:"deployment"`
	Task       int    `json:"task"`
	Attempt    int    `json:"attempt"`
	Put        putOff `json:"put,omitzero"` // the one effect that is due then
	Alarm      string `json:"alarm,omitempty"`
}

// rang is what a ring of the timer means to the deployment; nil: it is to be
// looked at.
func (t timer) rang() graph.Happening {
	switch {
	case t.Alarm != "":
		return graph.AlarmRang{Name: t.Alarm}
	case t.Attempt > 0:
		return graph.TimerRang{Task: t.Task, Attempt: t.Attempt}
	}
	return nil
}

func (r *Runner) wakeMe(ctx context.Context, at *records.Loaded, w graph.WakeMe) error {
	id := fmt.Sprintf("%s-%d-%d", at.Deployment.ID, w.Task, w.Attempt)
	return r.set(ctx, id, w.At, timer{Deployment: at.Deployment.ID, Task: w.Task, Attempt: w.Attempt})
}

// setAlarm sets one of the deployment's alarms. Set again it is the same one, so
// that every look may do it.
func (r *Runner) setAlarm(ctx context.Context, at *records.Loaded, w graph.SetAlarm) error {
	return r.set(ctx, at.Deployment.ID+"-alarm-"+w.Name, w.At, timer{Deployment: at.Deployment.ID, Alarm: w.Name})
}

func (r *Runner) set(ctx context.Context, id string, at time.Time, t timer) error {
	payload, err := json.Marshal(t)
	if err != nil {
		return err
	}
	return r.Timers.Set(ctx, id, at, payload)
}

// Ring is a timers.Ring: it puts the event into the journal. wake has the
// deployment looked at then.
func (r *Runner) Ring(wake func(context.Context, string) error) func(context.Context, string, []byte) error {
	return func(ctx context.Context, _ string, payload []byte) error {
		var t timer
		if err := json.Unmarshal(payload, &t); err != nil {
			return err
		}
		if r.Brief != nil {
			return r.rang(ctx, t)
		}
		if err := r.note(ctx, t); err != nil {
			return err
		}
		return wake(ctx, t.Deployment)
	}
}

// note puts a ring into the journal. A timer of what is not there, or cannot be
// read, has nobody to ring for: whoever mends the store starts a process, which
// sets the timers that are due.
func (r *Runner) note(ctx context.Context, t timer) error {
	rang := t.rang()
	if rang == nil {
		return nil
	}
	_, _, err := r.Records.Happen(ctx, t.Deployment, func(records.Loaded) ([]graph.Event, records.Also, error) {
		return []graph.Event{{ID: r.Env.NewID(), At: r.Env.Now(), Of: rang}}, records.Also{}, nil
	})
	return r.gone(t, r.held(ctx, t.Deployment, err))
}

func (r *Runner) gone(t timer, err error) error {
	if pipelines.CodeOf(err) != pipelines.NotFound {
		return err
	}
	r.Log.Warn("a timer rang for what is not there", "deployment", t.Deployment, "error", err)
	return nil
}

func (r *Runner) rang(ctx context.Context, t timer) error {
	if kind, _ := graph.ReadAlarm(t.Alarm); kind == graph.AlarmStopped {
		if err := r.lateReports(ctx, t.Deployment); err != nil {
			return r.gone(t, err)
		}
	}
	l := r.newLook(t.Deployment)
	switch rang := t.rang(); {
	case rang != nil:
		l.happened = []graph.Happening{rang}
	case t.Put.Effect != "":
		l.put, l.long = &t.Put, true // nobody waits for a ring, so it may last
	default:
		l.all, l.watch = true, true
	}
	return r.gone(t, r.held(ctx, t.Deployment, l.run(ctx)))
}
