package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"slipway/pipelines/task"
)

// Attempt is one order's folder.
type Attempt struct {
	ID  string
	dir string
	on  Machine
}

// ErrBegun says that the payload has begun before: it must not run again.
var ErrBegun = errors.New("the payload has begun already")

// Path leads to something inside the attempt's folder.
func (a Attempt) Path(name string) string { return filepath.Join(a.dir, name) }

// Accept makes the order durable. An order that is there stays as it is: the
// same id is the same attempt. Its folder is durable before the order stands in
// it, so what is known has only the folder's own names to lose.
func (l *Ledger) Accept(o task.Order) (Attempt, error) {
	a, err := l.Attempt(o.ID)
	if err != nil {
		return a, err
	}
	if a.Known() {
		return a, a.sync() // whoever wrote it may have been killed before that
	}
	if err := l.refuseOld(o); err != nil {
		return a, err
	}
	if err := l.on.MkdirAll(a.dir); err != nil {
		return a, err
	}
	if err := l.on.SyncDir(l.Path("attempts")); err != nil {
		return a, err
	}
	err = createJSON(a.on, a.Path("order.json"), o)
	if errors.Is(err, fs.ErrExist) {
		return a, a.sync()
	}
	return a, err
}

// sync makes durable which files the attempt has.
func (a Attempt) sync() error { return a.on.SyncDir(a.dir) }

// Known says whether the ledger holds the order.
func (a Attempt) Known() bool {
	_, err := a.on.Stat(a.Path("order.json"))
	return err == nil
}

// Order reads the accepted order.
func (a Attempt) Order() (o task.Order, err error) {
	return o, a.readJSON(a.Path("order.json"), &o)
}

// Came is when the order was accepted, by this host's clock.
func (a Attempt) Came() (time.Time, error) {
	info, err := a.on.Stat(a.Path("order.json"))
	if err != nil {
		return time.Time{}, err
	}
	return info.ModTime(), nil
}

// ClearWork removes what the payload worked in.
func (a Attempt) ClearWork() { a.on.RemoveAll(a.Path("work")) }

// Artifact reads a file that the payload wanted kept, by its hash.
func (a Attempt) Artifact(sha256 string) ([]byte, error) {
	return a.on.ReadFile(filepath.Join(a.Path("artifacts"), sha256))
}

// Begin records that p is about to run the payload, or returns ErrBegun. When
// it returns nil the record has reached the disk.
func (a Attempt) Begin(p Process) error {
	err := createJSON(a.on, a.Path("started"), p)
	if errors.Is(err, fs.ErrExist) {
		return ErrBegun
	}
	return err
}

// End records how the attempt ended. The first end stands; a later one is
// dropped without an error.
func (a Attempt) End(e task.End) error {
	err := createJSON(a.on, a.Path("end.json"), e)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

// Forbid leaves the wish that an attempt of which nothing is known ends before
// it begins. It is durable: an order that comes later finds it.
func (l *Ledger) Forbid(a Attempt) error {
	if err := a.Expect(); err != nil {
		return err
	}
	if err := l.on.SyncDir(l.Path("attempts")); err != nil {
		return err
	}
	return a.AskToStop()
}

// AskToStop leaves the wish that the attempt ends; its process looks for it.
func (a Attempt) AskToStop() error {
	err := createJSON(a.on, a.Path("stop"), true)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

// StopAsked says whether AskToStop was called.
func (a Attempt) StopAsked() bool {
	_, err := a.on.Stat(a.Path("stop"))
	return err == nil
}

// Report says how far the attempt has come, without lines. An attempt whose
// process died in the middle is settled as unknown here, once for all. An end
// that it tells stands, whatever happens to the host.
func (a Attempt) Report(now time.Time) (task.Report, error) {
	r := task.Report{Attempt: a.ID}
	if end, err := a.readEnd(); err != nil || end != nil {
		r.Phase, r.End = task.Ended, end
		return r, err
	}
	var p Process
	err := a.readJSON(a.Path("started"), &p)
	switch {
	case errors.Is(err, fs.ErrNotExist) && a.Known():
		r.Phase = task.Waiting
		return r, nil
	case errors.Is(err, fs.ErrNotExist):
		r.Phase = task.Absent
		return r, nil
	case err == nil && a.on.Alive(p):
		r.Phase = task.Running
		return r, nil
	}
	if _, unreadable := errors.AsType[*fs.PathError](err); unreadable {
		return r, err // nothing is settled by somebody who cannot look
	}
	// The process may have ended properly between our two looks.
	end, err := a.readEnd()
	if err == nil && end == nil {
		end, err = a.settle(p, now)
	}
	r.Phase, r.End = task.Ended, end
	return r, err
}

// readEnd reads how the attempt ended, nil if it has not. Whoever wrote it may not
// have synced it yet, or have been killed before that.
func (a Attempt) readEnd() (*task.End, error) {
	var end task.End
	err := a.readJSON(a.Path("end.json"), &end)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil {
		err = a.sync()
	}
	return &end, err
}

// settle writes the end of an attempt whose process is gone.
func (a Attempt) settle(p Process, now time.Time) (*task.End, error) {
	why := "its process was killed"
	if p.Boot != "" && p.Boot != a.on.BootID() {
		why = "the host was restarted"
	}
	doing := a.lastNote()
	if doing == "" {
		doing = "nothing had been printed yet"
	}
	a.ClearWork()
	if err := a.End(task.End{Outcome: task.Unknown, At: now, Message: fmt.Sprintf(
		"the attempt was interrupted (%s) and nobody can say how far it came; the last thing it said was: %s. Nothing is repeated by itself", why, doing)}); err != nil {
		return nil, err
	}
	return a.readEnd()
}

func (a Attempt) readJSON(path string, v any) error {
	b, err := a.on.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("%s is damaged: %w", path, err)
	}
	return nil
}
