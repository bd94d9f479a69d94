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
// or, with Attempt 0, of a deployment that is to be looked at.
type timer struct {
	Deployment string `json:"deployment"`
	Task       int    `json:"task"`
	Attempt    int    `json:"attempt"`
	Put        putOff `json:"put,omitzero"` // the one effect that is due then
}

func (r *Runner) wakeMe(ctx context.Context, at records.Loaded, w graph.WakeMe) error {
	id := fmt.Sprintf("%s-%d-%d", at.Deployment.ID, w.Task, w.Attempt)
	return r.set(ctx, id, w.At, timer{Deployment: at.Deployment.ID, Task: w.Task, Attempt: w.Attempt})
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
		_, _, err := r.Records.Happen(ctx, t.Deployment, func(records.Loaded) ([]graph.Event, []records.Change, error) {
			rang := graph.TimerRang{Task: t.Task, Attempt: t.Attempt}
			return []graph.Event{{ID: r.Env.NewID(), At: r.Env.Now(), Of: rang}}, nil, nil
		})
		if err != nil {
			return err
		}
		return wake(ctx, t.Deployment)
	}
}

func (r *Runner) rang(ctx context.Context, t timer) error {
	l := r.newLook(t.Deployment)
	switch {
	case t.Attempt > 0:
		l.happened = []graph.Happening{graph.TimerRang{Task: t.Task, Attempt: t.Attempt}}
	case t.Put.Effect != "":
		l.put, l.long = &t.Put, true // nobody waits for a ring, so it may last
	default:
		l.all, l.watch = true, true
	}
	err := l.run(ctx)
	if pipelines.CodeOf(err) == pipelines.NotFound {
		r.Log.Warn("a timer rang for what is not there", "deployment", t.Deployment, "error", err)
		return nil
	}
	return err
}
