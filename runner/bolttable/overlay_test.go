package bolttable

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
)

// TestOverlay holds an overlay, as it was at each sequence, to a plain sorted list.
func TestOverlay(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		o, is := newOverlay(), map[string]string{}
		var at []map[string]string
		for sequence := range uint64(30) {
			at = append(at, maps.Clone(is))
			for range r.IntN(4) {
				k := fmt.Sprint(r.IntN(30))
				if is[k] == fmt.Sprint(k, "=", sequence+1) {
					continue // a record has one change of a key
				}
				is[k] = fmt.Sprint(k, "=", sequence+1)
				o.add([]byte(k), []byte(is[k]), sequence+1)
			}
		}
		at = append(at, is)
		for sequence, want := range at {
			compare(t, o, uint64(sequence), want, r)
		}
	}
}

func compare(t *testing.T, o *overlay, sequence uint64, want map[string]string, r *rand.Rand) {
	t.Helper()
	keys := slices.Sorted(maps.Keys(want))
	for i := range 31 {
		k := fmt.Sprint(i)
		if v, _ := o.get([]byte(k), sequence); string(v) != want[k] {
			t.Fatalf("get(%s) at %d: got %q, want %q", k, sequence, v, want[k])
		}
	}
	from := fmt.Sprint(r.IntN(40))
	i, _ := slices.BinarySearch(keys, from)
	var up, down []string
	c := &overlayCursor{of: o, sequence: sequence}
	for k, v := c.seek([]byte(from)); k != nil; k, v = c.next() {
		up = append(up, string(k))
		if string(v) != want[string(k)] {
			t.Fatalf("%s at %d: got %q, want %q", k, sequence, v, want[string(k)])
		}
	}
	for k, _ := c.seekBefore([]byte(from)); k != nil; k, _ = c.prev() {
		down = append(down, string(k))
	}
	slices.Reverse(down)
	if !slices.Equal(up, keys[i:]) || !slices.Equal(down, keys[:i]) {
		t.Fatalf("at %d around %s: got %v before and %v after, want %v and %v", sequence, from, down, up, keys[:i], keys[i:])
	}
}

// A reader goes down level by level. What a walk found behind the place at which it stopped is what stood there then:
// whenever the key is written again, the reader finds it as it was at its moment.
func TestOverlayIsReadWhileTheKeyIsWrittenAgain(t *testing.T) {
	t.Parallel()
	for when := range tallest {
		o, key := newOverlay(), []byte("k")
		o.add([]byte("a"), []byte("before"), 1)
		o.add(key, []byte("then"), 2)
		o.add([]byte("z"), []byte("behind"), 3)
		at, found := &o.head, (*version)(nil)
		for level := tallest - 1; level >= 0; level-- {
			at, found = at.walk(level, key, 2)
			if level == when {
				o.add(key, []byte("later"), 4)
			}
		}
		if found == nil || string(found.value) != "then" {
			t.Errorf("written again after level %d: as of 2 the key is %+v, want what was written then", when, found)
		}
		if when == 0 && at.next[0].Load() == found {
			t.Error("nothing has come between the place and what was found behind it, so this shows nothing")
		}
		if value, _ := o.get(key, 2); string(value) != "then" {
			t.Errorf("get as of 2: %q", value)
		}
	}
}

// Those who read while one writes, new keys and new versions of old ones, see what was there as of their moment.
func TestOverlayReadersAndWriter(t *testing.T) {
	t.Parallel()
	const all = 10_000
	o := newOverlay()
	var first []string
	var readers sync.WaitGroup
	begun, ended := make(chan struct{}), make(chan struct{})
	for range 3 {
		readers.Go(func() {
			<-begun
			for {
				select {
				case <-ended:
					return
				default:
				}
				if !slices.Equal(keysOf(o, false), first) || !slices.Equal(keysOf(o, true), first) {
					t.Error("the first hundred are not as they were")
					return
				}
				for _, k := range first {
					if v, _ := o.get([]byte(k), 100); string(v) != k {
						t.Errorf("get(%s) as of the 100th: got %q", k, v)
						return
					}
				}
			}
		})
	}
	for i := range uint64(all) {
		k := fmt.Sprintf("%08d", i*7919%1000)
		v := fmt.Sprint("later than ", k)
		if i < 100 {
			v, first = k, append(first, k)
		}
		if i == 100 {
			slices.Sort(first)
			close(begun)
		}
		o.add([]byte(k), []byte(v), i+1)
	}
	close(ended)
	readers.Wait()
}

// keysOf are the keys as of the 100th write, in their order whichever way they are found.
func keysOf(o *overlay, descending bool) (keys []string) {
	c := &overlayCursor{of: o, sequence: 100}
	if !descending {
		for k, _ := c.seek(nil); k != nil; k, _ = c.next() {
			keys = append(keys, string(k))
		}
		return keys
	}
	for k, _ := c.seekBefore([]byte("a")); k != nil; k, _ = c.prev() {
		keys = append(keys, string(k))
	}
	slices.Reverse(keys)
	return keys
}
