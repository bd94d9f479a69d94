package simulation

import (
	"context"
	"fmt"
	"strings"
)

// Shrink takes from a run that broke an invariant whatever it does not need for
// that: faults, in halves and then one by one, and changes of strands.
func Shrink(ctx context.Context, w *World, broken Report) Report {
	best := broken
	best.Faults = append([]Fault{}, broken.Met...)
	try := func(o Options) bool {
		o.Trace = false
		r := Run(ctx, w, o)
		if r.Broken == nil || r.Broken.Invariant != broken.Broken.Invariant {
			return false
		}
		best = r
		return true
	}
	o := best.Options
	if !try(o) { // the same faults, planned, lead elsewhere: it stays as it was
		return broken
	}
	calm := best.Options
	calm.Calm = true
	try(calm)
	for size := max(1, len(best.Faults)/2); ; size /= 2 {
		for at := 0; at < len(best.Faults) && ctx.Err() == nil; {
			less := best.Options
			less.Faults = append(append([]Fault{}, best.Faults[:at]...), best.Faults[min(at+size, len(best.Faults)):]...)
			if !try(less) {
				at += size
			}
		}
		if size <= 1 {
			break
		}
	}
	return best
}

// Explain is what a person needs of a run that broke an invariant.
func Explain(ctx context.Context, w *World, r Report, command string) string {
	o := r.Options
	o.Trace = true
	again := Run(ctx, w, o)
	var out strings.Builder
	fmt.Fprintf(&out, "seed %d, %s, world %s: %s\n", o.Seed, o.Mode, w.Name, r.Broken.Invariant)
	fmt.Fprintf(&out, "  %s\n", strings.ReplaceAll(r.Broken.How, "\n", "\n  "))
	fmt.Fprintf(&out, "repeat it: %s --from %d --seeds 1 --mode %s", command, o.Seed, o.Mode)
	if !w.own {
		fmt.Fprintf(&out, " --world %s", w.Name)
	}
	if o.Faults != nil {
		fmt.Fprintf(&out, " --faults %s", FormatFaults(o.Faults))
	}
	if o.Calm {
		out.WriteString(" --calm")
	}
	out.WriteByte('\n')
	const tail = 60
	if n := len(again.Trace); n > tail {
		fmt.Fprintf(&out, "the last %d of %d lines:\n", tail, n)
		again.Trace = again.Trace[n-tail:]
	}
	out.WriteString(strings.Join(again.Trace, "\n") + "\n")
	return out.String()
}
