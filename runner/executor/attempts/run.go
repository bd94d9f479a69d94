package attempts

import (
	"context"
	"errors"
	"fmt"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/executor/ledger"
)

// Payload does what the order asks and says how it ended. Only an attempt that
// has begun, for the first and only time, gets there.
type Payload func(ctx context.Context, a ledger.Attempt, o task.Order, output *ledger.Output) task.End

// Run is the life of the process that runs an attempt: it has the target's lock
// until it ends. The lock is the one that was handed down, or nil where this
// process must take it by itself.
func (h *Host) Run(ctx context.Context, id string, lock *ledger.Lock, payload Payload) error {
	a, err := h.Ledger.Attempt(id)
	if err != nil {
		return err
	}
	o, err := a.Order()
	if err != nil {
		return err
	}
	if lock == nil {
		if lock, err = h.takeLock(ctx, a, o); err != nil {
			return err
		}
	}
	defer lock.Close()
	switch end, err := h.refuse(a, o); {
	case err != nil:
		return err
	case end != nil:
		return a.End(*end)
	}
	if err := a.Begin(h.Ledger.Self()); err != nil {
		return err
	}
	output, err := a.Output(h.Now)
	if err != nil {
		return err
	}
	end := payload(ctx, a, o, output)
	if err := output.Close(); err != nil && end.Outcome == task.Succeeded {
		end = task.End{Outcome: task.Failed, Message: "all was done, but its output could not be kept: " + err.Error()}
	}
	end.At = h.Now().UTC()
	a.ClearWork()
	return a.End(end)
}

// takeLock waits for the target where no lock was handed down, unless another
// process has taken the attempt up meanwhile.
func (h *Host) takeLock(ctx context.Context, a ledger.Attempt, o task.Order) (*ledger.Lock, error) {
	for deadline := h.Now().Add(Patience); ; {
		lock, holder, err := h.Ledger.Hold(o.Target, o.ID)
		if err != nil || lock != nil {
			return lock, err
		}
		if report, err := a.Report(h.Now()); err != nil || report.Phase != task.Waiting {
			return nil, errors.Join(err, ledger.ErrBegun)
		}
		if h.Now().After(deadline) {
			return nil, fmt.Errorf("attempt %s holds target %s", holder, o.Target)
		}
		if err := h.Sleep(ctx, 10*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

// refuse is the end of an order that must not run (any more), or nil.
func (h *Host) refuse(a ledger.Attempt, o task.Order) (*task.End, error) {
	now := h.Now().UTC()
	later, err := h.Ledger.Later(a.ID)
	switch {
	case err != nil:
		return nil, err
	case a.StopAsked():
		return &task.End{Outcome: task.Cancelled, At: now, Message: stoppedEarly}, nil
	case later != "":
		return &task.End{Outcome: task.Cancelled, At: now, Message: "attempt " + later + " at the same task is here already, so this one was given up: nothing ran"}, nil
	case o.Format > task.Format:
		return &task.End{Outcome: task.Failed, At: now, Message: fmt.Sprintf("the order has format %d and this executor understands %d; nothing ran", o.Format, task.Format)}, nil
	case !o.Expires.IsZero() && o.Expires.Before(now):
		return &task.End{Outcome: task.Failed, At: now, Message: fmt.Sprintf(
			"the order could be begun until %s, and this host's clock says %s: nothing ran. Deploy again, and check the host's clock if the order was fresh",
			o.Expires.UTC().Format(time.RFC3339), now.Format(time.RFC3339))}, nil
	}
	return nil, nil
}

// What ends a payload before it is done.
var (
	ErrStopped = errors.New("stopped on request")
	ErrTimeout = errors.New("time limit")
)

// Broken makes end the end of a payload that did not come to its own: for why,
// after cause ended its context, if something did.
func Broken(end task.End, o task.Order, why string, cause error) task.End {
	end.Outcome, end.Message = task.Failed, why
	switch {
	case errors.Is(cause, ErrStopped):
		end.Outcome = task.Cancelled
	case errors.Is(cause, ErrTimeout):
		end.Message = fmt.Sprintf("it took longer than %s, the time limit of this step, and was ended", time.Duration(o.Timeout))
	}
	return end
}
