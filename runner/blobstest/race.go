package blobstest

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"slipway/runner/blobs"
)

func oneOfManyPuts(t *testing.T, s *suite) {
	b, name := s.open(t), prefix(t)+"new/contested"
	var winners atomic.Int32
	var winner atomic.Value
	together(50, func(i int) {
		content := strings.Repeat(fmt.Sprint(i, " "), 1000)
		_, err := b.Put(t.Context(), name, strings.NewReader(content))
		switch {
		case err == nil:
			winners.Add(1)
			winner.Store(content)
		case !errors.Is(err, blobs.ErrExists):
			t.Errorf("Put %d: got %v, want ErrExists", i, err)
		}
	})
	if winners.Load() != 1 {
		t.Fatalf("%d of 50 puts of one name won, want 1", winners.Load())
	}
	wantBlob(t, b, name, winner.Load().(string))
}

// oneOfTwoThatHaveBegun has both read half of their source before either can be done.
func oneOfTwoThatHaveBegun(t *testing.T, s *suite) {
	b, name := s.open(t), prefix(t)+"contested"
	var sources [2]*io.PipeWriter
	answers := make(chan error, 2)
	for i := range sources {
		r, w := io.Pipe()
		sources[i] = w
		go func() {
			_, err := b.Put(t.Context(), name, r)
			_ = r.CloseWithError(err) // a store may refuse before it has read all
			answers <- err
		}()
	}
	for _, half := range []string{"first half, ", "second half"} {
		for _, w := range sources {
			_, _ = io.WriteString(w, half)
		}
	}
	for _, w := range sources {
		_ = w.Close()
	}
	one, other := <-answers, <-answers
	if (one == nil) == (other == nil) || !errors.Is(errors.Join(one, other), blobs.ErrExists) {
		t.Errorf("two puts that have both begun: got %v and %v, want one ErrExists", one, other)
	}
	wantBlob(t, b, name, "first half, second half")
}

// putsBesideDeletes has the only blob of a "folder" deleted while others are put there.
func putsBesideDeletes(t *testing.T, s *suite) {
	b, p := s.open(t), prefix(t)
	all := names(100)
	together(4, func(part int) {
		for i := part; i < len(all); i += 4 {
			name := p + "folder/" + all[i]
			if _, err := b.Put(t.Context(), name, strings.NewReader(name)); err != nil {
				t.Errorf("Put(%s): %v", name, err)
			}
			if i%10 == 0 {
				continue
			}
			if err := b.Delete(t.Context(), name); err != nil {
				t.Errorf("Delete(%s): %v", name, err)
			}
		}
	})
	var want []string
	for i := 0; i < len(all); i += 10 {
		want = append(want, p+"folder/"+all[i])
		wantBlob(t, b, p+"folder/"+all[i], p+"folder/"+all[i])
	}
	if got := list(t, b, p, "", 0); !slices.Equal(got, want) {
		t.Errorf("List: got %q, want %q", got, want)
	}
}

// showsNothingHalfWritten looks from all sides while a Put has read only half of its source.
func showsNothingHalfWritten(t *testing.T, s *suite) {
	b, p := s.open(t), prefix(t)
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		_, err := b.Put(t.Context(), p+"slow", r)
		done <- err
	}()
	half := strings.Repeat("half", 1<<18)
	if _, err := io.WriteString(w, half); err != nil {
		t.Fatal(err)
	}
	wantAbsent(t, b, p+"slow")
	if got := list(t, b, p, "", 0); len(got) != 0 {
		t.Errorf("List during a Put: got %q", got)
	}
	if _, err := io.WriteString(w, half); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	wantBlob(t, b, p+"slow", half+half)
}

// together runs n functions at once and waits for them.
func together(n int, do func(i int)) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-start
			do(i)
		})
	}
	close(start)
	all.Wait()
}
