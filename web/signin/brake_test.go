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
	try := func(name, from string, at time.Duration) bool {
		_, err := b.try(name, place{address: from}, noon.Add(at))
		return err == nil
	}
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
		if _, err := b.try(fmt.Sprint("user", i), place{address: "192.0.2.1"}, noon); err != nil {
			t.Fatal(err)
		}
	}
	_, err := b.try("another", place{address: "192.0.2.1"}, noon)
	braked, ok := errors.AsType[*BrakedError](err)
	if !ok || braked.Wait < time.Second || pipelines.CodeOf(err) != pipelines.Unavailable {
		t.Errorf("after %d names: got %v, want a wait", freeFromAddress, err)
	}
	if _, err := b.try("another", place{address: "192.0.2.2"}, noon); err != nil {
		t.Errorf("from another address: %v", err)
	}
}

// Who is right does not make the next one at the same address wait longer, nor does
// what was neither right nor wrong.
func TestRightPasswordsKeepNobodyWaiting(t *testing.T) {
	t.Parallel()
	var b brake
	office := func(name string, at time.Time) (tried, error) { return b.try(name, place{address: "192.0.2.1"}, at) }
	for i := range freeFromAddress + 20 {
		_, _ = office(fmt.Sprint("user", i), noon.Add(time.Duration(i)*addressWait))
	}
	later := noon.Add((freeFromAddress + 20) * addressWait)
	for i, name := range []string{"ada", "bob", "cleo"} {
		try, err := office(name, later)
		if err != nil {
			t.Fatalf("%s, at the moment at which one before was right: %v", name, err)
		}
		if i == 1 {
			b.takeBack(try)
		} else {
			b.right(try)
		}
	}
	if _, err := office("mallory", later); err != nil {
		t.Errorf("one wrong try: %v", err)
	}
	if _, err := office("ada", later); err == nil {
		t.Error("at the moment of a wrong try after many, another try: got through")
	}
	if _, err := b.try("ada", place{"192.0.2.1", "mark"}, later); err != nil {
		t.Errorf("in a browser that ada has signed in with: %v", err)
	}
	for range freeTries {
		_, _ = b.try("ada", place{"192.0.2.1", "mark"}, later)
	}
	if _, err := b.try("ada", place{"192.0.2.1", "mark"}, later); err == nil {
		t.Error("after wrong passwords in her own browser: got through")
	}
	if _, err := b.try("ada", place{address: "192.0.2.9"}, later); err != nil {
		t.Errorf("from elsewhere: %v", err)
	}
}

func TestBrakeIsReleasedByTheRightPassword(t *testing.T) {
	t.Parallel()
	var b brake
	for range freeTries {
		b.count("ada", "192.0.2.1", noon)
	}
	b.release("ada", "192.0.2.1")
	if _, err := b.try("ada", place{address: "192.0.2.1"}, noon); err != nil {
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
		if got := b.tell("Ada", place{address: from}, noon.Add(after)); got != want {
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
	if _, err := b.try("ada", place{address: "192.0.2.1"}, noon); err != nil {
		t.Errorf("a password after wrong tokens: %v", err)
	}
	for i := range freeFromAddress {
		_, _ = b.try(fmt.Sprint("user", i), place{address: "192.0.2.2"}, noon)
	}
	if err := b.check(buildTokens, "192.0.2.2", "too many tokens", noon); err != nil {
		t.Errorf("a token after wrong passwords: %v", err)
	}
	for range freeTries {
		_, _ = b.try("second factor of Users-1", place{address: ""}, noon)
	}
	if _, err := b.try("second factor of Users-1", place{address: ""}, noon); err == nil || strings.Contains(err.Error(), "password") {
		t.Errorf("after wrong codes: %v, want words about codes", err)
	}
}
