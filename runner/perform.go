package runner

import (
	"context"
	"fmt"
	"strconv"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/graph"
	"slipway/runner/records"
	"slipway/runner/spend"
)

// performing is what an effect works from: how things stood when it was begun,
// how they stand at this moment, and whether it follows from a turn that this
// very look has written, so that nobody can have begun it before.
type performing struct {
	at    *records.Loaded
	now   func() *records.Loaded
	fresh bool
	long  bool   // it may wait for what it began
	sent  func() // to be told of an attempt that reports by itself
	first bool   // as far as we know, nobody was told of its turn before
	put   putOff // what is remembered of it, if it was put off
}

// perform carries out one effect. What it returns goes into the journal; nil
// means that the answer comes another way (a person, a timer).
func (r *Runner) perform(ctx context.Context, order performing, e graph.Effect) (graph.Happening, error) {
	at := order.at
	switch w := e.Do.(type) {
	case graph.RunTask:
		return r.runTask(ctx, order, w)
	case graph.StopTask:
		return r.stopTask(ctx, order, w)
	case graph.AskPeople:
		return nil, r.askPeople(ctx, order, w)
	case graph.AskChoice:
		return nil, r.askChoice(ctx, order, w)
	case graph.SetAlarm:
		return nil, r.setAlarm(ctx, at, w)
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
func (r *Runner) finish(ctx context.Context, at *records.Loaded) (graph.Happening, error) {
	d := at.Deployment
	d.Status = at.State.Head.Status
	own := &spend.Meter{} // what follows is not this deployment's to pay
	if err := r.Next(spend.With(ctx, own), d); err != nil {
		return nil, err
	}
	if err := r.passOn(ctx, d, true); err != nil {
		return nil, err
	}
	return graph.Closed{}, nil
}

// attemptID names one attempt at one task everywhere. The time is in it because
// hosts remember attempts for long: a server that was made anew, or restored
// from an older copy, counts its deployments from a number they know already.
func attemptID(d pipelines.Deployment, number, attempt int) string {
	return d.ID + "-" + strconv.FormatInt(d.Created.UnixMilli(), 36) + ".t" + strconv.Itoa(number) + "." + strconv.Itoa(attempt)
}

// hostStep is the step of a task that runs on a host.
func hostStep(at *records.Loaded, step, number int) (*plan.Step, *plan.Target) {
	s := &at.Plan.Steps[step]
	return s, &s.Targets[number-s.First]
}
