package bolttable

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"slipway/runner/table"
	"slipway/runner/tabletest"
)

// TestTable holds the table to the contract: as it is, with a checkpoint every moment, and opened again after a crash.
func TestTable(t *testing.T) {
	t.Parallel()
	usual := limits{enough, most, oldest}
	t.Run("usual", func(t *testing.T) { t.Parallel(); testTable(t, usual, closed) })
	t.Run("busy", func(t *testing.T) { t.Parallel(); testTable(t, busy, closed) })
	t.Run("crashed", func(t *testing.T) { t.Parallel(); testTable(t, usual, crashed) })
}

func testTable(t *testing.T, l limits, ended func(*testing.T, *Table) string) {
	var ahead atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	anew := func(t *testing.T, path string) table.Table {
		tb, err := open(path, now, osDisk{}, l)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = tb.Close() })
		return tb
	}
	tabletest.Run(t,
		func(t *testing.T) table.Table { return anew(t, filepath.Join(t.TempDir(), "state.db")) },
		tabletest.Reopen(func(t *testing.T, old table.Table) table.Table { return anew(t, ended(t, old.(*Table))) }),
		tabletest.Clock(now, func(d time.Duration) { ahead.Add(int64(d)) }))
}

// closed and crashed end a table, and return where to find what it has left.
func closed(t *testing.T, tb *Table) string {
	path := tb.db.Path()
	if err := tb.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func crashed(t *testing.T, tb *Table) string { return crash(t, tb, nil) }

func mustOpen(t testing.TB, path string, now func() time.Time) *Table {
	t.Helper()
	tb, err := Open(path, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tb.Close() })
	return tb
}

func key(sort string) table.Key { return table.Key{Partition: "p", Sort: sort} }

// TestSecondProcess runs this test once more as the second process.
func TestSecondProcess(t *testing.T) {
	t.Parallel()
	if path := os.Getenv("SECOND_PROCESS_OPENS"); path != "" {
		if _, err := Open(path, time.Now); err != nil {
			fmt.Println("refused:", err)
		}
		return
	}
	path := filepath.Join(t.TempDir(), "state.db")
	mustOpen(t, path, time.Now)
	second := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSecondProcess$")
	second.Env = append(os.Environ(), "SECOND_PROCESS_OPENS="+path)
	out, err := second.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if want := "refused: " + path + " is in use by another process"; !strings.Contains(string(out), want) {
		t.Errorf("the second process says %q, want %q", out, want)
	}
}

func TestRefusesOtherFiles(t *testing.T) {
	t.Parallel()
	t.Run("not a table", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "state.db")
		if err := os.WriteFile(path, []byte(strings.Repeat("no table ", 10000)), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path, time.Now); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("Open: got %v, want an error with the path", err)
		}
	})
	t.Run("newer format", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "state.db")
		tb := mustOpen(t, path, time.Now)
		err := tb.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(bucketAbout).Put(keyFormat, []byte("3")) })
		if err := errors.Join(err, tb.Close()); err != nil {
			t.Fatal(err)
		}
		for range 2 { // a refusal lets go of the file
			if _, err := Open(path, time.Now); err == nil || !strings.Contains(err.Error(), "format 3") {
				t.Errorf("Open: got %v, want an error that names format 3", err)
			}
		}
	})
}

func TestCloseAnswersEveryWrite(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	tb := mustOpen(t, path, time.Now)
	var writers sync.WaitGroup
	var written sync.Map
	begun := make(chan struct{}, 20)
	for w := range 20 {
		writers.Go(func() {
			for i := 0; ; i++ {
				k := key(fmt.Sprint(w, " ", i))
				err := tb.Write(t.Context(), table.Create(k, nil))
				if errors.Is(err, table.ErrClosed) {
					return
				}
				if err != nil {
					t.Errorf("Write: %v", err)
					return
				}
				written.Store(k, true)
				if i == 0 {
					begun <- struct{}{}
				}
			}
		})
	}
	for range 20 {
		<-begun
	}
	if err := tb.Close(); err != nil {
		t.Fatal(err)
	}
	writers.Wait()
	if _, err := tb.Get(t.Context(), key("a")); !errors.Is(err, table.ErrClosed) {
		t.Errorf("Get of a closed table: got %v, want ErrClosed", err)
	}

	again := mustOpen(t, path, time.Now)
	written.Range(func(k, _ any) bool {
		if _, err := again.Get(t.Context(), k.(table.Key)); err != nil {
			t.Errorf("a write that was answered is gone: %v", err)
		}
		return true
	})
}

// TestBatch has the writes of one transaction meet each other: each sees those before it, a refusal touches no neighbour.
func TestBatch(t *testing.T) {
	t.Parallel()
	tb := mustOpen(t, filepath.Join(t.TempDir(), "state.db"), time.Now)
	batch := []*write{
		{changes: []table.Change{table.Create(key("a"), []byte("1"))}},
		{changes: []table.Change{table.Create(key("a"), []byte("2")), table.Put(key("x"), nil)}},
		{changes: []table.Change{table.Replace(key("a"), []byte("3"), 1), table.Put(key("b"), nil)}},
		{changes: []table.Change{table.Demand(key("b"), 1), table.RemoveAt(key("a"), 2)}},
		{changes: []table.Change{table.Create(key("a"), []byte("5"))}},
	}
	answers, err := tb.transact(batch)
	if err != nil {
		t.Fatal(err)
	}
	for i, refused := range []bool{false, true, false, false, false} {
		if errors.Is(answers[i], table.ErrConflict) != refused {
			t.Errorf("write %d: got %v, want refused: %t", i, answers[i], refused)
		}
	}
	item, err := tb.Get(t.Context(), key("a"))
	if err != nil || string(item.Value) != "5" || item.Revision != 1 {
		t.Errorf("Get(a): got %+v and %v, want 5 at 1", item, err)
	}
	if _, err := tb.Get(t.Context(), key("x")); !errors.Is(err, table.ErrNotFound) {
		t.Errorf("Get(x): got %v, want ErrNotFound", err)
	}
}

func TestSweepsWhatExpired(t *testing.T) {
	t.Parallel()
	start := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	var ahead atomic.Int64
	tb := mustOpen(t, filepath.Join(t.TempDir(), "state.db"), func() time.Time { return start.Add(time.Duration(ahead.Load())) })
	for i := 0; i < maxSweep+1000; i += table.MaxChanges {
		var crowd []table.Change
		for n := range table.MaxChanges {
			crowd = append(crowd, table.Put(key(fmt.Sprint(i+n)), nil).Until(start.Add(time.Hour)))
		}
		if err := tb.Write(t.Context(), crowd...); err != nil {
			t.Fatal(err)
		}
	}
	tb.checkpoint()
	// These two were to expire once, and no longer are.
	for _, c := range []table.Change{table.Put(key("0"), nil), table.Put(key("1"), nil).Until(start.Add(9 * time.Hour))} {
		if err := tb.Write(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	ahead.Store(int64(2 * time.Hour))
	for i := range 2 {
		if err := tb.Write(t.Context(), table.Put(key(fmt.Sprint("after ", i)), nil)); err != nil {
			t.Fatal(err)
		}
		tb.checkpoint()
	}
	err := tb.db.View(func(tx *bbolt.Tx) error {
		if items, expiries := tx.Bucket(bucketItems).Stats().KeyN, tx.Bucket(bucketExpiries).Stats().KeyN; items != 4 || expiries != 1 {
			t.Errorf("%d items and %d expiries are left, want 4 and 1", items, expiries)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestCopy(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	tb := mustOpen(t, filepath.Join(dir, "state.db"), time.Now)
	// One lies in the file, one in each layer above it, and what is written later is not in the copy.
	for _, c := range []table.Change{table.Put(key("a"), []byte("1")), table.Put(key("b"), []byte("1")), table.Put(key("a"), []byte("2"))} {
		if err := tb.Write(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if string(c.Value) == "1" {
			_, frozen := tb.freeze()
			if c.Key.Sort == "a" {
				tb.thaw(frozen, absorb(tb.db, time.Now(), &mark{tb.log.id, frozen.last}, frozen.last, frozen))
			}
		}
	}
	var b bytes.Buffer
	if err := tb.Copy(&b); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*copy*")); left != nil {
		t.Errorf("%v are left", left)
	}
	path := filepath.Join(dir, "copy.db")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	items := mustQuery(t, mustOpen(t, path, time.Now))
	if len(items) != 2 || string(items[0].Value) != "2" || string(items[1].Value) != "1" {
		t.Errorf("the copy holds %v, want a=2 and b=1", items)
	}
}
