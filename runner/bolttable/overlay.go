package bolttable

import (
	"bytes"
	"math/rand/v2"
	"sync/atomic"
)

// overlay holds, in the order of keys, what the log says and the bolt file does not yet. It is a skip list of versions:
// one goroutine adds, any number read without a lock, and whoever reads up to a sequence never sees what came after it.
// Nothing is taken out; an overlay goes as a whole, when the bolt file has it.
type overlay struct {
	head   version
	bytes  int    // about what it holds in memory
	last   uint64 // the newest sequence in it
	burned bool   // last is that of a record of which nobody knows whether the log has it
}

// version is an item as one write left it. Of versions of a key the newest comes first.
type version struct {
	key      []byte
	value    []byte // a record; nil: removed
	sequence uint64
	next     []atomic.Pointer[version]
}

const (
	tallest     = 10  // a list of 4^10 versions is still quick
	versionCost = 120 // bytes of a version beside key and value
)

// maxSequence and a key stand before all versions of the key.
const maxSequence = ^uint64(0)

func newOverlay() *overlay {
	return &overlay{head: version{next: make([]atomic.Pointer[version], tallest)}}
}

func (o *overlay) empty() bool { return o.head.next[0].Load() == nil }

// apply adds the changes of a log's record, whose bytes it keeps.
func (o *overlay) apply(body []byte, sequence uint64) error {
	o.last = sequence
	return eachChange(body, func(key, value []byte) { o.add(key, value, sequence) })
}

func (o *overlay) add(key, value []byte, sequence uint64) {
	v := &version{key: key, value: value, sequence: sequence, next: make([]atomic.Pointer[version], height())}
	var before [tallest]*version
	at := &o.head
	for level := tallest - 1; level >= 0; level-- {
		at, _ = at.walk(level, key, sequence)
		before[level] = at
	}
	for level := range v.next {
		// Its own pointer stands before anybody can come to it.
		v.next[level].Store(before[level].next[level].Load())
		before[level].next[level].Store(v)
	}
	o.bytes += len(key) + len(value) + versionCost
}

// height is how many levels a version has: one in four of a level is in the next.
func height() int {
	h := 1
	for r := rand.Uint32(); h < tallest && r&3 == 0; r >>= 2 {
		h++
	}
	return h
}

// walk goes along a level, from v on, and returns the last version before (key, sequence) and what it found behind it.
// Whoever asked again what is behind it could meet a version that has come meanwhile.
func (v *version) walk(level int, key []byte, sequence uint64) (before, at *version) {
	for {
		next := v.next[level].Load()
		if next == nil || !next.before(key, sequence) {
			return v, next
		}
		v = next
	}
}

// before says whether v stands before where (key, sequence) stands or would stand.
func (v *version) before(key []byte, sequence uint64) bool {
	order := bytes.Compare(v.key, key)
	return order < 0 || order == 0 && v.sequence > sequence
}

// around returns the last version before (key, sequence), which may be the head, and the first that is not, or nil.
func (o *overlay) around(key []byte, sequence uint64) (before, at *version) {
	before = &o.head
	for level := tallest - 1; level >= 0; level-- {
		before, at = before.walk(level, key, sequence)
	}
	return before, at
}

// get returns what stood under key at sequence, and whether the overlay knows it.
func (o *overlay) get(key []byte, sequence uint64) (value []byte, known bool) {
	_, v := o.around(key, sequence)
	if v == nil || !bytes.Equal(v.key, key) {
		return nil, false
	}
	return v.value, true
}

// overlayCursor walks through an overlay as it was at a sequence.
type overlayCursor struct {
	of       *overlay
	sequence uint64
	at       *version
}

// seek goes to the first key that is not before key.
func (c *overlayCursor) seek(key []byte) (k, v []byte) {
	_, at := c.of.around(key, maxSequence)
	return c.settle(at)
}

// seekBefore goes to the last key before key.
func (c *overlayCursor) seekBefore(key []byte) (k, v []byte) {
	for {
		oldest, _ := c.of.around(key, maxSequence)
		if oldest == &c.of.head {
			c.at = nil
			return nil, nil
		}
		// The newest version that may be seen, if there is one, else on to the key before.
		key = oldest.key
		_, seen := c.of.around(key, c.sequence)
		if seen != nil && bytes.Equal(seen.key, key) {
			c.at = seen
			return seen.key, seen.value
		}
	}
}

func (c *overlayCursor) next() (k, v []byte) {
	passed := c.at.key
	at := c.at.next[0].Load()
	for at != nil && bytes.Equal(at.key, passed) {
		at = at.next[0].Load()
	}
	return c.settle(at)
}

func (c *overlayCursor) prev() (k, v []byte) { return c.seekBefore(c.at.key) }

// settle stops at the first version from at on that may be seen.
func (c *overlayCursor) settle(at *version) (k, v []byte) {
	for at != nil && at.sequence > c.sequence {
		at = at.next[0].Load()
	}
	c.at = at
	if at == nil {
		return nil, nil
	}
	return at.key, at.value
}
