package bolttable

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"slipway/runner/table"
)

// crash returns the path of a copy of the files of an open table.
func crash(t *testing.T, tb *Table, disk *crashDisk) string {
	t.Helper()
	from, to := tb.db.Path(), filepath.Join(t.TempDir(), "state.db")
	copyFile(t, from, to)
	for _, suffix := range []string{suffixLog1, suffixLog2} {
		if disk == nil {
			copyFile(t, from+suffix, to+suffix)
			continue
		}
		f := disk.files[from+suffix]
		disk.files[to+suffix] = &crashFile{on: disk, durable: f.durable, now: bytes.Clone(f.durable)}
	}
	return to
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// formatOf is the format that a file says it has: what older programs look at.
func formatOf(t *testing.T, path string) (format string) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	_ = db.View(func(tx *bbolt.Tx) error {
		format = string(tx.Bucket(bucketAbout).Get(keyFormat))
		return nil
	})
	return format
}

// While a table has a log, its file is of a format that programs without a log refuse. Once closed it is as it always
// was, and alone.
func TestFormatAndFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "state.db")
	tb := mustOpen(t, path, time.Now)
	if err := tb.Write(t.Context(), table.Put(key("a"), []byte("v"))); err != nil {
		t.Fatal(err)
	}
	left := crash(t, tb, nil)
	if got := formatOf(t, left); got != formatLogged {
		t.Errorf("the file of a table in use has format %q, want %q", got, formatLogged)
	}
	if err := tb.Close(); err != nil {
		t.Fatal(err)
	}
	if got := formatOf(t, path); got != formatClosed {
		t.Errorf("the closed file has format %q, want %q", got, formatClosed)
	}
	if names, _ := filepath.Glob(filepath.Join(dir, "*")); len(names) != 1 {
		t.Errorf("%v are left, want the file alone", names)
	}
	for _, p := range []string{path, left} {
		if item, err := mustOpen(t, p, time.Now).Get(t.Context(), key("a")); err != nil || string(item.Value) != "v" {
			t.Errorf("Get(a) from %s: got %+v and %v, want v", p, item, err)
		}
	}
}

// Who copies the bolt file of a running server and not its log is told so, and how to go on with what it has.
func TestLogIsMissing(t *testing.T) {
	t.Parallel()
	tb := mustOpen(t, filepath.Join(t.TempDir(), "state.db"), time.Now)
	for _, sort := range []string{"a", "b"} {
		if err := tb.Write(t.Context(), table.Put(key(sort), nil)); err != nil {
			t.Fatal(err)
		}
		if sort == "a" {
			tb.checkpoint()
		}
	}
	left := crash(t, tb, nil)
	for _, suffix := range []string{suffixLog1, suffixLog2} {
		if err := os.Remove(left + suffix); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			_, err := Open(left, time.Now)
			if err == nil || !strings.Contains(err.Error(), left+" was not closed, and its log is not there") {
				t.Errorf("Open: got %v, want that the log is missing", err)
			}
		}
		if err := os.WriteFile(left+suffix, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if items := mustQuery(t, mustOpen(t, left, time.Now)); len(items) != 1 {
		t.Errorf("without the log: got %v, want the item of the last checkpoint", items)
	}
}

// TestKilled runs this test again as a process that writes, kills it at some moment, and looks for all that it was told
// is kept. Then the next process goes on.
func TestKilled(t *testing.T) {
	t.Parallel()
	if path := os.Getenv("KILLED_WRITES_TO"); path != "" {
		writeOn(t, path)
		return
	}
	path := filepath.Join(t.TempDir(), "state.db")
	kept := map[string]bool{}
	for life := range 6 {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilled$")
		child.Env = append(os.Environ(), "KILLED_WRITES_TO="+path, fmt.Sprint("KILLED_LIFE=", life))
		out, err := child.StdoutPipe()
		if err == nil {
			err = child.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 1 + rand.IntN(400); lines.Scan(); n-- {
			kept[lines.Text()] = true
			if n == 0 {
				_ = child.Process.Kill()
			}
		}
		_ = child.Wait()
		tb := openOn(t, path, osDisk{}, busy)
		for k := range kept {
			for _, half := range []string{"x", "y"} {
				if _, err := tb.Get(t.Context(), key(k+half)); err != nil {
					t.Fatalf("life %d: a write that was answered is gone: %v", life, err)
				}
			}
		}
		if err := tb.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// writeOn writes until it is killed, and tells each write that was answered.
func writeOn(t *testing.T, path string) {
	tb := openOn(t, path, osDisk{}, busy)
	var writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			for i := range 100_000 {
				k := fmt.Sprintf("%s/%d/%d", os.Getenv("KILLED_LIFE"), w, i)
				err := tb.Write(t.Context(), table.Create(key(k+"x"), make([]byte, 100)), table.Create(key(k+"y"), nil), table.Put(key("hot"), nil))
				if err != nil {
					t.Error(err)
					return
				}
				fmt.Println(k)
			}
		})
	}
	writers.Wait()
}
