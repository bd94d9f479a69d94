package attempts

import (
	"context"
	"errors"
	"fmt"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/executor/ledger"
)

// Start accepts an order and sees to it that its process runs. Busy names the
// attempt that holds the target instead, "" if the order was taken.
func (h *Host) Start(ctx context.Context, o task.Order) (busy string, err error) {
	if err := errors.Join(ledger.CheckName("attempt", o.ID), ledger.CheckName("target", o.Target)); err != nil {
		return "", err
	}
	if err := h.Ledger.Clean(h.Now()); err != nil {
		return "", err
	}
	return h.ensure(ctx, o)
}

// unnamed is who holds a lock and does not say so in time.
const unnamed = "unnamed"

// ensure makes the order durable and spawns its process, unless that has
// happened. It holds the target's lock from before the order is accepted until
// the process has inherited it: so of several calls at once one spawns, and
// one that is killed in between leaves a free lock and an order that the next
// call spawns.
func (h *Host) ensure(ctx context.Context, o task.Order) (busy string, err error) {
	a, err := h.Ledger.Attempt(o.ID)
	if err != nil {
		return "", err
	}
	for deadline, spawned := h.Now().Add(Patience), 0; ; {
		report, err := a.Report(h.Now())
		if err != nil {
			return "", err
		}
		if report.Phase == task.Running || report.Phase == task.Ended {
			return "", nil
		}
		if o.Format > task.Format {
			return "", fmt.Errorf("order %s has format %d and this executor understands %d: `slipway target check` brings the executor that belongs to the server", o.ID, o.Format, task.Format)
		}
		lock, holder, err := h.Ledger.Hold(o.Target, o.ID)
		if err != nil {
			return "", err
		}
		switch {
		case lock != nil && spawned == 3:
			lock.Close()
			return "", fmt.Errorf("attempt %s cannot be run: its process ends before it begins: %s", o.ID, h.LastWords(a))
		case lock != nil:
			spawned++
			if err := h.acceptAndSpawn(o, a, lock); err != nil {
				return "", err
			}
		case holder == "" && h.Now().After(deadline):
			return unnamed, nil
		case holder == "": // it is about to sign
		case holder != o.ID && (!h.hasEnded(holder) || h.Now().After(deadline)):
			return holder, nil
		case h.Now().After(deadline):
			_, err := h.Ledger.Accept(o) // whoever holds the lock for it may not have come so far
			return "", err
		}
		if err := h.Sleep(ctx, 5*time.Millisecond); err != nil {
			return "", err
		}
	}
}

// hasEnded says whether a holder of the lock is only about to let go of it: its
// end is on the disk before its process is gone.
func (h *Host) hasEnded(id string) bool {
	a, err := h.Ledger.Attempt(id)
	if err != nil {
		return false
	}
	report, err := a.Report(h.Now())
	return err == nil && report.Phase == task.Ended
}

// acceptAndSpawn has the lock. Somebody else may have run the attempt to its
// end since we looked, so only an attempt that still waits is spawned.
func (h *Host) acceptAndSpawn(o task.Order, a ledger.Attempt, lock *ledger.Lock) error {
	defer lock.Close()
	if _, err := h.Ledger.Accept(o); err != nil {
		return err
	}
	report, err := a.Report(h.Now())
	if err != nil || report.Phase != task.Waiting {
		return err
	}
	return h.Spawn(a, lock)
}

// revive spawns an accepted attempt that waits without a process, if the
// target is free. One that somebody wants to stop ends instead.
func (h *Host) revive(ctx context.Context, a ledger.Attempt) error {
	report, err := a.Report(h.Now())
	if err != nil || report.Phase != task.Waiting {
		return err
	}
	if a.StopAsked() {
		return h.stopWaiting(a, stoppedEarly)
	}
	o, err := a.Order()
	if err != nil {
		return err
	}
	_, err = h.ensure(ctx, o)
	return err
}
