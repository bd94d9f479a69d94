package attempts

import (
	"context"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/executor/ledger"
)

// stopPatience covers the time scripts get to end by themselves.
const stopPatience = 20 * time.Second

// stoppedEarly is how an attempt ends that was stopped before its payload began.
const stoppedEarly = "stopped before anything ran"

// Stop ends the attempt and says what the ledger knows then. An attempt that
// ended stays as it is. One that was never seen stays absent, and begins no more
// should its order come after this.
func (h *Host) Stop(ctx context.Context, id string) (task.Report, error) {
	a, err := h.Ledger.Attempt(id)
	if err != nil {
		return task.Report{}, err
	}
	for deadline, asked := h.Now().Add(stopPatience), false; ; asked = true {
		report, err := a.Report(h.Now())
		if err != nil {
			return report, err
		}
		if report.Phase == task.Absent && !asked {
			if err := h.Ledger.Forbid(a); err != nil {
				return report, err
			}
			continue // its order may have come meanwhile
		}
		if report.Phase == task.Ended || report.Phase == task.Absent || h.Now().After(deadline) {
			return report, nil
		}
		if !asked {
			if err := a.AskToStop(); err != nil {
				return report, err
			}
		}
		if report.Phase == task.Waiting {
			if err := h.stopWaiting(a, stoppedEarly); err != nil {
				return report, err
			}
		}
		if err := h.Sleep(ctx, 20*time.Millisecond); err != nil {
			return report, err
		}
	}
}

// stopWaiting ends an attempt that no process has taken up. The wish to stop
// is on the disk by now: a process that takes the lock from here on sees it.
func (h *Host) stopWaiting(a ledger.Attempt, why string) error {
	if report, err := a.Report(h.Now()); err != nil || report.Phase != task.Waiting {
		return err
	}
	o, err := a.Order()
	if err != nil {
		return err
	}
	lock, holder, err := h.Ledger.Hold(o.Target, a.ID)
	if err != nil || holder == a.ID {
		return err
	}
	if lock != nil {
		defer lock.Close()
		if report, err := a.Report(h.Now()); err != nil || report.Phase != task.Waiting {
			return err
		}
	}
	return a.End(task.End{Outcome: task.Cancelled, At: h.Now().UTC(), Message: why})
}
