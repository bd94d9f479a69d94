package simulation

import (
	"context"
	"time"
)

// CrashPoints are the runs of a world without faults but one: a crash, before or
// after a call that changes something. There is one run for each such moment.
func CrashPoints(ctx context.Context, w *World, m Mode) []Options {
	plain := Run(ctx, w, Options{Mode: m, Faults: []Fault{}, Calm: true, keep: true})
	out := []Options{{Mode: m, Faults: []Fault{}, Calm: true}}
	for at, can := range plain.can {
		if can&crash != 0 {
			out = append(out, Options{Mode: m, Faults: []Fault{{Point: at, Kind: crash, Wait: time.Second}}, Calm: true})
		}
	}
	return out
}
