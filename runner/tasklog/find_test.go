package tasklog

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines/task"
)

// keep stores n lines of a task's attempt, a minute apart, flushed every few lines;
// text gives the line's words.
func keep(t testing.TB, l *Log, task string, attempt string, from time.Time, texts ...string) {
	t.Helper()
	w, err := l.Writer("d-1", task, attempt, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i, text := range texts {
		if err := w.Append(t.Context(), lineOf(i+1, from.Add(time.Duration(i)*time.Minute), text)); err != nil {
			t.Fatal(err)
		}
		if i%3 == 2 {
			if err := w.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func lineOf(seq int, at time.Time, text string) task.Line {
	return task.Line{Seq: int64(seq), At: at, Stream: task.Stdout, Text: text}
}

func TestFindGivesNumbersOfTheLog(t *testing.T) {
	t.Parallel()
	l, _ := open(t)
	keep(t, l, "t0", "a", noon, "one", `say "Hello" <b>`, "three", "HELLO again", "five")
	keep(t, l, "t1", "a", noon.Add(time.Second), "hello from the other host", "Grüße aus ÖSTERREICH", "end")
	both := []Output{{Deployment: "d-1"}}
	whole, _, err := l.Read(t.Context(), both[0], "", 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"hello", "HELLO", `"hello" <B>`, "österreich", "nowhere", "e", "seq"} {
		var want []int
		for i, e := range whole {
			if strings.Contains(strings.ToLower(e.Text), strings.ToLower(text)) {
				want = append(want, i+1)
			}
		}
		got, err := l.Find(t.Context(), both, text)
		if err != nil || !slices.Equal(got.Lines, want) || got.Searched != len(whole) || got.Total != len(whole) {
			t.Errorf("Find %q = %+v, %v; want lines %v of %d", text, got, err, want, len(whole))
		}
	}
	one, err := l.Find(t.Context(), []Output{{"d-1", "t1"}, {"d-1", "t0"}}, "hello")
	if err != nil || !slices.Equal(one.Lines, []int{1, 5, 7}) {
		t.Errorf("Find in t1, then t0, = %+v, %v; want lines 1, 5 and 7", one, err)
	}
	for _, text := range []string{"", strings.Repeat("x", LongestFind+1)} {
		if _, err := l.Find(t.Context(), both, text); err == nil {
			t.Errorf("Find takes a text of %d bytes", len(text))
		}
	}
	late, stop := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer stop()
	if got, err := l.Find(late, both, "hello"); err == nil && len(got.Lines) > 0 {
		t.Errorf("Find after its deadline = %+v", got)
	}
}

// From the place behind n lines Read goes on with line n+1, wherever that is.
func TestNthIsWhereReadGoesOn(t *testing.T) {
	t.Parallel()
	l, _ := open(t)
	var texts []string
	for i := range 10 {
		texts = append(texts, fmt.Sprint("line ", i))
	}
	keep(t, l, "t0", "a", noon, texts...)
	keep(t, l, "t1", "a", noon.Add(time.Second), texts...)
	of := Output{Deployment: "d-1"}
	whole, _, err := l.Read(t.Context(), of, "", 100)
	if err != nil || len(whole) != 20 {
		t.Fatalf("%d lines, %v", len(whole), err)
	}
	var each []Entry
	if err := l.Each(t.Context(), []Output{of}, func(e Entry) error { each = append(each, e); return nil }); err != nil || !slices.Equal(each, whole) {
		t.Errorf("Each gives %d lines (%v), want those that Read gives", len(each), err)
	}
	for n := range 21 {
		at, err := l.Nth(t.Context(), []Output{of}, n)
		if err != nil {
			t.Fatal(err)
		}
		rest, _, err := l.Read(t.Context(), of, at, 100)
		if err != nil || !slices.Equal(rest, whole[n:]) && len(rest)+len(whole[n:]) > 0 {
			t.Errorf("behind %d lines Read gives %d (%v), want %d", n, len(rest), err, 20-n)
		}
	}
}

// BenchmarkMillionLines is a log of a million lines, of which a page wants the
// end, one search and no more.
func BenchmarkMillionLines(b *testing.B) {
	l, _ := open(b)
	w, err := l.Writer("d-1", "t0", "a", 0)
	if err != nil {
		b.Fatal(err)
	}
	for i := range 1_000_000 {
		if err := w.Append(b.Context(), lineOf(i+1, noon.Add(time.Duration(i)*time.Millisecond), fmt.Sprintf("copied file %d of the application to its folder", i))); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Flush(b.Context()); err != nil {
		b.Fatal(err)
	}
	of := Output{Deployment: "d-1"}
	b.Run("tail", func(b *testing.B) {
		for b.Loop() {
			if end, err := l.Tail(b.Context(), of, 200); err != nil || len(end.Entries) != 200 {
				b.Fatal(len(end.Entries), err)
			}
		}
	})
	b.Run("count", func(b *testing.B) {
		for b.Loop() {
			if _, err := l.Count(b.Context(), of); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("find", func(b *testing.B) {
		for b.Loop() {
			if got, err := l.Find(b.Context(), []Output{of}, "file 999999 of"); err != nil || len(got.Lines) != 1 || got.Lines[0] != 1_000_000 {
				b.Fatal(got, err)
			}
		}
	})
}
