package ledger

import (
	"io"
	"io/fs"
	"os"
	"time"

	"slipway/runner/executor/inuse"
)

// System is the machine that this process runs on.
func System() Machine { return system{} }

type system struct{}

func (system) MkdirAll(dir string) error                 { return makePrivate(dir) }
func (system) ReadDir(dir string) ([]fs.DirEntry, error) { return os.ReadDir(dir) }
func (system) Stat(path string) (fs.FileInfo, error)     { return os.Stat(path) }
func (system) Truncate(path string, size int64) error    { return os.Truncate(path, size) }
func (system) Link(from, to string) error                { return os.Link(from, to) }
func (system) SyncDir(dir string) error                  { return syncDir(dir) }
func (system) Pause(d time.Duration)                     { time.Sleep(d) }

// Readers of other calls may have these files open at that moment.

func (system) Rename(from, to string) error {
	return inuse.Retry(to, func() error { return os.Rename(from, to) })
}

func (system) Remove(path string) error {
	return inuse.Retry(path, func() error { return os.Remove(path) })
}

func (system) RemoveAll(path string) error {
	return inuse.Retry(path, func() error { return os.RemoveAll(path) })
}

func (system) Open(path string) (File, error) { return opened(openShared(path)) }

func (system) ReadFile(path string) ([]byte, error) {
	f, err := openShared(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

func (system) Temp(dir string) (File, error) { return opened(os.CreateTemp(dir, ".new-*")) }

func (system) Append(path string, fresh bool) (File, error) {
	flags := os.O_CREATE | os.O_WRONLY | os.O_APPEND
	if fresh {
		flags |= os.O_EXCL
	}
	return opened(os.OpenFile(path, flags, 0o600))
}

// opened keeps a nil *os.File from becoming a File that is not nil.
func opened(f *os.File, err error) (File, error) {
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (system) Lock(path string) (Held, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := tryLock(f); err != nil {
		f.Close()
		return nil, err
	}
	return lockedFile{f}, nil
}

// lockedFile is a lock as an open file, which a child process can inherit.
type lockedFile struct{ *os.File }

func (f lockedFile) Sign(text string) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.WriteAt([]byte(text), 0)
	return err
}
