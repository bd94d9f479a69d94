package bolttable

import (
	"crypto/rand"
	"errors"
	"time"

	"go.etcd.io/bbolt"
)

// When the log is brought into the bolt file. Two overlays and two files of the log are the most there is: one that is
// being brought there, one that takes writes; if that is full too, writes wait.
const (
	enough = 8 << 20         // bytes of an overlay from which on
	most   = 2 * enough      // bytes of an overlay from which on writes wait
	oldest = 5 * time.Second // how long a write stays out of the bolt file; after an error, when it is tried again
)

// limits are the three as a table has them.
type limits struct {
	enough, most int
	oldest       time.Duration
}

// begin begins the log, if there is none: the first write after Open needs it. The caller holds mu, as for the others.
func (t *Table) begin() error {
	if t.log.open() {
		return nil
	}
	var id logID
	if _, err := rand.Read(id[:]); err != nil {
		return err
	}
	if err := t.log.begin(id); err != nil {
		return err
	}
	err := t.db.Update(func(tx *bbolt.Tx) error { return putMark(tx, &mark{id, t.log.sequence}) })
	if err != nil {
		// The file may name this log or not. If it does, it is good that the files stay.
		return errors.Join(err, t.log.close())
	}
	return nil
}

// show has readers see a record of the log.
func (t *Table) show(body []byte) error {
	newest := t.layers.Load().newest
	if newest.empty() {
		t.age.Reset(t.limits.oldest)
	}
	if err := newest.apply(body, t.log.sequence); err != nil {
		return err
	}
	t.published.Store(t.log.sequence)
	if newest.bytes >= t.limits.enough {
		t.want()
	}
	return nil
}

// want asks for a checkpoint, and does not wait for it.
func (t *Table) want() {
	select {
	case t.due <- struct{}{}:
	default:
	}
}

// room returns when there is room for another batch, or the reason why there is none.
func (t *Table) room() error {
	for t.log.broken != nil || t.layers.Load().newest.bytes >= t.limits.most {
		t.want()
		for n := t.checkpoints; n == t.checkpoints; {
			t.checked.Wait()
		}
		if t.failure != nil {
			return t.failure
		}
	}
	return nil
}

// checkpointAll makes checkpoints until the table is closed.
func (t *Table) checkpointAll() {
	defer close(t.rested)
	for {
		select {
		case <-t.due:
		case <-t.age.C:
		case <-t.closing:
			return
		}
		t.checkpoint()
	}
}

// checkpoint brings into the bolt file what has gathered, while the next writes go on.
func (t *Table) checkpoint() {
	at, frozen := t.freeze()
	var err error
	if frozen != nil {
		err = absorb(t.db, t.now(), &at, frozen.last, frozen)
	}
	t.thaw(frozen, err)
}

// freeze begins a new overlay and lets the other file of the log take over. It returns the former one, with the mark
// that belongs to it; nil, if there is nothing to do.
func (t *Table) freeze() (mark, *overlay) {
	t.mu.Lock()
	defer t.mu.Unlock()
	above := t.layers.Load()
	if above.frozen == nil {
		if above.newest.empty() && t.log.broken == nil {
			return mark{}, nil
		}
		if t.log.broken != nil {
			t.log.burn()
			above.newest.last, above.newest.burned = t.log.sequence, true
		}
		t.log.turn()
		above = &layers{newest: newOverlay(), frozen: above.newest}
		t.layers.Store(above)
	}
	return mark{t.log.id, above.frozen.last}, above.frozen
}

// thaw lets go of what the bolt file now has, or keeps it for the next time after an error.
func (t *Table) thaw(frozen *overlay, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if frozen != nil && err == nil {
		t.layers.Store(&layers{newest: t.layers.Load().newest})
		if frozen.burned {
			t.log.broken = nil
		}
	}
	if err != nil {
		t.age.Reset(t.limits.oldest)
	}
	t.failure = err
	t.checkpoints++
	t.checked.Broadcast()
}

// finish brings everything into the bolt file, which then needs no log.
func (t *Table) finish() error {
	if !t.log.open() {
		return nil
	}
	if err := absorb(t.db, t.now(), nil, t.log.sequence, t.layers.Load().all()...); err != nil {
		return errors.Join(err, t.log.close())
	}
	// What is left of the log belongs to nothing any more.
	_ = t.log.remove()
	return nil
}
