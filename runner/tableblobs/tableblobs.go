// Package tableblobs keeps the small ones of a store's blobs in a table.
// It does so below one prefix only: what lies outside goes to the other store, and so does what is large.
//
// A file of its own costs a folder or two, its own syncs, and theirs. An item of the table is durable with whatever
// else is written at that moment, by one sync for all. So a piece of output of a few lines costs what the turn costs
// that follows it. Which store has a blob, only its size says: a name is taken in one of the two at most.
//
// One process at a time uses the two.
package tableblobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"slipway/runner/blobs"
	"slipway/runner/table"
)

// mostBytes is what a small blob has at most. A larger one is not written twice, once to the table's log and once to
// its file, and is worth a file of its own.
const mostBytes = 8 << 10

// partition has all small blobs, by their names.
const partition = "blobs"

// Store is a blobs.Blobs in a table and another store.
type Store struct {
	table table.Table
	large blobs.Blobs
	under string
	now   func() time.Time
	names *names
}

var _ blobs.Blobs = (*Store)(nil)

// New keeps blobs whose names begin with under in t, if they are small, and all others in large. Blobs that large has
// from earlier stay where they are and are found there.
func New(t table.Table, large blobs.Blobs, under string, now func() time.Time) *Store {
	return &Store{table: t, large: large, under: under, now: now, names: newNames()}
}

func (s *Store) mayBeSmall(name string) bool { return strings.HasPrefix(name, s.under) }

func keyOf(name string) table.Key { return table.Key{Partition: partition, Sort: name} }

// Get implements blobs.Blobs.
func (s *Store) Get(ctx context.Context, name string) (io.ReadCloser, blobs.Info, error) {
	content, info, err := s.small(ctx, name)
	if errors.Is(err, blobs.ErrNotFound) {
		return s.large.Get(ctx, name)
	}
	if err != nil {
		return nil, blobs.Info{}, err
	}
	return io.NopCloser(bytes.NewReader(content)), info, nil
}

// GetRange implements blobs.Blobs.
func (s *Store) GetRange(ctx context.Context, name string, off, n int64) (io.ReadCloser, error) {
	content, _, err := s.small(ctx, name)
	if errors.Is(err, blobs.ErrNotFound) {
		return s.large.GetRange(ctx, name, off, n)
	}
	if err != nil {
		return nil, err
	}
	if off < 0 {
		return nil, fmt.Errorf("%w: a range of %s from %d on", blobs.ErrInvalid, name, off)
	}
	content = content[min(off, int64(len(content))):]
	if n >= 0 {
		content = content[:min(n, int64(len(content)))]
	}
	return io.NopCloser(bytes.NewReader(content)), nil
}

// small reads a blob that the table has; ErrNotFound says that the other store may have it.
func (s *Store) small(ctx context.Context, name string) ([]byte, blobs.Info, error) {
	if err := blobs.CheckName(name); err != nil {
		return nil, blobs.Info{}, err
	}
	if !s.mayBeSmall(name) {
		return nil, blobs.Info{}, blobs.ErrNotFound
	}
	item, err := s.table.Get(ctx, keyOf(name))
	if errors.Is(err, table.ErrNotFound) {
		return nil, blobs.Info{}, blobs.ErrNotFound
	}
	if err != nil {
		return nil, blobs.Info{}, fmt.Errorf("read the blob %s: %w", name, err)
	}
	return open(name, item.Value)
}

// Delete implements blobs.Blobs.
func (s *Store) Delete(ctx context.Context, name string) error {
	if err := blobs.CheckName(name); err != nil {
		return err
	}
	if !s.mayBeSmall(name) {
		return s.large.Delete(ctx, name)
	}
	s.names.hold(name)
	defer s.names.release(name)
	if err := s.table.Write(ctx, table.Remove(keyOf(name))); err != nil {
		return fmt.Errorf("delete the blob %s: %w", name, err)
	}
	return s.large.Delete(ctx, name)
}
