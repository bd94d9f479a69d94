package runner

import (
	"context"
	"errors"
	"fmt"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/task"
	"slipway/runner/graph"
	"slipway/runner/hosts"
	"slipway/runner/records"
	"slipway/runner/tasklog"
)

// attempt is one try at one task, seen from our side.
type attempt struct {
	runner *Runner
	order  performing
	work   graph.RunTask
	id     string
	hosts  hosts.Hosts
	target hosts.Target
	output *tasklog.Writer
	// begun: the payload may have begun on the host, as far as we can know. It
	// is false only while we are sure: the attempt is new, or the host's ledger
	// has just said that it knows nothing of it. What may have begun never ends
	// as failed for want of an answer, since failed may be tried again.
	begun    bool
	attached bool      // the host has accepted the order
	lostAt   time.Time // since when the host is out of reach; zero: it is not
	told     string    // the last trouble that was written to the log
	waits    waits
	// ended are earlier attempts of which the journal knows the end, once read.
	ended map[int]bool
}

// refusedError is a reason why an attempt cannot begin, for people.
type refusedError struct{ message string }

func (e *refusedError) Error() string { return e.message }

// errForgotten: the ledger that knew the attempt is gone.
var errForgotten = errors.New("ledger lost")

// errStopped: the attempt was to be ended before it began, and never will.
var errStopped = errors.New("stopped before it began")

// run hands the order over, if the host does not have it, and reads on until
// the attempt has ended or the host was out of reach for too long.
func (a *attempt) run(ctx context.Context) (task.End, error) {
	for {
		end, err := a.once(ctx)
		if errors.Is(err, errStopped) {
			err = a.endEarlier(ctx)
		}
		switch {
		case ctx.Err() != nil:
			return task.End{}, ctx.Err()
		case err == nil && end != nil:
			return *end, nil
		case err == nil:
			a.lostAt = time.Time{}
			continue
		}
		if end := a.hopeless(err); end != nil {
			if sure, err := a.never(ctx); err != nil {
				return task.End{}, err
			} else if sure {
				return *end, nil
			}
		}
		a.tell(ctx, err)
		a.sayWait(ctx, err)
		if err := a.runner.Env.Sleep(ctx, time.Second); err != nil {
			return task.End{}, err
		}
	}
}

// never makes sure that an attempt which ends without having begun never will,
// where another runner may be about to hand it over. It is not so if that one
// was first.
func (a *attempt) never(ctx context.Context) (bool, error) {
	if a.begun || a.runner.Brief == nil {
		return true, nil
	}
	mark, _, err := a.runner.claim(ctx, a.id, markNever)
	if err != nil || mark != markBegun {
		return err == nil, err
	}
	// Another call may be handing it over, or we did while the host was busy. A host
	// that has been told to stop it begins it no more.
	known, err := a.forbid(ctx)
	a.begun = err != nil || known.Phase != task.Absent
	return !a.begun, nil
}

func (a *attempt) forbid(ctx context.Context) (task.Report, error) {
	if err := a.hosts.Stop(ctx, a.target, a.id); err != nil {
		return task.Report{}, err
	}
	return a.hosts.Ask(ctx, a.target, a.id)
}

// once is one try to start and attach. Neither an end nor an error means that
// the stream stopped without one: look again.
func (a *attempt) once(ctx context.Context) (*task.End, error) {
	if !a.attached {
		if err := a.start(ctx); err != nil {
			return nil, err
		}
		a.attached = true
	}
	var end *task.End
	stop := func() {}
	defer func() { stop() }()
	flushes := false
	err := a.hosts.Attach(ctx, a.target, a.id, a.output.Last(), func(report task.Report) error {
		if len(report.Lines) > 0 && !flushes {
			stop, flushes = a.flushing(ctx), true
		}
		a.lostAt = time.Time{}
		if report.Phase == task.Absent {
			return fmt.Errorf("%w: the host has no record of attempt %s any more", errForgotten, a.id)
		}
		end = report.End
		return a.output.Append(ctx, report.Lines...)
	})
	return end, err
}

// start makes the host ready and hands over package and order, unless its
// ledger already knows the attempt.
func (a *attempt) start(ctx context.Context) error {
	if known, err := a.asked(ctx); err != nil || known {
		return err
	}
	facts, err := a.hosts.Ready(ctx, a.target)
	if err != nil {
		return err
	}
	a.lostAt = time.Time{}
	if err := a.runner.pin(ctx, &a.target, facts); err != nil {
		return err
	}
	order, err := a.runner.order(ctx, a.order.at, a.work, &a.target)
	if err != nil {
		return err
	}
	if p := order.Package; p != nil {
		if err := a.deliver(ctx, p); err != nil {
			return err
		}
		a.lostAt = time.Time{}
	}
	if a.stopped() {
		return errStopped
	}
	if err := a.hand(ctx, order); err != nil {
		return err
	}
	spare(order.Variables)
	return nil
}

// asked says whether the host's ledger knows the attempt. When it does not, and
// somebody wants the attempt ended, it will never begin.
func (a *attempt) asked(ctx context.Context) (bool, error) {
	if !a.begun && a.stopped() {
		return false, errStopped
	}
	if !a.begun && a.order.fresh && a.runner.Brief == nil {
		return false, nil // nobody but us could have handed it over
	}
	known, err := a.hosts.Ask(ctx, a.target, a.id)
	if err != nil {
		if a.begun || errors.Is(err, hosts.ErrUnreachable) {
			return false, err
		}
		return false, nil // no executor there yet: Ready brings it
	}
	a.lostAt = time.Time{}
	a.begun = known.Phase != task.Absent
	if !a.begun && a.stopped() {
		return false, errStopped
	}
	return a.begun, nil
}

// hand gives the order to the host. From the call on the payload may begin,
// unless the host says itself that it does not.
func (a *attempt) hand(ctx context.Context, order *task.Order) error {
	if a.runner.Brief != nil {
		mark, _, err := a.runner.claim(ctx, a.id, markBegun)
		if err != nil {
			return err
		}
		if mark == markNever {
			return errStopped
		}
	}
	a.begun = true
	err := a.hosts.Start(ctx, a.target, *order)
	if busy := (*hosts.BusyError)(nil); errors.As(err, &busy) {
		a.begun = false
		return err
	}
	if err == nil || errors.Is(err, hosts.ErrUnreachable) || ctx.Err() != nil {
		return err
	}
	if known, asking := a.hosts.Ask(ctx, a.target, a.id); asking == nil && known.Phase == task.Absent {
		a.begun = false
		return &refusedError{err.Error()}
	}
	return err
}

func (a *attempt) deliver(ctx context.Context, p *task.Package) error {
	there, err := a.hosts.Holds(ctx, a.target, p.SHA256)
	if err != nil || there {
		return err
	}
	body, _, err := a.runner.Blobs.Get(ctx, records.PackageBlob(p.SHA256))
	if err != nil {
		return fmt.Errorf("package %s %s: %w", p.ID, p.Version, err)
	}
	defer body.Close()
	return a.hosts.Deliver(ctx, a.target, *p, body)
}

// stopped says whether somebody wants the attempt ended, or does not wait for
// it any more.
func (a *attempt) stopped() bool {
	x := a.order.now().State.Task(a.work.Task)
	return x.Stop || x.Status != pipelines.Running || x.Attempt != a.work.Attempt
}

// hopeless says how the attempt ends when going on makes no sense, or nil.
func (a *attempt) hopeless(err error) *task.End {
	var refused *refusedError
	var untrusted *hosts.UntrustedError
	var busy *hosts.BusyError
	var left *leftError
	switch {
	case errors.As(err, &left): // for as long as our patience lasts
	case errors.Is(err, errStopped):
		return &task.End{Outcome: task.Cancelled, Message: "stopped before it began on " + a.target.Name}
	case errors.Is(err, errForgotten):
		return &task.End{Outcome: task.Unknown, Message: err.Error()}
	case errors.As(err, &busy):
		return nil
	case !a.begun && (errors.As(err, &refused) || errors.As(err, &untrusted) || !errors.Is(err, hosts.ErrUnreachable) && !a.ours(err)):
		return &task.End{Outcome: task.Failed, Message: err.Error()}
	}
	now := a.runner.Env.Now()
	if a.lostAt.IsZero() {
		a.lostAt = now
	}
	if now.Sub(a.lostAt) < a.runner.patience() {
		return nil
	}
	if left != nil {
		return &task.End{Outcome: task.Unknown, Message: fmt.Sprintf("stopped before it began, but attempt %d may still run on %s (%s)", left.attempt, a.target.Name, left.why)}
	}
	if a.begun {
		return &task.End{Outcome: task.Unknown, Message: fmt.Sprintf("host %s was lost in the middle and has been out of reach for %s; the step may have gone on there (%s)", a.target.Name, now.Sub(a.lostAt).Round(time.Second), err)}
	}
	return &task.End{Outcome: task.Failed, Message: fmt.Sprintf("host %s could not be reached for %s: check it with `slipway target check %q` (%s)", a.target.Name, now.Sub(a.lostAt).Round(time.Second), a.target.Name, err)}
}

// ours says whether an error may be passing trouble of a store of ours. On a
// disk there is none that passes.
func (a *attempt) ours(err error) bool {
	return a.runner.Brief != nil && pipelines.CodeOf(err) == pipelines.Unavailable
}

// tell writes a trouble to the operator's log, once while it stays the same.
func (a *attempt) tell(ctx context.Context, err error) {
	if a.told == err.Error() || ctx.Err() != nil {
		return
	}
	a.told = err.Error()
	a.runner.Log.Warn("attempt waits", "attempt", a.id, "target", a.target.Name, "why", err)
}

// flushEvery is how long a line may wait before it is kept and can be seen.
const flushEvery = 500 * time.Millisecond

// flushing keeps lines at short intervals until the returned func is called.
func (a *attempt) flushing(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	env := a.runner.Env
	done := env.Signal()
	env.Go(func() {
		defer done.Raise()
		for env.Sleep(ctx, flushEvery) == nil {
			if err := a.output.Flush(ctx); err != nil && ctx.Err() == nil {
				a.runner.Log.Error("keep output", "attempt", a.id, "error", err)
			}
		}
	})
	return func() {
		cancel()
		_ = done.Wait(context.WithoutCancel(ctx)) // never ends early
	}
}
