package tableblobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"slipway/runner/blobs"
	"slipway/runner/table"
)

// Put implements blobs.Blobs.
func (s *Store) Put(ctx context.Context, name string, r io.Reader) (blobs.Info, error) {
	if err := blobs.CheckName(name); err != nil {
		return blobs.Info{}, err
	}
	if !s.mayBeSmall(name) {
		return s.large.Put(ctx, name, r)
	}
	content, err := io.ReadAll(io.LimitReader(r, mostBytes+1))
	if err != nil {
		return blobs.Info{}, fmt.Errorf("put the blob %s: %w", name, err)
	}
	if len(content) > mostBytes {
		return s.putLarge(ctx, name, io.MultiReader(bytes.NewReader(content), r))
	}
	return s.putSmall(ctx, name, content)
}

func (s *Store) putSmall(ctx context.Context, name string, content []byte) (blobs.Info, error) {
	s.names.hold(name)
	defer s.names.release(name)
	if err := s.absentAmongLarge(ctx, name); err != nil {
		return blobs.Info{}, err
	}
	value, info := sealed(name, content, s.now())
	err := s.table.Write(ctx, table.Create(keyOf(name), value))
	if errors.Is(err, table.ErrConflict) {
		return blobs.Info{}, taken(name)
	}
	if err != nil {
		return blobs.Info{}, fmt.Errorf("put the blob %s: %w", name, err)
	}
	return info, nil
}

// absentAmongLarge looks without reading: a range of nothing.
func (s *Store) absentAmongLarge(ctx context.Context, name string) error {
	r, err := s.large.GetRange(ctx, name, 0, 0)
	if errors.Is(err, blobs.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("put the blob %s: %w", name, err)
	}
	return errors.Join(taken(name), r.Close())
}

func taken(name string) error { return fmt.Errorf("%s: %w", name, blobs.ErrExists) }

// putLarge hands the blob to the other store. The name is held from the moment when all bytes are read: whoever puts
// slowly keeps nobody waiting, and yet no small blob of that name comes between.
func (s *Store) putLarge(ctx context.Context, name string, r io.Reader) (blobs.Info, error) {
	last := &lastMoment{r: r, then: func() error {
		s.names.hold(name)
		_, err := s.table.Get(ctx, keyOf(name))
		switch {
		case err == nil:
			return taken(name)
		case errors.Is(err, table.ErrNotFound):
			return io.EOF
		}
		return err
	}}
	defer func() {
		if last.came {
			s.names.release(name)
		}
	}()
	return s.large.Put(ctx, name, last)
}

// lastMoment asks at the end of what is read how to end.
type lastMoment struct {
	r    io.Reader
	then func() error
	came bool
	err  error
}

func (l *lastMoment) Read(p []byte) (int, error) {
	if l.came {
		return 0, l.err
	}
	n, err := l.r.Read(p)
	if err == io.EOF {
		l.came, l.err = true, l.then()
		err = l.err
	}
	return n, err
}
