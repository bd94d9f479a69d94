// Package diskblobs keeps blobs as files below one folder.
// It keeps no index and nothing in memory: what is there is what the folder shows. One process at a time uses it.
// A file has the blob's bytes and then their hash, so that a Get can say what it reads and notice when the disk
// returns something else. It is written beside, synced, and only then given its name, which fails if the
// name is taken; so whatever the moment of a crash, a name has all of its bytes or does not exist.
package diskblobs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"slipway/runner/blobs"
)

// Names within the folder. No segment of a blob's name begins with a dot or has a comma in it, so half-written files
// never meet a blob, and the folder "a" of "a/b" never meets the file of the blob "a".
const (
	unfinished = ".unfinished"
	suffix     = ",blob"
)

// Store is a blobs.Blobs in a folder.
type Store struct {
	dir string
	// folders is held to make or remove folders, and shared to put a name into one that is there:
	// whoever finds a folder finds it durable, and none goes while a name goes into it.
	folders sync.RWMutex
}

var _ blobs.Blobs = (*Store)(nil)

// Open uses the folder, or makes it, and removes what a crash left half-written there.
func Open(dir string) (*Store, error) {
	beside := filepath.Join(dir, unfinished)
	if err := os.RemoveAll(beside); err != nil {
		return nil, fmt.Errorf("clear away unfinished blobs: %w", err)
	}
	if err := makeFolder(beside); err != nil {
		return nil, fmt.Errorf("make the blob folder: %w", err)
	}
	return &Store{dir: filepath.Clean(dir)}, nil
}

// path is where the blob of that name is.
func (s *Store) path(name string) (string, error) {
	if err := blobs.CheckName(name); err != nil {
		return "", err
	}
	return filepath.Join(s.dir, filepath.FromSlash(name)+suffix), nil
}

// Delete implements blobs.Blobs. Folders that become empty go too.
func (s *Store) Delete(ctx context.Context, name string) error {
	path, err := s.path(name)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	err = os.Remove(path)
	if absent(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("delete the blob %s: %w", name, err)
	}
	if err := syncFolder(filepath.Dir(path)); err != nil && !absent(err) {
		return fmt.Errorf("delete the blob %s: %w", name, err)
	}
	s.removeEmpty(filepath.Dir(path))
	return nil
}

// removeEmpty removes a folder and those above it as long as they are empty. A folder that is not refuses, which ends
// the climb. An empty folder that a crash leaves behind is harmless.
func (s *Store) removeEmpty(folder string) {
	s.folders.Lock()
	defer s.folders.Unlock()
	for folder != s.dir && os.Remove(folder) == nil {
		folder = filepath.Dir(folder)
	}
}

// absent says whether a file operation failed because there is no such file.
func absent(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// syncFolder makes the names in a folder durable. Windows has no such call and does it by itself.
func syncFolder(folder string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// blobName is the name of the blob in a file, given its path below the folder; false if it is not one's.
func blobName(rel string) (string, bool) {
	name, ok := strings.CutSuffix(filepath.ToSlash(rel), suffix)
	return name, ok
}
