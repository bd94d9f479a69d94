package bolttable

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"slipway/runner/table"
)

// TestEndedContextWithdraws ends the context of a write that waits in line: it must not be done after all.
func TestEndedContextWithdraws(t *testing.T) {
	t.Parallel()
	tb := mustOpen(t, filepath.Join(t.TempDir(), "state.db"), time.Now)
	// The lock holds up the committer with the first write.
	tb.mu.Lock()
	first, second := make(chan error, 1), make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	taken := &write{changes: []table.Change{table.Put(key("first"), nil)}, done: first}
	tb.queue.add(taken)
	waitFor(t, func() bool { return inLine(tb) == 0 })
	go func() { second <- tb.Write(ctx, table.Put(key("second"), nil)) }()
	waitFor(t, func() bool { return inLine(tb) == 1 })
	cancel()
	if err := <-second; !errors.Is(err, context.Canceled) {
		t.Errorf("the write in line: got %v, want context.Canceled", err)
	}
	tb.mu.Unlock()
	if err := <-first; err != nil {
		t.Errorf("the write that was taken: %v", err)
	}
	// What comes after the others is done after them.
	if err := tb.Write(t.Context(), table.Put(key("third"), nil)); err != nil {
		t.Fatal(err)
	}
	if _, err := tb.Get(t.Context(), key("first")); err != nil {
		t.Error(err)
	}
	if _, err := tb.Get(t.Context(), key("second")); !errors.Is(err, table.ErrNotFound) {
		t.Errorf("Get of what was withdrawn: got %v, want ErrNotFound", err)
	}
}

func TestTakeKeepsBounds(t *testing.T) {
	t.Parallel()
	q := newQueue()
	for _, size := range []int{maxBatchBytes + 1, maxBatchBytes, 1} {
		q.add(&write{size: size})
	}
	for range maxBatch + 1 {
		q.add(&write{})
	}
	for i, want := range []int{1, 1, maxBatch, 2, 0} {
		if got := len(q.take()); got != want {
			t.Errorf("batch %d has %d writes, want %d", i, got, want)
		}
	}
	q.close()
	if q.wait() || q.add(&write{}) {
		t.Error("a closed, empty queue still works")
	}
}

func inLine(tb *Table) int {
	tb.queue.mu.Lock()
	defer tb.queue.mu.Unlock()
	return len(tb.queue.waiting)
}

func waitFor(t *testing.T, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("waited 10 s in vain")
		}
	}
}

// Two gather, since two are wanted; one more is waited for no longer than said; a closed queue waits for nobody.
func TestGather(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue()
		took := func(want int) time.Duration {
			begun := time.Now()
			q.gather(want, time.Minute)
			return time.Since(begun)
		}
		if got := took(0); got != 0 {
			t.Errorf("a gather of none took %s", got)
		}
		q.add(&write{})
		time.AfterFunc(time.Second, func() { q.add(&write{}) })
		if got := took(2); got != time.Second {
			t.Errorf("a gather of two took %s, want as long as the second took to come", got)
		}
		if got := took(3); got != time.Minute {
			t.Errorf("a gather of three took %s, want the limit", got)
		}
		time.AfterFunc(time.Second, q.close)
		if got := took(3); got != time.Second {
			t.Errorf("a gather took %s, want it to end with the queue", got)
		}
	})
}
