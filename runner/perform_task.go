package runner

import (
	"context"
	"errors"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/task"
	"slipway/runner/graph"
	"slipway/runner/hosts"
	"slipway/runner/records"
	"slipway/runner/tasklog"
)

// runTask brings an attempt to its end on a host, however often the
// connection, or we, are lost meanwhile.
func (r *Runner) runTask(ctx context.Context, order performing, w graph.RunTask) (graph.Happening, error) {
	a, err := r.attempt(ctx, order, w)
	courier, sends := a.hosts.(hosts.Courier)
	sends = sends && r.Brief != nil
	if !sends && r.Brief != nil && !order.long {
		return nil, errAttend
	}
	if refused, ok := errors.AsType[*refusedError](err); ok {
		return r.ended(ctx, &order.at.Plan, w, a.unreached(refused))
	}
	if err != nil {
		return nil, err
	}
	if sends {
		return a.send(ctx, courier)
	}
	end, err := a.run(ctx)
	if err != nil {
		return nil, err
	}
	if err := a.output.Flush(ctx); err != nil {
		return nil, err
	}
	artifacts, err := r.keepArtifacts(ctx, a.id, end, a.fetch(ctx))
	if err != nil {
		return nil, err
	}
	return r.ended(ctx, &order.at.Plan, w, end, artifacts...)
}

func (r *Runner) attempt(ctx context.Context, order performing, w graph.RunTask) (*attempt, error) {
	at := order.at
	a := &attempt{runner: r, order: order, work: w, id: attemptID(at.Deployment, w.Task, w.Attempt), begun: !order.fresh}
	_, t := hostStep(at, w.Step, w.Task)
	var err error
	if a.target, a.hosts, err = r.reach(ctx, t.ID, t.Name); err != nil {
		return a, err
	}
	if _, sends := a.hosts.(hosts.Courier); r.Brief != nil {
		if sends || !order.long {
			a.begun = a.begun && !order.put.Untaken
			return a, nil
		}
		mark, err := r.marked(ctx, a.id)
		if err != nil {
			return a, err
		}
		a.begun = mark == markBegun
	}
	last := int64(0)
	if a.begun { // else nobody can have kept anything of its output
		if last, err = r.Output.Last(ctx, at.Deployment.ID, tasklog.TaskID(w.Task), a.id); err != nil {
			return a, err
		}
	}
	a.output, err = r.Output.Writer(at.Deployment.ID, tasklog.TaskID(w.Task), a.id, last)
	return a, err
}

// sends says whether the task's host reports by itself.
func (r *Runner) sends(ctx context.Context, order performing, w graph.StopTask) bool {
	_, t := hostStep(order.at, w.Step, w.Task)
	_, over, err := r.reach(ctx, t.ID, t.Name)
	_, sends := over.(hosts.Courier)
	return err == nil && sends
}

// unreached is the end of an attempt whose target cannot even be addressed.
func (a *attempt) unreached(why *refusedError) task.End {
	if a.begun {
		return task.End{Outcome: task.Unknown, Message: why.message + "; the step may have gone on there"}
	}
	return task.End{Outcome: task.Failed, Message: why.message}
}

// stopAgain is the pause between two tries to end an attempt.
const stopAgain = 2 * time.Second

// stopTries is how often a call that costs asks before it leaves it to another:
// the end may have come to somebody else, of which we are not told.
const stopTries = 30

// stopTask ends an attempt. Its end comes back by its own stream; until then the
// host is asked again and again, since a lost connection loses the wish too.
func (r *Runner) stopTask(ctx context.Context, order performing, w graph.StopTask) (graph.Happening, error) {
	if len(order.at.Plan.Steps[w.Step].Targets) == 0 {
		return nil, nil // a mail that is being sent
	}
	if r.Brief != nil && (!order.long || r.sends(ctx, order, w)) {
		return r.stopBriefly(ctx, order, w)
	}
	id := attemptID(order.at.Deployment, w.Task, w.Attempt)
	for tries := 0; ctx.Err() == nil && running(order.now(), w); tries++ {
		if r.Brief != nil && tries == stopTries {
			return nil, &laterError{at: r.Env.Now().Add(soon), why: errors.New("attempt " + id + " does not end")}
		}
		if err := r.stopOnce(ctx, order.at, w, id); err != nil {
			r.Log.Warn("stop", "attempt", id, "error", err)
		}
		if r.Env.Sleep(ctx, stopAgain) != nil {
			return nil, nil
		}
	}
	return nil, nil
}

func running(now *records.Loaded, w graph.StopTask) bool {
	x := now.State.Task(w.Task)
	return x.Status == pipelines.Running && x.Attempt == w.Attempt
}

func (r *Runner) stopOnce(ctx context.Context, at *records.Loaded, w graph.StopTask, id string) error {
	_, t := hostStep(at, w.Step, w.Task)
	target, over, err := r.reach(ctx, t.ID, t.Name)
	if err != nil {
		return err
	}
	return over.Stop(ctx, target, id)
}
