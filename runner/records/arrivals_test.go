package records_test

import (
	"testing"

	"slipway/runner/records"
)

func TestCompareSequencers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"0055AED6DCD90281E5", "0055AED6DCD90281E6", -1},
		{"0055AED6DCD90281E6", "0055AED6DCD90281E5", 1},
		{"0055aed6dcd90281e5", "0055AED6DCD90281E5", 0},
		{"0A", "0A00", 0},
		{"0A", "0A01", -1},
		{"0B", "0A01", 1},
		{"", "00", 0},
	} {
		if got := records.CompareSequencers(c.a, c.b); got != c.want {
			t.Errorf("CompareSequencers(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
