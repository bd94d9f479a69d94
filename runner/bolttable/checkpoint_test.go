package bolttable

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"slipway/runner/table"
)

// busy are limits that have checkpoints follow each other.
var busy = limits{enough: 4 << 10, most: 8 << 10, oldest: time.Millisecond}

// rare are limits that no test comes to.
var rare = limits{enough: 1 << 30, most: 1 << 30, oldest: time.Hour}

func openOn(t *testing.T, path string, on disk, l limits) *Table {
	t.Helper()
	tb, err := open(path, time.Now, on, l)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tb.Close() })
	return tb
}

// Whoever reads while others write sees each write whole, wherever its parts lie, and every write that was answered.
func TestReadsAreOfOneMoment(t *testing.T) {
	t.Parallel()
	tb := openOn(t, filepath.Join(t.TempDir(), "state.db"), osDisk{}, busy)
	var all sync.WaitGroup
	var done atomic.Int64
	writing := make(chan struct{})
	value := func(i int64) []byte { return fmt.Appendf(nil, "%06d%0200d", i, 0) }
	all.Go(func() {
		defer close(writing)
		for i := range int64(300) {
			changes := []table.Change{table.Put(key("a"), value(i)), table.Put(key(fmt.Sprintf("m%d", i%7)), value(i)), table.Put(key("z"), value(i))}
			if i%2 == 1 {
				changes[1] = table.Remove(changes[1].Key)
			}
			if err := tb.Write(t.Context(), changes...); err != nil {
				t.Error(err)
				return
			}
			done.Store(i)
		}
	})
	for n := range 3 {
		all.Go(func() {
			for {
				select {
				case <-writing:
					return
				default:
				}
				before := done.Load()
				page, err := tb.Query(t.Context(), table.Range{Partition: "p", Descending: n == 1})
				if err != nil {
					t.Error(err)
					return
				}
				if len(page.Items) == 0 {
					continue // before the first write
				}
				first, last := page.Items[0], page.Items[len(page.Items)-1]
				if !bytes.Equal(first.Value, last.Value) || first.Revision != last.Revision {
					t.Errorf("a page shows %s at %d and %s at %d", first.Value[:6], first.Revision, last.Value[:6], last.Revision)
					return
				}
				if first.Revision < before {
					t.Errorf("write %d was answered, and a page shows revision %d", before, first.Revision)
					return
				}
			}
		})
	}
	all.Wait()
	tb.mu.Lock()
	defer tb.mu.Unlock()
	if tb.checkpoints == 0 {
		t.Error("no checkpoint was made meanwhile")
	}
}

// While the bolt file takes no checkpoint, writes go on until there is no room, and then wait.
func TestWritersWaitForRoom(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	tb := openOn(t, path, osDisk{}, limits{enough: 10 << 10, most: 20 << 10, oldest: time.Hour})
	if err := tb.Write(t.Context(), table.Put(key("first"), nil)); err != nil {
		t.Fatal(err)
	}
	hold, err := tb.db.Begin(true)
	if err != nil {
		t.Fatal(err)
	}
	var written atomic.Int64
	ended := make(chan error, 1)
	go func() {
		for i := range 100 {
			if err := tb.Write(t.Context(), table.Put(key(fmt.Sprintf("%03d", i)), make([]byte, 1000))); err != nil {
				ended <- err
				return
			}
			written.Add(1)
		}
		ended <- nil
	}()
	// One overlay is frozen at 10 KB, the other is full at 20.
	waitFor(t, func() bool { return written.Load() >= 20 })
	select {
	case err := <-ended:
		t.Fatalf("100 KB were written while there was room for 30, with %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	if n := written.Load(); n > 35 {
		t.Errorf("%d writes of 1 KB were done while there was room for 30", n)
	}
	if err := hold.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if n := len(mustQuery(t, tb)); n != 101 {
		t.Errorf("%d items, want 101", n)
	}
}

func mustQuery(t *testing.T, tb *Table) []table.Item {
	t.Helper()
	page, err := tb.Query(t.Context(), table.Range{Partition: "p"})
	if err != nil {
		t.Fatal(err)
	}
	return page.Items
}

// A write grows old and is then brought into the file, though nothing else happens.
func TestCheckpointByAge(t *testing.T) {
	t.Parallel()
	tb := openOn(t, filepath.Join(t.TempDir(), "state.db"), osDisk{}, limits{enough: 1 << 30, most: 1 << 30, oldest: time.Millisecond})
	for _, sort := range []string{"a", "b"} {
		if err := tb.Write(t.Context(), table.Put(key(sort), nil)); err != nil {
			t.Fatal(err)
		}
		waitFor(t, func() bool { return inFile(t, tb, key(sort)) && tb.layers.Load().newest.empty() })
	}
}

// inFile says whether the bolt file itself has an item.
func inFile(t *testing.T, tb *Table, k table.Key) (is bool) {
	t.Helper()
	err := tb.db.View(func(tx *bbolt.Tx) error {
		is = tx.Bucket(bucketItems).Get(boltKey(k)) != nil
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return is
}

// A disk that is full refuses the write it has no room for, and nothing else. Nobody knows what the log ends with then:
// so the bolt file gets everything before the log goes on, and what was refused is never seen again.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	for _, call := range []string{"write", "sync", "open"} {
		t.Run(call, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "state.db")
			disk := newCrashDisk()
			tb := openOn(t, path, disk, rare)
			var full atomic.Bool
			disk.fail = func(c string) error {
				if c == call && full.Load() {
					return syscall.ENOSPC
				}
				return nil
			}
			kept := 0
			for i := range 30 {
				full.Store(i%3 == 0)
				err := tb.Write(t.Context(), table.Put(key(fmt.Sprint(i)), []byte("v")))
				if failed := i%3 == 0 && (call != "open" || i == 0); failed != errors.Is(err, syscall.ENOSPC) {
					t.Fatalf("write %d: got %v, want it refused: %t", i, err, failed)
				}
				if err == nil {
					kept++
				}
			}
			full.Store(false)
			if got := len(mustQuery(t, tb)); got != kept {
				t.Errorf("%d items, want the %d that were answered", got, kept)
			}
			again := openOn(t, crash(t, tb, disk), disk, rare)
			if got := len(mustQuery(t, again)); got != kept {
				t.Errorf("after a crash %d items, want the %d that were answered", got, kept)
			}
		})
	}
}

// Where the bolt file cannot be written, writes are told so once there is no room, and go on when it can.
func TestCheckpointFails(t *testing.T) {
	t.Parallel()
	tb := openOn(t, filepath.Join(t.TempDir(), "state.db"), osDisk{}, rare)
	if err := tb.Write(t.Context(), table.Put(key("a"), nil)); err != nil {
		t.Fatal(err)
	}
	_, frozen := tb.freeze()
	tb.thaw(frozen, syscall.EIO)
	if tb.failure == nil || tb.layers.Load().frozen == nil {
		t.Error("what could not be brought into the file was let go")
	}
	for _, sort := range []string{"b", "a"} {
		if err := tb.Write(t.Context(), table.Put(key(sort), nil)); err != nil {
			t.Error(err)
		}
	}
	tb.checkpoint()
	if tb.failure != nil || tb.layers.Load().frozen != nil || !inFile(t, tb, key("a")) || inFile(t, tb, key("b")) {
		t.Errorf("the next checkpoint did not do what was left: %v", tb.failure)
	}
	if items := mustQuery(t, tb); len(items) != 2 || items[0].Revision != 2 {
		t.Errorf("got %v, want a at 2 and b", items)
	}
}
