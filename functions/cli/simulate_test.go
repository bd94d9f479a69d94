package cli

import (
	"os"
	"path/filepath"
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

// A folder that leans on another one for its environments and its lifecycles is
// played with made-up ones.
func TestSimulateLeansOnAnotherFolder(t *testing.T) {
	t.Parallel()
	const text = `projects:
  - name: Shop
    lifecycle: Dev, Test, and Prod
    channels:
      - name: Stable
      - name: Beta
        lifecycle: Short
    steps:
      - name: Greet
        environments: [Stage]
        roles: [web]
        script: {body: echo}
      - name: Bye
        roles: [web]
        script: {body: echo}
`
	for name, c := range map[string]struct{ more, want string }{
		"alone":                {"", "environment Stage, lifecycle Dev, Test, and Prod, lifecycle Short, target web-1, target web-2"},
		"with an environment":  {"environments: [{name: Prod}]\n", "environment Stage, lifecycle Dev, Test, and Prod, lifecycle Short, target web-1, target web-2"},
		"with one lifecycle":   {"lifecycles: [{name: short, phases: [{name: Far, environments: [Far]}]}]\n", "environment Far, environment Stage, lifecycle Dev, Test, and Prod, target web-1, target web-2"},
		"with all but targets": {"environments: [{name: Stage}]\nlifecycles: [{name: short, phases: [{name: Far, environments: [Stage]}]}, {name: 'Dev, Test, and Prod', phases: [{name: Far, environments: [Stage]}]}]\n", "target web-1, target web-2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "slipway.yaml"), []byte(c.more+text), 0o600); err != nil {
				t.Fatal(err)
			}
			f, err := readFolder(dir)
			if err != nil {
				t.Fatal(err)
			}
			setup, made, err := stage(f, "")
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(made, ", "); got != c.want {
				t.Errorf("made up: %s\nwant     %s", got, c.want)
			}
			if err := judge(f, setup); err != nil {
				t.Errorf("it cannot be played: %v", err)
			}
			worlds, err := simulation.OfProject(setup, "Shop")
			if err != nil {
				t.Fatal(err)
			}
			if sum := (simulation.Campaign{World: worlds, Seeds: 4}).Run(t.Context()); sum.Passed != 4 || sum.Cover["event Started"] == 0 {
				t.Errorf("%d of 4 plays passed, %d deployments began", sum.Passed, sum.Cover["event Started"])
			}
		})
	}
}
