// Package timerstest holds every adapter for timers to the contract of package timers.
// It does not ask how soon after its time a timer rings, as long as it is within a few minutes: some stores count in minutes.
// Time is the adapter's: it may be that of a testing/synctest bubble or of an emulator.
package timerstest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/runner/timers"
)

// World is what a case acts in. It starts empty.
type World struct {
	Now func() time.Time
	// Start begins to ring, as a process does that begins. The returned function ends the process
	// and returns when no ring runs any more. What was set stays for the next Start.
	Start func(t *testing.T, ring timers.Ring) (timers.Timers, func())
	// Pass lets time go by, and returns when nothing is left that was due meanwhile.
	Pass func(time.Duration)
}

// Run holds timers to the contract. For each case in makes a World and hands it to check, in a bubble if it likes.
func Run(t *testing.T, in func(t *testing.T, check func(*testing.T, World))) {
	for name, check := range map[string]func(*testing.T, World){
		"RingsAtItsTime":         ringsAtItsTime,
		"RingsAtOnceIfPast":      ringsAtOnceIfPast,
		"ReplacesTimeAndPayload": replacesTimeAndPayload,
		"Cancels":                cancels,
		"RepeatsFailedRings":     repeatsFailedRings,
		"CancelEndsRepetition":   cancelEndsRepetition,
		"SetAgainFromItsRing":    setAgainFromItsRing,
		"SetAgainWhileRinging":   setAgainWhileRinging,
		"RingsWhatWasMissed":     ringsWhatWasMissed,
		"RingsAfterACrash":       ringsAfterACrash,
		"WaitsThroughRestarts":   waitsThroughRestarts,
		"RingsFarAway":           ringsFarAway,
		"RingsMany":              ringsMany,
		"OneBlockedHoldsNobody":  oneBlockedHoldsNobody,
		"HoldsTheLimits":         holdsTheLimits,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in(t, check)
		})
	}
}

const (
	minute = time.Minute
	hour   = time.Hour
)

// rung is one ring.
type rung struct {
	id, payload string
	at          time.Time
}

// rings records what rings.
type rings struct {
	now func() time.Time
	mu  sync.Mutex
	all []rung
}

func (r *rings) add(id string, payload []byte) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, rung{id, string(payload), r.now()})
	return r.countLocked(id)
}

func (r *rings) ring(_ context.Context, id string, payload []byte) error {
	r.add(id, payload)
	return nil
}

func (r *rings) countLocked(id string) int {
	n := 0
	for _, one := range r.all {
		if one.id == id {
			n++
		}
	}
	return n
}

func (r *rings) count(id string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.countLocked(id)
}

// want compares all payloads that rang for id, in order, where the same may come several times in a row.
func (r *rings) want(t *testing.T, id string, payloads ...string) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	var got []string
	for _, one := range r.all {
		if one.id == id && (len(got) == 0 || got[len(got)-1] != one.payload) {
			got = append(got, one.payload)
		}
	}
	if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", payloads) {
		t.Fatalf("%.60s rang with %.200q, want %.200q", id, got, payloads)
	}
}

func (r *rings) wantNotBefore(t *testing.T, id string, at time.Time) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, one := range r.all {
		if one.id == id && one.at.Before(at) {
			t.Errorf("%s rang at %v, want not before %v", id, one.at, at)
		}
	}
}

func begin(t *testing.T, w World) (*rings, timers.Timers, func()) {
	t.Helper()
	r := &rings{now: w.Now}
	tm, stop := w.Start(t, r.ring)
	return r, tm, stop
}

func mustSet(t *testing.T, tm timers.Timers, id string, at time.Time, payload string) {
	t.Helper()
	if err := tm.Set(t.Context(), id, at, []byte(payload)); err != nil {
		t.Fatalf("Set(%.60s): %v", id, err)
	}
}

func mustCancel(t *testing.T, tm timers.Timers, id string) {
	t.Helper()
	if err := tm.Cancel(t.Context(), id); err != nil {
		t.Fatalf("Cancel(%s): %v", id, err)
	}
}

func ringsAtItsTime(t *testing.T, w World) {
	r, tm, stop := begin(t, w)
	defer stop()
	at := w.Now().Add(hour)
	payload := []byte("remind them")
	if err := tm.Set(t.Context(), "d-1/deadline", at, payload); err != nil {
		t.Fatal(err)
	}
	copy(payload, "overwritten")
	mustSet(t, tm, "d-1/later", at.Add(hour), "")
	w.Pass(59 * minute)
	r.want(t, "d-1/deadline")
	w.Pass(5 * minute)
	r.want(t, "d-1/deadline", "remind them")
	r.wantNotBefore(t, "d-1/deadline", at)
	r.want(t, "d-1/later")
	before := r.count("d-1/deadline")
	w.Pass(24 * hour)
	r.want(t, "d-1/later", "")
	if got := r.count("d-1/deadline"); got != before {
		t.Errorf("it rang %d times more after it had rung", got-before)
	}
}

func ringsAtOnceIfPast(t *testing.T, w World) {
	r, tm, stop := begin(t, w)
	defer stop()
	mustSet(t, tm, "now", w.Now(), "a")
	mustSet(t, tm, "long ago", w.Now().Add(-1000*hour), "b")
	mustSet(t, tm, "no time", time.Time{}, "c")
	w.Pass(5 * minute)
	r.want(t, "now", "a")
	r.want(t, "long ago", "b")
	r.want(t, "no time", "c")
}

func replacesTimeAndPayload(t *testing.T, w World) {
	r, tm, stop := begin(t, w)
	defer stop()
	now := w.Now()
	mustSet(t, tm, "sooner", now.Add(10*hour), "old")
	mustSet(t, tm, "sooner", now.Add(hour), "new")
	mustSet(t, tm, "later", now.Add(hour), "old")
	mustSet(t, tm, "later", now.Add(10*hour), "new")
	mustSet(t, tm, "same", now.Add(hour), "old")
	mustSet(t, tm, "same", now.Add(hour), "new")
	w.Pass(2 * hour)
	r.want(t, "sooner", "new")
	r.want(t, "later")
	r.want(t, "same", "new")
	w.Pass(20 * hour)
	r.want(t, "sooner", "new")
	r.want(t, "later", "new")
	r.wantNotBefore(t, "later", now.Add(10*hour))
}

func cancels(t *testing.T, w World) {
	r, tm, stop := begin(t, w)
	defer stop()
	mustCancel(t, tm, "never set")
	mustSet(t, tm, "a", w.Now().Add(hour), "old")
	mustSet(t, tm, "b", w.Now().Add(hour), "b")
	mustCancel(t, tm, "a")
	mustCancel(t, tm, "a")
	w.Pass(2 * hour)
	r.want(t, "a")
	r.want(t, "b", "b")
	mustCancel(t, tm, "b")
	mustSet(t, tm, "a", w.Now().Add(hour), "new")
	w.Pass(2 * hour)
	r.want(t, "a", "new")
}

func repeatsFailedRings(t *testing.T, w World) {
	r := &rings{now: w.Now}
	tm, stop := w.Start(t, func(_ context.Context, id string, payload []byte) error {
		if r.add(id, payload) < 4 {
			return errors.New("the table is busy")
		}
		return nil
	})
	defer stop()
	mustSet(t, tm, "a", w.Now(), "payload")
	w.Pass(hour)
	r.want(t, "a", "payload")
	n := r.count("a")
	if n < 4 {
		t.Errorf("it rang %d times, want 4: three fail", n)
	}
	w.Pass(24 * hour)
	if got := r.count("a"); got != n {
		t.Errorf("it rang %d times more after it had succeeded", got-n)
	}
}

func cancelEndsRepetition(t *testing.T, w World) {
	r := &rings{now: w.Now}
	failed := errors.New("the table is busy")
	tm, stop := w.Start(t, func(_ context.Context, id string, payload []byte) error {
		r.add(id, payload)
		return failed
	})
	defer stop()
	mustSet(t, tm, "a", w.Now(), "")
	w.Pass(hour)
	mustCancel(t, tm, "a")
	w.Pass(5 * minute)
	n := r.count("a")
	w.Pass(24 * hour)
	if got := r.count("a"); n == 0 || got != n {
		t.Errorf("it rang %d times, and %d more after it was cancelled; want some and none", n, got-n)
	}
}

func setAgainFromItsRing(t *testing.T, w World) {
	r := &rings{now: w.Now}
	ready := make(chan struct{})
	var tm timers.Timers
	tm, stop := w.Start(t, func(ctx context.Context, id string, payload []byte) error {
		<-ready
		if r.add(id, payload) == 1 {
			return tm.Set(ctx, id, w.Now().Add(hour), []byte("second"))
		}
		return nil
	})
	defer stop()
	close(ready)
	mustSet(t, tm, "a", w.Now(), "first")
	w.Pass(30 * minute)
	r.want(t, "a", "first")
	w.Pass(hour)
	r.want(t, "a", "first", "second")
}

// setAgainWhileRinging replaces a timer by one of the very same time and by a later one, while the ring runs, and has
// that ring succeed or fail.
func setAgainWhileRinging(t *testing.T, w World) {
	for _, outcome := range []error{nil, errors.New("failed")} {
		for _, later := range []time.Duration{0, hour} {
			id := fmt.Sprintf("%v %v", outcome, later)
			r := &rings{now: w.Now}
			begun, release := make(chan struct{}), make(chan struct{})
			tm, stop := w.Start(t, func(_ context.Context, id string, payload []byte) error {
				if r.add(id, payload) == 1 {
					close(begun)
					<-release
					return outcome
				}
				return nil
			})
			at := w.Now()
			mustSet(t, tm, id, at, "first")
			<-begun
			mustCancel(t, tm, id)
			mustSet(t, tm, id, at.Add(later), "second")
			close(release)
			w.Pass(10 * minute)
			if later > 0 {
				r.want(t, id, "first")
			}
			w.Pass(2 * hour)
			r.want(t, id, "first", "second")
			stop()
		}
	}
}

func ringsWhatWasMissed(t *testing.T, w World) {
	_, tm, stop := begin(t, w)
	mustSet(t, tm, "missed", w.Now().Add(hour), "payload")
	mustSet(t, tm, "cancelled", w.Now().Add(hour), "")
	mustCancel(t, tm, "cancelled")
	stop()
	w.Pass(5 * hour)
	r, _, stop := begin(t, w)
	defer stop()
	w.Pass(30 * minute)
	r.want(t, "missed", "payload")
	r.want(t, "cancelled")
}

// ringsAfterACrash ends the process during a ring that has not succeeded.
func ringsAfterACrash(t *testing.T, w World) {
	begun := make(chan struct{})
	var once sync.Once
	tm, stop := w.Start(t, func(ctx context.Context, id string, payload []byte) error {
		once.Do(func() { close(begun) })
		<-ctx.Done()
		return ctx.Err()
	})
	mustSet(t, tm, "a", w.Now(), "payload")
	<-begun
	stop()
	r, _, stop := begin(t, w)
	defer stop()
	w.Pass(30 * minute)
	r.want(t, "a", "payload")
}

func waitsThroughRestarts(t *testing.T, w World) {
	at := w.Now().Add(10 * hour)
	_, tm, stop := begin(t, w)
	mustSet(t, tm, "a", at, "payload")
	stop()
	w.Pass(hour)
	r, tm, stop := begin(t, w)
	w.Pass(hour)
	mustSet(t, tm, "a", at.Add(-5*hour), "sooner")
	w.Pass(hour)
	r.want(t, "a")
	stop()
	r, _, stop = begin(t, w)
	defer stop()
	w.Pass(10 * hour)
	r.want(t, "a", "sooner")
	r.wantNotBefore(t, "a", at.Add(-5*hour))
}

func ringsFarAway(t *testing.T, w World) {
	r, tm, stop := begin(t, w)
	defer stop()
	at := w.Now().Add(90 * 24 * hour)
	mustSet(t, tm, "a", at, "payload")
	w.Pass(89 * 24 * hour)
	r.want(t, "a")
	w.Pass(2 * 24 * hour)
	r.want(t, "a", "payload")
	r.wantNotBefore(t, "a", at)
}

func ringsMany(t *testing.T, w World) {
	r, tm, stop := begin(t, w)
	defer stop()
	now := w.Now()
	var setters sync.WaitGroup
	for i := range 100 {
		setters.Go(func() {
			mustSet(t, tm, fmt.Sprint(i), now.Add(hour), "old")
			mustSet(t, tm, fmt.Sprint(i), now.Add(time.Duration(i)*minute), fmt.Sprint("payload ", i))
			if i%10 == 0 {
				mustCancel(t, tm, fmt.Sprint(i))
			}
		})
		setters.Go(func() { mustSet(t, tm, "shared", now.Add(hour), "payload") })
	}
	setters.Wait()
	w.Pass(3 * hour)
	r.want(t, "shared", "payload")
	for i := range 100 {
		if i == 0 {
			continue // may have rung before it was cancelled
		}
		if i%10 == 0 {
			r.want(t, fmt.Sprint(i))
			continue
		}
		r.want(t, fmt.Sprint(i), fmt.Sprint("payload ", i))
		r.wantNotBefore(t, fmt.Sprint(i), now.Add(time.Duration(i)*minute))
	}
}

func oneBlockedHoldsNobody(t *testing.T, w World) {
	r := &rings{now: w.Now}
	release := make(chan struct{})
	tm, stop := w.Start(t, func(_ context.Context, id string, payload []byte) error {
		if id == "blocked" {
			<-release
		}
		r.add(id, payload)
		return nil
	})
	defer stop()
	defer close(release)
	mustSet(t, tm, "blocked", w.Now(), "")
	mustSet(t, tm, "past", w.Now().Add(minute), "a")
	w.Pass(10 * minute)
	mustSet(t, tm, "soon", w.Now().Add(minute), "b")
	w.Pass(10 * minute)
	r.want(t, "past", "a")
	r.want(t, "soon", "b")
}

func holdsTheLimits(t *testing.T, w World) {
	r, tm, stop := begin(t, w)
	defer stop()
	long, large := strings.Repeat("i", timers.MaxID), strings.Repeat("\xff", timers.MaxPayload)
	for _, id := range []string{long, "with space / and #", "Ünï", "a", "A"} {
		mustSet(t, tm, id, w.Now(), large)
	}
	for name, set := range map[string]struct {
		id      string
		payload int
	}{
		"empty id": {"", 0}, "long id": {long + "i", 0}, "NUL": {"a\x00", 0}, "not UTF-8": {"\xff", 0}, "large": {"a", timers.MaxPayload + 1},
	} {
		if err := tm.Set(t.Context(), set.id, w.Now(), make([]byte, set.payload)); !errors.Is(err, timers.ErrInvalid) {
			t.Errorf("Set (%s): got %v, want ErrInvalid", name, err)
		}
	}
	if err := tm.Cancel(t.Context(), ""); !errors.Is(err, timers.ErrInvalid) {
		t.Errorf("Cancel without an id: got %v, want ErrInvalid", err)
	}
	w.Pass(5 * minute)
	for _, id := range []string{long, "with space / and #", "Ünï", "a", "A"} {
		r.want(t, id, large)
	}
}
