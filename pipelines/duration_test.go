package pipelines

import (
	"testing"
	"time"
)

func TestDuration(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		of time.Duration
		is string // as it is written again
	}{
		"90s": {90 * time.Second, "1m30s"}, "2h": {2 * time.Hour, "2h"}, "2d": {48 * time.Hour, "48h"}, "1d12h": {36 * time.Hour, "36h"},
		"0.5d": {12 * time.Hour, "12h"}, "0d": {0, "0s"}, "106751d": {106751 * 24 * time.Hour, "2562024h"}, "-5m": {-5 * time.Minute, "-5m"},
	} {
		var d Duration
		if err := d.UnmarshalText([]byte(text)); err != nil || time.Duration(d) != want.of || d.String() != want.is {
			t.Errorf("%q is %s, %v, want %s", text, d, err, want.is)
		}
		var again Duration
		if err := again.UnmarshalText([]byte(d.String())); err != nil || again != d {
			t.Errorf("%q, written %s, is %s, %v", text, d, again, err)
		}
	}
	for _, text := range []string{"", "d", "2", "2 d", "2 days", "2h3d", "2d3", "2d-1h", "2d+1h", "1d1d", "-2d", "2D", "106752d", "106751d24h", "99999999999999d", "1e3d", "1.1.1d", "٣d"} {
		var d Duration
		if err := d.UnmarshalText([]byte(text)); CodeOf(err) != Invalid {
			t.Errorf("%q is %s, %v, want a refusal", text, d, err)
		}
	}
}
