package pretendhosts

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// folder is a host's ledger on disk:
//
//	row/000001.json    the attempts, numbered in the order they began
//	stops/<attempt>    when it was stopped
//	packages/<sha256>  delivered packages, empty files
//	payload.log        one line for each payload that ran
//
// A file of row appears with its content or not at all, and only one process
// can make number n: that is the lock of the target and the at-most-once of
// its payloads.
type folder struct{ dir string }

func (f *folder) numbered(n int) string {
	return filepath.Join(f.dir, "row", fmt.Sprintf("%06d.json", n+1))
}

// get reads the n-th attempt, counted from 0; nil if there is none.
func (f *folder) get(n int) (*attempt, error) {
	text, err := os.ReadFile(f.numbered(n))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	a := new(attempt)
	if err := json.Unmarshal(text, a); err != nil {
		return nil, fmt.Errorf("%s: %w", f.numbered(n), err)
	}
	return a, nil
}

// add makes a the n-th attempt unless there is one already.
func (f *folder) add(n int, a *attempt) (won bool, err error) {
	text, err := json.Marshal(a)
	if err != nil {
		return false, err
	}
	return f.once(f.numbered(n), text)
}

// ran writes the line of the last attempt of row behind those of the others. Its
// place and its bytes follow from the row: to write it twice, even from two
// processes at once, changes nothing.
func (f *folder) ran(row []*attempt) error {
	var line string
	at := int64(0)
	for _, a := range row {
		at += int64(len(line))
		line = a.logged()
	}
	log, err := os.OpenFile(filepath.Join(f.dir, "payload.log"), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = log.WriteAt([]byte(line), at)
	return errors.Join(err, log.Sync(), log.Close())
}

// logged is the attempt's line in payload.log; one that came too late has none.
func (a *attempt) logged() string {
	if expired(a.Order, a.Begun) {
		return ""
	}
	return fmt.Sprintf("%s %s\n", a.Order.ID, a.Begun.UTC().Format(time.RFC3339Nano))
}

func (f *folder) payloads() ([]string, error) {
	text, err := os.ReadFile(filepath.Join(f.dir, "payload.log"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var ids []string
	for line := range strings.Lines(string(text)) {
		id, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		ids = append(ids, id)
	}
	return ids, nil
}

func (f *folder) stop(id string, at time.Time) error {
	_, err := f.once(filepath.Join(f.dir, "stops", id), []byte(at.UTC().Format(time.RFC3339Nano)))
	return err
}

func (f *folder) stopped(id string) (time.Time, error) {
	text, err := os.ReadFile(filepath.Join(f.dir, "stops", id))
	if errors.Is(err, fs.ErrNotExist) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	return time.Parse(time.RFC3339Nano, string(text))
}

func (f *folder) keep(sum string) error {
	_, err := f.once(filepath.Join(f.dir, "packages", sum), nil)
	return err
}

func (f *folder) holds(sum string) bool {
	_, err := os.Stat(filepath.Join(f.dir, "packages", filepath.Base(sum)))
	return err == nil
}

// once makes a file with all its content, durably, unless its name is taken.
func (f *folder) once(name string, content []byte) (made bool, err error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return false, err
	}
	temp, err := os.CreateTemp(f.dir, ".new-*")
	if err != nil {
		return false, err
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(content)
	if err := errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return false, err
	}
	err = os.Link(temp.Name(), name)
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	return err == nil, err
}
