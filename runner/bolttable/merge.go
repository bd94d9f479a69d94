package bolttable

import (
	"bytes"

	"go.etcd.io/bbolt"
)

// cursor walks through keys in their order. At the end the key is nil; of a removed item the value is.
type cursor interface {
	seek(key []byte) (k, v []byte)       // to the first that is not before key
	seekBefore(key []byte) (k, v []byte) // to the last before key
	next() (k, v []byte)                 // only where there was a key, and in the direction of the seek
	prev() (k, v []byte)
}

// boltCursor is the cursor of a bucket.
type boltCursor struct{ *bbolt.Cursor }

func (c boltCursor) seek(key []byte) (k, v []byte) { return c.Seek(key) }

func (c boltCursor) seekBefore(key []byte) (k, v []byte) {
	if k, _ := c.Seek(key); k == nil {
		return c.Last()
	}
	return c.Prev()
}

func (c boltCursor) next() (k, v []byte) { return c.Next() }
func (c boltCursor) prev() (k, v []byte) { return c.Prev() }

// merged shows several cursors as one. Where two have a key, that of the one added first counts.
type merged struct{ heads []head }

// head is where one of the cursors stands.
type head struct {
	cursor cursor
	k, v   []byte
}

func (m *merged) add(c cursor) { m.heads = append(m.heads, head{cursor: c}) }

func (m *merged) seek(key []byte) (k, v []byte) {
	for i, h := range m.heads {
		m.heads[i].k, m.heads[i].v = h.cursor.seek(key)
	}
	return m.next()
}

func (m *merged) seekBefore(key []byte) (k, v []byte) {
	for i, h := range m.heads {
		m.heads[i].k, m.heads[i].v = h.cursor.seekBefore(key)
	}
	return m.prev()
}

func (m *merged) next() (k, v []byte) { return m.take(1, cursor.next) }
func (m *merged) prev() (k, v []byte) { return m.take(-1, cursor.prev) }

// take returns the least head (the greatest, if direction is -1) and moves those that stand there.
func (m *merged) take(direction int, move func(cursor) (k, v []byte)) (k, v []byte) {
	for {
		k, v = m.foremost(direction)
		if k == nil {
			return nil, nil
		}
		for i := range m.heads {
			if h := &m.heads[i]; h.k != nil && bytes.Equal(h.k, k) {
				h.k, h.v = move(h.cursor)
			}
		}
		if v != nil {
			return k, v
		}
	}
}

func (m *merged) foremost(direction int) (k, v []byte) {
	for i := range m.heads {
		h := &m.heads[i]
		if h.k != nil && (k == nil || bytes.Compare(h.k, k)*direction < 0) {
			k, v = h.k, h.v
		}
	}
	return k, v
}
