// Package bolttable keeps a table in one bbolt file.
// It adds no meaning to keys or values, and one process at a time has the file.
// A synced transaction costs the disk the same whether it carries one write or a hundred: so there is one
// committer, and while it waits for the disk the next writes gather and then go together.
// Each is still all or nothing on its own, and sees those before it.
package bolttable

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"slipway/runner/table"
)

// lockWait is how long Open tries to get a file that another process has: enough for
// one that is just ending, short enough for a person to get the answer at once.
const lockWait = 300 * time.Millisecond

// format is the version of the layout within the file. Older programs refuse a file with a newer one.
const format = "1"

var (
	bucketItems    = []byte("items")    // partition NUL sort → header and value
	bucketExpiries = []byte("expiries") // second, then the key in items → nothing
	bucketAbout    = []byte("about")
	keyFormat      = []byte("format")
)

// Table is a table.Table in a file.
type Table struct {
	db    *bbolt.DB
	paged int // how large a page of the file is
	now   func() time.Time
	queue *queue
	ended chan struct{} // closed when the committer has ended
}

var _ table.Table = (*Table)(nil)

// Open opens the file, or makes it. Expiry goes by now. Close the table to let go of the file.
func Open(path string, now func() time.Time) (*Table, error) {
	_, err := os.Stat(path)
	isNew := errors.Is(err, os.ErrNotExist)
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: lockWait, FreelistType: bbolt.FreelistMapType})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, fmt.Errorf("%s is in use by another process; stop that one first, or work on a copy", path)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	err = prepare(db, path)
	if err == nil && isNew {
		err = syncFolder(filepath.Dir(path))
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	t := &Table{db: db, paged: db.Info().PageSize, now: now, queue: newQueue(), ended: make(chan struct{})}
	go t.commitAll()
	return t, nil
}

// prepare makes the buckets of a new file and refuses a file of another format.
func prepare(db *bbolt.DB, path string) error {
	var found string
	err := db.View(func(tx *bbolt.Tx) error {
		if about := tx.Bucket(bucketAbout); about != nil {
			found = string(about.Get(keyFormat))
		}
		return nil
	})
	if err != nil || found == format {
		return err
	}
	if found != "" {
		return fmt.Errorf("%s has the data format %s, this program knows %s: use the newer program, or restore a backup made before it", path, found, format)
	}
	return db.Update(func(tx *bbolt.Tx) error {
		for _, name := range [][]byte{bucketItems, bucketExpiries, bucketAbout} {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return tx.Bucket(bucketAbout).Put(keyFormat, []byte(format))
	})
}

// syncFolder makes the name of a new file durable. Windows has no such call and does it by itself.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Close finishes the writes that wait, refuses new ones, and lets go of the file.
func (t *Table) Close() error {
	t.queue.close()
	<-t.ended
	return t.db.Close()
}

// Copy writes the whole table, as it is at one moment, in the form of a file that Open takes. Writes go on meanwhile.
func (t *Table) Copy(w io.Writer) error {
	return t.view(context.Background(), func(tx *bbolt.Tx) error {
		_, err := tx.WriteTo(w)
		return err
	})
}

// PageSize is what the file is written in: a smaller value costs a page too.
func (t *Table) PageSize() int { return t.paged }

// Get implements table.Table.
func (t *Table) Get(ctx context.Context, k table.Key) (table.Item, error) {
	if err := k.Check(); err != nil {
		return table.Item{}, err
	}
	item := table.Item{Key: k}
	err := t.view(ctx, func(tx *bbolt.Tx) error {
		r, err := find(tx, boltKey(k), t.now())
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

func (t *Table) view(ctx context.Context, read func(*bbolt.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	err := t.db.View(read)
	if errors.Is(err, bolterrors.ErrDatabaseNotOpen) {
		return table.ErrClosed
	}
	return err
}
