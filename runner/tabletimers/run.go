package tabletimers

import (
	"context"
	"time"

	"slipway/runner/table"
)

const (
	// The pauses before an unsuccessful ring is repeated double from the first to the longest.
	firstPause   = time.Second
	longestPause = 5 * time.Minute

	// longestSleep bounds how late a timer rings when the clock was set or the machine slept meanwhile:
	// the process's own time stands still then.
	longestSleep = 10 * time.Minute
)

// Run rings what is due and sleeps until the next is, until ctx ends; then no ring begins any more, those that
// run have their context ended, and Run returns when they have. Call it once.
func (t *Timers) Run(ctx context.Context) error {
	defer t.rings.Wait()
	failures := 0
	for ctx.Err() == nil {
		sleep, err := t.ringDue(ctx)
		failures++
		switch {
		case err == nil:
			failures = 0
		case ctx.Err() != nil:
			return nil
		default:
			sleep = pause(failures)
			t.log.Error("the timers cannot be read", "error", err, "again_in", sleep)
		}
		t.sleep(ctx, sleep)
	}
	return nil
}

func (t *Timers) sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-t.earlier:
	case <-ctx.Done():
	}
}

// ringDue starts a ring for everything that is due and does not ring yet, and says how long to sleep then.
func (t *Timers) ringDue(ctx context.Context) (time.Duration, error) {
	for item, err := range table.All(ctx, t.table, table.Range{Partition: byTime, Limit: 100}) {
		if err != nil {
			return 0, err
		}
		at, id, err := readTimeKey(item.Key.Sort)
		if err != nil {
			return 0, err
		}
		if wait := at.Sub(t.now()); wait > 0 {
			return min(wait, longestSleep), nil
		}
		if err := t.start(ctx, item.Key, id); err != nil {
			return 0, err
		}
	}
	return longestSleep, nil
}

// start rings in the background, unless the timer rings already: then its end has the sleeper look again.
func (t *Timers) start(ctx context.Context, k table.Key, id string) error {
	t.mu.Lock()
	rings := t.ringing[id] != nil
	t.mu.Unlock()
	if rings {
		return nil
	}
	select {
	case t.free <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	now := &ringing{key: k, id: id}
	t.mu.Lock()
	t.ringing[id] = now
	t.mu.Unlock()
	t.rings.Go(func() {
		t.ringOne(ctx, now)
		<-t.free
		t.lookAgain()
	})
	return nil
}
