package pretendhosts

import (
	"fmt"
	"sync"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/hosts"
)

// host is one target: a row of attempts, each begun after the one before it
// had ended.
type host struct {
	id   string
	disk *folder // nil in memory

	mu       sync.Mutex
	row      []*attempt
	packages map[string]bool
	ran      []string // payloads, in memory only
	fault    Fault
	dropped  int
}

// attempt is what must be remembered of one order; the rest is computed.
type attempt struct {
	Order task.Order `json:"order"`
	Begun time.Time  `json:"begun"`

	played  recording
	stopped time.Time     // zero unless somebody stopped it before its end
	wake    chan struct{} // closed when stopped is set
}

func newHost(id, dir string) *host {
	h := &host{id: id, packages: map[string]bool{}}
	if dir != "" {
		h.disk = &folder{dir: dir}
	}
	return h
}

// begin puts the order at the end of the row, or says why it cannot.
func (h *host) begin(o task.Order, now time.Time, pace time.Duration) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for {
		if err := h.refresh(pace); err != nil {
			return err
		}
		if h.inRow(o.ID) != nil {
			return nil
		}
		if n := len(h.row); n > 0 {
			last := h.row[n-1]
			if err := h.noteStop(last); err != nil {
				return err
			}
			if now.Before(last.end().At) {
				return &hosts.BusyError{Attempt: last.Order.ID}
			}
		}
		a := &attempt{Order: o, Begun: now.Round(0).UTC()}
		if h.disk == nil {
			h.push(a, pace)
			return h.noteRun()
		}
		won, err := h.disk.add(len(h.row), a)
		if err != nil {
			return fmt.Errorf("ledger of pretend host %s: %w", h.id, err)
		}
		if won {
			h.push(a, pace)
			return h.noteRun()
		}
	}
}

// refresh takes over what another process on the same folder has begun. What
// is in the row never changes, so only its end has to be looked at.
func (h *host) refresh(pace time.Duration) error {
	if h.disk == nil {
		return nil
	}
	first := len(h.row) == 0
	for {
		a, err := h.disk.get(len(h.row))
		if err != nil {
			return fmt.Errorf("ledger of pretend host %s: %w", h.id, err)
		}
		if a == nil {
			break
		}
		h.push(a, pace)
	}
	if n := len(h.row); first && n > 0 {
		// The server may have been killed between the two writes of begin.
		return h.noteRun()
	}
	return nil
}

// noteRun writes down that the payload of the last attempt runs: all it ever
// does.
func (h *host) noteRun() error {
	last := h.row[len(h.row)-1]
	switch {
	case h.disk != nil:
		return h.disk.ran(h.row)
	case !expired(last.Order, last.Begun):
		h.ran = append(h.ran, last.Order.ID)
	}
	return nil
}

func (h *host) push(a *attempt, pace time.Duration) {
	a.wake = make(chan struct{})
	a.played = play(h.id, a.Order, a.Begun, pace)
	h.row = append(h.row, a)
}

func (h *host) inRow(id string) *attempt {
	for i := len(h.row) - 1; i >= 0; i-- {
		if h.row[i].Order.ID == id {
			return h.row[i]
		}
	}
	return nil
}

// find is the attempt of that id, or nil.
func (h *host) find(id string, pace time.Duration) (*attempt, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if a := h.inRow(id); a != nil {
		return a, nil
	}
	err := h.refresh(pace)
	return h.inRow(id), err
}

// read is the attempt at this moment, with its lines after since.
func (h *host) read(a *attempt, since int64, now time.Time) (state, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.noteStop(a); err != nil {
		return state{}, err
	}
	end := a.end()
	s := state{wake: a.wake}
	next := end.At
	for _, line := range a.played.lines[min(since, a.lastSeq()):] {
		if line.At.After(end.At) {
			break
		}
		if line.At.After(now) {
			next = line.At
			break
		}
		s.lines = append(s.lines, line)
	}
	if !now.Before(end.At) {
		s.end = &end
		return s, nil
	}
	s.wait = next.Sub(now)
	if h.disk != nil {
		// Another process may stop it; only the folder tells.
		s.wait = min(s.wait, time.Second)
	}
	return s, nil
}

// stop is final: the first moment written down is the one that counts.
func (h *host) stop(a *attempt, now time.Time) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.noteStop(a); err != nil {
		return err
	}
	if !a.stopped.IsZero() || !now.Before(a.end().At) {
		return nil
	}
	if h.disk != nil {
		if err := h.disk.stop(a.Order.ID, now); err != nil {
			return fmt.Errorf("ledger of pretend host %s: %w", h.id, err)
		}
		return h.noteStop(a)
	}
	a.stopAt(now)
	return nil
}

// noteStop looks whether the folder knows of a stop that we do not.
func (h *host) noteStop(a *attempt) error {
	if h.disk == nil || !a.stopped.IsZero() {
		return nil
	}
	at, err := h.disk.stopped(a.Order.ID)
	if err != nil {
		return fmt.Errorf("ledger of pretend host %s: %w", h.id, err)
	}
	if !at.IsZero() {
		a.stopAt(at)
	}
	return nil
}

func (a *attempt) stopAt(at time.Time) {
	a.stopped = at
	close(a.wake)
}

func (a *attempt) lastSeq() int64 { return int64(len(a.played.lines)) }

// end is how and when it ends, or ended.
func (a *attempt) end() task.End {
	if !a.stopped.IsZero() && a.stopped.Before(a.played.end.At) {
		return task.End{Outcome: task.Cancelled, Message: "stopped on request", At: a.stopped}
	}
	return a.played.end
}

func (h *host) holds(sum string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.packages[sum] || h.disk != nil && h.disk.holds(sum)
}

func (h *host) keep(sum string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.packages[sum] = true
	if h.disk == nil {
		return nil
	}
	return h.disk.keep(sum)
}

func (h *host) payloads() ([]string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.disk != nil {
		return h.disk.payloads()
	}
	return append([]string(nil), h.ran...), nil
}
