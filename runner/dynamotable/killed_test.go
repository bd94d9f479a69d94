package dynamotable

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"slipway/runner/table"
	emulator "slipway/test/emulators/dynamodb"
)

// TestKilledInTheMiddle kills the emulator under a crowd of writers and starts it again. Each writer counts in pairs of
// items and goes on as the contract says: again under the same demands, and after a conflict from what is there. The
// emulator may forget the last writes that it has answered, which DynamoDB never does, but no half of one.
func TestKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	emulator.Need(t)
	server, err := emulator.Start(t.Context(), t.TempDir())
	must(t, err)
	defer func() { _ = server.Stop() }()
	tb := New(config(t, server), Settings{Table: server.Table(t), Origin: "runner", Now: time.Now})

	const writers, each = 2, 9
	written := make(chan int64, 2*writers*each)
	ended := make(chan error, writers)
	for w := range writers {
		go func() { ended <- countUp(t, tb, fmt.Sprint(w), each, written) }()
	}
	for range writers * each / 3 {
		<-written
	}
	must(t, server.Kill())
	must(t, server.Again(t.Context()))
	for range writers {
		must(t, <-ended)
	}
	for w := range writers {
		for _, half := range []string{"a", "b"} {
			wantItem(t, tb, table.Key{Partition: fmt.Sprint(w), Sort: half}, fmt.Sprint(each), each)
		}
		page, err := tb.Query(t.Context(), table.Range{Partition: fmt.Sprint(w), Prefix: "turn/"})
		if err != nil || len(page.Items) != each {
			t.Errorf("writer %d: %d turns and %v, want %d", w, len(page.Items), err, each)
		}
	}
}

// countUp brings two items together from 1 to n, after a single new item for each number.
func countUp(t *testing.T, tb *Table, partition string, n int64, written chan<- int64) error {
	a, b := table.Key{Partition: partition, Sort: "a"}, table.Key{Partition: partition, Sort: "b"}
	for i := int64(1); i <= n; {
		turn := table.Create(table.Key{Partition: partition, Sort: fmt.Sprintf("turn/%03d", i)}, nil)
		err := tb.Write(t.Context(), turn)
		if err == nil || errors.Is(err, table.ErrConflict) {
			value := fmt.Append(nil, i)
			one, two := table.Replace(a, value, i-1), table.Replace(b, value, i-1)
			if i == 1 {
				one, two = table.Create(a, value), table.Create(b, value)
			}
			err = tb.Write(t.Context(), one, two)
		}
		switch {
		case t.Context().Err() != nil:
			return t.Context().Err()
		case err == nil:
			written <- i
			i++
		case errors.Is(err, table.ErrConflict):
			there, errA := tb.Get(t.Context(), a)
			beside, errB := tb.Get(t.Context(), b)
			if errA != nil || errB != nil || there.Revision != beside.Revision {
				return fmt.Errorf("writer %s finds one half: %d and %d (%v, %v)", partition, there.Revision, beside.Revision, errA, errB)
			}
			i = there.Revision + 1
		}
	}
	return nil
}
