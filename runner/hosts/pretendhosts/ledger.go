package pretendhosts

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"slipway/pipelines/task"
)

// ledger is a file of entries, a line each. Lines are only ever added, each by
// one write to the end. Of several that claim the same place in the row, the
// first has it: so of two processes that begin an attempt at the same time, one
// learns by reading on that the other was faster.
type ledger struct {
	dir  string
	file *os.File // nil while there is none
	read int64    // how far it was read, always the beginning of a line
	torn bool     // something without an end stands there, of a write that was cut off
	page [512]byte
}

// entry is an attempt that begins, or the stop of one.
type entry struct {
	Row   int        `json:"row,omitempty"` // its place, counted from 1; 0 is a stop
	Order task.Order `json:"order,omitzero"`
	Begun time.Time  `json:"begun,omitzero"`
	// Windows is what the target was said to be then.
	Windows bool      `json:"windows,omitempty"`
	Stop    string    `json:"stop,omitempty"` // the attempt that is stopped
	At      time.Time `json:"at,omitzero"`
}

// news are the entries that were added since the last call, by whomever.
func (l *ledger) news() ([]entry, error) {
	if l.file == nil {
		return l.first()
	}
	text, err := l.rest()
	if err != nil || len(text) == 0 {
		return nil, err
	}
	var out []entry
	for {
		line, rest, whole := bytes.Cut(text, []byte("\n"))
		if !whole {
			l.torn = len(line) > 0
			return out, nil
		}
		l.read += int64(len(line)) + 1
		text = rest
		var e entry
		if json.Unmarshal(line, &e) == nil { // else somebody was killed while writing
			out = append(out, e)
		}
	}
}

// rest are the bytes that were not read yet: as a rule none.
func (l *ledger) rest() ([]byte, error) {
	n, err := l.file.ReadAt(l.page[:], l.read)
	if errors.Is(err, io.EOF) {
		return l.page[:n], nil
	}
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.NewSectionReader(l.file, l.read, 1<<40))
}

// first opens the file, if there is one, and reads it.
func (l *ledger) first() ([]entry, error) {
	file, err := os.OpenFile(filepath.Join(l.dir, "ledger.log"), os.O_RDWR|os.O_APPEND, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	l.file = file
	return l.news()
}

// add adds an entry, and returns what was added since the last news: this one,
// and before or behind it those of others.
func (l *ledger) add(e entry) ([]entry, error) {
	line, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	if err := l.make(); err != nil {
		return nil, err
	}
	line = append(line, '\n')
	if l.torn {
		line = append([]byte("\n"), line...)
	}
	if _, err := l.file.Write(line); err != nil {
		return nil, err
	}
	now, err := l.file.Stat()
	if err == nil && !l.torn && now.Size() == l.read+int64(len(line)) { // nobody else has written
		l.read = now.Size()
		return []entry{e}, nil
	}
	return l.news()
}

func (l *ledger) make() error {
	if l.file != nil {
		return nil
	}
	if err := os.MkdirAll(l.dir, 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(filepath.Join(l.dir, "ledger.log"), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("make the ledger: %w", err)
	}
	l.file = file
	return nil
}
