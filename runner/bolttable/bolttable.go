// Package bolttable keeps a table in one bbolt file with a log beside it.
// It adds no meaning to keys or values, and one process at a time has the file.
//
// A transaction of bbolt writes a page for every place it touches and syncs twice; a log writes the changes alone and
// syncs once, and that costs the disk the same whether they are of one write or of a hundred. So there is one
// committer. While it waits for the disk the next writes gather; then it decides them in order, each all or nothing on
// its own and seeing those before it, and puts them into the log as one record. What the log holds and the file does
// not yet lies in memory as an overlay, ordered like the file, and readers see the two as one. From time to time a
// checkpoint brings the overlay into the file; Close does, and then the file is all there is.
//
// After a crash Open finds in the file which log belongs to it and how far it has it, and brings in the rest.
package bolttable

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"slipway/runner/table"
)

// lockWait is how long Open tries to get a file that another process has: enough for
// one that is just ending, short enough for a person to get the answer at once.
const lockWait = 300 * time.Millisecond

// Table is a table.Table in a file.
type Table struct {
	db     *bbolt.DB
	paged  int // how large a page of the file is
	now    func() time.Time
	limits limits
	queue  *queue

	layers    atomic.Pointer[layers]
	published atomic.Uint64 // the sequence up to which readers see writes

	mu          sync.Mutex // of the log, of changes to layers, and of what follows
	log         *log
	checkpoints int        // so many were tried
	failure     error      // why the last of them failed
	checked     *sync.Cond // told after each
	draft       draft      // of the committer

	due     chan struct{} // a checkpoint is wanted
	age     *time.Timer   // the first write after a checkpoint has grown old
	closing chan struct{}
	ended   chan struct{} // closed when the committer has ended
	rested  chan struct{} // closed when checkpoints have ended
	close   func() error
}

var _ table.Table = (*Table)(nil)

// Open opens the file, or makes it. Expiry goes by now. Close the table to let go of the file.
func Open(path string, now func() time.Time) (*Table, error) {
	return open(path, now, osDisk{}, limits{enough, most, oldest})
}

func open(path string, now func() time.Time, on disk, l limits) (*Table, error) {
	_, err := os.Stat(path)
	isNew := errors.Is(err, os.ErrNotExist)
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: lockWait, FreelistType: bbolt.FreelistMapType})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, fmt.Errorf("%s is in use by another process; stop that one first, or work on a copy", path)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	at, err := prepare(db, path)
	if err == nil && isNew {
		err = syncFolder(filepath.Dir(path))
	}
	kept := newLog(on, path)
	if err == nil && at != nil {
		err = recover(db, path, now(), *at, kept)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	t := &Table{
		db: db, paged: db.Info().PageSize, now: now, limits: l, queue: newQueue(), log: kept,
		due: make(chan struct{}, 1), age: time.NewTimer(l.oldest),
		closing: make(chan struct{}), ended: make(chan struct{}), rested: make(chan struct{}),
	}
	t.age.Stop()
	t.checked = sync.NewCond(&t.mu)
	t.layers.Store(&layers{newest: newOverlay()})
	t.close = sync.OnceValue(t.end)
	go t.commitAll()
	go t.checkpointAll()
	return t, nil
}

// recover brings into the file what its log has beyond it.
func recover(db *bbolt.DB, path string, now time.Time, at mark, kept *log) error {
	contents, err := kept.contents()
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s was not closed, and its log is not there (%w): copy %s and %s to it from where it came from; "+
			"or give up what was written last, by an empty file in the place of each that is missing", path, err, kept.paths[0], kept.paths[1])
	}
	if err != nil {
		return err
	}
	rest, err := replay(at.id, at.sequence, contents...)
	if err != nil {
		return err
	}
	if err := absorb(db, now, nil, rest.last, rest); err != nil {
		return fmt.Errorf("bring the log into %s: %w", path, err)
	}
	_ = kept.remove() // files that stay are of the past, which the log knows by its id
	return nil
}

// Close finishes the writes that wait, refuses new ones, and lets go of the file, which then holds everything.
func (t *Table) Close() error { return t.close() }

func (t *Table) end() error {
	t.queue.close()
	<-t.ended
	close(t.closing)
	<-t.rested
	t.age.Stop()
	return errors.Join(t.finish(), t.db.Close())
}

// PageSize is what the file is written in: a smaller value costs a page too.
func (t *Table) PageSize() int { return t.paged }

// Get implements table.Table.
func (t *Table) Get(ctx context.Context, k table.Key) (table.Item, error) {
	if err := k.Check(); err != nil {
		return table.Item{}, err
	}
	item := table.Item{Key: k}
	err := t.view(ctx, func(s snapshot) error {
		r, err := s.find(boltKey(k), t.now())
		if err != nil {
			return err
		}
		if r.revision == 0 {
			return fmt.Errorf("%s: %w", k, table.ErrNotFound)
		}
		r.fill(&item)
		return nil
	})
	if err != nil {
		return table.Item{}, err
	}
	return item, nil
}
