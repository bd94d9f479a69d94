package bolttable

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/runner/table"
)

// state is a table as a plain map: revision and value by key.
type state map[table.Key]string

// after is what a write makes of a state, and whether it is done.
func (s state) after(changes []table.Change) (state, bool) {
	next := maps.Clone(s)
	for _, c := range changes {
		var revision int64
		_, _ = fmt.Sscan(s[c.Key], &revision)
		if !c.If.Holds(revision) {
			return s, false
		}
		switch c.Do {
		case table.Set:
			next[c.Key] = stored(revision+1, c.Value)
		case table.Delete:
			delete(next, c.Key)
		}
	}
	return next, true
}

// stored is an item of a state. The bytes of a value are all the same.
func stored(revision int64, value []byte) string {
	return fmt.Sprintf("%d %d:%.1x", revision, len(value), value)
}

// stateOf reads all of a table, forwards and backwards.
func stateOf(t *testing.T, tb *Table) state {
	t.Helper()
	s := state{}
	for p := range partitions {
		for _, descending := range []bool{false, true} {
			for i, err := range table.All(t.Context(), tb, table.Range{Partition: fmt.Sprint("p", p), Descending: descending, Limit: 3}) {
				if err != nil {
					t.Fatal(err)
				}
				found := stored(i.Revision, i.Value)
				if was, ok := s[i.Key]; ok == !descending || ok && was != found {
					t.Fatalf("%s: %q one way, %q the other", i.Key, was, found)
				}
				s[i.Key] = found
			}
		}
	}
	return s
}

const partitions = 3

// image is what a crash left: the folder, and what must be in it.
type image struct {
	bolt []byte
	logs map[string][]byte
	may  []state // with what was answered; and with what was under way
}

// life is a table that lives through writes, checkpoints and restarts while images are taken.
type life struct {
	t      *testing.T
	r      *rand.Rand
	path   string
	disk   *crashDisk
	table  *Table
	is     state // what was answered
	coming state // what is under way, too
	images []image
}

func (l *life) open() {
	l.t.Helper()
	var err error
	if l.table, err = open(l.path, time.Now, l.disk, limits{1 << 30, 1 << 30, time.Hour}); err != nil {
		l.t.Fatal(err)
	}
}

func (l *life) take() {
	if l.r.IntN(20) > 0 {
		return
	}
	bolt, err := os.ReadFile(l.path)
	if err != nil {
		l.t.Error(err)
	}
	i := image{bolt: bolt, logs: map[string][]byte{}, may: []state{l.is, l.coming}}
	for path, f := range l.disk.files {
		i.logs[path] = f.left(l.r)
	}
	l.images = append(l.images, i)
}

func (l *life) write() {
	l.t.Helper()
	var changes []table.Change
	for range 1 + l.r.IntN(4) {
		k := table.Key{Partition: fmt.Sprint("p", l.r.IntN(partitions)), Sort: fmt.Sprint(l.r.IntN(12))}
		if !contains(changes, k) {
			changes = append(changes, l.change(k))
		}
	}
	done := false
	l.coming, done = l.is.after(changes)
	if err := l.table.Write(l.t.Context(), changes...); (err == nil) != done {
		l.t.Fatalf("Write(%v): got %v, want it done: %t", changes, err, done)
	}
	l.is = l.coming
}

func contains(changes []table.Change, k table.Key) bool {
	return slices.ContainsFunc(changes, func(c table.Change) bool { return c.Key == k })
}

func (l *life) change(k table.Key) table.Change {
	value := bytes.Repeat([]byte{byte(l.r.Uint32())}, l.r.IntN(20)*l.r.IntN(100))
	var revision int64
	_, _ = fmt.Sscan(l.is[k], &revision)
	switch l.r.IntN(8) {
	case 0:
		return table.Create(k, value)
	case 1:
		return table.Replace(k, value, max(revision, 1))
	case 2:
		return table.Remove(k)
	case 3:
		return table.Demand(k, max(revision, 1))
	}
	return table.Put(k, value)
}

// checkpoint makes one in its three parts, with writes between them.
func (l *life) checkpoint() {
	l.t.Helper()
	at, frozen := l.table.freeze()
	for range l.r.IntN(4) {
		l.write()
	}
	var err error
	if frozen != nil {
		err = absorb(l.table.db, time.Now(), &at, frozen.last, frozen)
	}
	for range l.r.IntN(4) {
		l.write()
	}
	if l.r.IntN(10) == 0 { // nobody came to know, and it is done again
		err = os.ErrDeadlineExceeded
	}
	l.table.thaw(frozen, err)
}

// TestCrashes: whatever a crash leaves at any point, what was answered is there, and of what was not all or nothing.
func TestCrashes(t *testing.T) {
	t.Parallel()
	points := 0
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 7))
		l := &life{t: t, r: r, path: filepath.Join(t.TempDir(), "state.db"), disk: newCrashDisk(), is: state{}, coming: state{}}
		l.open()
		l.disk.point = l.take
		for range 120 {
			switch n := r.IntN(100); {
			case n < 85:
				l.write()
			case n < 96:
				l.checkpoint()
			default:
				if err := l.table.Close(); err != nil {
					t.Fatal(err)
				}
				l.open()
			}
		}
		if got := stateOf(t, l.table); !maps.Equal(got, l.is) {
			t.Fatalf("seed %d: the table holds\n%v, want\n%v", seed, got, l.is)
		}
		l.disk.point = func() {}
		if err := l.table.Close(); err != nil {
			t.Fatal(err)
		}
		for n, i := range l.images {
			i.check(t, fmt.Sprintf("seed %d, crash %d", seed, n))
		}
		points += len(l.images)
	}
	if points < 60 {
		t.Errorf("only %d crashes were tried", points)
	}
}

// check opens the image, goes on with it, and opens it once more.
func (i image) check(t *testing.T, name string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "state.db")
	disk := newCrashDisk()
	if err := os.WriteFile(path, i.bolt, 0o600); err != nil {
		t.Fatal(err)
	}
	for from, b := range i.logs {
		to := path + from[strings.LastIndex(from, "-"):]
		disk.files[to] = &crashFile{on: disk, durable: b, now: bytes.Clone(b)}
	}
	l := &life{t: t, path: path, disk: disk}
	l.open()
	got := stateOf(t, l.table)
	if !maps.Equal(got, i.may[0]) && !maps.Equal(got, i.may[1]) {
		t.Errorf("%s: the table holds\n%v, want\n%v, or\n%v", name, got, i.may[0], i.may[1])
	}
	if err := l.table.Write(t.Context(), table.Put(key("after"), nil)); err != nil {
		t.Errorf("%s: a write after it: %v", name, err)
	}
	// The next crash comes at once.
	b, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path+"2", b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{suffixLog1, suffixLog2} {
		disk.files[path+"2"+suffix] = disk.files[path+suffix]
	}
	if err := l.table.Close(); err != nil {
		t.Error(err)
	}
	l.path = path + "2"
	l.open()
	if _, err := l.table.Get(t.Context(), key("after")); err != nil {
		t.Errorf("%s: after a second crash: %v", name, err)
	}
	if again := stateOf(t, l.table); !maps.Equal(again, got) {
		t.Errorf("%s: the second time the table holds\n%v, want\n%v", name, again, got)
	}
	if err := l.table.Close(); err != nil {
		t.Error(err)
	}
}
