package bolttable

import (
	"encoding/binary"
	"runtime"
	"time"

	"go.etcd.io/bbolt"

	"slipway/runner/table"
)

// maxSweep is how many expired items one transaction clears away, so that a crowd of them delays nobody.
const maxSweep = 64

// longestGather is how long a write waits at most for others to come along.
const longestGather = 2 * time.Millisecond

// commitAll is the committer. It ends when the queue is closed and empty.
//
// Where many write, it lets half of them gather before it begins: while those wait for the disk, the other half works
// on what it will write next. It never waits longer than a transaction takes, and not at all for one or two.
func (t *Table) commitAll() {
	defer close(t.ended)
	half, took := 0, time.Duration(0)
	for t.queue.wait() {
		// Those just answered often write again at once; let them get in line first.
		runtime.Gosched()
		t.queue.gather(half, min(took, longestGather))
		batch := t.queue.take()
		begun := t.now()
		t.commit(batch)
		took = t.now().Sub(begun)
		half = (len(batch) + t.queue.length()) / 2
	}
}

// commit does the writes of a batch in order, in one transaction, and answers each.
func (t *Table) commit(batch []*write) {
	answers, err := t.transact(batch)
	for i, w := range batch {
		if err != nil {
			w.done <- err
			continue
		}
		w.done <- answers[i]
	}
}

// transact returns the refusals of single writes, or the error because of which none of the batch was written.
func (t *Table) transact(batch []*write) ([]error, error) {
	tx, err := t.db.Begin(true)
	if err != nil {
		return nil, err
	}
	// After a Commit this does nothing.
	defer func() { _ = tx.Rollback() }()

	now := t.now()
	answers := make([]error, len(batch))
	changed := false
	for i, w := range batch {
		found, err := look(tx, w.changes, now)
		if err != nil {
			return nil, err
		}
		if answers[i] = demand(w.changes, found); answers[i] != nil {
			continue
		}
		did, err := perform(tx, w.changes, found)
		if err != nil {
			return nil, err
		}
		changed = changed || did
	}
	if !changed {
		return answers, nil
	}
	if err := sweep(tx, now); err != nil {
		return nil, err
	}
	return answers, tx.Commit()
}

// look returns what is there for each change.
func look(tx *bbolt.Tx, changes []table.Change, now time.Time) ([]record, error) {
	found := make([]record, len(changes))
	for i, c := range changes {
		var err error
		if found[i], err = find(tx, boltKey(c.Key), now); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// demand returns a *table.ConflictError if a demand does not hold.
func demand(changes []table.Change, found []record) error {
	var failed []table.Key
	for i, c := range changes {
		if !c.If.Holds(found[i].revision) {
			failed = append(failed, c.Key)
		}
	}
	if failed == nil {
		return nil
	}
	return &table.ConflictError{Keys: failed}
}

// perform does the changes and says whether there was anything to do.
func perform(tx *bbolt.Tx, changes []table.Change, found []record) (bool, error) {
	did := false
	for i, c := range changes {
		if c.Do == table.Keep || c.Do == table.Delete && found[i].revision == 0 {
			continue
		}
		did = true
		key, err := boltKey(c.Key), error(nil)
		if c.Do == table.Delete {
			err = remove(tx, key, found[i])
		} else {
			err = set(tx, key, found[i], record{found[i].revision + 1, table.ExpirySecond(c.Expires), c.Value})
		}
		if err != nil {
			return false, err
		}
	}
	return did, nil
}

// set puts r in the place of what was there.
func set(tx *bbolt.Tx, key []byte, was, r record) error {
	if err := dropExpiry(tx, key, was); err != nil {
		return err
	}
	if r.expires != 0 {
		if err := tx.Bucket(bucketExpiries).Put(expiryKey(r.expires, key), nil); err != nil {
			return err
		}
	}
	return tx.Bucket(bucketItems).Put(key, r.encode())
}

// remove deletes the record under key, which was there or had expired.
func remove(tx *bbolt.Tx, key []byte, was record) error {
	if err := dropExpiry(tx, key, was); err != nil {
		return err
	}
	return tx.Bucket(bucketItems).Delete(key)
}

// dropExpiry deletes the row among the expiries that belongs to a record, if there is one.
func dropExpiry(tx *bbolt.Tx, key []byte, was record) error {
	if was.expires == 0 {
		return nil
	}
	return tx.Bucket(bucketExpiries).Delete(expiryKey(was.expires, key))
}

// expiryKey orders expiries by time. Flipping the sign bit puts the years before 1970 first.
func expiryKey(second int64, key []byte) []byte {
	return append(binary.BigEndian.AppendUint64(nil, uint64(second)^1<<63), key...)
}

// sweep clears away the items that expired longest ago.
func sweep(tx *bbolt.Tx, now time.Time) error {
	due := string(expiryKey(now.Unix()+1, nil))
	var keys [][]byte
	cursor := tx.Bucket(bucketExpiries).Cursor()
	for k, _ := cursor.First(); k != nil && string(k) < due && len(keys) < maxSweep; k, _ = cursor.Next() {
		keys = append(keys, k[8:])
	}
	for _, key := range keys {
		was, err := find(tx, key, now)
		if err != nil {
			return err
		}
		if err := remove(tx, key, was); err != nil {
			return err
		}
	}
	return nil
}
