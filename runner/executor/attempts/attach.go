package attempts

import (
	"context"
	"encoding/json"

	"slipway/pipelines/task"
	"slipway/runner/executor/ledger"
)

// reviveEvery is how many looks find an attempt waiting before it is taken for one
// that nobody runs.
const reviveEvery = 50

// reportSize is about how many bytes of lines go into one report.
const reportSize = 256 << 10

// Lines is task.Report with its lines as they stand in the ledger.
type Lines struct {
	Attempt string            `json:"attempt"`
	Phase   task.Phase        `json:"phase"`
	Lines   []json.RawMessage `json:"lines,omitempty"`
	End     *task.End         `json:"end,omitempty"`
}

// Listener is who attaches.
type Listener interface {
	Hear(Lines) error
	// Gone says that nobody listens any more, where that can be told.
	Gone() bool
}

// Ask says what the ledger knows now.
func (h *Host) Ask(id string) (task.Report, error) {
	a, err := h.Ledger.Attempt(id)
	if err != nil {
		return task.Report{}, err
	}
	return a.Report(h.Now())
}

// Attach tells of the attempt, from the line after since on, until it has ended
// and all lines are out. An accepted attempt that nobody runs, because the call
// that started it was killed, is run now, or once the target is free.
func (h *Host) Attach(ctx context.Context, id string, since int64, to Listener) error {
	a, err := h.Ledger.Attempt(id)
	if err != nil {
		return err
	}
	if err := h.revive(ctx, a); err != nil {
		return err
	}
	tail := a.Tail(since)
	defer tail.Close()
	said := task.Phase("")
	for look := 1; ; look++ {
		// The phase is read before the lines: when it says ended, all lines
		// are in the file.
		report, err := a.Report(h.Now())
		if err != nil {
			return err
		}
		if err := pass(to, a, tail, &said, report.Phase); err != nil {
			return err
		}
		if report.Phase == task.Ended || report.Phase == task.Absent {
			return to.Hear(Lines{Attempt: a.ID, Phase: report.Phase, End: report.End})
		}
		if report.Phase == task.Waiting && look%reviveEvery == 0 {
			if err := h.revive(ctx, a); err != nil {
				return err
			}
		}
		if err := h.Sleep(ctx, LookEvery); err != nil {
			return err
		}
		if to.Gone() {
			return nil
		}
	}
}

// pass tells the lines that are there, and the phase when it is new.
func pass(to Listener, a ledger.Attempt, tail *ledger.Tail, said *task.Phase, now task.Phase) error {
	over := now == task.Ended || now == task.Absent
	phase := now
	if over {
		phase = task.Running // the last report is not this one
	}
	for {
		found, err := tail.Next(reportSize)
		if err != nil {
			return err
		}
		if len(found) == 0 && (over || *said == phase) {
			return nil
		}
		if err := to.Hear(Lines{Attempt: a.ID, Phase: phase, Lines: found}); err != nil {
			return err
		}
		*said = phase
	}
}
