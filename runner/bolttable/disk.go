package bolttable

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// disk is what the log needs of a file system. A crash keeps of a file what was there at its last Sync, and of what was
// written since then anything.
type disk interface {
	// Open opens a file, and makes it if it is missing. SyncNames makes its name durable.
	Open(path string) (logFile, error)
	SyncNames(folder string) error
	// Read returns the whole of a file; fs.ErrNotExist if it is missing.
	Read(path string) ([]byte, error)
	Remove(path string) error
}

type logFile interface {
	io.WriterAt
	io.Closer
	Size() (int64, error)
	Sync() error
}

// osDisk is the disk of the machine.
type osDisk struct{}

type osFile struct{ *os.File }

func (osDisk) Open(path string) (logFile, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	return osFile{f}, nil
}

func (osDisk) SyncNames(folder string) error { return syncFolder(folder) }

func (osDisk) Read(path string) ([]byte, error) { return os.ReadFile(path) }

func (osDisk) Remove(path string) error {
	err := os.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (f osFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// Sync makes the content durable, and of what the system notes about the file only what is needed to read it.
func (f osFile) Sync() error { return syncData(f.File) }

// syncFolder makes the name of a new file durable. Windows has no such call and does it by itself.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(filepath.Clean(path))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
