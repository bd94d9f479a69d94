package simulation

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/runner/table"
)

// An older build, for a time in the middle of a run: as when an update is taken
// back, or reaches some machines before others. It knows no places that are given
// up, no choices and no second rounds: what uses them it refuses, as a program
// does that meets a newer format. Everything else it reads, and writes it as it
// always did: without the newer fields, and not deflated.

// updates has the program replaced by the older build, and back again.
func (r *run) updates() {
	first := time.Duration(r.sched.chance.IntN(1200)) * time.Second
	last := first + time.Duration(1+r.sched.chance.IntN(1200))*time.Second
	r.sched.spawn(nil, "update", func() {
		for _, at := range []time.Duration{first, last} {
			r.sched.wait(nil, startTime.Add(at))
			r.old = !r.old
			r.idle = nil
			r.log.add(r, "the older build takes over: %t", r.old)
			if r.mode == Stays && r.server.alive {
				r.crash(r.server, 2*time.Second)
			}
		}
	})
}

var errNewerFormat = pipelines.Refuse(pipelines.Unavailable, "the item has a newer format: use the newer program")

// Fields of a turn that the older build does not know: those that mean nothing
// where they are left out, and those that it must refuse.
var (
	harmless = []string{"touched", "worked", "since", "reminded"}
	refused  = []string{"approved", "round", "choices", "resumed", "q", "f", "c"}
)

// older reads an item as the older build does.
func older(item *table.Item) error {
	if !isTurn(item.Key.Sort) {
		return nil
	}
	value, known := olderValue(item.Value)
	if !known {
		return errNewerFormat
	}
	item.Value = value
	return nil
}

// olderChanges are changes as the older build writes them.
func olderChanges(changes []table.Change) []table.Change {
	out := slices.Clone(changes)
	for i, c := range out {
		if c.Do != table.Set || !strings.HasPrefix(c.Key.Partition, "deployment/") || c.Key.Sort != "record" && !isTurn(c.Key.Sort) {
			continue
		}
		// It has newer fields only where the code under test has come to them from
		// an older state; the older build would not have.
		if value, known := olderValue(c.Value); known {
			out[i].Value = value
		}
	}
	return out
}

// olderValue leaves the newer fields out, or says that it cannot.
func olderValue(value []byte) ([]byte, bool) {
	var item map[string]any
	if json.Unmarshal(inflated(value), &item) != nil {
		return value, true
	}
	if !strip(item) {
		return nil, false
	}
	out, err := json.Marshal(item)
	return out, err == nil
}

func strip(item any) bool {
	switch x := item.(type) {
	case []any:
		for _, each := range x {
			if !strip(each) {
				return false
			}
		}
	case map[string]any:
		if x["place"] == "none" {
			return false
		}
		for _, name := range refused {
			if _, there := x[name]; there {
				return false
			}
		}
		delete(x, "place")
		for _, name := range harmless {
			delete(x, name)
		}
		for _, each := range x {
			if !strip(each) {
				return false
			}
		}
	}
	return true
}

// inflated undoes what the store's values are deflated with.
func inflated(b []byte) []byte {
	if len(b) == 0 || b[0] == '{' {
		return b
	}
	out, err := io.ReadAll(flate.NewReader(bytes.NewReader(b[1:])))
	if err != nil {
		return b
	}
	return out
}
