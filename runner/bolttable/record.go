package bolttable

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"slipway/runner/table"
)

// record is an item as it stands in the file: revision and expiry as varints, then the value.
// Revision 0 stands for no item.
type record struct {
	revision int64
	expires  int64  // second; 0: stays
	value    []byte // points into the file's map while the transaction lasts
}

// boltKey keeps a partition together: NUL is in neither part and sorts before everything else.
func boltKey(k table.Key) []byte {
	b := make([]byte, 0, len(k.Partition)+1+len(k.Sort))
	b = append(b, k.Partition...)
	b = append(b, 0)
	return append(b, k.Sort...)
}

func (r record) encode() []byte {
	b := make([]byte, 0, 2*binary.MaxVarintLen64+len(r.value))
	b = binary.AppendVarint(b, r.revision)
	b = binary.AppendVarint(b, r.expires)
	return append(b, r.value...)
}

func decode(key, b []byte) (record, error) {
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

// find returns the record under key, or none if there is none or it has expired: then only its expiry is left.
func find(tx *bbolt.Tx, key []byte, now time.Time) (record, error) {
	b := tx.Bucket(bucketItems).Get(key)
	if b == nil {
		return record{}, nil
	}
	r, err := decode(key, b)
	if err != nil {
		return record{}, err
	}
	if r.expired(now) {
		return record{expires: r.expires}, nil
	}
	return r, nil
}

func (r record) expired(now time.Time) bool { return r.expires != 0 && r.expires <= now.Unix() }

// fill copies the record into item, away from the file's map.
func (r record) fill(item *table.Item) {
	item.Revision = r.revision
	item.Value = bytes.Clone(r.value)
	if r.expires != 0 {
		item.Expires = time.Unix(r.expires, 0).UTC()
	}
}
