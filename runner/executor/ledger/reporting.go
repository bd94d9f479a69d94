package ledger

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
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
func (a Attempt) Expect() error { return os.MkdirAll(a.dir, 0o700) }

// Forget removes the place of an attempt that was not accepted.
func (a Attempt) Forget() { os.Remove(a.dir) } // only where it is empty

// Hold takes a lock of the attempt's own; nil if another process has it.
func (a Attempt) Hold(what string) (*Lock, error) {
	f, err := os.OpenFile(a.Path(what+".lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	err = tryLock(f)
	if err == nil {
		return &Lock{file: f}, nil
	}
	f.Close()
	if errors.Is(err, errHeld) {
		return nil, nil
	}
	return nil, err
}

// Grant takes the place of the one that is there.
func (a Attempt) Grant(g Grant) error {
	return a.alone(func() error {
		b, err := json.Marshal(g)
		if err != nil {
			return err
		}
		return ReplaceDurably(a.Path("grant"), b)
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
	err := readJSON(a.Path("grant"), &g)
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
		return RemoveDurably(a.Path("grant"))
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
		time.Sleep(2 * time.Millisecond)
	}
}
