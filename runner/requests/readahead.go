package requests

import (
	"context"
	"fmt"
	"io"
	"sync"

	"slipway/runner/blobs"
)

// How much is fetched at once: readStep, and as long as the reading goes
// straight on, twice as much each time up to readMost.
const (
	readStep = 256 << 10
	readMost = 4 << 20
)

// readAhead reads what can only be fetched in ranges, each of which costs a
// request: few bytes here and there, as in the directory of a zip, or all from
// front to back, as in a tar.
type readAhead struct {
	size  int64
	fetch func(off, n int64) (io.ReadCloser, error)

	mu     sync.Mutex
	at     int64  // where held begins
	held   []byte // what was fetched last
	buffer []byte // that held is a part of
	failed error  // why something could not be fetched
}

// blobReader reads a blob in ranges.
func blobReader(ctx context.Context, store blobs.Blobs, name string, size int64) *readAhead {
	return &readAhead{size: size, fetch: func(off, n int64) (io.ReadCloser, error) { return store.GetRange(ctx, name, off, n) }}
}

// ReadAt is io.ReaderAt's.
func (r *readAhead) ReadAt(p []byte, off int64) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	read := 0
	for read < len(p) {
		at := off + int64(read)
		if at >= r.size {
			return read, io.EOF
		}
		if at < r.at || at >= r.at+int64(len(r.held)) {
			if err := r.fill(at); err != nil {
				return read, err
			}
		}
		read += copy(p[read:], r.held[at-r.at:])
	}
	return read, nil
}

// fill fetches what stands at a place, with more before it at the end of the
// file, where archives that have a directory keep it.
func (r *readAhead) fill(at int64) error {
	n := int64(readStep)
	if len(r.held) > 0 && at == r.at+int64(len(r.held)) {
		n = min(2*int64(len(r.held)), readMost)
	} else if r.size-at < readStep {
		at = max(0, r.size-readStep)
	}
	n = min(n, r.size-at)
	if int64(cap(r.buffer)) < n {
		r.buffer = make([]byte, n)
	}
	r.at, r.held = at, nil
	if err := r.fetchInto(r.buffer[:n], at); err != nil {
		r.failed = fmt.Errorf("read %d bytes from %d on: %w", n, at, err)
		return r.failed
	}
	r.held = r.buffer[:n]
	return nil
}

func (r *readAhead) fetchInto(p []byte, at int64) error {
	from, err := r.fetch(at, int64(len(p)))
	if err != nil {
		return err
	}
	defer from.Close()
	_, err = io.ReadFull(from, p)
	return err
}

// trouble is why something could not be fetched, nil if all could. Whoever reads
// archives takes a failed read for a damaged file; this tells them apart.
func (r *readAhead) trouble() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failed
}
