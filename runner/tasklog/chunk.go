package tasklog

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"slipway/pipelines/task"
)

// chunk is one blob, as its name tells it. After chunks has been at work the
// chunks of one attempt do not overlap: only lines from from on count.
type chunk struct {
	name          string
	task, attempt string
	first, last   int64
	at            int64 // milliseconds; never falls within an attempt
	from          int64
}

func chunkName(prefix string, first, last task.Line) string {
	at := max(0, first.At.UnixMilli())
	return fmt.Sprintf("%s%012d-%012d@%013d", prefix, first.Seq, last.Seq, at)
}

var errNoChunk = errors.New("not the name of a piece of output")

func parseChunk(name string) (chunk, error) {
	parts := strings.Split(name, "/")
	if len(parts) != 5 || parts[0] != "logs" {
		return chunk{}, fmt.Errorf("%s: %w", name, errNoChunk)
	}
	span, at, _ := strings.Cut(parts[4], "@")
	first, last, _ := strings.Cut(span, "-")
	c := chunk{name: name, task: parts[2], attempt: parts[3]}
	var errs [3]error
	c.first, errs[0] = strconv.ParseInt(first, 10, 64)
	c.last, errs[1] = strconv.ParseInt(last, 10, 64)
	c.at, errs[2] = strconv.ParseInt(at, 10, 64)
	if errors.Join(errs[:]...) != nil || c.first < 1 || c.last < c.first {
		return chunk{}, fmt.Errorf("%s: %w", name, errNoChunk)
	}
	return c, nil
}

// chunks lists what lies under prefix, attempt by attempt, each in order of
// its lines and without overlap. It reads names only.
func (l *Log) chunks(ctx context.Context, prefix string) ([]chunk, error) {
	var all []chunk
	for after := ""; ; {
		page, err := l.blobs.List(ctx, prefix, after, 0)
		if err != nil {
			return nil, fmt.Errorf("list output %s: %w", prefix, err)
		}
		for _, info := range page {
			c, err := parseChunk(info.Name)
			if err != nil {
				return nil, err
			}
			all = appendChunk(all, c)
		}
		if len(page) < maxPage {
			return all, nil
		}
		after = page[len(page)-1].Name
	}
}

// appendChunk adds the next chunk by name. What an earlier one of the same
// attempt holds already is left out, and its time does not fall behind: a
// host's clock may be set back, its lines stay in order.
func appendChunk(all []chunk, c chunk) []chunk {
	c.from = c.first
	if len(all) > 0 {
		before := all[len(all)-1]
		if before.task == c.task && before.attempt == c.attempt {
			c.from = max(c.first, before.last+1)
			c.at = max(c.at, before.at)
		}
	}
	if c.from > c.last {
		return all
	}
	return append(all, c)
}

// inOrder sorts chunks as a reader meets them: by time, and within an attempt
// always by line.
func inOrder(chunks []chunk) {
	slices.SortFunc(chunks, func(a, b chunk) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.task, b.task), cmp.Compare(a.attempt, b.attempt), cmp.Compare(a.first, b.first))
	})
}

// lines reads those lines of the chunk that count and lie in (after, upTo].
func (l *Log) lines(ctx context.Context, c chunk, after, upTo int64) ([]Entry, error) {
	r, _, err := l.blobs.Get(ctx, c.name)
	if err != nil {
		return nil, fmt.Errorf("read output: %w", err)
	}
	defer r.Close()
	var entries []Entry
	in := bufio.NewReader(r)
	for {
		text, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(text) == 0 {
			return entries, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read output %s: %w", c.name, err)
		}
		e := Entry{Task: c.task, Attempt: c.attempt}
		if err := json.Unmarshal(text, &e.Line); err != nil {
			return nil, fmt.Errorf("read output %s: %w", c.name, err)
		}
		if e.Seq >= c.from && e.Seq > after && e.Seq <= upTo {
			entries = append(entries, e)
		}
	}
}

// encode writes lines as lines() reads them: one JSON object each.
func encode(to *bytes.Buffer, line task.Line) error {
	text, err := json.Marshal(line)
	if err != nil {
		return fmt.Errorf("output line %d: %w", line.Seq, err)
	}
	to.Write(text)
	to.WriteByte('\n')
	return nil
}
