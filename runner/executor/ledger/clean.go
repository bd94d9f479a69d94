package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"slipway/pipelines/task"
)

// Keep is how long an attempt is remembered after its last change.
const Keep = 30 * 24 * time.Hour

// Clean forgets attempts that ended long ago. The floor rises first: an order
// not younger than a forgotten one is refused from then on, because nobody
// could say whether it ran. Both times are the server's, so a host whose clock
// is wrong does not refuse fresh orders.
func (l *Ledger) Clean(now time.Time) error {
	entries, err := l.on.ReadDir(l.Path("attempts"))
	if err != nil {
		return err
	}
	for _, entry := range entries {
		a := l.attempt(entry.Name())
		info, err := l.on.Stat(a.Path("end.json"))
		if errors.Is(err, fs.ErrNotExist) && !a.Known() {
			info, err = l.on.Stat(a.dir) // expected, and never accepted
		}
		if err != nil || now.Sub(info.ModTime()) < Keep {
			continue
		}
		o, err := a.Order()
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			continue // damaged: keep it for somebody to look at
		}
		if err := l.raiseFloor(o.Created); err != nil {
			return err
		}
		if err := a.remove(); err != nil {
			return err
		}
	}
	return errors.Join(l.cleanFolder("packages", now), l.cleanFolder("never", now))
}

// remove removes the order first: what is left, should this be killed, is never an
// order that waits to be run.
func (a Attempt) remove() error {
	if err := remove(a.on, a.Path("order.json")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return a.on.RemoveAll(a.dir)
}

// cleanFolder drops what nobody has asked for in the same time: packages, and
// marks of attempts that were refused before there was an executor to do it.
func (l *Ledger) cleanFolder(name string, now time.Time) error {
	entries, err := l.on.ReadDir(l.Path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || now.Sub(info.ModTime()) < Keep {
			continue
		}
		if err := l.on.Remove(l.Path(name, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}

func (l *Ledger) raiseFloor(to time.Time) error {
	floor, err := l.floor()
	if err != nil {
		return err
	}
	if !to.After(floor) {
		return l.on.SyncDir(l.root) // whoever raised it may have been killed before that
	}
	b, err := to.MarshalText()
	if err != nil {
		return err
	}
	return replace(l.on, l.Path("floor"), b)
}

func (l *Ledger) floor() (t time.Time, err error) {
	b, err := l.on.ReadFile(l.Path("floor"))
	if errors.Is(err, fs.ErrNotExist) {
		return t, nil
	}
	if err != nil {
		return t, err
	}
	return t, t.UnmarshalText(b)
}

func (l *Ledger) refuseOld(o task.Order) error {
	floor, err := l.floor()
	if err != nil {
		return err
	}
	if floor.IsZero() || o.Created.After(floor) {
		return nil
	}
	return &ForgottenError{fmt.Sprintf("order %s was made %s, and this host has forgotten attempts up to %s: it may have run already. Deploy again to make a new order",
		o.ID, o.Created.UTC().Format(time.RFC3339), floor.UTC().Format(time.RFC3339))}
}

// ForgottenError says that an order is older than what this host remembers: it
// will not run, and may have run.
type ForgottenError struct{ message string }

func (e *ForgottenError) Error() string { return e.message }
