// Package table is the contract of the one ordered store everything is kept in: small items under
// (partition, sort), read singly or as a range of one partition, written several at once or not at all.
// It stores nothing itself and knows nothing of deployments; adapters store, runner/records lays out keys.
// There is no secondary index: an index row is an ordinary item written together with what it indexes,
// so once the write has ended, whoever reads the row sees the item.
package table

import (
	"context"
	"time"
)

// Key addresses one item. Partitions are independent of each other; within one, items are ordered by the
// bytes of Sort. Both parts are non-empty valid UTF-8 without NUL, at most MaxKey bytes each; keys that
// differ in case are different keys.
type Key struct{ Partition, Sort string }

// String names the key for people.
func (k Key) String() string { return k.Partition + " / " + k.Sort }

// Item is one stored value.
type Item struct {
	Key Key
	// Revision is set by the store: 1 when the item is first written, one more with each later write.
	// An item that was removed and written again begins at 1.
	Revision int64
	Value    []byte
	// Expires is the whole second from which on the item counts as absent, zero if it stays.
	Expires time.Time
}

// Table is the store. All methods may be called from many goroutines at once.
//
// Who owns the slices: a store does not keep or change what it is handed once the call has returned, and what
// it returns belongs to the caller.
//
// What is seen: Get and Query see every Write that returned nil before they were called. While a Write is under way
// they may see its items one by one: a page of a Query may show one of them new and another old, and so may two
// reads. Whoever acts on several items demands them in his own Write.
//
// Expiry: from Expires on (to the second, by the store's clock) an item is absent for Get, Query and all demands.
// When its space is given back is the store's business. A Put over an expired item may go on counting
// its revision; a Create begins at 1.
//
// Errors: ErrNotFound, ErrConflict and ErrInvalid are as documented on them and mean that nothing was changed.
// After any other error of Write, that of an ended context included, it is unknown whether the write
// happened: as a whole or not at all. Write again under the same demands, and after a conflict read what is there.
type Table interface {
	// Get returns the item, or ErrNotFound.
	Get(ctx context.Context, k Key) (Item, error)
	// Query returns one page of a range of a partition. A partition nobody wrote to is empty, not an error.
	Query(ctx context.Context, r Range) (Page, error)
	// Write does all changes at once or none. If any demand fails it is a *ConflictError naming
	// every key whose demand failed. A Write without changes does nothing.
	// It has returned nil only when the changes would survive the loss of the process.
	Write(ctx context.Context, changes ...Change) error
}

// Limits every store is held to. They are those of the strictest store we use, so that what works
// in one place works in all.
const (
	MaxKey     = 1 << 10   // bytes of each part of a key
	MaxItem    = 100 << 10 // bytes of a value
	MaxChanges = 100       // changes of one Write, demands included
	MaxWrite   = 3 << 20   // bytes of all keys and values of one Write
)
