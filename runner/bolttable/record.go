package bolttable

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	"slipway/runner/table"
)

// record is an item as it is stored, in the file, in the log and in an overlay: revision and expiry as varints, then
// the value. Revision 0 stands for no item.
type record struct {
	revision int64
	expires  int64  // second; 0: stays
	value    []byte // points into what it was read from
}

// boltKey keeps a partition together: NUL is in neither part and sorts before everything else.
func boltKey(k table.Key) []byte {
	return appendKey(make([]byte, 0, len(k.Partition)+1+len(k.Sort)), k)
}

func appendKey(b []byte, k table.Key) []byte {
	b = append(b, k.Partition...)
	b = append(b, 0)
	return append(b, k.Sort...)
}

// appendHead appends what stands before the value.
func (r record) appendHead(b []byte) []byte {
	b = binary.AppendVarint(b, r.revision)
	return binary.AppendVarint(b, r.expires)
}

// decode returns the record that b holds; none, if b is nil.
func decode(key, b []byte) (record, error) {
	if b == nil {
		return record{}, nil
	}
	revision, n := binary.Varint(b)
	if n <= 0 {
		return record{}, fmt.Errorf("the item %q is damaged", key)
	}
	expires, m := binary.Varint(b[n:])
	if m <= 0 || revision < 1 {
		return record{}, fmt.Errorf("the item %q is damaged", key)
	}
	return record{revision, expires, b[n+m:]}, nil
}

func (r record) expired(now time.Time) bool { return r.expires != 0 && r.expires <= now.Unix() }

// fill copies the record into item, away from where it was read.
func (r record) fill(item *table.Item) {
	item.Revision = r.revision
	item.Value = bytes.Clone(r.value)
	if r.expires != 0 {
		item.Expires = time.Unix(r.expires, 0).UTC()
	}
}
