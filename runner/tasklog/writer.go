package tasklog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"

	"slipway/pipelines/task"
	"slipway/runner/blobs"
)

// chunkSize is when a writer stops waiting for more lines.
const chunkSize = 64 << 10

// Writer gathers the lines of one attempt and keeps them chunk by chunk. It
// may be used from two goroutines: one that appends, one that flushes by a
// ticker. It starts none itself.
type Writer struct {
	blobs  blobs.Blobs
	prefix string

	mu      sync.Mutex
	last    int64 // newest line taken
	open    draft
	waiting []draft // closed but not yet stored; they keep their bounds, so that trying again writes the same blob
}

// draft is a chunk being gathered.
type draft struct {
	first, last task.Line
	text        bytes.Buffer
}

// Writer returns a writer that goes on behind line last (see Last).
func (l *Log) Writer(deployment, task, attempt string, last int64) (*Writer, error) {
	prefix, err := folder(deployment, task, attempt)
	if err != nil {
		return nil, err
	}
	return &Writer{blobs: l.blobs, prefix: prefix, last: last}, nil
}

// Append takes lines in order of Seq; those it has already are left out, as
// when a stream is read again from an earlier place. Chunks that are full are
// stored before it returns. After an error the lines are still held, and the
// next Append or Flush tries again.
func (w *Writer) Append(ctx context.Context, lines ...task.Line) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, line := range lines {
		if line.Seq <= w.last {
			continue
		}
		if err := w.take(line); err != nil {
			return err
		}
	}
	return w.store(ctx)
}

// Flush stores all lines taken so far. With none it does nothing.
func (w *Writer) Flush(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.shut()
	return w.store(ctx)
}

// Last is the number of the newest line taken, stored or not.
func (w *Writer) Last() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last
}

func (w *Writer) take(line task.Line) error {
	if err := encode(&w.open.text, line); err != nil {
		return err
	}
	if w.open.first.Seq == 0 {
		w.open.first = line
	}
	w.open.last = line
	w.last = line.Seq
	if w.open.text.Len() >= chunkSize {
		w.shut()
	}
	return nil
}

func (w *Writer) shut() {
	if w.open.text.Len() > 0 {
		w.waiting = append(w.waiting, w.open)
		w.open = draft{}
	}
}

func (w *Writer) store(ctx context.Context) error {
	for len(w.waiting) > 0 {
		d := w.waiting[0]
		name := chunkName(w.prefix, d.first, d.last)
		_, err := w.blobs.Put(ctx, name, bytes.NewReader(d.text.Bytes()))
		// A chunk of that name holds the same lines: the attempt's output has one text.
		if err != nil && !errors.Is(err, blobs.ErrExists) {
			return fmt.Errorf("keep output: %w", err)
		}
		w.waiting = w.waiting[1:]
	}
	w.waiting = nil
	return nil
}
