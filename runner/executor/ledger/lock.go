package ledger

import (
	"errors"
	"io"
	"os"
	"strings"
)

// Lock is the right to change a target. The system frees it when the last
// process that has it dies, so nothing can be left locked.
type Lock struct{ file *os.File }

var errHeld = errors.New("held")

// Hold takes the target's lock for the attempt. When another process has it,
// the lock is nil and holder names its attempt.
func (l *Ledger) Hold(target, attempt string) (lock *Lock, holder string, err error) {
	f, err := os.OpenFile(l.Path("locks", target), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, "", err
	}
	if err := tryLock(f); err != nil {
		defer f.Close()
		if !errors.Is(err, errHeld) {
			return nil, "", err
		}
		b, err := io.ReadAll(io.LimitReader(f, 300))
		return nil, strings.TrimSpace(string(b)), err
	}
	if err := sign(f, attempt); err != nil {
		f.Close()
		return nil, "", err
	}
	return &Lock{file: f}, "", nil
}

// Holder names the attempt that has the target's lock, "" if it is free.
func (l *Ledger) Holder(target string) (string, error) {
	f, err := os.OpenFile(l.Path("locks", target), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if err := tryLock(f); !errors.Is(err, errHeld) {
		return "", err
	}
	b, err := io.ReadAll(io.LimitReader(f, 300))
	return strings.TrimSpace(string(b)), err
}

// Inherited is the lock that the starting process has handed down as an open
// file, or nil if that file is not a held lock.
func Inherited(f *os.File) *Lock {
	if f == nil || tryLock(f) != nil {
		return nil
	}
	return &Lock{file: f}
}

// File is what a child process must inherit to have the lock too.
func (k *Lock) File() *os.File { return k.file }

// Close gives up this process's part; a child that inherited the lock keeps it.
func (k *Lock) Close() error { return k.file.Close() }

func sign(f *os.File, attempt string) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.WriteAt([]byte(attempt), 0)
	return err
}
