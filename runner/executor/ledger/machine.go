package ledger

import (
	"errors"
	"io"
	"io/fs"
	"time"
)

// Machine is what a ledger stands on, as one process sees it: a disk, locks
// that die with their process, and who is alive. There is the system's own, and
// one that loses power when a simulation says so. Errors for what is missing or
// there already are those of io/fs.
type Machine interface {
	// MkdirAll makes the folder and those above it, for its owner only.
	MkdirAll(dir string) error
	ReadDir(dir string) ([]fs.DirEntry, error)
	Stat(path string) (fs.FileInfo, error)
	ReadFile(path string) ([]byte, error)
	// Open opens a file to be read; what is appended later can be read too.
	Open(path string) (File, error)
	// Temp makes a new file in dir whose name begins with ".new-".
	Temp(dir string) (File, error)
	// Append opens a file to be written at its end, and makes it where it is
	// missing; fresh: it must be missing.
	Append(path string, fresh bool) (File, error)
	Truncate(path string, size int64) error
	// Link gives the file a second name, which must be free.
	Link(from, to string) error
	Rename(from, to string) error
	Remove(path string) error
	RemoveAll(path string) error
	// SyncDir makes durable which names stand in the folder.
	SyncDir(dir string) error
	// Lock takes the lock of that file, or returns ErrHeld.
	Lock(path string) (Held, error)

	// Self is the process that asks.
	Self() Process
	// Alive says whether that very process still runs.
	Alive(Process) bool
	// BootID is another text after every start, "" where unknown.
	BootID() string
	// Pause lets others go on for a moment.
	Pause(time.Duration)
}

// File is an open file of a Machine.
type File interface {
	io.ReadWriteSeeker
	io.Closer
	Name() string
	// Sync makes durable what was written.
	Sync() error
}

// Held is a lock of a Machine: it is free once it is closed by all processes
// that have it, or they are dead.
type Held interface {
	io.Closer
	// Sign writes into the locked file who has it.
	Sign(text string) error
}

// ErrHeld says that another process has the lock.
var ErrHeld = errors.New("held")
