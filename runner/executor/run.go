package executor

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/executor/attempts"
	"slipway/runner/executor/commands"
	"slipway/runner/executor/conventions"
	"slipway/runner/executor/ledger"
	"slipway/runner/executor/masking"
)

// run is the detached process: it has the target's lock until it ends.
func (c *call) run(args []string) error {
	readableByOthers()
	if err := c.sayInto(); err != nil {
		return err
	}
	return c.host().Run(c.ctx, args[0], c.handedDown(), c.payload)
}

// handedDown is the lock that `start` handed down, nil where locks cannot be.
func (c *call) handedDown() *ledger.Lock {
	if _, ok := c.env("SLIPWAY_LOCK"); !ok {
		return nil
	}
	os.Unsetenv("SLIPWAY_LOCK")
	return ledger.Inherited(handedDown())
}

// errShutdown ends a payload before it is done, like those of the rules.
var errShutdown = errors.New("the host asked the attempt's process to end, as it does when it shuts down")

// payload does the work and says how it ended.
func (c *call) payload(ctx context.Context, a ledger.Attempt, o task.Order, output *ledger.Output) task.End {
	ctx, stop := limits(ctx, a, o)
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
	why := mask.Text(err.Error())
	if len(why) > task.LongestMessage {
		for line := range strings.Lines(why) {
			output.Add(task.Note, strings.TrimRight(line, "\r\n"))
		}
	}
	return attempts.Broken(end, o, why, context.Cause(ctx))
}

// limits is the context that ends when somebody wants the attempt to stop, its
// time is over, or the host shuts down.
func limits(ctx context.Context, a ledger.Attempt, o task.Order) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	free := func() {}
	if o.Timeout > 0 {
		ctx, free = context.WithTimeoutCause(ctx, time.Duration(o.Timeout), attempts.ErrTimeout)
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
					cancel(attempts.ErrStopped)
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
