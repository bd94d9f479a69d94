package s3blobs

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

const (
	blockSize = 1 << 20 // what a jump fetches, or all of an object that is not larger than what is kept anyway
	maxBlocks = 4       // how many blocks are kept
	maxBreaks = 3       // how often in a row a stream may break without a byte
)

// reader reads an object by few requests. A jump fetches one block, and the last blocks are kept. Who begins at the beginning,
// or goes on where a read ended, past the blocks that are here, gets a stream to the end of the object.
type reader struct {
	size   int64
	block  int64
	get    func(off, n int64) (*s3.GetObjectOutput, error) // n < 0: to the end
	mu     sync.Mutex
	blocks []block // the last used first
	stream io.ReadCloser
	at     int64 // where the stream is
	last   int64 // where the last read ended
	closed bool
}

type block struct {
	off  int64
	data []byte
}

func newReader(size int64, get func(off, n int64) (*s3.GetObjectOutput, error)) *reader {
	r := &reader{size: size, block: blockSize, get: get, last: -1}
	if size <= maxBlocks*blockSize {
		r.block = size
	}
	return r
}

var errClosed = errors.New("the object is closed")

func (r *reader) readAt(p []byte, off int64) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return 0, errClosed
	}
	if off < 0 {
		return 0, fmt.Errorf("read at %d", off)
	}
	done := 0
	for done < len(p) && off < r.size {
		n, err := r.some(p[done:min(int64(len(p)), int64(done)+r.size-off)], off)
		if err != nil {
			return done, err
		}
		done, off = done+n, off+int64(n)
		r.last = off
	}
	if done < len(p) {
		return done, io.EOF
	}
	return done, nil
}

// some reads at least one byte at off.
func (r *reader) some(p []byte, off int64) (int, error) {
	if r.stream != nil && r.at == off {
		return r.flow(p)
	}
	if i := slices.IndexFunc(r.blocks, func(b block) bool { return b.off <= off && off < b.off+int64(len(b.data)) }); i >= 0 {
		found := r.blocks[i]
		r.blocks = slices.Insert(slices.Delete(r.blocks, i, i+1), 0, found)
		return copy(p, found.data[off-found.off:]), nil
	}
	if off == r.last || off == 0 && r.block < r.size {
		r.stop()
		r.at = off
		return r.flow(p)
	}
	return r.jump(p, off)
}

// flow reads from the stream, which is opened, and anew where it breaks.
func (r *reader) flow(p []byte) (int, error) {
	var err error
	for range maxBreaks {
		if r.stream == nil {
			out, err := r.get(r.at, -1)
			if err != nil {
				return 0, err
			}
			r.stream = out.Body
		}
		var n int
		n, err = r.stream.Read(p)
		r.at += int64(n)
		if n > 0 {
			return n, nil
		}
		if err != nil {
			r.stop()
		}
	}
	return 0, fmt.Errorf("the stream broke %d times: %w", maxBreaks, err)
}

// jump fetches the block that off is in.
func (r *reader) jump(p []byte, off int64) (int, error) {
	start := off - off%r.block
	n := min(r.block, r.size-start)
	out, err := r.get(start, n)
	if err != nil {
		return 0, err
	}
	data := make([]byte, n)
	_, err = io.ReadFull(out.Body, data)
	if err := errors.Join(err, out.Body.Close()); err != nil {
		return 0, err
	}
	r.blocks = slices.Insert(r.blocks[:min(len(r.blocks), maxBlocks-1)], 0, block{start, data})
	return copy(p, data[off-start:]), nil
}

func (r *reader) stop() {
	if r.stream != nil {
		_ = r.stream.Close() // only read from
		r.stream = nil
	}
}

func (r *reader) close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stop()
	r.closed, r.blocks = true, nil
	return nil
}

// sequential reads an object from its beginning.
type sequential struct {
	from *Object
	at   int64
}

func (s *sequential) Read(p []byte) (int, error) {
	n, err := s.from.ReadAt(p, s.at)
	s.at += int64(n)
	if n > 0 {
		return n, nil
	}
	return n, err
}
