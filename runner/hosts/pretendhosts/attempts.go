package pretendhosts

import (
	"context"
	"fmt"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/hosts"
)

// Start begins the attempt: from this moment its lines and its end are fixed.
func (h *Hosts) Start(ctx context.Context, t hosts.Target, o task.Order) error {
	host, err := h.reach(ctx, t)
	if err != nil {
		return err
	}
	if !safeName(o.ID) {
		return fmt.Errorf("attempt id %q is not a safe name: only letters, digits, `-`, `_` and `.`", o.ID)
	}
	if o.Format > task.Format {
		return fmt.Errorf("order %s has format %d, this host understands up to %d: bring a newer executor", o.ID, o.Format, task.Format)
	}
	if err := host.begin(&o, isWindows(t), h.settings.Now(), h.settings.Pace); err != nil {
		return err
	}
	return h.answer(host, t)
}

// answer loses the answer to something that was done, where a fault says so.
func (h *Hosts) answer(host *host, t hosts.Target) error {
	if host.faults().LoseAnswer {
		return fmt.Errorf("pretend host %s took the call, its answer was lost: %w", t.ID, hosts.ErrUnreachable)
	}
	return nil
}

// Attach plays the attempt from line since on, at the speed it has.
func (h *Hosts) Attach(ctx context.Context, t hosts.Target, id string, since int64, to func(task.Report) error) error {
	host, err := h.reach(ctx, t)
	if err != nil {
		return err
	}
	a, err := host.find(id, h.settings.Pace)
	if err != nil {
		return err
	}
	if a == nil {
		return to(task.Report{Attempt: id, Phase: task.Absent})
	}
	left := host.dropAfter()
	for {
		state, err := host.stands(a, since, h.settings.Now(), h.settings.Pace)
		if err != nil {
			return err
		}
		for lines := range batches(state.lines) {
			lost := left >= 0 && len(lines) >= left
			if lost {
				lines = lines[:left]
			}
			if len(lines) > 0 {
				if err := to(task.Report{Attempt: id, Phase: task.Running, Lines: lines}); err != nil {
					return err
				}
				since = lines[len(lines)-1].Seq
			}
			if lost {
				return fmt.Errorf("connection to pretend host %s was lost: %w", t.ID, hosts.ErrUnreachable)
			}
			left = max(left-len(lines), -1)
		}
		if state.end != nil {
			return to(task.Report{Attempt: id, Phase: task.Ended, End: state.end})
		}
		if err := sleep(ctx, state.wait, state.wake); err != nil {
			return err
		}
		if host.faults().Unreachable {
			return fmt.Errorf("connection to pretend host %s was lost: %w", t.ID, hosts.ErrUnreachable)
		}
	}
}

// Ask says what the ledger knows now.
func (h *Hosts) Ask(ctx context.Context, t hosts.Target, id string) (task.Report, error) {
	host, err := h.reach(ctx, t)
	if err != nil {
		return task.Report{}, err
	}
	a, err := host.find(id, h.settings.Pace)
	if err != nil || a == nil {
		return task.Report{Attempt: id, Phase: task.Absent}, err
	}
	state, err := host.stands(a, a.lastSeq(), h.settings.Now(), h.settings.Pace)
	if err != nil {
		return task.Report{}, err
	}
	if state.end != nil {
		return task.Report{Attempt: id, Phase: task.Ended, End: state.end}, nil
	}
	return task.Report{Attempt: id, Phase: task.Running}, nil
}

// Stop ends a running attempt at this moment.
func (h *Hosts) Stop(ctx context.Context, t hosts.Target, id string) error {
	host, err := h.reach(ctx, t)
	if err != nil {
		return err
	}
	a, err := host.find(id, h.settings.Pace)
	if err != nil || a == nil {
		return err
	}
	if err := host.stop(a, h.settings.Now(), h.settings.Pace); err != nil {
		return err
	}
	return h.answer(host, t)
}

// batches cuts what is there into reports of a size a reader can take.
func batches(lines []task.Line) func(yield func([]task.Line) bool) {
	const most = 500
	return func(yield func([]task.Line) bool) {
		for len(lines) > 0 {
			n := min(most, len(lines))
			if !yield(lines[:n:n]) {
				return
			}
			lines = lines[n:]
		}
	}
}

// state is one attempt as it stands at one moment.
type state struct {
	lines []task.Line // after the one asked for
	end   *task.End   // nil while it runs
	wait  time.Duration
	wake  <-chan struct{} // closed when it is stopped
}
