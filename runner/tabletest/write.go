package tabletest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"slipway/runner/table"
)

func readsWhatWasWritten(t *testing.T, s *suite) {
	tb, p := s.open(t), partition(t)
	wantAbsent(t, tb, key(p, "a"))
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	large := strings.Repeat("x", table.MaxItem)
	mustWrite(t, tb,
		table.Put(key(p, "bytes"), all),
		table.Create(key(p, "empty"), nil),
		table.Put(key(p, "large"), []byte(large)),
		table.Put(key(p, "Ünï/codé #1"), []byte("text")))
	wantItem(t, tb, key(p, "bytes"), string(all), 1)
	wantItem(t, tb, key(p, "empty"), "", 1)
	wantItem(t, tb, key(p, "large"), large, 1)
	wantItem(t, tb, key(p, "Ünï/codé #1"), "text", 1)
	wantAbsent(t, tb, key(p, "BYTES"))

	mustWrite(t, tb, table.Remove(key(p, "bytes")), table.Remove(key(p, "never there")))
	wantAbsent(t, tb, key(p, "bytes"))
	if err := tb.Write(t.Context()); err != nil {
		t.Errorf("Write without changes: %v", err)
	}
}

func countsRevisions(t *testing.T, s *suite) {
	tb, k := s.open(t), key(partition(t), "a")
	mustWrite(t, tb, table.Create(k, []byte("1")))
	mustWrite(t, tb, table.Put(k, []byte("2")))
	mustWrite(t, tb, table.Replace(k, []byte("3"), 2))
	wantItem(t, tb, k, "3", 3)
	mustWrite(t, tb, table.Put(k, []byte("3")))
	wantItem(t, tb, k, "3", 4)
	mustWrite(t, tb, table.Demand(k, 4))
	wantItem(t, tb, k, "3", 4)
	mustWrite(t, tb, table.RemoveAt(k, 4))
	mustWrite(t, tb, table.Put(k, []byte("again")))
	wantItem(t, tb, k, "again", 1)
}

func ownsNoSlices(t *testing.T, s *suite) {
	tb, k := s.open(t), key(partition(t), "a")
	// Some stores hand out their own memory only once a table is larger than a page.
	for i := range 20 {
		mustWrite(t, tb, table.Put(key(k.Partition+" beside", fmt.Sprint(i)), make([]byte, 1<<10)))
	}
	value := []byte("before")
	mustWrite(t, tb, table.Put(k, value))
	copy(value, "AFTER!")
	wantItem(t, tb, k, "before", 1)

	item, err := tb.Get(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	copy(item.Value, "AFTER!")
	_ = append(item.Value, "and more"...)
	page, err := tb.Query(t.Context(), table.Range{Partition: k.Partition})
	if err != nil || len(page.Items) != 1 {
		t.Fatalf("Query: got %v and %v, want one item", page, err)
	}
	copy(page.Items[0].Value, "AFTER!")
	wantItem(t, tb, k, "before", 1)
}

func demandsHoldOrRefuse(t *testing.T, s *suite) {
	tb, p := s.open(t), partition(t)
	there, gone := key(p, "there"), key(p, "gone")
	mustWrite(t, tb, table.Put(there, []byte("1")), table.Put(gone, nil))
	mustWrite(t, tb, table.Put(there, []byte("2")), table.Remove(gone))
	for name, c := range map[string]table.Change{
		"Create what is there":       table.Create(there, []byte("x")),
		"Replace the former":         table.Replace(there, []byte("x"), 1),
		"Replace a later":            table.Replace(there, []byte("x"), 3),
		"Replace at revision 0":      table.Replace(there, []byte("x"), 0),
		"Replace what is gone":       table.Replace(gone, []byte("x"), 1),
		"Replace nothing at 0":       table.Replace(gone, []byte("x"), 0),
		"RemoveAt the former":        table.RemoveAt(there, 1),
		"RemoveAt what is gone":      table.RemoveAt(gone, 1),
		"Demand the former":          table.Demand(there, 1),
		"Demand what is gone":        table.Demand(gone, 1),
		"DemandAbsent what is there": table.DemandAbsent(there),
	} {
		t.Run(name, func(t *testing.T) {
			mustConflict(t, tb, []table.Key{c.Key}, c)
			mustConflict(t, tb, []table.Key{c.Key}, c, table.Put(key(p, "beside"), nil))
			wantItem(t, tb, there, "2", 2)
			wantAbsent(t, tb, gone)
			wantAbsent(t, tb, key(p, "beside"))
		})
	}
	mustWrite(t, tb, table.Demand(there, 2), table.DemandAbsent(gone))
	wantItem(t, tb, there, "2", 2)
}

func conflictNamesAllKeys(t *testing.T, s *suite) {
	tb, p := s.open(t), partition(t)
	mustWrite(t, tb, table.Put(key(p, "a"), nil), table.Put(key(p, "b"), nil))
	mustConflict(t, tb, []table.Key{key(p, "b"), key(p, "c"), key(p, "a")},
		table.Put(key(p, "d"), nil),
		table.Create(key(p, "b"), nil),
		table.Demand(key(p, "c"), 1),
		table.Create(key(p, "e"), nil),
		table.RemoveAt(key(p, "a"), 7))
	wantAbsent(t, tb, key(p, "d"))
	wantAbsent(t, tb, key(p, "e"))
}

func writesAllOrNothing(t *testing.T, s *suite) {
	tb, p := s.open(t), partition(t)
	var all []table.Change
	for i := range table.MaxChanges {
		all = append(all, table.Create(key(fmt.Sprintf("%s %d", p, i%3), fmt.Sprintf("%03d", i)), []byte("v")))
	}
	last := all[len(all)-1].Key
	mustWrite(t, tb, table.Create(last, []byte("first")))
	mustConflict(t, tb, []table.Key{last}, all...)
	for _, c := range all[:len(all)-1] {
		wantAbsent(t, tb, c.Key)
	}
	mustWrite(t, tb, table.Remove(last))
	mustWrite(t, tb, all...)
	for _, c := range all {
		wantItem(t, tb, c.Key, "v", 1)
	}
}

func holdsTheLimits(t *testing.T, s *suite) {
	tb, p := s.open(t), partition(t)
	longest := key((p + strings.Repeat("p", table.MaxKey))[:table.MaxKey], strings.Repeat("s", table.MaxKey))
	mustWrite(t, tb, table.Put(longest, []byte("v")))
	wantItem(t, tb, longest, "v", 1)

	large := bytes.Repeat([]byte("x"), table.MaxItem)
	var many []table.Change
	for i := range table.MaxWrite/table.MaxItem - 1 {
		many = append(many, table.Put(key(p, fmt.Sprint("large ", i)), large))
	}
	mustWrite(t, tb, many...)
	wantItem(t, tb, many[len(many)-1].Key, string(large), 1)
}

func refusesWhatIsIllegal(t *testing.T, s *suite) {
	tb, p := s.open(t), partition(t)
	ok := key(p, "ok")
	large := make([]byte, table.MaxItem)
	var tooMany, tooLarge []table.Change
	for i := range table.MaxChanges + 1 {
		tooMany = append(tooMany, table.Put(key(p, fmt.Sprint(i)), nil))
	}
	for i := range table.MaxWrite/table.MaxItem + 1 {
		tooLarge = append(tooLarge, table.Put(key(p, fmt.Sprint(i)), large))
	}
	for name, c := range map[string]struct {
		changes []table.Change
		says    string
	}{
		"large value":       {[]table.Change{table.Put(ok, make([]byte, table.MaxItem+1))}, fmt.Sprint(table.MaxItem + 1)},
		"large value named": {[]table.Change{table.Put(ok, make([]byte, table.MaxItem+1))}, ok.Sort},
		"empty partition":   {[]table.Change{table.Put(key("", "a"), nil)}, "empty"},
		"empty sort":        {[]table.Change{table.Put(key(p, ""), nil)}, "empty"},
		"NUL in partition":  {[]table.Change{table.Put(key("a\x00b", "a"), nil)}, "NUL"},
		"NUL in sort":       {[]table.Change{table.Put(key(p, "a\x00"), nil)}, "NUL"},
		"not UTF-8":         {[]table.Change{table.Put(key(p, "a\xff"), nil)}, "UTF-8"},
		"long partition":    {[]table.Change{table.Put(key(strings.Repeat("p", table.MaxKey+1), "a"), nil)}, fmt.Sprint(table.MaxKey)},
		"long sort":         {[]table.Change{table.Remove(key(p, strings.Repeat("s", table.MaxKey+1)))}, fmt.Sprint(table.MaxKey)},
		"same key twice":    {[]table.Change{table.Put(ok, nil), table.DemandAbsent(ok)}, "twice"},
		"too many":          {tooMany, fmt.Sprint(table.MaxChanges)},
		"too large":         {tooLarge, fmt.Sprint(table.MaxWrite)},
		"demands nothing":   {[]table.Change{{Key: ok, Do: table.Keep}}, ok.Sort},
		"unknown action":    {[]table.Change{{Key: ok, Do: table.Keep + 1}}, ok.Sort},
	} {
		t.Run(name, func(t *testing.T) {
			beside := key(p, "beside "+name)
			changes := c.changes
			if len(changes) == 1 {
				changes = append([]table.Change{table.Put(beside, nil)}, changes...)
			}
			err := tb.Write(t.Context(), changes...)
			if !errors.Is(err, table.ErrInvalid) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("Write: got %v, want ErrInvalid that says %q", err, c.says)
			}
			wantAbsent(t, tb, beside)
		})
	}
	wantAbsent(t, tb, ok)
	if _, err := tb.Get(t.Context(), key(p, "")); !errors.Is(err, table.ErrInvalid) {
		t.Errorf("Get without a sort key: got %v, want ErrInvalid", err)
	}
}

func endedContext(t *testing.T, s *suite) {
	tb, p := s.open(t), partition(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := tb.Write(ctx, table.Put(key(p, "a"), []byte("v")), table.Put(key(p, "b"), []byte("v"))); err == nil {
		t.Error("Write with an ended context: got no error")
	}
	_, errA := tb.Get(t.Context(), key(p, "a"))
	_, errB := tb.Get(t.Context(), key(p, "b"))
	if (errA == nil) != (errB == nil) {
		t.Errorf("Write with an ended context did one half: %v, %v", errA, errB)
	}
	if _, err := tb.Get(ctx, key(p, "a")); err == nil || errors.Is(err, table.ErrNotFound) {
		t.Errorf("Get with an ended context: got %v, want the context's error", err)
	}
	if _, err := tb.Query(ctx, table.Range{Partition: p}); err == nil {
		t.Error("Query with an ended context: got no error")
	}
}
