package nginx

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"slipway/runner/executor/ledger"
)

// journal is what must be put back if nobody says that all went well. Bytes,
// not text: a person's edit may hold anything.
type journal struct {
	Before  map[string][]byte `json:"before"`
	New     []string          `json:"new"`     // files that were not there
	Folders []string          `json:"folders"` // folders that were not there
}

func (h Host) writeJournal(c changes) error {
	j := journal{Before: map[string][]byte{}}
	for path, text := range c.before {
		j.Before[path] = []byte(text)
	}
	for _, path := range c.paths() {
		if _, wasThere := c.before[path]; !wasThere {
			j.New = append(j.New, path)
		}
		if dir := filepath.Dir(path); len(j.Folders) == 0 && missing(dir) {
			j.Folders = append(j.Folders, dir)
		}
	}
	b, err := json.Marshal(j)
	if err != nil {
		return err
	}
	return ledger.ReplaceDurably(h.Journal, b)
}

func missing(path string) bool {
	_, err := os.Lstat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// Interrupted says whether an attempt died between touching the site's files
// and knowing that they are good.
func (h Host) Interrupted() bool { return !missing(h.Journal) }

// Restore puts back what the journal holds, checks it, and lets a running
// NGINX read it. Without a journal there is nothing to do.
func (h Host) Restore(ctx context.Context) error {
	b, err := os.ReadFile(h.Journal)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var j journal
	if err := json.Unmarshal(b, &j); err != nil {
		return fmt.Errorf("%s is damaged: %w", h.Journal, err)
	}
	if err := h.putBack(ctx, j); err != nil {
		return err
	}
	if err := ledger.RemoveDurably(h.Journal); err != nil {
		return err
	}
	h.note("NGINX: the site's former files are back")
	if _, err := h.Commands.Sudo(ctx, "nginx", "-t"); err != nil {
		h.note("NGINX: its configuration is refused with the former files, too: %v", err)
		return nil
	}
	if _, err := h.Commands.Sudo(ctx, "nginx", "-s", "reload"); err != nil && !notRunning(err) {
		h.note("NGINX: the former configuration could not be loaded: %v", err)
	}
	return nil
}

// putBack undoes write, in the same order: what is included first.
func (h Host) putBack(ctx context.Context, j journal) error {
	c := changes{before: map[string]string{}, after: map[string]string{}}
	for path, b := range j.Before {
		c.after[path] = string(b)
	}
	for _, path := range j.New {
		c.before[path] = ""
	}
	if err := h.write(ctx, c); err != nil {
		return err
	}
	for _, path := range c.paths() {
		if _, err := h.Commands.Sudo(ctx, "rm", "-f", path+beside); err != nil {
			return err
		}
	}
	for _, dir := range j.Folders {
		h.Commands.Sudo(ctx, "rm", "-d", dir) // an empty folder does no harm if it stays
	}
	return verify(c.after, j.New)
}
