package tabletest

import (
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"slipway/runner/table"
)

func oneOfManyCreates(t *testing.T, s *suite) {
	tb, p := s.open(t), partition(t)
	var winners atomic.Int32
	var winner atomic.Value
	together(50, func(i int) {
		value := fmt.Sprint("writer ", i)
		err := tb.Write(t.Context(), table.Create(key(p, "contested"), []byte(value)), table.Put(key(p, value), nil))
		switch {
		case err == nil:
			winners.Add(1)
			winner.Store(value)
		case !errors.Is(err, table.ErrConflict):
			t.Errorf("writer %d: got %v, want ErrConflict", i, err)
		}
	})
	if winners.Load() != 1 {
		t.Fatalf("%d of 50 writers created one item, want 1", winners.Load())
	}
	wantItem(t, tb, key(p, "contested"), winner.Load().(string), 1)
	if got := sorts(t, t.Context(), tb, table.Range{Partition: p, Prefix: "writer"}); len(got) != 1 || got[0] != winner.Load() {
		t.Errorf("the losers wrote too: %q", got)
	}
}

func countsWithoutLoss(t *testing.T, s *suite) {
	const writers, each = 10, 10
	tb, k := s.open(t), key(partition(t), "counter")
	mustWrite(t, tb, table.Create(k, []byte("0")))
	together(writers, func(int) {
		for done := 0; done < each; {
			item, err := tb.Get(t.Context(), k)
			if err != nil {
				t.Error(err)
				return
			}
			n, _ := strconv.Atoi(string(item.Value))
			err = tb.Write(t.Context(), table.Replace(k, []byte(strconv.Itoa(n+1)), item.Revision))
			switch {
			case err == nil:
				done++
			case !errors.Is(err, table.ErrConflict):
				t.Error(err)
				return
			}
		}
	})
	wantItem(t, tb, k, strconv.Itoa(writers*each), writers*each+1)
}

// readersSeeItemsGoForward reads while two items are written together again and again. Each read finds both, each at a
// state of its own that some Write made, and never an older one than a read before; what a Write that has returned made
// is seen by all later reads.
func readersSeeItemsGoForward(t *testing.T, s *suite) {
	tb, p := s.open(t), partition(t)
	a, b := key(p, "a"), key(p, "b")
	mustWrite(t, tb, table.Put(a, []byte("0")), table.Put(b, []byte("0")))
	var returned atomic.Int64
	stop := make(chan struct{})
	var readers sync.WaitGroup
	readers.Go(func() {
		last := [2]int64{}
		for {
			select {
			case <-stop:
				return
			default:
			}
			done := returned.Load()
			page, err := tb.Query(t.Context(), table.Range{Partition: p})
			if err != nil || len(page.Items) != 2 {
				t.Errorf("Query during writes: got %v and %v, want two items", page.Items, err)
				return
			}
			for i, item := range page.Items {
				value, err := strconv.ParseInt(string(item.Value), 10, 64)
				if err != nil || item.Revision != value+1 || value < max(done, last[i]) {
					t.Errorf("Query during writes: %s is %q at revision %d after %d was written and %d seen", item.Key.Sort, item.Value, item.Revision, done, last[i])
					return
				}
				last[i] = value
			}
		}
	})
	for i := range int64(30) {
		value := strconv.AppendInt(nil, i+1, 10)
		mustWrite(t, tb, table.Put(a, value), table.Put(b, value))
		returned.Store(i + 1)
	}
	close(stop)
	readers.Wait()
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

func expires(t *testing.T, s *suite) {
	tb, p := s.open(t), partition(t)
	now := time.Now()
	if s.now != nil {
		now = s.now()
	}
	past, k := now.Add(-time.Hour), key(p, "gone")
	mustWrite(t, tb, table.Put(k, []byte("old")).Until(past), table.Put(key(p, "stays"), nil))
	wantAbsent(t, tb, k)
	wantRange(t, tb, table.Range{Partition: p}, []string{"stays"})
	mustConflict(t, tb, []table.Key{k}, table.Replace(k, nil, 1))
	mustConflict(t, tb, []table.Key{k}, table.Demand(k, 1))
	mustWrite(t, tb, table.DemandAbsent(k))
	mustWrite(t, tb, table.Create(k, []byte("new")))
	wantItem(t, tb, k, "new", 1)

	soon, later := key(p, "soon"), key(p, "to stay")
	at := now.Add(time.Hour).Add(time.Millisecond)
	mustWrite(t, tb, table.Put(soon, []byte("v")).Until(at), table.Put(later, nil).Until(at))
	item, err := tb.Get(t.Context(), soon)
	if want := time.Unix(at.Unix()+1, 0); err != nil || !item.Expires.Equal(want) {
		t.Errorf("Get: expires %v and %v, want %v", item.Expires, err, want)
	}
	mustWrite(t, tb, table.Put(later, []byte("stays now")))
	wantItem(t, tb, later, "stays now", 2)
	if s.pass == nil {
		return
	}
	s.pass(time.Hour + 2*time.Second)
	// A store may clear away with the next write what has expired; it must not show it before either.
	wantRange(t, tb, table.Range{Partition: p}, []string{"gone", "stays", "to stay"})
	wantAbsent(t, tb, soon)
	wantItem(t, tb, later, "stays now", 2)
	mustWrite(t, tb, table.Create(soon, []byte("again")))
	wantItem(t, tb, soon, "again", 1)
}

func outlivesReopening(t *testing.T, s *suite) {
	if s.reopen == nil {
		t.Log("this table cannot be reopened")
		return
	}
	tb, p := s.open(t), partition(t)
	fill(t, tb, p, awkward)
	mustWrite(t, tb, table.Put(key(p, "a"), []byte("second")))
	tb = s.reopen(t, tb)
	wantItem(t, tb, key(p, "a"), "second", 2)
	wantRange(t, tb, table.Range{Partition: p}, awkward)
	mustConflict(t, tb, []table.Key{key(p, "a")}, table.Create(key(p, "a"), nil))
}
