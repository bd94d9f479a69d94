package bench

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"go.etcd.io/bbolt"
)

// floor is the least a step can cost where it is durable before the next one begins: its record, in a bbolt file.
type floor struct {
	b       *testing.B
	db      *bbolt.DB
	waiting chan record
	next    int
}

type record struct {
	key  string
	done chan error
}

func newFloor(b *testing.B) *floor {
	b.Helper()
	db, err := bbolt.Open(filepath.Join(b.TempDir(), "floor.db"), 0o600, nil)
	must(b, err)
	f := &floor{b: b, db: db, waiting: make(chan record, atOnce)}
	must(b, db.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucket([]byte("steps"))
		return err
	}))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		f.commitAll()
	}()
	b.Cleanup(func() {
		close(f.waiting)
		<-ended
		must(b, db.Close())
	})
	return f
}

// commitAll writes whatever waits as one transaction.
func (f *floor) commitAll() {
	for first := range f.waiting {
		batch := []record{first}
		for len(f.waiting) > 0 {
			batch = append(batch, <-f.waiting)
		}
		err := f.db.Update(func(tx *bbolt.Tx) error {
			for _, r := range batch {
				if err := tx.Bucket([]byte("steps")).Put([]byte(r.key), make([]byte, 1<<10)); err != nil {
					return err
				}
			}
			return nil
		})
		for _, r := range batch {
			r.done <- err
		}
	}
}

// steps writes the records of so many deployments at once, each one's steps one after the other.
func (f *floor) steps(deployments int) {
	var all sync.WaitGroup
	for range deployments {
		f.next++
		id := f.next
		all.Go(func() {
			done := make(chan error, 1)
			for step := range stepsEach {
				f.waiting <- record{fmt.Sprintf("%09d/%02d", id, step), done}
				if err := <-done; err != nil {
					f.b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}
