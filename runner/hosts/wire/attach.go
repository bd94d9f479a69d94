package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"slipway/pipelines/task"
	"slipway/runner/hosts"
)

// Attach reads reports until one says that there will be no more.
func (c Client) Attach(ctx context.Context, attempt string, since int64, to func(task.Report) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r := &reports{attempt: attempt, seen: since, to: to, stop: cancel}
	err := c.call(ctx, nil, r, "attach", attempt, strconv.FormatInt(since, 10))
	switch {
	case r.over:
		return nil // whatever became of the connection after the last report
	case r.err != nil:
		return r.err
	case err != nil:
		return err
	default:
		return fmt.Errorf("%s stopped reporting before the attempt ended: %w", c.name(), hosts.ErrUnreachable)
	}
}

// reports cuts the stream into lines and hands each on as a report. It is
// where the contract's "in order, no line twice" is made sure of.
type reports struct {
	attempt string
	seen    int64
	to      func(task.Report) error
	stop    context.CancelCauseFunc

	rest []byte
	over bool
	err  error
}

// longest is more than any report of a healthy executor has.
const longest = 64 << 20

func (r *reports) Write(p []byte) (int, error) {
	if r.err == nil {
		r.err = r.take(p)
	}
	if r.err != nil {
		r.stop(r.err)
		return 0, r.err
	}
	return len(p), nil
}

func (r *reports) take(p []byte) error {
	from := len(r.rest)
	r.rest = append(r.rest, p...)
	for {
		n := bytes.IndexByte(r.rest[from:], '\n')
		if n < 0 {
			break
		}
		line := r.rest[:from+n]
		r.rest, from = r.rest[from+n+1:], 0
		if err := r.report(line); err != nil {
			return err
		}
	}
	if len(r.rest) > longest {
		return fmt.Errorf("a report is longer than %d bytes", longest)
	}
	return nil
}

func (r *reports) report(line []byte) error {
	if len(bytes.TrimSpace(line)) == 0 {
		return nil
	}
	if r.over {
		return errors.New("a report came after the last one")
	}
	var report task.Report
	if err := json.Unmarshal(line, &report); err != nil {
		return fmt.Errorf("this is no report of the executor: %q (does a start-up file of the login shell print something?)", start(line))
	}
	if report.Attempt != r.attempt {
		return fmt.Errorf("asked for attempt %s, the report is of %q", r.attempt, report.Attempt)
	}
	for len(report.Lines) > 0 && report.Lines[0].Seq <= r.seen {
		report.Lines = report.Lines[1:]
	}
	for _, l := range report.Lines {
		if l.Seq != r.seen+1 {
			return fmt.Errorf("line %d of attempt %s came where %d was due", l.Seq, r.attempt, r.seen+1)
		}
		r.seen = l.Seq
	}
	if err := r.to(report); err != nil {
		return err
	}
	r.over = report.Phase == task.Ended || report.Phase == task.Absent
	return nil
}
