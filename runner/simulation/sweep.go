package simulation

import (
	"context"
	"time"
)

// CrashPoints are the runs of a world without faults but one: a crash, before or
// after a call that changes something. There is one run for each such moment.
func CrashPoints(ctx context.Context, w *World, m Mode) []Options {
	return sweep(ctx, w, m, Fault{Kind: crash, Wait: time.Second})
}

// sweep are a run without faults, and one for each point at which the fault can
// be.
func sweep(ctx context.Context, w *World, m Mode, f Fault) []Options {
	plain := Run(ctx, w, Options{Mode: m, Faults: []Fault{}, Calm: true, keep: true})
	out := []Options{{Mode: m, Faults: []Fault{}, Calm: true}}
	for at, can := range plain.can {
		if can&f.Kind != 0 {
			f.Point = at
			out = append(out, Options{Mode: m, Faults: []Fault{f}, Calm: true})
		}
	}
	return out
}
