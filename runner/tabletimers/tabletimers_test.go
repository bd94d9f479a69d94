package tabletimers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"slipway/runner/bolttable"
	"slipway/runner/table"
	"slipway/runner/timers"
	"slipway/runner/timerstest"
)

func TestTimers(t *testing.T) {
	t.Parallel()
	timerstest.Run(t, func(t *testing.T, check func(*testing.T, timerstest.World)) {
		synctest.Test(t, func(t *testing.T) {
			tb := newTable(t)
			check(t, timerstest.World{
				Now: time.Now,
				Start: func(t *testing.T, ring timers.Ring) (timers.Timers, func()) {
					return start(t, tb, ring, Options{})
				},
				Pass: pass,
			})
			synctest.Wait()
		})
	})
}

// pass lets the time of the bubble go by.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func newTable(t *testing.T) *bolttable.Table {
	t.Helper()
	tb, err := bolttable.Open(filepath.Join(t.TempDir(), "state.db"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tb.Close() })
	return tb
}

// start runs timers and returns what ends them and waits.
func start(t *testing.T, tb table.Table, ring timers.Ring, o Options) (*Timers, func()) {
	tm := New(tb, ring, time.Now, o)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- tm.Run(ctx) }()
	return tm, func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	}
}

func wantRows(t *testing.T, tb table.Table, want int) {
	t.Helper()
	for _, partition := range []string{byID, byTime} {
		n := 0
		for _, err := range table.All(t.Context(), tb, table.Range{Partition: partition}) {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		if n != want {
			t.Errorf("%d rows in %s, want %d", n, partition, want)
		}
	}
}

// TestExactly asks for more than the contract: to the instant, once, and leaving nothing behind.
func TestExactly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tb, began := newTable(t), time.Now()
		var mu sync.Mutex
		var rang []string
		tm, stop := start(t, tb, func(_ context.Context, id string, _ []byte) error {
			mu.Lock()
			defer mu.Unlock()
			rang = append(rang, fmt.Sprint(id, " ", time.Since(began)))
			return nil
		}, Options{})
		defer stop()
		for _, d := range []time.Duration{3 * time.Hour, time.Nanosecond, 90 * time.Minute} {
			if err := tm.Set(t.Context(), fmt.Sprint("after ", d), began.Add(d), nil); err != nil {
				t.Fatal(err)
			}
		}
		wantRows(t, tb, 3)
		pass(100 * time.Hour)
		if want := []string{"after 1ns 1ns", "after 1h30m0s 1h30m0s", "after 3h0m0s 3h0m0s"}; !slices.Equal(rang, want) {
			t.Errorf("rang: %q, want %q", rang, want)
		}
		wantRows(t, tb, 0)
	})
}

func TestFailuresPauseLongerAndSurvive(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tb, began := newTable(t), time.Now()
		var log bytes.Buffer
		var at []time.Duration
		ring := func(_ context.Context, _ string, payload []byte) error {
			at = append(at, time.Since(began))
			if len(at) == 4 {
				panic("bad payload " + string(payload))
			}
			return errors.New("the table is busy")
		}
		tm, stop := start(t, tb, ring, Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
		if err := tm.Set(t.Context(), "t-9", began, []byte("kept")); err != nil {
			t.Fatal(err)
		}
		pass(10 * time.Second)
		s := time.Second
		if want := []time.Duration{0, s, 3 * s, 7 * s}; !slices.Equal(at, want) {
			t.Errorf("rang at %v, want %v", at, want)
		}
		for _, part := range []string{"timer=t-9", "the table is busy", "bad payload kept", "failures=4"} {
			if !strings.Contains(log.String(), part) {
				t.Errorf("the log lacks %q:\n%s", part, log.String())
			}
		}
		stop()
		_, stop = start(t, tb, ring, Options{})
		defer stop()
		pass(10 * time.Second)
		if want := 15 * s; len(at) != 5 || at[4] != want {
			t.Errorf("after a restart it rang at %v, want the fifth at %v", at, want)
		}
		if p := pause(1000); p != longestPause {
			t.Errorf("pause(1000) = %v, want %v", p, longestPause)
		}
	})
}

// TestSetAgainWhileRingingWaitsForNothingElse has the second ring begin when the first ends, not when the sleeper happens to look.
func TestSetAgainWhileRingingWaitsForNothingElse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tb, began := newTable(t), time.Now()
		rang := make(chan time.Duration, 10)
		tm, stop := start(t, tb, func(context.Context, string, []byte) error {
			rang <- time.Since(began)
			time.Sleep(time.Minute)
			return nil
		}, Options{})
		defer stop()
		for range 2 {
			if err := tm.Set(t.Context(), "a", began, nil); err != nil {
				t.Fatal(err)
			}
			pass(time.Second)
		}
		pass(time.Hour)
		if len(rang) != 2 || <-rang != 0 || <-rang != time.Minute {
			t.Errorf("%d more rings than those at once and after a minute", len(rang))
		}
	})
}

func TestSuccessIsNotedThoughTheProcessEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tb := newTable(t)
		tm, stop := start(t, tb, func(ctx context.Context, _ string, _ []byte) error {
			<-ctx.Done()
			return nil
		}, Options{})
		if err := tm.Set(t.Context(), "a", time.Now(), nil); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		stop()
		wantRows(t, tb, 0)
	})
}

func TestBoundedParallel(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tb := newTable(t)
		var mu sync.Mutex
		now, top, rang := 0, 0, 0
		tm, stop := start(t, tb, func(context.Context, string, []byte) error {
			mu.Lock()
			now, rang = now+1, rang+1
			top = max(top, now)
			mu.Unlock()
			time.Sleep(time.Minute)
			mu.Lock()
			now--
			mu.Unlock()
			return nil
		}, Options{Parallel: 3})
		defer stop()
		for i := range 9 {
			if err := tm.Set(t.Context(), fmt.Sprint(i), time.Now(), nil); err != nil {
				t.Fatal(err)
			}
		}
		pass(10 * time.Minute)
		if top != 3 || rang != 9 {
			t.Errorf("%d rings, %d at once; want 9 and 3", rang, top)
		}
		wantRows(t, tb, 0)
	})
}

// flaky fails every third call.
type flaky struct {
	table.Table
	mu    sync.Mutex
	calls int
}

func (f *flaky) fail() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.calls++; f.calls%3 == 1 {
		return errors.New("throttled")
	}
	return nil
}

func (f *flaky) Get(ctx context.Context, k table.Key) (table.Item, error) {
	if err := f.fail(); err != nil {
		return table.Item{}, err
	}
	return f.Table.Get(ctx, k)
}

func (f *flaky) Query(ctx context.Context, r table.Range) (table.Page, error) {
	if err := f.fail(); err != nil {
		return table.Page{}, err
	}
	return f.Table.Query(ctx, r)
}

func (f *flaky) Write(ctx context.Context, cs ...table.Change) error {
	if err := f.fail(); err != nil {
		return err
	}
	return f.Table.Write(ctx, cs...)
}

// TestTroubleWithTheTable has every third call of the table fail: all ring, with their payloads, and leave nothing.
func TestTroubleWithTheTable(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tb := newTable(t)
		for i := range 20 {
			if err := New(tb, nil, time.Now, Options{}).Set(t.Context(), fmt.Sprint(i), time.Now().Add(time.Hour), fmt.Append(nil, i)); err != nil {
				t.Fatal(err)
			}
		}
		var mu sync.Mutex
		rang := map[string]int{}
		_, stop := start(t, &flaky{Table: tb}, func(_ context.Context, id string, payload []byte) error {
			mu.Lock()
			defer mu.Unlock()
			if rang[id]++; id != string(payload) {
				t.Errorf("%s rang with %q", id, payload)
			}
			return nil
		}, Options{})
		defer stop()
		pass(5 * time.Hour)
		for i := range 20 {
			if n := rang[fmt.Sprint(i)]; n != 1 {
				t.Errorf("%d rang %d times, want once", i, n)
			}
		}
		wantRows(t, tb, 0)
	})
}

func TestTimeKeysSortLikeTimes(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("far east", 13*3600)
	times := []time.Time{
		{}, time.Date(1969, 12, 31, 23, 59, 59, 0, time.UTC), time.Date(2026, 1, 2, 12, 0, 0, 0, zone), time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC),
		time.Date(2026, 1, 2, 0, 0, 0, 1, time.UTC), time.Date(2026, 1, 2, 0, 0, 0, 10, time.UTC), time.Date(2026, 1, 2, 0, 0, 1, 0, time.UTC), time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	for i, at := range times {
		if i > 0 && timeKey(times[i-1], "z") >= timeKey(at, "a") {
			t.Errorf("timeKey(%v) sorts behind timeKey(%v)", times[i-1], at)
		}
		got, id, err := readTimeKey(timeKey(at, "an id"))
		if err != nil || id != "an id" || !got.Equal(at) && i < len(times)-1 {
			t.Errorf("readTimeKey(timeKey(%v)) = %v, %q, %v", at, got, id, err)
		}
	}
	for _, bad := range []string{"", "x", "2026 a", timeText(times[1])} {
		if _, _, err := readTimeKey(bad); err == nil {
			t.Errorf("readTimeKey(%q): got no error", bad)
		}
	}
}
