package bolttable

import (
	"context"
	"errors"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"slipway/runner/table"
)

// layers lie above the bolt file. Frozen is what a checkpoint brings into it, and nil while none is under way.
type layers struct{ newest, frozen *overlay }

// all are the layers that are there, the older first.
func (l *layers) all() []*overlay {
	if l.frozen == nil {
		return []*overlay{l.newest}
	}
	return []*overlay{l.frozen, l.newest}
}

// snapshot is the table at one moment: all of the writes up to a sequence, and nothing of those after it.
type snapshot struct {
	tx       *bbolt.Tx
	layers   *layers
	sequence uint64
}

// snapshot returns the table as it is now. It must be closed soon: the file's space is not used again meanwhile.
func (t *Table) snapshot() (snapshot, error) {
	for {
		above := t.layers.Load()
		tx, err := t.db.Begin(false)
		if errors.Is(err, bolterrors.ErrDatabaseNotOpen) {
			return snapshot{}, table.ErrClosed
		}
		if err != nil {
			return snapshot{}, err
		}
		// If the layers have not changed meanwhile, the file has either nothing or all of the frozen one, and nothing
		// of the newest.
		if t.layers.Load() == above {
			return snapshot{tx, above, t.published.Load()}, nil
		}
		if err := tx.Rollback(); err != nil {
			return snapshot{}, err
		}
	}
}

func (s snapshot) close() { _ = s.tx.Rollback() }

// view has a snapshot read.
func (t *Table) view(ctx context.Context, read func(snapshot) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s, err := t.snapshot()
	if err != nil {
		return err
	}
	defer s.close()
	return read(s)
}

// find returns the record under key, or none if there is none or it has expired.
func (s snapshot) find(key []byte, now time.Time) (record, error) {
	r, err := decode(key, s.raw(key))
	if err != nil || r.expired(now) {
		return record{}, err
	}
	return r, nil
}

func (s snapshot) raw(key []byte) []byte {
	for _, o := range [...]*overlay{s.layers.newest, s.layers.frozen} {
		if o == nil {
			continue
		}
		if value, known := o.get(key, s.sequence); known {
			return value
		}
	}
	return s.tx.Bucket(bucketItems).Get(key)
}

// walk walks through all layers and the file at once.
func (s snapshot) walk() *merged {
	m := &merged{}
	m.add(&overlayCursor{of: s.layers.newest, sequence: s.sequence})
	if s.layers.frozen != nil {
		m.add(&overlayCursor{of: s.layers.frozen, sequence: s.sequence})
	}
	m.add(boltCursor{s.tx.Bucket(bucketItems).Cursor()})
	return m
}
