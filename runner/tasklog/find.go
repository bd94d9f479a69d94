package tasklog

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"slipway/pipelines"
	"slipway/pipelines/task"
)

// Found are the lines of a log that hold a text.
type Found struct {
	Lines []int // their numbers, ascending
	// Searched is how many lines were looked through, from the first, and Total
	// how many there are: fewer were searched where time or room ran out.
	Searched, Total int
}

// LongestFind is how many bytes a text to look for may have.
const LongestFind = 200

const (
	findReaders = 8      // chunks that are read at a time
	mostFound   = 20_000 // lines whose numbers are worth having
)

// Find looks through outputs, one after the other, for lines that hold a text,
// without regard to case. When ctx comes to its deadline it gives what it has
// found so far.
func (l *Log) Find(ctx context.Context, outputs []Output, text string) (Found, error) {
	if text == "" || len(text) > LongestFind {
		return Found{}, pipelines.Refuse(pipelines.Invalid, "a text to find has 1 to %d bytes", LongestFind)
	}
	all, err := l.stretch(ctx, outputs)
	if err != nil {
		return Found{}, err
	}
	out := Found{Total: all.total}
	want := wantedText(text)
	for at := 0; at < len(all.chunks) && len(out.Lines) < mostFound; at += findReaders {
		group := all.chunks[at:min(at+findReaders, len(all.chunks))]
		hits, err := l.findIn(ctx, group, want)
		if errors.Is(err, context.DeadlineExceeded) {
			return out, nil
		}
		if err != nil {
			return Found{}, err
		}
		for i, some := range hits {
			for _, seq := range some {
				out.Lines = append(out.Lines, all.start[at+i]+int(seq-group[i].from)+1)
			}
			out.Searched = all.start[at+i] + int(group[i].last-group[i].from+1)
		}
	}
	return out, nil
}

// findIn gives for each chunk the numbers, within their attempt, of the lines
// that match.
func (l *Log) findIn(ctx context.Context, group []chunk, want wanted) ([][]int64, error) {
	hits, errs := make([][]int64, len(group)), make([]error, len(group))
	var wait sync.WaitGroup
	for i, c := range group {
		wait.Go(func() { hits[i], errs[i] = l.matches(ctx, c, want) })
	}
	wait.Wait()
	return hits, errors.Join(errs...)
}

// wanted is a text to find, as it is and as it stands in a chunk, in small
// letters. Most lines are passed over without being decoded.
type wanted struct {
	text string
	raw  []byte
}

func wantedText(text string) wanted {
	raw, err := json.Marshal(text)
	if err != nil { // a string always has a JSON form
		return wanted{text: strings.ToLower(text)}
	}
	return wanted{strings.ToLower(text), bytes.ToLower(raw[1 : len(raw)-1])}
}

func (l *Log) matches(ctx context.Context, c chunk, want wanted) ([]int64, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r, _, err := l.blobs.Get(ctx, c.name)
	if err != nil {
		return nil, fmt.Errorf("search output: %w", err)
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("search output %s: %w", c.name, err)
	}
	if !bytes.Contains(bytes.ToLower(text), want.raw) {
		return nil, nil
	}
	var out []int64
	for row := range bytes.Lines(text) {
		if !bytes.Contains(bytes.ToLower(row), want.raw) {
			continue
		}
		var line task.Line
		if err := json.Unmarshal(row, &line); err != nil {
			return nil, fmt.Errorf("search output %s: %w", c.name, err)
		}
		if line.Seq >= c.from && strings.Contains(strings.ToLower(line.Text), want.text) {
			out = append(out, line.Seq)
		}
	}
	slices.Sort(out)
	return out, nil
}
