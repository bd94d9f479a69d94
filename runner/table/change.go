package table

import "time"

// Action is what a Change does to its key.
type Action uint8

// The three actions. Keep changes nothing: the change is there for its demand.
const (
	Set Action = iota
	Delete
	Keep
)

// Condition is what a change demands of the item as it is before the Write. The zero Condition demands nothing.
type Condition struct {
	Absent   bool  // there is no item
	Revision int64 // if not 0: there is one, at this revision
}

// Change is one part of a Write. Make it with the constructors below.
type Change struct {
	Key     Key
	Do      Action
	Value   []byte    // for Set
	Expires time.Time // for Set; zero: stays. A fraction of a second is rounded up
	If      Condition
}

// Put sets the value whatever is there.
func Put(k Key, value []byte) Change { return Change{Key: k, Value: value} }

// Create sets the value and demands that there is no item yet.
func Create(k Key, value []byte) Change {
	return Change{Key: k, Value: value, If: Condition{Absent: true}}
}

// Replace sets the value and demands that the item is at revision.
func Replace(k Key, value []byte, revision int64) Change {
	return Change{Key: k, Value: value, If: at(revision)}
}

// Remove deletes the item if there is one.
func Remove(k Key) Change { return Change{Key: k, Do: Delete} }

// RemoveAt deletes the item and demands that it is at revision.
func RemoveAt(k Key, revision int64) Change { return Change{Key: k, Do: Delete, If: at(revision)} }

// Demand changes nothing and demands that the item is at revision.
func Demand(k Key, revision int64) Change { return Change{Key: k, Do: Keep, If: at(revision)} }

// DemandAbsent changes nothing and demands that there is no item.
func DemandAbsent(k Key) Change { return Change{Key: k, Do: Keep, If: Condition{Absent: true}} }

// Until returns the change with an expiry.
func (c Change) Until(expires time.Time) Change {
	c.Expires = expires
	return c
}

// at is the condition for revision. No item has a revision below 1, so such a demand must fail, not vanish.
func at(revision int64) Condition {
	if revision < 1 {
		revision = -1
	}
	return Condition{Revision: revision}
}

// Holds says whether the condition is met by an item at revision, where 0 stands for no item.
func (c Condition) Holds(revision int64) bool {
	if c.Absent {
		return revision == 0
	}
	return c.Revision == 0 || c.Revision == revision
}

// ExpirySecond is the form in which stores keep an expiry: whole seconds since 1970, rounded up; 0 for none.
func ExpirySecond(expires time.Time) int64 {
	if expires.IsZero() {
		return 0
	}
	s := expires.Unix()
	if expires.Nanosecond() > 0 {
		s++
	}
	return s
}
