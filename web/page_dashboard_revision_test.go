package web

import (
	"math/rand/v2"
	"testing"
	"time"
)

// A moment is said in the same words until the time that saidUntil gives, and that
// lies ahead.
func TestSaidUntil(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(1, 2))
	base := time.Date(2026, 12, 28, 0, 0, 0, 0, time.UTC)
	for range 20_000 {
		now := base.Add(time.Duration(dice.Int64N(int64(10 * 24 * time.Hour))))
		past := time.Duration(dice.Int64N(int64([]time.Duration{10 * time.Second, 2 * time.Minute, 2 * time.Hour, 30 * time.Hour, 9 * 24 * time.Hour, 400 * 24 * time.Hour}[dice.IntN(6)])))
		at := now.Add(-past)
		until := saidUntil(at, now)
		if !until.After(now) {
			t.Fatalf("saidUntil(%s, %s) = %s, which is not ahead", at, now, until)
		}
		want := ago(at, now)
		for range 20 {
			later := now.Add(time.Duration(dice.Int64N(int64(until.Sub(now)))))
			if got := ago(at, later); got != want {
				t.Fatalf("%s is said as %q at %s and %q at %s, want the same until %s", at, want, now, got, later, until)
			}
		}
		if last := until.Add(-1); ago(at, last) != want {
			t.Fatalf("%s is said as %q at %s and %q at %s, just before %s", at, want, now, ago(at, last), last, until)
		}
	}
}

// What was read while something may still have been written is not relied on.
func TestStillness(t *testing.T) {
	t.Parallel()
	var s stillness
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	holds := func(want bool, mark string, now time.Time, when string) {
		t.Helper()
		if got := s.holds("stella", mark, now); got != want {
			t.Errorf("holds %s = %v, want %v", when, got, want)
		}
	}
	end := noon.Add(time.Minute)
	holds(false, "a", noon, "before anything is known")
	s.note("stella", "a", noon, end)
	holds(false, "a", noon.Add(2*time.Second), "after one look")
	s.note("stella", "a", noon.Add(settled-1), end)
	holds(false, "a", noon.Add(2*time.Second), "after another one at once")
	s.note("stella", "a", noon.Add(settled), end)
	holds(true, "a", noon.Add(2*time.Second), "after another one a second later")
	holds(false, "b", noon.Add(2*time.Second), "with another mark")
	holds(false, "a", end, "when something is said in other words")
	if s.holds("eve", "a", noon.Add(2*time.Second)) {
		t.Error("it holds for somebody else")
	}
	s.note("stella", "b", noon.Add(3*time.Second), end)
	holds(false, "b", noon.Add(4*time.Second), "after one look at another mark")
	for i := range mostStill + 1 {
		s.note(time.Duration(i).String(), "a", noon, end)
	}
	if len(s.found) > mostStill {
		t.Errorf("%d are known of, want at most %d", len(s.found), mostStill)
	}
}
