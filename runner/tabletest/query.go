package tabletest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"slipway/runner/table"
)

// fill writes items with the given sort keys.
func fill(t *testing.T, tb table.Table, partition string, keys []string) {
	t.Helper()
	for part := range slices.Chunk(keys, table.MaxChanges) {
		var changes []table.Change
		for _, k := range part {
			changes = append(changes, table.Put(key(partition, k), []byte("value of "+k)))
		}
		mustWrite(t, tb, changes...)
	}
}

func refusesIllegalQueries(t *testing.T, s *suite) {
	tb, p := s.open(t), partition(t)
	for name, r := range map[string]table.Range{
		"no partition":    {},
		"NUL":             {Partition: p, Prefix: "\x00"},
		"not UTF-8":       {Partition: p, From: "\xff"},
		"prefix and span": {Partition: p, Prefix: "a", Before: "b"},
		"negative limit":  {Partition: p, Limit: -1},
		"long cursor":     {Partition: p, After: strings.Repeat("a", table.MaxKey+1)},
	} {
		if _, err := tb.Query(t.Context(), r); !errors.Is(err, table.ErrInvalid) {
			t.Errorf("Query (%s): got %v, want ErrInvalid", name, err)
		}
	}
}

// awkward is a set of sort keys in the order of their bytes.
var awkward = []string{
	"\x01", " ", "!", "0", "00", "1", "10", "2", "A", "Z", "a", "a!", "a/", "a/b", "a/b/c", "a0", "aa", "ab", "b",
	"z", "~", "\u007f", "é", "ÿ", "\u07ff", "\u0800", "\ud7ff", "\uffff", "\U00010000", "\U0010ffff",
}

func sortsByBytes(t *testing.T, s *suite) {
	tb, p := s.open(t), partition(t)
	if got := sorts(t, t.Context(), tb, table.Range{Partition: p}); len(got) != 0 {
		t.Errorf("Query of a partition nobody wrote to: got %q", got)
	}
	shuffled := slices.Clone(awkward)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	fill(t, tb, p, shuffled)
	if got := sorts(t, t.Context(), tb, table.Range{Partition: p}); !reflect.DeepEqual(got, awkward) {
		t.Errorf("Query ascending: got %q, want %q", got, awkward)
	}
	down := slices.Clone(awkward)
	slices.Reverse(down)
	if got := sorts(t, t.Context(), tb, table.Range{Partition: p, Descending: true}); !reflect.DeepEqual(got, down) {
		t.Errorf("Query descending: got %q, want %q", got, down)
	}
}

func findsPrefixes(t *testing.T, s *suite) {
	tb, p := s.open(t), partition(t)
	fill(t, tb, p, awkward)
	for _, prefix := range []string{"a", "a/", "a/b", "ab", "abc", "é", "\U0010ffff", "\uffff", "0", "~", " ", "zz"} {
		wantRange(t, tb, table.Range{Partition: p, Prefix: prefix}, awkward)
	}
}

func findsSpans(t *testing.T, s *suite) {
	tb, p := s.open(t), partition(t)
	fill(t, tb, p, awkward)
	for _, r := range []table.Range{
		{From: "a"}, {Before: "a"}, {From: "a", Before: "b"}, {From: "a", Before: "a"}, {From: "b", Before: "a"},
		{From: "a/b"}, {From: "a/bb", Before: "a0a"}, {From: "\x01", Before: "\U0010ffff"}, {From: "\U0010ffff"},
	} {
		r.Partition = p
		wantRange(t, tb, r, awkward)
	}
}

// wantRange compares a range, both ways and in pages of several sizes, with a plain filter over all keys.
func wantRange(t *testing.T, tb table.Table, r table.Range, keys []string) {
	t.Helper()
	for _, r.Descending = range []bool{false, true} {
		want := slowly(r, keys)
		for _, r.Limit = range []int{0, 1, 2, 100} {
			if got := sorts(t, t.Context(), tb, r); !reflect.DeepEqual(got, want) {
				t.Errorf("Query(%+v): got %q, want %q", r, got, want)
			}
		}
	}
}

// slowly is the plain model: which of the keys, that are in order, are in the range, and in which order.
func slowly(r table.Range, keys []string) []string {
	want := []string{}
	for _, k := range keys {
		in := strings.HasPrefix(k, r.Prefix) && k >= r.From && (r.Before == "" || k < r.Before)
		if r.After != "" {
			in = in && (k > r.After) == !r.Descending && k != r.After
		}
		if in {
			want = append(want, k)
		}
	}
	if r.Descending {
		slices.Reverse(want)
	}
	return want
}

func keepsPartitionsApart(t *testing.T, s *suite) {
	tb, p := s.open(t), partition(t)
	for _, suffix := range []string{"", "!", "\x01", "a"} {
		fill(t, tb, p+suffix, []string{"1" + suffix, "2" + suffix})
	}
	for _, suffix := range []string{"", "!", "\x01", "a"} {
		wantRange(t, tb, table.Range{Partition: p + suffix}, []string{"1" + suffix, "2" + suffix})
	}
	wantRange(t, tb, table.Range{Partition: p + "b"}, nil)
}

func pagesBothWays(t *testing.T, s *suite) {
	tb, p := s.open(t), partition(t)
	var keys []string
	for i := range 25 {
		keys = append(keys, fmt.Sprintf("item/%02d", i))
	}
	fill(t, tb, p, keys)
	fill(t, tb, p, []string{"hull", "item.", "item0", "jib"})
	for _, down := range []bool{false, true} {
		r := table.Range{Partition: p, Prefix: "item/", Limit: 10, Descending: down}
		want := slowly(r, keys)
		for _, n := range []int{10, 10, 5} {
			page, err := tb.Query(t.Context(), r)
			if err != nil || len(page.Items) != n {
				t.Fatalf("Query(%+v): got %d items and %v, want %d", r, len(page.Items), err, n)
			}
			for i, item := range page.Items {
				if item.Key != key(p, want[i]) || string(item.Value) != "value of "+want[i] || item.Revision != 1 {
					t.Fatalf("Query(%+v): item %d is %+v, want %s", r, i, item, want[i])
				}
			}
			want, r.After = want[n:], page.Next
		}
		if r.After != "" {
			t.Errorf("the last page has the cursor %q, want none", r.After)
		}
	}

	// What is written or removed between pages moves no cursor.
	r := table.Range{Partition: p, Prefix: "item/", Limit: 5}
	page, err := tb.Query(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	mustWrite(t, tb, table.Remove(key(p, "item/04")), table.Remove(key(p, "item/05")), table.Put(key(p, "item/001"), nil), table.Put(key(p, "item/051"), nil))
	r.After = page.Next
	if page, err = tb.Query(t.Context(), r); err != nil || len(page.Items) == 0 || page.Items[0].Key.Sort != "item/051" {
		t.Errorf("Query after changes: got %v and %v, want item/051 first", page.Items, err)
	}
}

func cursorsOutsideTheRange(t *testing.T, s *suite) {
	tb, p := s.open(t), partition(t)
	keys := []string{"a", "b/1", "b/2", "b/3", "c"}
	fill(t, tb, p, keys)
	for _, after := range []string{"0", "a", "a5", "b", "b/", "b/0", "b/1", "b/15", "b/3", "b/9", "b0", "c", "d", "\U0010ffff"} {
		wantRange(t, tb, table.Range{Partition: p, After: after}, keys)
		wantRange(t, tb, table.Range{Partition: p, Prefix: "b/", After: after}, keys)
		wantRange(t, tb, table.Range{Partition: p, From: "b/2", Before: "c", After: after}, keys)
	}
}

func pagesPastLargeItems(t *testing.T, s *suite) {
	tb, p := s.open(t), partition(t)
	large := make([]byte, table.MaxItem)
	var keys []string
	for i := range 25 {
		keys = append(keys, fmt.Sprintf("%02d", i))
		mustWrite(t, tb, table.Put(key(p, keys[i]), large))
	}
	wantRange(t, tb, table.Range{Partition: p}, keys)
}

func agreesWithSlowModel(t *testing.T, s *suite) {
	tb, p := s.open(t), partition(t)
	random := rand.New(rand.NewPCG(7, 7))
	word := func() string {
		var b strings.Builder
		for range random.IntN(4) {
			b.WriteString([]string{"a", "b", "/", "é", "\U0010ffff", "\x01"}[random.IntN(6)])
		}
		return b.String()
	}
	there := map[string]bool{}
	for range 60 {
		if w := word(); w != "" {
			there[w] = true
		}
	}
	var keys []string
	for k := range there {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	fill(t, tb, p, keys)
	for range 200 {
		r := table.Range{Partition: p, After: word(), Limit: random.IntN(5), Descending: random.IntN(2) == 0}
		if random.IntN(2) == 0 {
			r.Prefix = word()
		} else {
			r.From, r.Before = word(), word()
		}
		if got, want := sorts(t, t.Context(), tb, r), slowly(r, keys); !reflect.DeepEqual(got, want) {
			t.Fatalf("Query(%+v): got %q, want %q, of %q", r, got, want, keys)
		}
	}
}
