package stored

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/executor/ledger"
)

// TestStoredLedgers: a host that kept attempts under older code answers for them
// under newer code.
func TestStoredLedgers(t *testing.T) {
	t.Parallel()
	for _, folder := range folders(t) {
		if _, err := os.Stat(filepath.Join(folder, "ledger")); err != nil {
			continue // the first form has none
		}
		t.Run(filepath.Base(folder), func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "ledger")
			must(t, copied(filepath.Join(folder, "ledger"), dir))
			l, err := ledger.Open(dir)
			must(t, err)
			for id, want := range map[string]struct {
				phase   task.Phase
				outcome task.Outcome
				lines   int
				stop    bool
			}{
				"Deployments-1.t0.1": {task.Ended, task.Succeeded, 2, false},
				"Deployments-1.t1.1": {task.Ended, task.Unknown, 2, false}, // its process is gone
				"Deployments-1.t2.1": {task.Waiting, "", 0, false},
				"Deployments-1.t3.1": {task.Waiting, "", 0, true},
				"Deployments-1.t4.1": {task.Absent, "", 0, false},
			} {
				a, err := l.Attempt(id)
				must(t, err)
				report, err := a.Report(time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC))
				must(t, err)
				outcome := task.Outcome("")
				if report.End != nil {
					outcome = report.End.Outcome
				}
				tail := a.Tail(0)
				lines, err := tail.Next(100)
				must(t, err)
				must(t, tail.Close())
				if report.Phase != want.phase || outcome != want.outcome || len(lines) != want.lines || a.StopAsked() != want.stop {
					t.Errorf("%s is %s, %q with %d lines, to stop: %v; want %+v", id, report.Phase, outcome, len(lines), a.StopAsked(), want)
				}
			}
		})
	}
}

// copied copies a folder; what a host keeps is for its owner only.
func copied(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, name), 0o700)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, name), b, 0o600)
	})
}
