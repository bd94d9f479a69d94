package replay_test

import (
	"fmt"
	"strings"
	"testing"

	"slipway/pipelines/plan"
	"slipway/runner/graph"
	"slipway/runner/replay"
)

// large is a deployment of many steps on one target each, then one on many
// targets; each report is a turn.
func large(t testing.TB, steps, targets int) replay.Journal {
	var all []plan.Step
	var turns [][]graph.Happening
	turns = append(turns, []graph.Happening{graph.Started{}})
	for i := range steps {
		all = append(all, host(fmt.Sprintf("Step %d", i+1), "web-1"))
		turns = append(turns, []graph.Happening{good(i)})
	}
	var names []string
	for i := range targets {
		names = append(names, fmt.Sprintf("web-%d", i+1))
		turns = append(turns, []graph.Happening{good(steps + i)})
	}
	return play(t, planned(append(all, host("Everywhere", names...))...), append(turns, []graph.Happening{graph.Closed{}})...)
}

// TestLarge: 1,000 steps and 2,000 targets are replayed, and their journal is
// small.
func TestLarge(t *testing.T) {
	t.Parallel()
	j := large(t, 1000, 2000)
	file := written(t, j)
	if most := 4 << 20; len(file) > most {
		t.Errorf("the journal has %d bytes, more than %d", len(file), most)
	}
	read, err := replay.Read(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	lines, report, err := replay.Events(read, replay.Until{})
	if err != nil || !report.Same() || report.Turns != 3002 || len(lines) != 3002 {
		t.Errorf("Events = %d lines, %d turns, %v, %v", len(lines), report.Turns, report.Differences, err)
	}
	a, err := replay.Why(read, "Everywhere", "web-1999")
	if err != nil || a.Because != "it ran and succeeded" {
		t.Errorf("Why = %+v, %v", a, err)
	}
}

func BenchmarkReplay(b *testing.B) {
	j := large(b, 100, 200)
	for b.Loop() {
		if r, err := replay.Run(j, replay.Until{}); err != nil || !r.Same() {
			b.Fatal(r.Differences, err)
		}
	}
}
