package runner

import (
	"context"
	"errors"
	"fmt"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/graph"
	"slipway/runner/hosts"
	"slipway/runner/records"
	"slipway/runner/tasklog"
)

// flushEvery is how long a line may wait before it is kept and can be seen.
const flushEvery = 500 * time.Millisecond

// runTask brings an attempt to its end on a host, however often the
// connection, or we, are lost meanwhile.
func (r *Runner) runTask(ctx context.Context, at records.Loaded, w graph.RunTask) (graph.Happening, error) {
	a, err := r.attempt(ctx, at, w)
	if err != nil {
		var refused *refusedError
		if errors.As(err, &refused) {
			return a.ended(task.End{Outcome: task.Failed, Message: refused.Error()}), nil
		}
		return nil, err
	}
	end, err := a.run(ctx)
	if err != nil {
		return nil, err
	}
	if err := a.output.Flush(ctx); err != nil {
		return nil, err
	}
	return a.ended(end), nil
}

// attempt is one try at one task, seen from our side.
type attempt struct {
	runner *Runner
	at     records.Loaded
	work   graph.RunTask
	id     string
	hosts  hosts.Hosts
	target hosts.Target
	output *tasklog.Writer
	lostAt time.Time // since when the host is out of reach; zero: it is not
	told   string    // the last trouble that was written to the log
}

// refusedError is a reason why an attempt cannot even begin, for people.
type refusedError struct{ message string }

func (e *refusedError) Error() string { return e.message }

func (r *Runner) attempt(ctx context.Context, at records.Loaded, w graph.RunTask) (*attempt, error) {
	a := &attempt{runner: r, at: at, work: w, id: attemptID(at.Deployment, w.Task, w.Attempt)}
	_, t := hostStep(at, w.Step, w.Task)
	var err error
	if a.target, a.hosts, err = r.reach(ctx, t.ID, t.Name); err != nil {
		return a, err
	}
	last, err := r.Output.Last(ctx, at.Deployment.ID, tasklog.TaskID(w.Task), a.id)
	if err != nil {
		return a, err
	}
	a.output, err = r.Output.Writer(at.Deployment.ID, tasklog.TaskID(w.Task), a.id, last)
	return a, err
}

func (a *attempt) ended(end task.End) graph.Happening {
	return graph.TaskReported{
		Task: a.work.Task, Attempt: a.work.Attempt,
		Outcome: end.Outcome, Exit: end.ExitCode, Message: end.Message, Outputs: end.Outputs,
	}
}

// run hands the order over, if the host does not have it, and reads on until
// the attempt has ended or the host was out of reach for too long.
func (a *attempt) run(ctx context.Context) (task.End, error) {
	started := false
	for {
		end, err := a.once(ctx, &started)
		switch {
		case ctx.Err() != nil:
			return task.End{}, ctx.Err()
		case err == nil && end != nil:
			return *end, nil
		case err == nil:
			a.lostAt = time.Time{}
			continue
		}
		if end := a.hopeless(err, started); end != nil {
			return *end, nil
		}
		a.tell(ctx, err)
		if err := pause(ctx, time.Second); err != nil {
			return task.End{}, err
		}
	}
}

// once is one try to start and attach. Neither an end nor an error means that
// the stream stopped without one: look again.
func (a *attempt) once(ctx context.Context, started *bool) (*task.End, error) {
	if !*started {
		if err := a.start(ctx); err != nil {
			return nil, err
		}
		*started = true
	}
	var end *task.End
	stop := a.flushing(ctx)
	defer stop()
	err := a.hosts.Attach(ctx, a.target, a.id, a.output.Last(), func(report task.Report) error {
		a.lostAt = time.Time{}
		if report.Phase == task.Absent {
			return fmt.Errorf("%w: the host has no record of attempt %s any more", errForgotten, a.id)
		}
		end = report.End
		return a.output.Append(ctx, report.Lines...)
	})
	return end, err
}

// errForgotten: the ledger that knew the attempt is gone.
var errForgotten = errors.New("ledger lost")

// start makes the host ready and hands over package and order, unless its
// ledger already knows the attempt.
func (a *attempt) start(ctx context.Context) error {
	known, err := a.hosts.Ask(ctx, a.target, a.id)
	if err == nil && known.Phase != task.Absent {
		return nil
	}
	facts, err := a.hosts.Ready(ctx, a.target)
	if err != nil {
		return err
	}
	if err := a.runner.pin(ctx, &a.target, facts); err != nil {
		return err
	}
	order, err := a.runner.order(ctx, a.at, a.work, a.target)
	if err != nil {
		return err
	}
	if p := order.Package; p != nil {
		if err := a.deliver(ctx, *p); err != nil {
			return err
		}
	}
	return a.hosts.Start(ctx, a.target, order)
}

func (a *attempt) deliver(ctx context.Context, p task.Package) error {
	there, err := a.hosts.Holds(ctx, a.target, p.SHA256)
	if err != nil || there {
		return err
	}
	body, _, err := a.runner.Blobs.Get(ctx, records.PackageBlob(p.SHA256))
	if err != nil {
		return fmt.Errorf("package %s %s: %w", p.ID, p.Version, err)
	}
	defer body.Close()
	return a.hosts.Deliver(ctx, a.target, p, body)
}

// hopeless says how the attempt ends when going on makes no sense, or nil.
func (a *attempt) hopeless(err error, started bool) *task.End {
	var refused *refusedError
	var untrusted *hosts.UntrustedError
	var busy *hosts.BusyError
	switch {
	case errors.As(err, &refused), errors.As(err, &untrusted):
		return &task.End{Outcome: task.Failed, Message: err.Error()}
	case errors.Is(err, errForgotten):
		return &task.End{Outcome: task.Unknown, Message: err.Error()}
	case errors.As(err, &busy):
		return nil
	case !errors.Is(err, hosts.ErrUnreachable):
		if !started {
			return &task.End{Outcome: task.Failed, Message: err.Error()}
		}
	}
	now := a.runner.Env.Now()
	if a.lostAt.IsZero() {
		a.lostAt = now
	}
	if now.Sub(a.lostAt) < a.runner.patience() {
		return nil
	}
	if started {
		return &task.End{Outcome: task.Unknown, Message: fmt.Sprintf("host %s was lost in the middle and has been out of reach for %s; the step may have gone on there: look at the host, then deploy again (%s)", a.target.Name, a.runner.patience(), err)}
	}
	return &task.End{Outcome: task.Failed, Message: fmt.Sprintf("host %s could not be reached for %s: check it with `slipway target check %q` (%s)", a.target.Name, a.runner.patience(), a.target.Name, err)}
}

// tell writes a trouble to the operator's log, once while it stays the same.
func (a *attempt) tell(ctx context.Context, err error) {
	if a.told == err.Error() || ctx.Err() != nil {
		return
	}
	a.told = err.Error()
	a.runner.Log.Warn("attempt waits", "attempt", a.id, "target", a.target.Name, "why", err)
}

// flushing keeps lines at short intervals until the returned func is called.
func (a *attempt) flushing(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(flushEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if err := a.output.Flush(ctx); err != nil && ctx.Err() == nil {
					a.runner.Log.Error("keep output", "attempt", a.id, "error", err)
				}
			}
		}
	}()
	return func() { cancel(); <-done }
}

// stopTask ends an attempt; its end comes back by its own stream.
func (r *Runner) stopTask(ctx context.Context, at records.Loaded, w graph.StopTask) error {
	if len(at.Plan.Steps[w.Step].Targets) == 0 {
		return nil // a mail that is being sent
	}
	_, t := hostStep(at, w.Step, w.Task)
	target, over, err := r.reach(ctx, t.ID, t.Name)
	if err != nil {
		return err
	}
	err = over.Stop(ctx, target, attemptID(at.Deployment, w.Task, w.Attempt))
	if err != nil {
		r.Log.Warn("stop", "attempt", attemptID(at.Deployment, w.Task, w.Attempt), "target", t.Name, "error", err)
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
