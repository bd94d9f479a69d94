package executor

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/executor/ledger"
)

// lookEvery is how often a silent attempt is looked at: often enough for a
// live log, at a cost nobody notices.
const lookEvery = 50 * time.Millisecond

// reportSize is about how many bytes of lines go into one report.
const reportSize = 256 << 10

// lines is task.Report with its lines as they stand in the ledger.
type lines struct {
	Attempt string            `json:"attempt"`
	Phase   task.Phase        `json:"phase"`
	Lines   []json.RawMessage `json:"lines,omitempty"`
	End     *task.End         `json:"end,omitempty"`
}

// ask answers with what the ledger knows now.
func (c *call) ask(args []string) error {
	a, err := c.ledger.Attempt(args[0])
	if err != nil {
		return err
	}
	report, err := a.Report(c.now())
	if err != nil {
		return err
	}
	return c.answer(report)
}

// attach prints reports until the attempt has ended and all lines are out. An
// accepted attempt that nobody runs, because `start` was killed, is run now.
func (c *call) attach(args []string) error {
	a, err := c.ledger.Attempt(args[0])
	if err != nil {
		return err
	}
	since, err := strconv.ParseInt(args[1], 10, 64)
	if err != nil || since < 0 {
		return fmt.Errorf("%q is no line number to go on from", args[1])
	}
	if err := c.revive(a); err != nil {
		return err
	}
	tail := a.Tail(since)
	defer tail.Close()
	for said := task.Phase(""); ; {
		// The phase is read before the lines: when it says ended, all lines
		// are in the file.
		report, err := a.Report(c.now())
		if err != nil {
			return err
		}
		if err := c.pass(a, tail, &said, report.Phase); err != nil {
			return err
		}
		if report.Phase == task.Ended || report.Phase == task.Absent {
			return c.answer(report)
		}
		select {
		case <-c.ctx.Done():
			return c.ctx.Err()
		case <-time.After(lookEvery):
		}
		if listenerGone(c.stdout) {
			return nil
		}
	}
}

// pass prints the lines that are there, and the phase when it is new.
func (c *call) pass(a ledger.Attempt, tail *ledger.Tail, said *task.Phase, now task.Phase) error {
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
		if err := c.answer(lines{Attempt: a.ID, Phase: phase, Lines: found}); err != nil {
			return err
		}
		*said = phase
	}
}

// revive spawns an accepted attempt that waits without a process, if the
// target is free. One that somebody wants to stop ends instead.
func (c *call) revive(a ledger.Attempt) error {
	report, err := a.Report(c.now())
	if err != nil || report.Phase != task.Waiting {
		return err
	}
	if a.StopAsked() {
		return c.stopWaiting(a, stoppedEarly)
	}
	o, err := a.Order()
	if err != nil {
		return err
	}
	_, err = c.ensure(o)
	return err
}

// stopPatience covers the time scripts get to end by themselves.
const stopPatience = 20 * time.Second

// stop ends the attempt and answers with what the ledger says then. An attempt
// that ended, or was never seen, stays as it is.
func (c *call) stop(args []string) error {
	a, err := c.ledger.Attempt(args[0])
	if err != nil {
		return err
	}
	for deadline := c.now().Add(stopPatience); ; time.Sleep(20 * time.Millisecond) {
		report, err := a.Report(c.now())
		if err != nil {
			return err
		}
		if report.Phase == task.Ended || report.Phase == task.Absent || c.now().After(deadline) {
			return c.answer(report)
		}
		if err := a.AskToStop(); err != nil {
			return err
		}
		if report.Phase == task.Waiting {
			if err := c.stopWaiting(a, stoppedEarly); err != nil {
				return err
			}
		}
	}
}

// stoppedEarly is how an attempt ends that was stopped before its payload began.
const stoppedEarly = "stopped before anything ran"

// stopWaiting ends an attempt that no process has taken up. The wish to stop
// is on the disk by now: a process that takes the lock from here on sees it.
func (c *call) stopWaiting(a ledger.Attempt, why string) error {
	if report, err := a.Report(c.now()); err != nil || report.Phase != task.Waiting {
		return err
	}
	o, err := a.Order()
	if err != nil {
		return err
	}
	lock, holder, err := c.ledger.Hold(o.Target, a.ID)
	if err != nil || holder == a.ID {
		return err
	}
	if lock != nil {
		defer lock.Close()
		if report, err := a.Report(c.now()); err != nil || report.Phase != task.Waiting {
			return err
		}
	}
	return a.End(task.End{Outcome: task.Cancelled, At: c.now().UTC(), Message: why})
}
