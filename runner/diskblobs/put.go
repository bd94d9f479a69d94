package diskblobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"slipway/runner/blobs"
)

// Put implements blobs.Blobs.
func (s *Store) Put(ctx context.Context, name string, r io.Reader) (blobs.Info, error) {
	path, err := s.path(name)
	if err != nil {
		return blobs.Info{}, err
	}
	if _, err := os.Lstat(path); err == nil {
		return blobs.Info{}, fmt.Errorf("%s: %w", name, blobs.ErrExists)
	}
	info, err := s.put(path, whileAlive{ctx, r})
	if errors.Is(err, fs.ErrExist) {
		return blobs.Info{}, fmt.Errorf("%s: %w", name, blobs.ErrExists)
	}
	if err != nil {
		return blobs.Info{}, fmt.Errorf("put the blob %s: %w", name, err)
	}
	info.Name = name
	return info, nil
}

// put writes beside and then gives the file its name. The file beside is gone afterwards in any case.
func (s *Store) put(path string, r io.Reader) (blobs.Info, error) {
	beside, err := os.CreateTemp(filepath.Join(s.dir, unfinished), "put-*")
	if err != nil {
		return blobs.Info{}, err
	}
	defer func() { _ = os.Remove(beside.Name()) }()
	info, err := write(beside, r)
	if err := errors.Join(err, beside.Close()); err != nil {
		return blobs.Info{}, err
	}
	if err := s.name(beside.Name(), path); err != nil {
		return blobs.Info{}, err
	}
	return info, nil
}

// write fills the file with the bytes and the trailer and waits for the disk.
func write(f *os.File, r io.Reader) (blobs.Info, error) {
	h := sha256.New()
	size, err := io.Copy(f, io.TeeReader(r, h))
	if err != nil {
		return blobs.Info{}, err
	}
	sum := h.Sum(nil)
	if _, err := f.Write(trailer(sum)); err != nil {
		return blobs.Info{}, err
	}
	if err := f.Sync(); err != nil {
		return blobs.Info{}, err
	}
	at, err := f.Stat()
	if err != nil {
		return blobs.Info{}, err
	}
	return blobs.Info{Size: size, SHA256: hex.EncodeToString(sum), Modified: at.ModTime()}, nil
}

// name links the finished file to its path, durably. A link, unlike a rename, fails if the name is taken.
func (s *Store) name(beside, path string) error {
	err := s.link(beside, path)
	if absent(err) {
		err = s.linkInNew(beside, path)
	}
	if err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

func (s *Store) link(beside, path string) error {
	s.folders.RLock()
	defer s.folders.RUnlock()
	return os.Link(beside, path)
}

// linkInNew makes the folder first. It is not let go of in between, or a Delete might remove it, empty as it is.
func (s *Store) linkInNew(beside, path string) error {
	s.folders.Lock()
	defer s.folders.Unlock()
	if err := makeFolder(filepath.Dir(path)); err != nil {
		return err
	}
	return os.Link(beside, path)
}

// makeFolder makes a folder and those above it, each durable before anything is put into it.
func makeFolder(folder string) error {
	err := os.Mkdir(folder, 0o700)
	if absent(err) {
		if err := makeFolder(filepath.Dir(folder)); err != nil {
			return err
		}
		err = os.Mkdir(folder, 0o700)
	}
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return syncFolder(filepath.Dir(folder))
}

// whileAlive reads until the context ends.
type whileAlive struct {
	ctx context.Context
	r   io.Reader
}

func (w whileAlive) Read(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.r.Read(p)
}
