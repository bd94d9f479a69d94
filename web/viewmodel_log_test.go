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

// TestWaitingIsNoAttempt: what a first attempt waited for is kept beside its output,
// and what comes then is no second attempt.
func TestWaitingIsNoAttempt(t *testing.T) {
	t.Parallel()
	line := func(attempt string) views.Line {
		return views.Line{Entry: tasklog.Entry{Task: "t0", Attempt: attempt}, Name: "Hello", Target: "web-1"}
	}
	all := logLines([]views.Line{line(tasklog.WaitsOf("1")), line("1"), line(tasklog.WaitsOf("2")), line("2")}, 0, "/", "")
	for i, want := range []string{"", "", "Hello, once more on web-1", ""} {
		if all[i].Anew != want {
			t.Errorf("line %d says %q, want %q", i, all[i].Anew, want)
		}
	}
}
