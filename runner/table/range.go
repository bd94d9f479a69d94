package table

import (
	"context"
	"iter"
)

// Range selects items of one partition by their sort key: all, those with a Prefix, or those of a span
// (From, Before, or both). Prefix and span exclude each other.
type Range struct {
	Partition string
	Prefix    string // items whose Sort begins so
	From      string // items with Sort >= From
	Before    string // items with Sort < Before
	// After is where to go on: items beyond this sort key in the direction of travel (greater, or less when
	// Descending). It takes Page.Next, and just as well any other sort key, there or not, in the range or not.
	After      string
	Limit      int // most items on the page; 0: as many as the store likes to return at once
	Descending bool
}

// Page is a part of the answer to a Query, in the order asked for.
type Page struct {
	// Items may be fewer than Limit although more follow: a store bounds the bytes of a page.
	// It is empty only at the end.
	Items []Item
	// Next is the Range.After of the following page, and "" at the end. A page that happens to stop at the last
	// item may have a Next that leads to an empty page.
	Next string
}

// All walks through all pages of r, asking for Limit items at a time. It ends after the first error.
func All(ctx context.Context, t Table, r Range) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for {
			page, err := t.Query(ctx, r)
			if err != nil {
				yield(Item{}, err)
				return
			}
			for _, item := range page.Items {
				if !yield(item, nil) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			r.After = page.Next
		}
	}
}

// Contains says whether a sort key is in the range; After counts, Partition and Limit do not.
func (r Range) Contains(sort string) bool {
	if len(sort) < len(r.Prefix) || sort[:len(r.Prefix)] != r.Prefix {
		return false
	}
	if sort < r.From || r.Before != "" && sort >= r.Before {
		return false
	}
	if r.After == "" {
		return true
	}
	if r.Descending {
		return sort < r.After
	}
	return sort > r.After
}
