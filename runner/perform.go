package runner

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/graph"
	"slipway/runner/records"
)

// performing is what an effect works from: how things stood when it was begun,
// how they stand at this moment, and whether it follows from a turn that this
// very look has written, so that nobody can have begun it before.
type performing struct {
	at    records.Loaded
	now   func() *records.Loaded
	fresh bool
}

// perform carries out one effect. What it returns goes into the journal; nil
// means that the answer comes another way (a person, a timer).
func (r *Runner) perform(ctx context.Context, order performing, e graph.Effect) (graph.Happening, error) {
	at := order.at
	switch w := e.Do.(type) {
	case graph.RunTask:
		return r.runTask(ctx, order, w)
	case graph.StopTask:
		r.stopTask(ctx, order, w)
		return nil, nil
	case graph.AskPeople:
		return nil, r.askPeople(ctx, order, w)
	case graph.SendMail:
		return r.sendMail(ctx, at, w)
	case graph.WakeMe:
		return nil, r.wakeMe(ctx, at, w)
	case graph.Finish:
		return r.finish(ctx, at)
	}
	return nil, fmt.Errorf("no effect of the kind %T is known", e.Do)
}

// finish does what is owed after the end.
func (r *Runner) finish(ctx context.Context, at records.Loaded) (graph.Happening, error) {
	d := at.Deployment
	d.Status = at.State.Head.Status
	if err := r.Next(ctx, d); err != nil {
		return nil, err
	}
	return graph.Closed{}, nil
}

// timer is the payload of a timer of ours.
type timer struct {
	Deployment string `json:"deployment"`
	Task       int    `json:"task"`
	Attempt    int    `json:"attempt"`
}

func (r *Runner) wakeMe(ctx context.Context, at records.Loaded, w graph.WakeMe) error {
	payload, err := json.Marshal(timer{at.Deployment.ID, w.Task, w.Attempt})
	if err != nil {
		return err
	}
	return r.Timers.Set(ctx, fmt.Sprintf("%s-%d-%d", at.Deployment.ID, w.Task, w.Attempt), w.At, payload)
}

// Ring is a timers.Ring: it puts the event into the journal. wake has the
// deployment looked at then.
func (r *Runner) Ring(wake func(context.Context, string) error) func(context.Context, string, []byte) error {
	return func(ctx context.Context, _ string, payload []byte) error {
		var t timer
		if err := json.Unmarshal(payload, &t); err != nil {
			return err
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

// attemptID names one attempt at one task everywhere. The time is in it because
// hosts remember attempts for long: a server that was made anew, or restored
// from an older copy, counts its deployments from a number they know already.
func attemptID(d pipelines.Deployment, number, attempt int) string {
	return fmt.Sprintf("%s-%s.t%d.%d", d.ID, strconv.FormatInt(d.Created.UnixMilli(), 36), number, attempt)
}

// hostStep is the step of a task that runs on a host.
func hostStep(at records.Loaded, step, number int) (plan.Step, plan.Target) {
	s := at.Plan.Steps[step]
	return s, s.Targets[number-s.First]
}
