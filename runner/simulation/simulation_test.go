package simulation_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"slipway/runner/simulation"
)

// TestSeeds plays worlds with faults by chance, and the tutorial with a crash at
// each of its points. With SLIPWAY_SOAK it goes on for ten minutes.
func TestSeeds(t *testing.T) {
	t.Parallel()
	c := simulation.Campaign{Seeds: 1000, Sweeps: simulation.Swept}
	ctx := t.Context()
	if os.Getenv("SLIPWAY_SOAK") != "" {
		c.Seeds = 100_000
		limited, stop := context.WithTimeout(ctx, 10*time.Minute)
		defer stop()
		ctx = limited
	}
	began := time.Now()
	sum := c.Run(ctx)
	var out strings.Builder
	sum.Write(context.WithoutCancel(ctx), &out, "go run ./test/simulation", true)
	t.Logf("%s\n%s", time.Since(began), out.String())
	if sum.Failed > 0 {
		t.Fail()
	}
	if sum.CrashPoints < 500 {
		t.Errorf("%d crash points, want at least 500", sum.CrashPoints)
	}
}

// TestTheSameSeedIsTheSameRun compares traces byte by byte.
func TestTheSameSeedIsTheSameRun(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		for _, mode := range []simulation.Mode{simulation.Stays, simulation.Brief} {
			o := simulation.Options{Seed: seed, Mode: mode, Trace: true}
			a := simulation.Run(t.Context(), simulation.Pick(seed, mode), o).Trace
			b := simulation.Run(t.Context(), simulation.Pick(seed, mode), o).Trace
			for i := range min(len(a), len(b)) {
				if a[i] != b[i] {
					t.Fatalf("%s seed %d differs from line %d on:\n%s\n%s", mode, seed, i, a[i], b[i])
				}
			}
			if len(a) != len(b) || len(a) < 50 {
				t.Errorf("%s seed %d has %d lines, and then %d", mode, seed, len(a), len(b))
			}
		}
	}
}

// TestWithoutFaults has each world come to what it is made for.
func TestWithoutFaults(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"tutorial": "Random Quotes 1.0.7 to Prod, the 1.: succeeded; Deploy web app to Nginx succeeded[succeeded] Deployment Sign Off succeeded (Stella: true) Random quotes deployment status succeeded",
		"rejected": "Random Quotes 1.0.7 to Test, the 1.: failed; Deploy web app to Nginx succeeded[succeeded] Deployment Sign Off failed (Oskar: false) Random quotes deployment status succeeded",
		"stopped":  "Random Quotes 1.0.8 to Test, the 1.: cancelled; Deploy web app to Nginx cancelled[cancelled] Deployment Sign Off cancelled Random quotes deployment status succeeded",
		"taken-up": "Random Quotes 1.0.7 to Test, the 1.: succeeded; Deploy web app to Nginx succeeded[succeeded] Deployment Sign Off succeeded (Stella: true) Random quotes deployment status succeeded",
	}
	for _, mode := range []simulation.Mode{simulation.Stays, simulation.Brief} {
		for _, w := range simulation.Named(mode) {
			report := simulation.Run(t.Context(), w, simulation.Options{Mode: mode, Faults: []simulation.Fault{}, Calm: true})
			if report.Broken != nil {
				t.Errorf("%s %s: %v", mode, w.Name, report.Broken)
			}
			if all := strings.Join(report.Final, "\n"); !strings.Contains(all, want[w.Name]) {
				t.Errorf("%s %s came to\n%s\nwant\n%s", mode, w.Name, all, want[w.Name])
			}
		}
	}
}

func TestFaultsAreReadAsWritten(t *testing.T) {
	t.Parallel()
	const text = "12:crash,40:stall:30s,41:lose,99:down:1h0m0s"
	all, err := simulation.ParseFaults(text)
	if err != nil || simulation.FormatFaults(all) != text {
		t.Errorf("ParseFaults(%q) is %v, %v", text, all, err)
	}
	for _, wrong := range []string{"", "12", "x:crash", "12:bang", "12:stall:long"} {
		if _, err := simulation.ParseFaults(wrong); err == nil {
			t.Errorf("ParseFaults(%q) takes it", wrong)
		}
	}
}
