package ledger

import (
	"errors"
	"io"
	"os"
	"strings"
)

// Lock is the right to change a target. The system frees it when the last
// process that has it dies, so nothing can be left locked.
type Lock struct{ held Held }

// Hold takes the target's lock for the attempt. When another process has it,
// the lock is nil and holder names its attempt.
func (l *Ledger) Hold(target, attempt string) (lock *Lock, holder string, err error) {
	held, err := l.on.Lock(l.Path("locks", target))
	if errors.Is(err, ErrHeld) {
		holder, err := l.signature(target)
		return nil, holder, err
	}
	if err != nil {
		return nil, "", err
	}
	if err := held.Sign(attempt); err != nil {
		held.Close()
		return nil, "", err
	}
	return &Lock{held}, "", nil
}

// Holder names the attempt that has the target's lock, "" if it is free.
func (l *Ledger) Holder(target string) (string, error) {
	held, err := l.on.Lock(l.Path("locks", target))
	if errors.Is(err, ErrHeld) {
		return l.signature(target)
	}
	if err != nil {
		return "", err
	}
	return "", held.Close()
}

func (l *Ledger) signature(target string) (string, error) {
	f, err := l.on.Open(l.Path("locks", target))
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, 300))
	return strings.TrimSpace(string(b)), err
}

// Inherited is the lock that the starting process has handed down as an open
// file, or nil if that file is not a held lock.
func Inherited(f *os.File) *Lock {
	if f == nil || tryLock(f) != nil {
		return nil
	}
	return &Lock{lockedFile{f}}
}

// HandedDown is the lock as a machine of its own kind has handed it down.
func HandedDown(held Held) *Lock { return &Lock{held} }

// Held is what a child process must inherit to have the lock too.
func (k *Lock) Held() Held { return k.held }

// File is Held where the system's own locks are used, else nil.
func (k *Lock) File() *os.File {
	f, _ := k.held.(lockedFile)
	return f.File
}

// Close gives up this process's part; a child that inherited the lock keeps it.
func (k *Lock) Close() error { return k.held.Close() }
