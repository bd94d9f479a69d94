package web

import (
	"testing"

	"slipway/runner/tasklog"
	"slipway/runner/views"
)

// TestTwoAttemptsOfAStepAreSetApart in its log, on the host that ran it again only.
func TestTwoAttemptsOfAStepAreSetApart(t *testing.T) {
	t.Parallel()
	line := func(task, attempt, host string) views.Line {
		return views.Line{Entry: tasklog.Entry{Task: task, Attempt: attempt}, Name: "Hello", Target: host}
	}
	all := logLines([]views.Line{line("t0", "1", "web-1"), line("t1", "1", "web-2"), line("t0", "2", "web-1"), line("t0", "2", "web-1"), line("t1", "1", "web-2")}, 302, "/", "")
	for i, want := range []string{"", "", "Hello, once more on web-1", "", ""} {
		if all[i].Anew != want {
			t.Errorf("line %d says %q, want %q", i, all[i].Anew, want)
		}
	}
}
