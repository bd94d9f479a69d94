package pretendhosts

import (
	"time"

	"slipway/runner/hosts"
)

// Fault is what goes wrong on the way to one target, until it is set anew.
// What goes wrong on the host itself is ordered by its script: `exit 3`, `die`.
type Fault struct {
	Unreachable bool          // every call fails with ErrUnreachable
	Slow        time.Duration // every call takes this much longer
	DropAfter   int           // each Attach loses its connection after so many lines; 0 is never
	Drops       int           // how many Attach calls DropAfter concerns; 0 is all
	LoseAnswer  bool          // Start and Stop do their work, the answer is lost
}

// Fault sets what goes wrong for a target from now on; Fault{} heals it.
func (h *Hosts) Fault(t hosts.Target, f Fault) error {
	host, err := h.host(t)
	if err != nil {
		return err
	}
	host.mu.Lock()
	defer host.mu.Unlock()
	host.fault, host.dropped = f, 0
	return nil
}

func (h *host) faults() Fault {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.fault
}

// dropAfter is how many lines one more Attach may read, or -1 for all.
func (h *host) dropAfter() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.fault.DropAfter == 0 || h.fault.Drops > 0 && h.dropped >= h.fault.Drops {
		return -1
	}
	h.dropped++
	return h.fault.DropAfter
}
