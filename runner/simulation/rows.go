package simulation

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"slipway/runner/table"
)

// rows is a table in memory, whole and without faults. What a process sees of
// it goes through a port, which has them.
type rows struct {
	now func() time.Time

	mu         sync.Mutex
	partitions map[string]*partition
}

// partition keeps its sort keys in order.
type partition struct {
	order []string
	items map[string]table.Item
}

func newRows(now func() time.Time) *rows { return &rows{now: now, partitions: map[string]*partition{}} }

// PageSize is what a value may have that is stored as it is: what is larger is
// deflated, as it is where each kilobyte costs.
func (t *rows) PageSize() int { return 4 << 10 }

// copied is an independent table with the same items. Their values are shared,
// since nobody changes them.
func (t *rows) copied(now func() time.Time) *rows {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := newRows(now)
	for name, p := range t.partitions {
		out.partitions[name] = &partition{order: slices.Clone(p.order), items: maps.Clone(p.items)}
	}
	return out
}

// mostOfPage bounds the bytes of a page, as the strictest store does.
const mostOfPage = 1 << 20

func (t *rows) Get(ctx context.Context, k table.Key) (table.Item, error) {
	if err := k.Check(); err != nil {
		return table.Item{}, err
	}
	if err := ctx.Err(); err != nil {
		return table.Item{}, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	item, ok := t.find(k)
	if !ok {
		return table.Item{}, fmt.Errorf("%w: %s", table.ErrNotFound, k)
	}
	item.Value = bytes.Clone(item.Value)
	return item, nil
}

// find is the item if it is there and has not expired.
func (t *rows) find(k table.Key) (table.Item, bool) {
	p := t.partitions[k.Partition]
	if p == nil {
		return table.Item{}, false
	}
	item, ok := p.items[k.Sort]
	if !ok || t.expired(item) {
		return table.Item{}, false
	}
	return item, true
}

func (t *rows) expired(item table.Item) bool {
	return !item.Expires.IsZero() && !t.now().Before(item.Expires)
}

func (t *rows) Query(ctx context.Context, r table.Range) (table.Page, error) {
	if err := r.Check(); err != nil {
		return table.Page{}, err
	}
	if err := ctx.Err(); err != nil {
		return table.Page{}, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	var page table.Page
	p := t.partitions[r.Partition]
	if p == nil {
		return page, nil
	}
	size := 0
	for _, sort := range p.span(r) {
		item := p.items[sort]
		if !r.Contains(sort) || t.expired(item) {
			continue
		}
		if n := len(page.Items); n > 0 && (n == r.Limit || size+len(item.Value) > mostOfPage) {
			page.Next = page.Items[n-1].Key.Sort
			break
		}
		size += len(item.Value)
		item.Value = bytes.Clone(item.Value)
		page.Items = append(page.Items, item)
	}
	return page, nil
}

// span are the sort keys that can be in the range, in its direction.
func (p *partition) span(r table.Range) []string {
	low := max(r.From, r.Prefix)
	if !r.Descending {
		low = max(low, r.After)
	}
	from, _ := slices.BinarySearch(p.order, low)
	to := len(p.order)
	if r.Prefix != "" {
		to, _ = slices.BinarySearch(p.order, r.Prefix+"\xff")
	}
	if r.Before != "" {
		to, _ = slices.BinarySearch(p.order, r.Before)
	}
	if from >= to {
		return nil
	}
	out := p.order[from:to]
	if r.Descending {
		out = slices.Clone(out)
		slices.Reverse(out)
	}
	return out
}

func (t *rows) Write(ctx context.Context, changes ...table.Change) error {
	if err := table.CheckWrite(changes); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	var conflict table.ConflictError
	for _, c := range changes {
		if item, _ := t.find(c.Key); !c.If.Holds(item.Revision) {
			conflict.Keys = append(conflict.Keys, c.Key)
		}
	}
	if len(conflict.Keys) > 0 {
		return &conflict
	}
	for _, c := range changes {
		t.change(c)
	}
	return nil
}

func (t *rows) change(c table.Change) {
	p := t.partitions[c.Key.Partition]
	if p == nil {
		p = &partition{items: map[string]table.Item{}}
		t.partitions[c.Key.Partition] = p
	}
	at, there := slices.BinarySearch(p.order, c.Key.Sort)
	switch {
	case c.Do == table.Delete && there:
		p.order = slices.Delete(p.order, at, at+1)
		delete(p.items, c.Key.Sort)
	case c.Do == table.Set:
		item := table.Item{Key: c.Key, Revision: 1, Value: bytes.Clone(c.Value)}
		if before, ok := t.find(c.Key); ok {
			item.Revision = before.Revision + 1
		}
		if second := table.ExpirySecond(c.Expires); second != 0 {
			item.Expires = time.Unix(second, 0).UTC()
		}
		if !there {
			p.order = slices.Insert(p.order, at, c.Key.Sort)
		}
		p.items[c.Key.Sort] = item
	}
}
