package bolttable

import (
	"encoding/binary"
	"time"

	"go.etcd.io/bbolt"
)

// maxSweep is how many expired items one checkpoint clears away, so that a crowd of them delays nobody.
const maxSweep = 4096

// absorb brings into the bolt file what overlays, the older first, say up to a sequence, and the mark of how far it then
// is.
func absorb(db *bbolt.DB, now time.Time, at *mark, sequence uint64, overlays ...*overlay) error {
	return db.Update(func(tx *bbolt.Tx) error {
		for _, o := range overlays {
			if err := o.into(tx, sequence); err != nil {
				return err
			}
		}
		if err := sweep(tx, now); err != nil {
			return err
		}
		return putMark(tx, at)
	})
}

// into does in the bolt file what the newest versions up to a sequence say.
func (o *overlay) into(tx *bbolt.Tx, sequence uint64) error {
	items := tx.Bucket(bucketItems)
	c := overlayCursor{of: o, sequence: sequence}
	for key, value := c.seek(nil); key != nil; key, value = c.next() {
		was, err := decode(key, items.Get(key))
		if err != nil {
			return err
		}
		is, err := decode(key, value)
		if err != nil {
			return err
		}
		if err := noteExpiry(tx, key, was.expires, is.expires); err != nil {
			return err
		}
		if value == nil {
			err = items.Delete(key)
		} else {
			err = items.Put(key, value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// noteExpiry keeps the rows among the expiries as the items are.
func noteExpiry(tx *bbolt.Tx, key []byte, was, is int64) error {
	if was == is {
		return nil
	}
	if was != 0 {
		if err := tx.Bucket(bucketExpiries).Delete(expiryKey(was, key)); err != nil {
			return err
		}
	}
	if is == 0 {
		return nil
	}
	return tx.Bucket(bucketExpiries).Put(expiryKey(is, key), nil)
}

// expiryKey orders expiries by time. Flipping the sign bit puts the years before 1970 first.
func expiryKey(second int64, key []byte) []byte {
	return append(binary.BigEndian.AppendUint64(nil, uint64(second)^1<<63), key...)
}

// sweep clears away the items that expired longest ago.
func sweep(tx *bbolt.Tx, now time.Time) error {
	due := string(expiryKey(now.Unix()+1, nil))
	var rows [][]byte
	cursor := tx.Bucket(bucketExpiries).Cursor()
	for k, _ := cursor.First(); k != nil && string(k) < due && len(rows) < maxSweep; k, _ = cursor.Next() {
		rows = append(rows, k)
	}
	for _, row := range rows {
		if err := tx.Bucket(bucketExpiries).Delete(row); err != nil {
			return err
		}
		if err := tx.Bucket(bucketItems).Delete(row[8:]); err != nil {
			return err
		}
	}
	return nil
}
