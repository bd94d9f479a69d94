package diskblobs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"

	"slipway/runner/blobs"
)

// mark ends every file. It tells a blob from a file that somebody put there, and carries the version of the form.
const mark = "slipway1"

const trailerSize = sha256.Size + len(mark)

func trailer(sum []byte) []byte { return append(bytes.Clone(sum), mark...) }

// Get implements blobs.Blobs. Whoever reads to the end has read the bytes that were put, or gets an error.
func (s *Store) Get(ctx context.Context, name string) (io.ReadCloser, blobs.Info, error) {
	f, info, err := s.open(ctx, name)
	if err != nil {
		return nil, blobs.Info{}, err
	}
	return &whole{name: name, f: f, r: io.LimitReader(f, info.Size), hash: sha256.New(), want: info.SHA256}, info, nil
}

// GetRange implements blobs.Blobs.
func (s *Store) GetRange(ctx context.Context, name string, off, n int64) (io.ReadCloser, error) {
	if off < 0 {
		return nil, fmt.Errorf("%w: a range of %s from %d on", blobs.ErrInvalid, name, off)
	}
	f, info, err := s.open(ctx, name)
	if err != nil {
		return nil, err
	}
	rest := max(info.Size-off, 0)
	if n < 0 || n > rest {
		n = rest
	}
	return part{io.NewSectionReader(f, off, n), f}, nil
}

// part reads some bytes of an open file and closes it.
type part struct {
	io.Reader
	io.Closer
}

func (s *Store) open(ctx context.Context, name string) (*os.File, blobs.Info, error) {
	path, err := s.path(name)
	if err != nil {
		return nil, blobs.Info{}, err
	}
	if err := ctx.Err(); err != nil {
		return nil, blobs.Info{}, err
	}
	f, err := os.Open(path)
	if absent(err) {
		return nil, blobs.Info{}, fmt.Errorf("%s: %w", name, blobs.ErrNotFound)
	}
	if err != nil {
		return nil, blobs.Info{}, fmt.Errorf("read the blob %s: %w", name, err)
	}
	info, err := describe(f, name)
	if err != nil {
		_ = f.Close() // only read from
		return nil, blobs.Info{}, err
	}
	return f, info, nil
}

// describe reads the trailer.
func describe(f *os.File, name string) (blobs.Info, error) {
	at, err := f.Stat()
	if err != nil {
		return blobs.Info{}, fmt.Errorf("read the blob %s: %w", name, err)
	}
	size := at.Size() - int64(trailerSize)
	end := make([]byte, trailerSize)
	if size < 0 {
		return blobs.Info{}, damaged(name)
	}
	if _, err := f.ReadAt(end, size); err != nil {
		return blobs.Info{}, fmt.Errorf("read the blob %s: %w", name, err)
	}
	if string(end[sha256.Size:]) != mark {
		return blobs.Info{}, damaged(name)
	}
	return blobs.Info{Name: name, Size: size, SHA256: hex.EncodeToString(end[:sha256.Size]), Modified: at.ModTime()}, nil
}

func damaged(name string) error {
	return fmt.Errorf("the blob %s is damaged on disk: it is not what was put; restore it from a backup", name)
}

// whole reads a blob and compares its hash at the end.
type whole struct {
	name string
	f    *os.File
	r    io.Reader
	hash hash.Hash
	want string
}

func (w *whole) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	w.hash.Write(p[:n])
	if err == io.EOF && hex.EncodeToString(w.hash.Sum(nil)) != w.want {
		return n, damaged(w.name)
	}
	return n, err
}

func (w *whole) Close() error { return w.f.Close() }
