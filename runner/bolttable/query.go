package bolttable

import (
	"bytes"
	"context"
	"time"

	"slipway/runner/table"
)

// maxPage bounds the bytes of a page, as the strictest store does, so that nobody comes to rely on more.
const maxPage = 1 << 20

// afterAll sorts behind every continuation of a sort key: the byte is in no UTF-8 text.
const afterAll = "\xff"

// Query implements table.Table.
func (t *Table) Query(ctx context.Context, r table.Range) (table.Page, error) {
	if err := r.Check(); err != nil {
		return table.Page{}, err
	}
	var page table.Page
	err := t.view(ctx, func(s snapshot) error {
		var err error
		page, err = s.page(r, t.now())
		return err
	})
	return page, err
}

func (s snapshot) page(r table.Range, now time.Time) (table.Page, error) {
	var page table.Page
	partition := append([]byte(r.Partition), 0)
	size := 0
	items := s.walk()
	for k, v := first(items, partition, r); bytes.HasPrefix(k, partition); k, v = step(items, r) {
		sort := string(k[len(partition):])
		if !r.Contains(sort) {
			break
		}
		rec, err := decode(k, v)
		if err != nil {
			return table.Page{}, err
		}
		if rec.expired(now) {
			continue
		}
		if n := len(page.Items); n > 0 && (n == r.Limit || size+len(v) > maxPage) {
			page.Next = page.Items[n-1].Key.Sort
			break
		}
		item := table.Item{Key: table.Key{Partition: r.Partition, Sort: sort}}
		rec.fill(&item)
		page.Items = append(page.Items, item)
		size += len(v)
	}
	return page, nil
}

// first goes to where the range begins in the direction of travel. What it finds may lie beyond the range.
func first(items *merged, partition []byte, r table.Range) (k, v []byte) {
	if !r.Descending {
		low := max(r.From, r.Prefix, r.After)
		return items.seek(append(bytes.Clone(partition), lowest(low, r.After)...))
	}
	high := r.Prefix + afterAll
	if r.Before != "" {
		high = min(high, r.Before)
	}
	if r.After != "" {
		high = min(high, r.After)
	}
	return items.seekBefore(append(bytes.Clone(partition), high...))
}

// lowest is the smallest sort key to begin with: beyond after, if that is what bounds the range.
func lowest(low, after string) string {
	if low == after && after != "" {
		return low + "\x00"
	}
	return low
}

func step(items *merged, r table.Range) (k, v []byte) {
	if r.Descending {
		return items.prev()
	}
	return items.next()
}
