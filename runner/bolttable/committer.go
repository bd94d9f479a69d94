package bolttable

import (
	"runtime"
	"time"

	"slipway/runner/table"
)

// longestGather is how long a write waits at most for others to come along.
const longestGather = 2 * time.Millisecond

// commitAll is the committer. It ends when the queue is closed and empty.
//
// Where many write, it lets half of them gather before it begins: while those wait for the disk, the other half works
// on what it will write next. It never waits longer than a commit takes, and not at all for one or two.
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

// commit does the writes of a batch in order, by one record of the log, and answers each.
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
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.room(); err != nil {
		return nil, err
	}
	body, answers, err := t.weigh(batch)
	if err != nil || len(body) == frameHead {
		return answers, err
	}
	if err := t.begin(); err != nil {
		return nil, err
	}
	if err := t.log.append(body); err != nil {
		return nil, err
	}
	return answers, t.show(body[frameHead:])
}

// weigh decides which writes are done, and returns the body of the record that says so behind the room for its head.
func (t *Table) weigh(batch []*write) ([]byte, []error, error) {
	s, err := t.snapshot()
	if err != nil {
		return nil, nil, err
	}
	defer s.close()
	d := &t.draft
	d.begin(s, t.now(), make([]byte, frameHead, roomFor(batch)))
	defer d.end()
	answers := make([]error, len(batch))
	for i, w := range batch {
		answers[i] = d.write(w.changes)
	}
	return d.body, answers, nil
}

// roomFor is about how long the record of a batch becomes.
func roomFor(batch []*write) int {
	const each = 40 // lengths, revision, expiry, padding
	n := frameHead + frameAlign
	for _, w := range batch {
		n += w.size + each*len(w.changes)
	}
	return n
}

// draft is a record of the log that is being written.
type draft struct {
	below   snapshot
	now     time.Time
	body    []byte
	changed map[string]record // what the writes before have made of items

	// Used again and again.
	key   []byte
	found []record
}

func (d *draft) begin(below snapshot, now time.Time, body []byte) {
	d.below, d.now, d.body = below, now, body
	if d.changed == nil {
		d.changed = map[string]record{}
	}
}

// end lets go of what the batch was about.
func (d *draft) end() {
	d.below, d.body = snapshot{}, nil
	clear(d.changed)
	clear(d.found[:cap(d.found)]) // of all writes, also longer ones before the last
}

// write adds the changes of a write, or says why it is refused.
func (d *draft) write(changes []table.Change) error {
	found := d.found[:0]
	var failed []table.Key
	for i := range changes {
		c := &changes[i]
		is, err := d.find(c.Key)
		if err != nil {
			return err
		}
		found = append(found, is)
		if !c.If.Holds(is.revision) {
			failed = append(failed, c.Key)
		}
	}
	d.found = found
	if failed != nil {
		return &table.ConflictError{Keys: failed}
	}
	for i := range changes {
		d.change(&changes[i], found[i].revision)
	}
	return nil
}

func (d *draft) find(k table.Key) (record, error) {
	d.key = appendKey(d.key[:0], k)
	if r, ok := d.changed[string(d.key)]; ok {
		if r.expired(d.now) {
			return record{}, nil
		}
		return r, nil
	}
	return d.below.find(d.key, d.now)
}

// change adds one change of an item that was at revision.
func (d *draft) change(c *table.Change, revision int64) {
	if c.Do == table.Keep || c.Do == table.Delete && revision == 0 {
		return
	}
	d.key = appendKey(d.key[:0], c.Key)
	is := record{}
	if c.Do == table.Set {
		is = record{revision + 1, table.ExpirySecond(c.Expires), c.Value}
		d.body = appendSet(d.body, d.key, is)
	} else {
		d.body = appendRemove(d.body, d.key)
	}
	d.changed[string(d.key)] = is
}
