package graph_test

import (
	"testing"

	"slipway/runner/graph"
)

// TestWhoAnswered is said with the user name where another name is shown; journals of
// older versions have none.
func TestWhoAnswered(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ called, username, want string }{
		{"Rita Roe", "rita", "Rita Roe (rita)"}, {"rita", "rita", "rita"}, {"Rita", "rita", "Rita"}, {"Rita Roe", "", "Rita Roe"}, {"nobody: the time was over", "", "nobody: the time was over"},
	} {
		if got := (graph.Answered{Called: c.called, Username: c.username}).By(); got != c.want {
			t.Errorf("By() of %q, %q = %q, want %q", c.called, c.username, got, c.want)
		}
	}
}
