package web

import (
	"testing"
	"time"

	"slipway/web/pages"
)

func TestAgo(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 14, 7, 40, 0, time.UTC) // a Friday
	for _, c := range []struct {
		before time.Duration
		want   string
	}{
		{0, "just now"}, {-3 * time.Second, "just now"}, {20 * time.Second, "20 s ago"}, {4 * time.Minute, "4 min ago"},
		{3 * time.Hour, "3 h ago"}, {13 * time.Hour, "13 h ago"}, {15 * time.Hour, "yesterday"}, {38 * time.Hour, "yesterday"},
		{39 * time.Hour, "Wednesday"}, {5 * 24 * time.Hour, "Sunday"}, {7 * 24 * time.Hour, "13 Nov"}, {400 * 24 * time.Hour, "16 Oct 2025"},
		{-7*24*time.Hour + time.Second, "in 7 days"}, {-10 * time.Minute, "in 10 minutes"}, {-time.Hour, "in 1 hour"},
	} {
		if got := ago(now.Add(-c.before), now); got != c.want {
			t.Errorf("ago(%s before) = %q, want %q", c.before, got, c.want)
		}
	}
}

func TestTook(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		200 * time.Millisecond: "under 1 s", 12 * time.Second: "12 s", 64 * time.Second: "1 min 4 s", 2 * time.Minute: "2 min",
		125 * time.Minute: "2 h 5 min", 50 * time.Hour: "2 d 2 h", 59600 * time.Millisecond: "1 min",
	} {
		if got := took(d); got != want {
			t.Errorf("took(%s) = %q, want %q", d, got, want)
		}
	}
}

func TestSize(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{
		0: "0 bytes", 1: "1 byte", 999: "999 bytes", 1000: "1.0 kB", 9949: "9.9 kB", 148_400: "148 kB", 999_600: "1.0 MB", 104_857_600: "105 MB", 3_200_000_000: "3.2 GB",
	} {
		if got := size(n); got != want {
			t.Errorf("size(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ got, want string }{
		{ordinal(1), "1st"}, {ordinal(2), "2nd"}, {ordinal(3), "3rd"}, {ordinal(11), "11th"}, {ordinal(112), "112th"}, {ordinal(21), "21st"},
		{plural(1, "line"), "1 line"}, {plural(1204, "line"), "1,204 lines"}, {plural(1234567, "line"), "1,234,567 lines"},
		{anded(nil), ""}, {anded([]string{"a"}), "a"}, {ored([]string{"a", "b", "c"}), "a, b or c"},
		{toSentence("step x failed"), "Step x failed."}, {toSentence("Done."), "Done."}, {toSentence(" "), ""}, {toSentence("1.0.7 waits"), "1.0.7 waits."}, {toSentence("web-1 is gone"), "web-1 is gone."}, {toSentence("a name is missing"), "A name is missing."}, {toSentence("`x` is none"), "`x` is none."}, {toSentence("iis site X is held"), "iis site X is held."},
		{by("Slipway", "trigger: package RandomQuotes pushed by ada"), "by itself, RandomQuotes pushed by ada"},
		{by("Slipway", "lifecycle: Dev succeeded"), "by itself"},
		{by("Slipway", "lifecycle: Dev succeeded, begun by stella"), "by itself, begun by stella"},
		{by("Slipway", "lifecycle: release created by stella"), "by itself, release created by stella"}, {by("Ada", "session"), "by Ada"}, {by("", ""), ""},
		{moving(nil), "Everything is quiet."}, {moving(map[pages.State]int{pages.Running: 1, pages.Waiting: 2, pages.Failed: 1}), "1 deployment runs, 2 wait for a person and 1 has failed."}, {moving(map[pages.State]int{pages.Queued: 2}), "2 deployments wait for their turn."},
		{moving(map[pages.State]int{pages.Scheduled: 2, pages.Unknown: 1}), "2 deployments are scheduled and 1 has failed."},
		{quoted("Random Quotes"), "'Random Quotes'"}, {quoted("a-b.1"), "a-b.1"}, {quoted("it's"), `'it'\''s'`},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
