package ledger

import (
	"encoding/json"
	"errors"
	"io/fs"
	"time"

	"slipway/pipelines/task"
)

// Grant is the leave to report an attempt, as the newest errand brought it. It
// is a secret: it stands in one file of the owner, until the end was reported.
type Grant struct {
	Nonce   string    `json:"nonce"` // the errand it came with
	Lines   task.Form `json:"lines"`
	Reports task.Form `json:"reports"`
	Since   int64     `json:"since,omitempty"`
	Came    time.Time `json:"came"`
}

// Expect makes the place of an attempt that is about to be accepted, so that
// whoever looks can tell it from one this host has never heard of.
func (a Attempt) Expect() error { return a.on.MkdirAll(a.dir) }

// Forget removes the place of an attempt that was not accepted.
func (a Attempt) Forget() { a.on.Remove(a.dir) } // only where it is empty

// Hold takes a lock of the attempt's own; nil if another process has it.
func (a Attempt) Hold(what string) (*Lock, error) {
	held, err := a.on.Lock(a.Path(what + ".lock"))
	if errors.Is(err, ErrHeld) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &Lock{held}, nil
}

// Grant takes the place of the one that is there.
func (a Attempt) Grant(g Grant) error {
	return a.alone(func() error {
		b, err := json.Marshal(g)
		if err != nil {
			return err
		}
		return replace(a.on, a.Path("grant"), b)
	})
}

// Granted reads the newest grant, nil if there is none. It reads under the lock
// too: a file that is open cannot be replaced everywhere.
func (a Attempt) Granted() (g *Grant, err error) {
	err = a.alone(func() error {
		g, err = a.granted()
		return err
	})
	return g, err
}

func (a Attempt) granted() (*Grant, error) {
	var g Grant
	err := a.readJSON(a.Path("grant"), &g)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return &g, err
}

// Spend removes the grant of this nonce; a newer one stays.
func (a Attempt) Spend(nonce string) error {
	return a.alone(func() error {
		g, err := a.granted()
		if err != nil || g == nil || g.Nonce != nonce {
			return err
		}
		return remove(a.on, a.Path("grant"))
	})
}

// alone keeps a newer grant from being removed in place of an older one.
func (a Attempt) alone(do func() error) error {
	for {
		lock, err := a.Hold("grant")
		if err != nil {
			return err
		}
		if lock != nil {
			defer lock.Close()
			return do()
		}
		a.on.Pause(2 * time.Millisecond)
	}
}
