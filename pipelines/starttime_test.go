package pipelines

import (
	"testing"
	"time"
)

func TestStartTime(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("UTC+2", 2*60*60)
	now := time.Date(2026, 3, 31, 23, 30, 0, 0, time.UTC) // there it is April already
	for text, want := range map[string]time.Time{
		"2026-04-04T22:00:00Z":      time.Date(2026, 4, 4, 22, 0, 0, 0, time.UTC),
		"2026-04-04T22:00:00+05:00": time.Date(2026, 4, 4, 17, 0, 0, 0, time.UTC),
		"2026-04-04 22:00":          time.Date(2026, 4, 4, 20, 0, 0, 0, time.UTC),
		" 2026-04-04T22:00 ":        time.Date(2026, 4, 4, 20, 0, 0, 0, time.UTC),
		"today 22:00":               time.Date(2026, 4, 1, 20, 0, 0, 0, time.UTC),
		"Tomorrow  6:15":            time.Date(2026, 4, 2, 4, 15, 0, 0, time.UTC),
		"+2h":                       now.Add(2 * time.Hour),
		"2h":                        now.Add(2 * time.Hour),
		"1d12h":                     now.Add(36 * time.Hour),
	} {
		if got, ok := StartTime(text, now, zone); !ok || !got.Equal(want) {
			t.Errorf("StartTime(%q) = %v, %v, want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "tomorrow", "22:00", "tomorrow 25:00", "yesterday 22:00", "+", "+0s", "+-2h", "-2h", "2", "2026-13-01 22:00", "soon"} {
		if got, ok := StartTime(text, now, zone); ok {
			t.Errorf("StartTime(%q) = %v, want none", text, got)
		}
	}
}
