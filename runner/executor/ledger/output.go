package ledger

import (
	"bufio"
	"encoding/json"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"slipway/pipelines/task"
)

// LongestLine is how many bytes of text one line has at most; what is longer
// becomes several lines.
const LongestLine = 16 << 10

// Output is the writing end of an attempt's output. It may be used by several
// goroutines; there is one for each attempt, in the process that runs it.
type Output struct {
	mu   sync.Mutex
	file File
	to   *bufio.Writer
	enc  *json.Encoder
	seq  int64
	now  func() time.Time
	err  error
}

// Output opens the attempt's output for the one process that has begun it.
func (a Attempt) Output(now func() time.Time) (*Output, error) {
	f, err := a.on.Append(a.Path("output"), true)
	if err != nil {
		return nil, err
	}
	o := &Output{file: f, to: bufio.NewWriterSize(f, 64<<10), now: now}
	o.enc = json.NewEncoder(o.to)
	o.enc.SetEscapeHTML(false)
	return o, nil
}

// Add appends a line, split where it is too long. Readers see it after Flush.
func (o *Output) Add(stream task.Stream, text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	at := o.now().UTC()
	text = strings.ToValidUTF8(text, "\uFFFD")
	for len(text) > LongestLine {
		cut := LongestLine
		for !utf8.RuneStart(text[cut]) {
			cut--
		}
		o.write(task.Line{At: at, Stream: stream, Text: text[:cut]})
		text = text[cut:]
	}
	o.write(task.Line{At: at, Stream: stream, Text: text})
}

func (o *Output) write(line task.Line) {
	o.seq++
	line.Seq = o.seq
	if err := o.enc.Encode(line); err != nil && o.err == nil {
		o.err = err
	}
}

// Flush shows readers what was added.
func (o *Output) Flush() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.to.Flush(); err != nil && o.err == nil {
		o.err = err
	}
}

// Close flushes and syncs, and returns the first error of all writing: a full
// disk must not stop the payload in the middle, but must not go unseen.
func (o *Output) Close() error {
	o.Flush()
	if err := o.file.Sync(); err != nil && o.err == nil {
		o.err = err
	}
	if err := o.file.Close(); err != nil && o.err == nil {
		o.err = err
	}
	return o.err
}
