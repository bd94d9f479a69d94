package executor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/executor/commands"
	"slipway/runner/executor/conventions"
	"slipway/runner/executor/ledger"
	"slipway/runner/executor/masking"
)

// run is the detached process: it has the target's lock until it ends.
func (c *call) run(args []string) error {
	a, err := c.ledger.Attempt(args[0])
	if err != nil {
		return err
	}
	o, err := a.Order()
	if err != nil {
		return err
	}
	lock, err := c.takeLock(o)
	if err != nil {
		return err
	}
	defer lock.Close()
	readableByOthers()
	if end := c.refuse(a, o); end != nil {
		return a.End(*end)
	}
	if err := a.Begin(ledger.Self()); err != nil {
		return err
	}
	output, err := a.Output(c.now)
	if err != nil {
		return err
	}
	end := c.payload(a, o, output)
	if err := output.Close(); err != nil && end.Outcome == task.Succeeded {
		end = task.End{Outcome: task.Failed, Message: "all was done, but its output could not be kept: " + err.Error()}
	}
	end.At = c.now().UTC()
	os.RemoveAll(a.Path("work"))
	return a.End(end)
}

// takeLock is the lock that `start` handed down, or one that this process
// takes where locks cannot be handed down.
func (c *call) takeLock(o task.Order) (*ledger.Lock, error) {
	if _, ok := c.env("SLIPWAY_LOCK"); ok {
		os.Unsetenv("SLIPWAY_LOCK")
		if lock := ledger.Inherited(handedDown()); lock != nil {
			return lock, nil
		}
	}
	for deadline := c.now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		lock, holder, err := c.ledger.Hold(o.Target, o.ID)
		if err != nil || lock != nil {
			return lock, err
		}
		if c.now().After(deadline) {
			return nil, fmt.Errorf("attempt %s holds target %s", holder, o.Target)
		}
	}
}

// refuse is the end of an order that must not run (any more), or nil.
func (c *call) refuse(a ledger.Attempt, o task.Order) *task.End {
	now := c.now().UTC()
	switch {
	case a.StopAsked():
		return &task.End{Outcome: task.Cancelled, At: now, Message: stoppedEarly}
	case o.Format > task.Format:
		return &task.End{Outcome: task.Failed, At: now, Message: fmt.Sprintf("the order has format %d and this executor understands %d; nothing ran", o.Format, task.Format)}
	case !o.Expires.IsZero() && o.Expires.Before(now):
		return &task.End{Outcome: task.Failed, At: now, Message: fmt.Sprintf(
			"the order could be begun until %s, and this host's clock says %s: nothing ran. Deploy again, and check the host's clock if the order was fresh",
			o.Expires.UTC().Format(time.RFC3339), now.Format(time.RFC3339))}
	}
	return nil
}

// What ends a payload before it is done.
var (
	errStopped  = errors.New("stopped on request")
	errShutdown = errors.New("the host asked the attempt's process to end, as it does when it shuts down")
	errTimeout  = errors.New("time limit")
)

// payload does the work and says how it ended.
func (c *call) payload(a ledger.Attempt, o task.Order, output *ledger.Output) task.End {
	ctx, stop := c.limits(a, o)
	defer stop()
	mask := masking.New()
	done, err := c.work(ctx, a, o, mask, output)
	end := task.End{
		Outcome: task.Succeeded, ExitCode: done.ExitCode, Outputs: done.Outputs,
		Installed: done.Installed, Skipped: done.Skipped, Retired: done.Retired, Artifacts: done.Artifacts,
	}
	var sealing error
	if end.Sealed, sealing = sealTo(o.OutputKey, done.Sensitive); err == nil {
		err = sealing
	}
	if err == nil {
		return end
	}
	end.Outcome, end.Message = task.Failed, mask.Text(err.Error())
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errStopped):
		end.Outcome = task.Cancelled
	case errors.Is(cause, errTimeout):
		end.Message = fmt.Sprintf("it took longer than %s, the time limit of this step, and was ended", time.Duration(o.Timeout))
	}
	return end
}

// limits is the context that ends when somebody wants the attempt to stop, its
// time is over, or the host shuts down.
func (c *call) limits(a ledger.Attempt, o task.Order) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(c.ctx)
	free := func() {}
	if o.Timeout > 0 {
		ctx, free = context.WithTimeoutCause(ctx, time.Duration(o.Timeout), errTimeout)
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, os.Interrupt)
	go func() {
		look := time.NewTicker(100 * time.Millisecond)
		defer look.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-signals:
				cancel(errShutdown)
			case <-look.C:
				if a.StopAsked() {
					cancel(errStopped)
				}
			}
		}
	}()
	return ctx, func() { cancel(nil); free(); signal.Stop(signals) }
}

// work opens the secrets and hands everything to the conventions.
func (c *call) work(ctx context.Context, a ledger.Attempt, o task.Order, mask *masking.Mask, output *ledger.Output) (conventions.Done, error) {
	key, err := c.hostKey()
	if err != nil {
		return conventions.Done{}, err
	}
	secrets, err := key.open(o.Sealed)
	if err != nil {
		return conventions.Done{}, err
	}
	applications, err := c.applications()
	if err != nil {
		return conventions.Done{}, err
	}
	return conventions.Perform(ctx, conventions.Job{
		Order: o, Secrets: secrets, Mask: mask, Log: output, Now: c.now,
		Work: a.Path("work"), Artifacts: a.Path("artifacts"), Packages: c.ledger.Path("packages"), Undo: c.ledger.Path("undo"), Applications: applications, Environ: os.Environ(),
		FreeBytes: freeBytes, Commands: commands.System{}, Systemd: systemdRuns(),
		Alone: func(ctx context.Context, thing string) (func(), error) { return c.alone(ctx, "."+thing, o.ID) },
	})
}

// alone takes a lock that all targets of this host share.
func (c *call) alone(ctx context.Context, thing, id string) (leave func(), err error) {
	for {
		lock, _, err := c.ledger.Hold(thing, id)
		if err != nil {
			return nil, err
		}
		if lock != nil {
			return func() { lock.Close() }, nil
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// systemdRuns is systemd's own way to tell.
func systemdRuns() bool {
	info, err := os.Stat("/run/systemd/system")
	return err == nil && info.IsDir()
}
