package tasklog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/task"
	"slipway/runner/blobs"
	"slipway/runner/diskblobs"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// store is a folder that counts what is read and may fail to take.
type store struct {
	blobs.Blobs
	mu       sync.Mutex
	gets     int
	failPuts int  // so many more Puts fail
	keeps    bool // and have stored the blob all the same
}

var errDown = errors.New("the store is down")

func (s *store) Get(ctx context.Context, name string) (io.ReadCloser, blobs.Info, error) {
	s.mu.Lock()
	s.gets++
	s.mu.Unlock()
	return s.Blobs.Get(ctx, name)
}

func (s *store) Put(ctx context.Context, name string, r io.Reader) (blobs.Info, error) {
	s.mu.Lock()
	fail := s.failPuts > 0
	if fail {
		s.failPuts--
	}
	s.mu.Unlock()
	if !fail {
		return s.Blobs.Put(ctx, name, r)
	}
	if s.keeps {
		if _, err := s.Blobs.Put(ctx, name, r); err != nil && !errors.Is(err, blobs.ErrExists) {
			return blobs.Info{}, err
		}
	}
	return blobs.Info{}, errDown
}

func open(t testing.TB) (*Log, *store) {
	t.Helper()
	disk, err := diskblobs.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := &store{Blobs: disk}
	return New(s), s
}

func line(seq int64, at time.Time) task.Line {
	return task.Line{Seq: seq, At: at, Stream: task.Stdout, Text: fmt.Sprintf("line %d", seq)}
}

func lines(first, last int64) (all []task.Line) {
	for i := first; i <= last; i++ {
		all = append(all, line(i, noon.Add(time.Duration(i)*time.Second)))
	}
	return all
}

func writer(t testing.TB, l *Log, task, attempt string) *Writer {
	t.Helper()
	last, err := l.Last(t.Context(), "d-1", task, attempt)
	if err != nil {
		t.Fatal(err)
	}
	w, err := l.Writer("d-1", task, attempt, last)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// write appends and flushes: one chunk.
func write(t testing.TB, w *Writer, lines ...task.Line) {
	t.Helper()
	if err := errors.Join(w.Append(t.Context(), lines...), w.Flush(t.Context())); err != nil {
		t.Fatal(err)
	}
}

var everything = Output{Deployment: "d-1"}

func readAll(t testing.TB, l *Log, of Output, after Cursor, limit int) ([]string, Cursor) {
	t.Helper()
	var all []string
	for {
		page, next, err := l.Read(t.Context(), of, after, limit)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			if next != after {
				t.Fatalf("at the end the place moved from %q to %q", after, next)
			}
			return all, next
		}
		if len(page) > limit {
			t.Fatalf("a page of %d entries, want at most %d", len(page), limit)
		}
		all, after = append(all, names(page)...), next
	}
}

func names(entries []Entry) (all []string) {
	for _, e := range entries {
		all = append(all, fmt.Sprintf("%s/%s:%d", e.Task, e.Attempt, e.Seq))
	}
	return all
}

func count(task string, from, to int) (all []string) {
	for i := from; i <= to; i++ {
		all = append(all, fmt.Sprintf("%s/a1:%d", task, i))
	}
	return all
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\ngot  %v\nwant %v", what, got, want)
	}
}

func TestLinesComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	l, _ := open(t)
	want := []task.Line{
		{Seq: 1, At: noon.Add(time.Nanosecond), Stream: task.Stderr, Text: "ümläut \x1b[31mred\x1b[0m <b>\n\ttail"},
		{Seq: 2, At: noon, Stream: task.Note, Text: ""},
	}
	write(t, writer(t, l, "deploy", "a1"), want...)
	got, _, err := l.Read(t.Context(), everything, "", 10)
	if err != nil || len(got) != 2 || !reflect.DeepEqual([]task.Line{got[0].Line, got[1].Line}, want) {
		t.Errorf("Read() = %+v, %v, want %+v", got, err, want)
	}
}

func TestAppendedLinesComeAfterThePlace(t *testing.T) {
	t.Parallel()
	l, _ := open(t)
	a := writer(t, l, "b-task", "a1")
	write(t, a, lines(1, 3)...)
	got, place := readAll(t, l, everything, "", 2)
	same(t, "first", got, count("b-task", 1, 3))
	// Another host with a clock far behind, and a name that sorts before.
	write(t, writer(t, l, "a-task", "a1"), line(1, noon.Add(-24*time.Hour)))
	write(t, a, lines(4, 5)...)
	got, place = readAll(t, l, everything, place, 10)
	same(t, "then", got, []string{"a-task/a1:1", "b-task/a1:4", "b-task/a1:5"})
	got, _ = readAll(t, l, everything, place, 10)
	same(t, "nothing new", got, nil)
}

func TestAttemptsInterleaveByTime(t *testing.T) {
	t.Parallel()
	l, _ := open(t)
	x, y := writer(t, l, "x", "a1"), writer(t, l, "y", "a1")
	for i := range int64(3) {
		write(t, y, line(i+1, noon.Add(time.Duration(2*i)*time.Second)))
		write(t, x, line(i+1, noon.Add(time.Duration(2*i+1)*time.Second)))
	}
	got, _ := readAll(t, l, everything, "", 2)
	same(t, "all", got, []string{"y/a1:1", "x/a1:1", "y/a1:2", "x/a1:2", "y/a1:3", "x/a1:3"})
	got, _ = readAll(t, l, Output{"d-1", "x"}, "", 2)
	same(t, "one task", got, count("x", 1, 3))
}

// A clock set back must not put an attempt's lines out of order, or lose any.
func TestClockSetBack(t *testing.T) {
	t.Parallel()
	l, _ := open(t)
	w := writer(t, l, "x", "a1")
	write(t, w, line(1, noon))
	write(t, w, line(2, noon.Add(-time.Hour)))
	write(t, w, line(3, noon.Add(-2*time.Hour)))
	got, _ := readAll(t, l, everything, "", 1)
	same(t, "all", got, count("x", 1, 3))
	end, err := l.Tail(t.Context(), everything, 2)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "tail", names(end.Entries), count("x", 2, 3))
}

func TestWriterGoesOnAfterACrash(t *testing.T) {
	t.Parallel()
	l, _ := open(t)
	w := writer(t, l, "x", "a1")
	write(t, w, lines(1, 4)...)
	if err := w.Append(t.Context(), lines(5, 6)...); err != nil { // never flushed
		t.Fatal(err)
	}
	again := writer(t, l, "x", "a1")
	if again.Last() != 4 {
		t.Fatalf("after the crash Last() = %d, want 4", again.Last())
	}
	write(t, again, lines(3, 8)...) // the stream is read again from an earlier place
	got, _ := readAll(t, l, everything, "", 100)
	same(t, "all", got, count("x", 1, 8))
	if last, err := l.Last(t.Context(), "d-1", "x", "a2"); err != nil || last != 0 {
		t.Errorf("Last() of an unknown attempt = %d, %v, want 0", last, err)
	}
}

// TestCount: each line counts once, also where two writers have kept it.
func TestCount(t *testing.T) {
	t.Parallel()
	l, s := open(t)
	for _, w := range []struct {
		task, attempt string
		first, last   int64
	}{{"t0", "a.1", 1, 5}, {"t0", "a.1", 3, 8}, {"t0", "a.1-waits", 1, 2}, {"t0", "a.2", 1, 1}, {"t1", "a.1", 1, 4}} {
		to, err := l.Writer("d-1", w.task, w.attempt, w.first-1)
		if err == nil {
			err = errors.Join(to.Append(t.Context(), lines(w.first, w.last)...), to.Flush(t.Context()))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for of, want := range map[Output]int{{Deployment: "d-1"}: 15, {Deployment: "d-1", Task: "t0"}: 11, {Deployment: "d-1", Task: "t1"}: 4, {Deployment: "d-2"}: 0} {
		if got, err := l.Count(t.Context(), of); err != nil || got != want {
			t.Errorf("Count(%v) = %d, %v, want %d", of, got, err, want)
		}
	}
	if s.gets > 0 {
		t.Errorf("counting read %d chunks", s.gets)
	}
}

// A reader that has seen one writer's lines gets each line once, whatever the
// other one wrote.
func TestTwoWritersOfOneAttempt(t *testing.T) {
	t.Parallel()
	l, _ := open(t)
	one, two := writer(t, l, "x", "a1"), writer(t, l, "x", "a1")
	write(t, one, lines(1, 4)...)
	early, place := readAll(t, l, everything, "", 100)
	write(t, two, lines(1, 6)...)
	write(t, one, lines(5, 5)...)
	write(t, one, lines(6, 9)...)
	late, _ := readAll(t, l, everything, place, 1)
	same(t, "read on", append(early, late...), count("x", 1, 9))
	got, _ := readAll(t, l, everything, "", 100)
	same(t, "read anew", got, count("x", 1, 9))
	same(t, "backwards", backwards(t, l, everything, 2), count("x", 1, 9))
}

func TestStoreThatFails(t *testing.T) {
	t.Parallel()
	for _, keeps := range []bool{false, true} {
		t.Run(fmt.Sprintf("stored all the same %v", keeps), func(t *testing.T) {
			t.Parallel()
			l, s := open(t)
			w := writer(t, l, "x", "a1")
			s.failPuts, s.keeps = 2, keeps
			for range 2 {
				if err := errors.Join(w.Append(t.Context(), lines(w.Last()+1, w.Last()+3)...), w.Flush(t.Context())); !errors.Is(err, errDown) {
					t.Fatalf("Flush = %v, want the store's error", err)
				}
			}
			write(t, w, lines(7, 7)...)
			got, _ := readAll(t, l, everything, "", 100)
			same(t, "all", got, count("x", 1, 7))
			chunks, err := l.chunks(t.Context(), "logs/d-1/")
			if err != nil || len(chunks) != 3 {
				t.Errorf("%d chunks, %v, want 3 that do not overlap", len(chunks), err)
			}
		})
	}
}

func TestFullChunksAreStoredWithoutFlush(t *testing.T) {
	t.Parallel()
	l, _ := open(t)
	w := writer(t, l, "x", "a1")
	many := lines(1, 300)
	for i := range many {
		many[i].Text = strings.Repeat("x", 1000)
	}
	if err := w.Append(t.Context(), many...); err != nil {
		t.Fatal(err)
	}
	chunks, err := l.chunks(t.Context(), "logs/d-1/")
	if err != nil || len(chunks) != 4 {
		t.Fatalf("%d chunks, %v, want 4 full ones", len(chunks), err)
	}
	infos, err := l.blobs.List(t.Context(), "logs/", "", 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range infos {
		if i.Size < chunkSize || i.Size > chunkSize+2000 {
			t.Errorf("%s has %d bytes, want about 64 KB", i.Name, i.Size)
		}
	}
}

// backwards reads from the tail to the beginning, n at a time.
func backwards(t *testing.T, l *Log, of Output, n int) []string {
	t.Helper()
	end, err := l.Tail(t.Context(), of, n)
	if err != nil {
		t.Fatal(err)
	}
	all := names(end.Entries)
	for before := end.Earlier; before != ""; {
		var page []Entry
		page, before, err = l.Earlier(t.Context(), of, before, n)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			t.Fatal("an empty page before the beginning")
		}
		all = append(names(page), all...)
	}
	return all
}

// Forwards in any page size, backwards in any page size, and the plain list
// sorted by hand are the same.
func TestAllWaysGiveTheSameOrder(t *testing.T) {
	t.Parallel()
	for seed := range uint64(10) {
		r := rand.New(rand.NewPCG(seed, 1))
		l, _ := open(t)
		type kept struct {
			at   int64
			name []string
		}
		var want []kept
		at := noon
		var writers []*Writer
		tasks := []string{"web", "db", "z.9"}
		for _, name := range tasks {
			writers = append(writers, writer(t, l, name, "a1"))
		}
		for range 30 {
			i := r.IntN(3)
			at = at.Add(time.Duration(1+r.IntN(5000)) * time.Millisecond)
			first := writers[i].Last() + 1
			last := first + int64(r.IntN(5))
			var chunk []task.Line
			for seq := first; seq <= last; seq++ {
				chunk = append(chunk, line(seq, at))
			}
			write(t, writers[i], chunk...)
			want = append(want, kept{at.UnixMilli(), count(tasks[i], int(first), int(last))})
		}
		var plain []string
		for _, k := range want {
			plain = append(plain, k.name...)
		}
		n := 1 + r.IntN(9)
		got, end := readAll(t, l, everything, "", n)
		same(t, fmt.Sprintf("seed %d, forwards by %d", seed, n), got, plain)
		same(t, fmt.Sprintf("seed %d, backwards by %d", seed, n), backwards(t, l, everything, n), plain)
		tail, err := l.Tail(t.Context(), everything, n)
		if err != nil || tail.Next != end {
			t.Errorf("seed %d: Tail goes on at %q, %v, want %q", seed, tail.Next, err, end)
		}
	}
}

func TestWhatIsNewDoesNotAppearEarlier(t *testing.T) {
	t.Parallel()
	l, _ := open(t)
	w := writer(t, l, "x", "a1")
	write(t, w, lines(1, 4)...)
	end, err := l.Tail(t.Context(), everything, 2)
	if err != nil {
		t.Fatal(err)
	}
	write(t, w, lines(5, 6)...)
	write(t, writer(t, l, "new", "a1"), line(1, noon.Add(-time.Hour)))
	page, before, err := l.Earlier(t.Context(), everything, end.Earlier, 10)
	if err != nil || before != "" {
		t.Fatalf("Earlier = %q, %v", before, err)
	}
	same(t, "earlier", names(page), count("x", 1, 2))
	got, _ := readAll(t, l, everything, end.Next, 10)
	same(t, "next", got, []string{"new/a1:1", "x/a1:5", "x/a1:6"})
}

func TestTailReadsOnlyTheLastChunks(t *testing.T) {
	t.Parallel()
	l, s := open(t)
	w := writer(t, l, "x", "a1")
	for i := range int64(1010) { // more than one page of names
		write(t, w, lines(2*i+1, 2*i+2)...)
	}
	end, err := l.Tail(t.Context(), everything, 5)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "tail", names(end.Entries), count("x", 2016, 2020))
	if s.gets != 3 {
		t.Errorf("%d chunks were read, want 3", s.gets)
	}
	s.gets = 0
	page, _, err := l.Read(t.Context(), everything, end.Earlier, 4)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "read on", names(page), count("x", 2016, 2019))
	if s.gets != 3 {
		t.Errorf("%d chunks were read, want 3", s.gets)
	}
}

func TestNamesThatLeadElsewhereAreRefused(t *testing.T) {
	t.Parallel()
	l, _ := open(t)
	for _, id := range []string{"", ".", "..", "a/b", "../x", "a b", "ä", `a\b`} {
		_, err := l.Writer("d-1", id, "a1", 0)
		_, lastErr := l.Last(t.Context(), id, "x", "a1")
		_, _, readErr := l.Read(t.Context(), Output{Deployment: "d-1", Task: id}, "", 1)
		if id == "" {
			readErr = err // no task is all tasks
		}
		for _, err := range []error{err, lastErr, readErr} {
			if pipelines.CodeOf(err) != pipelines.Invalid {
				t.Errorf("id %q: %v, want a refusal", id, err)
			}
		}
	}
}

func TestPlacesThatAreNotOurs(t *testing.T) {
	t.Parallel()
	l, _ := open(t)
	good := place{source{1}: 5}.cursor()
	for _, c := range []Cursor{"x", "\n", "!!", "AAAA", good[:len(good)-2], good + good} {
		if _, _, err := l.Read(t.Context(), everything, c, 1); pipelines.CodeOf(err) != pipelines.Invalid {
			t.Errorf("Read after %q = %v, want a refusal", c, err)
		}
	}
}

// A flood through one writer from two sides: one appends, one flushes.
func TestAppendAndFlushAtOnce(t *testing.T) {
	t.Parallel()
	l, _ := open(t)
	w := writer(t, l, "x", "a1")
	done := make(chan struct{})
	var flusher sync.WaitGroup
	flusher.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				if err := w.Flush(t.Context()); err != nil {
					t.Error(err)
				}
			}
		}
	})
	for i := range int64(200) {
		if err := w.Append(t.Context(), lines(i+1, i+1)...); err != nil {
			t.Fatal(err)
		}
	}
	close(done)
	flusher.Wait()
	write(t, w)
	got, _ := readAll(t, l, everything, "", 1000)
	same(t, "all", got, count("x", 1, 200))
}

// The last 200 lines of 100 MB.
func BenchmarkTail100MB(b *testing.B) {
	l, _ := open(b)
	text := strings.Repeat("x", 100)
	for host := range 10 {
		w := writer(b, l, fmt.Sprintf("host-%d", host), "a1")
		for seq := range int64(10 << 20 / 180) {
			if err := w.Append(b.Context(), task.Line{Seq: seq + 1, At: noon.Add(time.Duration(seq) * time.Millisecond), Stream: task.Stdout, Text: text}); err != nil {
				b.Fatal(err)
			}
		}
		write(b, w)
	}
	for b.Loop() {
		if _, err := l.Tail(b.Context(), everything, 200); err != nil {
			b.Fatal(err)
		}
	}
}
