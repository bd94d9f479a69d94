package simulation

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"slipway/runner/blobs"
)

// files is a blob store in memory, whole and without faults.
type files struct {
	now func() time.Time

	mu    sync.Mutex
	names []string
	all   map[string]file
}

type file struct {
	info  blobs.Info
	bytes []byte
}

func newFiles(now func() time.Time) *files { return &files{now: now, all: map[string]file{}} }

func (f *files) copied(now func() time.Time) *files {
	f.mu.Lock()
	defer f.mu.Unlock()
	return &files{now: now, names: slices.Clone(f.names), all: maps.Clone(f.all)}
}

func (f *files) Put(ctx context.Context, name string, r io.Reader) (blobs.Info, error) {
	if err := blobs.CheckName(name); err != nil {
		return blobs.Info{}, err
	}
	b, err := io.ReadAll(r)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return blobs.Info{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, there := f.all[name]; there {
		return blobs.Info{}, fmt.Errorf("%w: %s", blobs.ErrExists, name)
	}
	return f.set(name, b), nil
}

// overwrite is how hosts put their reports.
func (f *files) overwrite(name string, b []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.set(name, b)
}

func (f *files) set(name string, b []byte) blobs.Info {
	sum := sha256.Sum256(b)
	info := blobs.Info{Name: name, Size: int64(len(b)), SHA256: hex.EncodeToString(sum[:]), Modified: f.now()}
	if at, there := slices.BinarySearch(f.names, name); !there {
		f.names = slices.Insert(f.names, at, name)
	}
	f.all[name] = file{info, b}
	return info
}

func (f *files) find(ctx context.Context, name string) (file, error) {
	if err := blobs.CheckName(name); err != nil {
		return file{}, err
	}
	if err := ctx.Err(); err != nil {
		return file{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	found, ok := f.all[name]
	if !ok {
		return file{}, fmt.Errorf("%w: %s", blobs.ErrNotFound, name)
	}
	return found, nil
}

func (f *files) Get(ctx context.Context, name string) (io.ReadCloser, blobs.Info, error) {
	found, err := f.find(ctx, name)
	if err != nil {
		return nil, blobs.Info{}, err
	}
	return io.NopCloser(bytes.NewReader(found.bytes)), found.info, nil
}

func (f *files) GetRange(ctx context.Context, name string, off, n int64) (io.ReadCloser, error) {
	found, err := f.find(ctx, name)
	if err != nil {
		return nil, err
	}
	if off < 0 {
		return nil, fmt.Errorf("%w: a range of %s from %d on", blobs.ErrInvalid, name, off)
	}
	b := found.bytes[min(off, int64(len(found.bytes))):]
	if n >= 0 {
		b = b[:min(n, int64(len(b)))]
	}
	return io.NopCloser(bytes.NewReader(b)), nil
}

func (f *files) List(ctx context.Context, prefix, after string, limit int) ([]blobs.Info, error) {
	if limit < 0 {
		return nil, fmt.Errorf("%w: a list of %q with the limit %d", blobs.ErrInvalid, prefix, limit)
	}
	if limit == 0 {
		limit = blobs.MaxList
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []blobs.Info
	from, _ := slices.BinarySearch(f.names, max(prefix, after))
	for _, name := range f.names[from:] {
		if !strings.HasPrefix(name, prefix) || len(out) == limit {
			break
		}
		if name > after {
			out = append(out, f.all[name].info)
		}
	}
	return out, nil
}

func (f *files) Delete(ctx context.Context, name string) error {
	if err := blobs.CheckName(name); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if at, there := slices.BinarySearch(f.names, name); there {
		f.names = slices.Delete(f.names, at, at+1)
		delete(f.all, name)
	}
	return nil
}
