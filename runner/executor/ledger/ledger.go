// Package ledger is the host's memory of attempts: which orders came, whether
// their payload began, what it printed, how it ended.
//
// It runs nothing and knows no kind of work. The idea a newcomer would miss:
// every step forward is the exclusive creation of one file (order.json,
// started, end.json), synced before the next thing happens. So the payload of
// an attempt begins at most once, whatever is killed at whatever moment, and
// what nobody can know is said as "unknown" instead of being tried again.
package ledger

import (
	"fmt"
	"path/filepath"
	"runtime"

	"slipway/runner/executor/winnames"
)

// Ledger is the folder with everything the executor keeps on a host.
type Ledger struct {
	root string
	on   Machine
}

// Open opens the ledger of the machine that this process runs on.
func Open(root string) (*Ledger, error) { return OpenOn(System(), root) }

// OpenOn makes the folder where it is missing, readable by its owner only.
func OpenOn(on Machine, root string) (*Ledger, error) {
	l := &Ledger{root: root, on: on}
	return l, l.make()
}

// make makes the folders that are missing. That of the locks comes last, once the
// others are durable: so where it is there, no power cut takes them any more. What
// it holds a power cut may take.
func (l *Ledger) make() error {
	for _, name := range []string{"attempts", "packages", "undo"} {
		if err := l.on.MkdirAll(l.Path(name)); err != nil {
			return err
		}
	}
	if _, err := l.on.Stat(l.Path("locks")); err == nil {
		return nil
	}
	for _, dir := range []string{l.root, filepath.Dir(l.root)} {
		if err := l.on.SyncDir(dir); err != nil {
			return err
		}
	}
	return l.on.MkdirAll(l.Path("locks"))
}

// Path leads to something inside the ledger's folder.
func (l *Ledger) Path(elem ...string) string {
	return filepath.Join(append([]string{l.root}, elem...)...)
}

// Attempt is one attempt's place, whether or not it has been seen.
func (l *Ledger) Attempt(id string) (Attempt, error) {
	if err := CheckName("attempt", id); err != nil {
		return Attempt{}, err
	}
	return l.attempt(id), nil
}

func (l *Ledger) attempt(id string) Attempt {
	return Attempt{ID: id, dir: l.Path("attempts", id), on: l.on}
}

// CheckName refuses what could not be a plain file name on every system. Names
// of our own that must not collide begin with a dot.
func CheckName(what, name string) error {
	if !safe(name) {
		return fmt.Errorf("%q is no %s id: letters, digits, '-', '_' and '.', beginning with a letter or digit, at most 200", name, what)
	}
	if runtime.GOOS == "windows" {
		return winnames.Part(name)
	}
	return nil
}

// safe is a loop because each call of the program would compile a regular
// expression with such a count anew, which takes longer than all else it does at
// its start.
func safe(name string) bool {
	for i, c := range []byte(name) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && (i == 0 || c != '.' && c != '_' && c != '-') {
			return false
		}
	}
	return name != "" && len(name) <= 200
}
