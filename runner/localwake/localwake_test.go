package localwake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"slipway/runner/wake"
	"slipway/runner/waketest"
)

func TestWake(t *testing.T) {
	t.Parallel()
	waketest.Run(t, func(t *testing.T, check func(*testing.T, waketest.World)) {
		synctest.Test(t, func(t *testing.T) {
			check(t, waketest.World{
				Start: func(t *testing.T, look wake.Look, open func() []string) (wake.Wake, func()) {
					w := New(look, func(context.Context) ([]string, error) { return open(), nil }, Options{})
					return w, start(t, w)
				},
				Pass: func(d time.Duration) { time.Sleep(d); synctest.Wait() },
			})
		})
	})
}

// start runs w and returns what ends it and waits.
func start(t *testing.T, w *Wake) func() {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	}
}

func nothing(context.Context) ([]string, error) { return nil, nil }

// watch records Looks.
type watch struct {
	since time.Time
	mu    sync.Mutex
	now   int
	seen  record
}

// record is what a watch has seen: which Looks began, when, and how many ran at once.
type record struct {
	begun []string
	at    []time.Duration
	top   int
}

// so returns what was seen so far.
func (w *watch) so() record {
	w.mu.Lock()
	defer w.mu.Unlock()
	return record{slices.Clone(w.seen.begun), slices.Clone(w.seen.at), w.seen.top}
}

func (w *watch) look(d string, do func() error) error {
	w.mu.Lock()
	w.seen.begun = append(w.seen.begun, d)
	w.seen.at = append(w.seen.at, time.Since(w.since))
	w.now++
	w.seen.top = max(w.seen.top, w.now)
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.now--
	}()
	return do()
}

func takes(d time.Duration) func() error {
	return func() error { time.Sleep(d); return nil }
}

func TestOneLookAtATimeAndOneMore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		seen := watch{since: time.Now()}
		w := New(func(_ context.Context, d string) error { return seen.look(d, takes(time.Minute)) }, nothing, Options{})
		defer start(t, w)()
		_ = w.Wake(t.Context(), "d")
		time.Sleep(time.Second)
		for range 10 {
			_ = w.Wake(t.Context(), "d")
		}
		time.Sleep(time.Hour)
		if want := []time.Duration{0, time.Minute}; !slices.Equal(seen.so().at, want) || seen.so().top != 1 {
			t.Errorf("Looks began at %v, %d at once; want %v, 1 at once", seen.so().at, seen.so().top, want)
		}
	})
}

func TestBoundedParallel(t *testing.T) {
	t.Parallel()
	for parallel, want := range map[int]int{3: 3, 0: DefaultParallel} {
		synctest.Test(t, func(t *testing.T) {
			seen := watch{since: time.Now()}
			w := New(func(_ context.Context, d string) error { return seen.look(d, takes(time.Minute)) }, nothing, Options{Parallel: parallel})
			defer start(t, w)()
			for i := range 2 * want {
				_ = w.Wake(t.Context(), fmt.Sprint(i))
			}
			time.Sleep(90 * time.Second)
			if seen.so().top != want || len(seen.so().begun) != 2*want {
				t.Errorf("Parallel %d: %d at once, %d after two rounds; want %d and %d", parallel, seen.so().top, len(seen.so().begun), want, 2*want)
			}
			time.Sleep(time.Minute)
		})
	}
}

func TestPausesGrowAndAWakeEndsThem(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		seen := watch{since: time.Now()}
		var well atomic.Bool
		w := New(func(_ context.Context, d string) error {
			return seen.look(d, func() error {
				if !well.Load() {
					return errors.New("host is away")
				}
				return nil
			})
		}, nothing, Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
		defer start(t, w)()
		_ = w.Wake(t.Context(), "d-7")
		ms := time.Millisecond
		time.Sleep(800 * ms)
		synctest.Wait()
		if want := []time.Duration{0, 100 * ms, 300 * ms, 700 * ms}; !slices.Equal(seen.so().at, want) {
			t.Errorf("Looks began at %v, want %v", seen.so().at, want)
		}
		for _, part := range []string{"deployment=d-7", "host is away", "failures=4", "again_in=800ms"} {
			if !strings.Contains(log.String(), part) {
				t.Errorf("the log lacks %q:\n%s", part, log.String())
			}
		}
		well.Store(true)
		_ = w.Wake(t.Context(), "d-7")
		time.Sleep(time.Hour)
		if len(seen.so().at) != 5 || seen.so().at[4] != 800*ms {
			t.Errorf("Looks began at %v, want the fifth and last at 800ms", seen.so().at)
		}
		if p := pause(1000); p != longestPause {
			t.Errorf("pause(1000) = %v, want %v", p, longestPause)
		}
	})
}

// TestNoCircle has a Look that wakes its own deployment and fails: it must pause all the same.
func TestNoCircle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		seen := watch{since: time.Now()}
		var w *Wake
		w = New(func(ctx context.Context, d string) error {
			_ = w.Wake(ctx, d)
			return seen.look(d, func() error { return errors.New("no") })
		}, nothing, Options{})
		defer start(t, w)()
		_ = w.Wake(t.Context(), "d")
		time.Sleep(time.Hour)
		if n := len(seen.so().begun); n < 60 || n > 80 {
			t.Errorf("%d Looks in an hour, want about one a minute", n)
		}
	})
}

func TestScanIsRepeatedAndHoldsUpNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		seen := watch{since: time.Now()}
		var scans atomic.Int32
		w := New(func(_ context.Context, d string) error { return seen.look(d, takes(0)) }, func(context.Context) ([]string, error) {
			if scans.Add(1) < 3 {
				return nil, errors.New("not now")
			}
			return []string{"open-1", "open-2"}, nil
		}, Options{})
		_ = w.Wake(t.Context(), "early")
		synctest.Wait()
		if len(seen.so().begun) != 0 {
			t.Errorf("Looks before Run: %q", seen.so().begun)
		}
		defer start(t, w)()
		synctest.Wait()
		if want := []string{"early"}; !slices.Equal(seen.so().begun, want) {
			t.Errorf("Looks while the scan fails: %q, want %q", seen.so().begun, want)
		}
		time.Sleep(time.Hour)
		got := seen.so().begun
		slices.Sort(got)
		if want := []string{"early", "open-1", "open-2"}; !slices.Equal(got, want) || scans.Load() != 3 {
			t.Errorf("Looks: %q after %d scans, want %q after 3", got, scans.Load(), want)
		}
	})
}

func TestEndDrains(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		seen := watch{since: time.Now()}
		var finished atomic.Int32
		w := New(func(ctx context.Context, d string) error {
			return seen.look(d, func() error {
				if d == "failing" {
					return errors.New("no")
				}
				<-ctx.Done()
				time.Sleep(time.Second) // writes down where it was
				finished.Add(1)
				return nil
			})
		}, nothing, Options{Parallel: 2})
		stop := start(t, w)
		for _, d := range []string{"failing", "a", "b", "waiting"} {
			_ = w.Wake(t.Context(), d)
		}
		time.Sleep(50 * time.Millisecond)
		stop()
		if n := finished.Load(); n != 2 {
			t.Errorf("Run returned when %d Looks had finished, want 2", n)
		}
		begun := len(seen.so().begun)
		if err := w.Wake(t.Context(), "late"); err != nil {
			t.Errorf("Wake after the end: %v", err)
		}
		time.Sleep(time.Hour)
		if finished.Load() != 2 || len(seen.so().begun) != begun || slices.Contains(seen.so().begun, "waiting") {
			t.Errorf("%d Looks finished of %q, then %q; want 2, and no more", finished.Load(), seen.so().begun[:begun], seen.so().begun[begun:])
		}
	})
}

func TestPanicIsAnError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		seen := watch{since: time.Now()}
		w := New(func(_ context.Context, d string) error {
			return seen.look(d, func() error {
				if len(seen.so().begun) < 3 {
					panic("bad state")
				}
				return nil
			})
		}, nothing, Options{})
		defer start(t, w)()
		_ = w.Wake(t.Context(), "d")
		time.Sleep(time.Hour)
		if len(seen.so().begun) != 3 {
			t.Errorf("%d Looks, want 3", len(seen.so().begun))
		}
	})
}

func TestForgetsWhatIsDone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := New(func(context.Context, string) error { return nil }, nothing, Options{})
		defer start(t, w)()
		for i := range 1000 {
			_ = w.Wake(t.Context(), fmt.Sprint(i))
		}
		synctest.Wait()
		w.mu.Lock()
		defer w.mu.Unlock()
		if len(w.known) != 0 || len(w.ready) != 0 || w.running != 0 {
			t.Errorf("%d known, %d ready, %d running; want none", len(w.known), len(w.ready), w.running)
		}
	})
}

func BenchmarkWake(b *testing.B) {
	looked := make(chan struct{})
	w := New(func(context.Context, string) error { looked <- struct{}{}; return nil }, nothing, Options{})
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	go func() { _ = w.Run(ctx) }()
	for b.Loop() {
		if err := w.Wake(ctx, "d"); err != nil {
			b.Fatal(err)
		}
		<-looked
	}
}
