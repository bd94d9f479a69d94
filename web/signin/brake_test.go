package signin

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func TestBrake(t *testing.T) {
	t.Parallel()
	var b brake
	try := func(name, from string, at time.Duration) bool { return b.try(name, from, noon.Add(at)) == nil }
	for i := range freeTries {
		if !try("ada", "192.0.2.1", 0) {
			t.Fatalf("wrong password %d of %d had to wait", i+1, freeTries)
		}
	}
	for _, c := range []struct {
		what, name, from string
		at               time.Duration
		free             bool
	}{
		{"at once", "ada", "192.0.2.1", 0, false},
		{"in other letters", "ADA", "192.0.2.1", 0, false},
		{"from elsewhere", "ada", "192.0.2.2", 0, true},
		{"somebody else", "bob", "192.0.2.1", 0, true},
		{"too early", "ada", "192.0.2.1", 1900 * time.Millisecond, false},
		{"after the wait", "ada", "192.0.2.1", 2 * time.Second, true},
		{"the next wait is longer", "ada", "192.0.2.1", 5 * time.Second, false},
		{"after the longer wait", "ada", "192.0.2.1", 6 * time.Second, true},
		{"when all is forgotten", "ada", "192.0.2.1", time.Hour, true},
		{"and forgotten means five free again", "ada", "192.0.2.1", time.Hour, true},
	} {
		if got := try(c.name, c.from, c.at); got != c.free {
			t.Errorf("%s: got %t, want %t", c.what, got, c.free)
		}
	}
}

func TestBrakeOnManyNamesFromOneAddress(t *testing.T) {
	t.Parallel()
	var b brake
	for i := range freeFromAddress {
		if err := b.try(fmt.Sprint("user", i), "192.0.2.1", noon); err != nil {
			t.Fatal(err)
		}
	}
	err := b.try("another", "192.0.2.1", noon)
	braked, ok := errors.AsType[*BrakedError](err)
	if !ok || braked.Wait < time.Second || pipelines.CodeOf(err) != pipelines.Unavailable {
		t.Errorf("after %d names: got %v, want a wait", freeFromAddress, err)
	}
	if err := b.try("another", "192.0.2.2", noon); err != nil {
		t.Errorf("from another address: %v", err)
	}
}

func TestBrakeIsReleasedByTheRightPassword(t *testing.T) {
	t.Parallel()
	var b brake
	for range freeTries {
		b.count("ada", "192.0.2.1", noon)
	}
	b.release("ada", "192.0.2.1")
	if err := b.try("ada", "192.0.2.1", noon); err != nil {
		t.Errorf("after the right password: %v", err)
	}
}

func TestBrakeWaitsAreBounded(t *testing.T) {
	t.Parallel()
	for _, n := range []int{5, 6, 12, 13, 100, 1 << 20} {
		wait := failures{n: n, last: noon}.until(freeTries).Sub(noon)
		if wait < 2*time.Second || wait > longestWait {
			t.Errorf("wait after %d failures: got %s, want 2 s to %s", n, wait, longestWait)
		}
	}
}

func TestBrakeKeepsItsMemory(t *testing.T) {
	t.Parallel()
	var b brake
	for i := range mostCounted {
		b.count("ada", fmt.Sprint(i), noon)
	}
	if len(b.counts) > mostCounted {
		t.Errorf("counts: got %d, want at most %d", len(b.counts), mostCounted)
	}
}

// Whoever goes on trying fills no log: one entry an hour for a name and address,
// or for an address that tries many names.
func TestABrakeIsToldOnceAnHour(t *testing.T) {
	t.Parallel()
	var b brake
	for range freeTries {
		b.count("ada", "192.0.2.7", noon)
	}
	wrong := func(after time.Duration) {
		for range freeTries {
			b.count("ada", "192.0.2.7", noon.Add(after))
		}
	}
	told := func(from string, after time.Duration, want bool) {
		t.Helper()
		if got := b.tell("Ada", from, noon.Add(after)); got != want {
			t.Errorf("tell of %s after %s: %t, want %t", from, after, got, want)
		}
	}
	told("192.0.2.7", 0, true)
	told("192.0.2.7", time.Second, false)
	told("192.0.2.8", 0, false) // nothing was tried from there
	wrong(59 * time.Minute)
	told("192.0.2.7", 59*time.Minute, false)
	wrong(61 * time.Minute)
	told("192.0.2.7", 61*time.Minute, true)
}

// What is no password has its own words and its own count: a build that is
// configured wrongly keeps nobody in its office from signing in.
func TestEachKindIsBrakedByItself(t *testing.T) {
	t.Parallel()
	var b brake
	for range freeFromAddress {
		b.count(buildTokens, "192.0.2.1", noon)
	}
	err := b.check(buildTokens, "192.0.2.1", "too many tokens of builds", noon)
	if err == nil || !strings.HasPrefix(err.Error(), "too many tokens of builds: try again in ") {
		t.Errorf("after %d tokens: %v", freeFromAddress, err)
	}
	if err := b.try("ada", "192.0.2.1", noon); err != nil {
		t.Errorf("a password after wrong tokens: %v", err)
	}
	for i := range freeFromAddress {
		_ = b.try(fmt.Sprint("user", i), "192.0.2.2", noon)
	}
	if err := b.check(buildTokens, "192.0.2.2", "too many tokens", noon); err != nil {
		t.Errorf("a token after wrong passwords: %v", err)
	}
	for range freeTries {
		_ = b.try("second factor of Users-1", "", noon)
	}
	if err := b.try("second factor of Users-1", "", noon); err == nil || strings.Contains(err.Error(), "password") {
		t.Errorf("after wrong codes: %v, want words about codes", err)
	}
}
