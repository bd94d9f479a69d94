package s3blobs

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"slipway/runner/blobs"
	"slipway/test/emulators/s3"
)

func TestFailedUploadsAreAborted(t *testing.T) {
	t.Parallel()
	bucket := s3.Need(t)
	b := open(bucket)
	b.part = 5 << 20
	broken := errors.New("the source broke")
	source := io.MultiReader(strings.NewReader(strings.Repeat("x", 6<<20)), failing{broken})
	if _, err := b.Put(t.Context(), "a", source); !errors.Is(err, broken) {
		t.Errorf("Put: got %v, want the source's error", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	source = io.MultiReader(strings.NewReader(strings.Repeat("x", 6<<20)), calling(cancel), zeros{})
	if _, err := b.Put(ctx, "a", source); !errors.Is(err, context.Canceled) {
		t.Errorf("Put: got %v, want the context's error", err)
	}
	if _, err := b.Put(t.Context(), "a", strings.NewReader(strings.Repeat("x", 10<<20))); err != nil { // exactly two parts
		t.Error(err)
	}
	if _, err := b.Put(t.Context(), "a", strings.NewReader(strings.Repeat("y", 6<<20))); !errors.Is(err, blobs.ErrExists) {
		t.Errorf("Put in parts under a taken name: got %v, want ErrExists", err)
	}
	if n, err := bucket.AbortUnfinished(t.Context(), bucket.Name); err != nil || n != 0 {
		t.Errorf("%d uploads are unfinished, %v; want none", n, err)
	}
	if got := content(t, b, "a"); got != strings.Repeat("x", 10<<20) {
		t.Errorf("Get: got %.100q (%d bytes)", got, len(got))
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

type calling func()

func (c calling) Read([]byte) (int, error) { c(); return 0, io.EOF }

func TestOneOfManyPutsInParts(t *testing.T) {
	t.Parallel()
	b := open(s3.Need(t))
	b.part = 5 << 20
	var all sync.WaitGroup
	var won atomic.Int32
	for i := range 20 {
		all.Go(func() {
			_, err := b.Put(t.Context(), "contested", strings.NewReader(strings.Repeat(string(rune('a'+i)), 5<<20+i)))
			if err == nil {
				won.Add(1)
			} else if !errors.Is(err, blobs.ErrExists) {
				t.Errorf("put %d: %v", i, err)
			}
		})
	}
	all.Wait()
	if got := content(t, b, "contested"); won.Load() != 1 || len(got) != 5<<20+int(got[0]-'a') {
		t.Errorf("%d of 20 won, and there are %d bytes", won.Load(), len(got))
	}
}
