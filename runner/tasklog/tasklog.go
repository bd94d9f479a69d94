// Package tasklog appends and reads the output of task attempts.
//
// It masks nothing and knows no deployment's state. Output lies in write-once
// blobs of up to 64 KB,
//
//	logs/<deployment>/<task>/<attempt>/<first>-<last>@<time>
//
// first and last being line numbers and time that of the first line. So the
// names alone tell where a writer must go on after a crash, how the outputs of
// many hosts interleave, and which few chunks a page needs: the newest lines of
// a hundred megabytes are found without reading the rest. Two writers of one
// attempt do no harm, since lines have numbers and a reader takes each once.
package tasklog

import (
	"context"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/task"
	"slipway/runner/blobs"
)

// Below is what the names of all pieces of output begin with.
const Below = "logs/"

// Log is the output kept in a blob store.
type Log struct{ blobs blobs.Blobs }

// New opens the output kept in b.
func New(b blobs.Blobs) *Log { return &Log{b} }

// Entry is one line and where it comes from.
type Entry struct {
	Task    string
	Attempt string
	task.Line
}

// waits ends the name under which it is kept what an attempt waits for.
const waits = "-waits"

// WaitsOf is the attempt as of which it is kept what another one waits for, beside
// that one's own output.
func WaitsOf(attempt string) string { return attempt + waits }

// Of is the attempt that an entry belongs to, be it output or what it waited for.
func (e Entry) Of() string { return strings.TrimSuffix(e.Attempt, waits) }

// Output names what to read: all of a deployment, or one task's.
type Output struct {
	Deployment string
	Task       string // "" is all
}

func (o Output) prefix() (string, error) {
	if o.Task == "" {
		return folder(o.Deployment)
	}
	return folder(o.Deployment, o.Task)
}

// Last is the number of the last line kept of an attempt, 0 if there is none:
// a writer goes on behind it.
func (l *Log) Last(ctx context.Context, deployment, task, attempt string) (int64, error) {
	prefix, err := folder(deployment, task, attempt)
	if err != nil {
		return 0, err
	}
	chunks, err := l.chunks(ctx, prefix)
	if err != nil || len(chunks) == 0 {
		return 0, err
	}
	return chunks[len(chunks)-1].last, nil
}

// Count is how many lines are kept. The names of the chunks say it.
func (l *Log) Count(ctx context.Context, of Output) (int, error) {
	_, chunks, err := l.open(ctx, of, "")
	sum := 0
	for _, c := range chunks {
		sum += int(c.last - c.from + 1)
	}
	return sum, err
}

// folder is the name under which chunks lie, with its final slash. Ids that
// could lead elsewhere are refused.
func folder(ids ...string) (string, error) {
	for _, id := range ids {
		if id == "" || strings.Contains(id, "/") || blobs.CheckName(id) != nil {
			return "", pipelines.Refuse(pipelines.Invalid, "%q is no id of a deployment, task or attempt: letters, digits, `-`, `_` and inner dots make one", id)
		}
	}
	return Below + strings.Join(ids, "/") + "/", nil
}
