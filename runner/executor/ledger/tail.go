package ledger

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"strconv"

	"slipway/pipelines/task"
)

// Tail is the reading end of an attempt's output.
type Tail struct {
	path  string
	on    Machine
	since int64
	file  File
	from  *bufio.Reader
	part  []byte // a line whose end is not written yet
}

// Tail reads lines after seq since, as they stand in the file and later come.
func (a Attempt) Tail(since int64) *Tail {
	return &Tail{path: a.Path("output"), on: a.on, since: since}
}

// Close lets go of the file.
func (t *Tail) Close() error {
	if t.file == nil {
		return nil
	}
	return t.file.Close()
}

// Next returns lines that are there now, each as its JSON, until they have
// about limit bytes; none if there is nothing new. A last line that is only
// half written is kept for later, and never shown if it stays so.
func (t *Tail) Next(limit int) ([]json.RawMessage, error) {
	if err := t.open(); err != nil || t.file == nil {
		return nil, err
	}
	var lines []json.RawMessage
	for size := 0; size < limit; {
		b, err := t.from.ReadSlice('\n')
		t.part = append(t.part, b...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return lines, err
		}
		line := t.part
		t.part = nil
		if seqOf(line) > t.since && json.Valid(line) {
			lines = append(lines, line[:len(line)-1])
			size += len(line)
		}
	}
	return lines, nil
}

func (t *Tail) open() error {
	if t.file != nil {
		return nil
	}
	f, err := t.on.Open(t.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	t.file, t.from = f, bufio.NewReaderSize(f, 64<<10)
	return nil
}

// seqOf reads the number a line begins with, 0 if it is damaged. Skipping
// what a reader already has is the reason not to decode whole lines.
func seqOf(line []byte) int64 {
	rest, ok := bytes.CutPrefix(line, []byte(`{"seq":`))
	if !ok {
		return 0
	}
	digits, _, _ := bytes.Cut(rest, []byte(","))
	n, _ := strconv.ParseInt(string(digits), 10, 64)
	return n
}

// lastNote is the last thing the executor itself said, for an end that nobody
// wrote. Only the file's end is looked at.
func (a Attempt) lastNote() string {
	f, err := a.on.Open(a.Path("output"))
	if err != nil {
		return ""
	}
	defer f.Close()
	if size, err := f.Seek(0, io.SeekEnd); err == nil {
		f.Seek(max(0, size-1<<20), io.SeekStart)
	}
	note := ""
	r := bufio.NewReader(f)
	for {
		b, err := r.ReadBytes('\n')
		var line task.Line
		if json.Unmarshal(b, &line) == nil && line.Stream == task.Note {
			note = line.Text
		}
		if err != nil {
			return note
		}
	}
}
