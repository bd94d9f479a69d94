package bolttable

import (
	"bytes"
	"context"

	"go.etcd.io/bbolt"

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
	err := t.view(ctx, func(tx *bbolt.Tx) error {
		var err error
		page, err = t.page(tx, r)
		return err
	})
	return page, err
}

func (t *Table) page(tx *bbolt.Tx, r table.Range) (table.Page, error) {
	var page table.Page
	partition := append([]byte(r.Partition), 0)
	now, size := t.now(), 0
	cursor := tx.Bucket(bucketItems).Cursor()
	for k, v := first(cursor, partition, r); bytes.HasPrefix(k, partition); k, v = step(cursor, r) {
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
func first(cursor *bbolt.Cursor, partition []byte, r table.Range) (k, v []byte) {
	if !r.Descending {
		low := max(r.From, r.Prefix, r.After)
		return cursor.Seek(append(bytes.Clone(partition), lowest(low, r.After)...))
	}
	high := r.Prefix + afterAll
	if r.Before != "" {
		high = min(high, r.Before)
	}
	if r.After != "" {
		high = min(high, r.After)
	}
	if k, _ := cursor.Seek(append(bytes.Clone(partition), high...)); k == nil {
		return cursor.Last()
	}
	return cursor.Prev()
}

// lowest is the smallest sort key to begin with: beyond after, if that is what bounds the range.
func lowest(low, after string) string {
	if low == after && after != "" {
		return low + "\x00"
	}
	return low
}

func step(cursor *bbolt.Cursor, r table.Range) (k, v []byte) {
	if r.Descending {
		return cursor.Prev()
	}
	return cursor.Next()
}
