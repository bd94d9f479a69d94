package cli

import (
	"strings"
	"testing"
	"time"

	"slipway/runner/simulation"
)

// On a terminal the plays are counted, but not each of them when they are quick.
func TestCounter(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	at := noon
	tell := counter(&out, 4, func() time.Time { return at })
	for _, r := range []struct {
		after  time.Duration
		broken bool
	}{{0, false}, {time.Millisecond, true}, {time.Second, false}, {time.Millisecond, false}} {
		at = at.Add(r.after)
		report := simulation.Report{}
		if r.broken {
			report.Broken = &simulation.Violation{}
		}
		tell(report)
	}
	want := "\r1 of 4 played, 0 broke a promise\r3 of 4 played, 1 broke a promise\r4 of 4 played, 1 broke a promise"
	if out.String() != want {
		t.Errorf("counted %q, want %q", out.String(), want)
	}
	if (&program{stderr: &out}).progressOf(4) != nil {
		t.Error("where nobody watches, the plays are counted too")
	}
}
