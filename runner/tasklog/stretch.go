package tasklog

import (
	"context"
	"math"
)

// A stretch of outputs is read as one log: the lines of the first output, then
// those of the next. Lines have numbers in it, from 1.
type stretch struct {
	chunks []chunk // in the order of reading
	start  []int   // how many lines are before each
	total  int
}

// stretch lists what there is of outputs. It reads names only.
func (l *Log) stretch(ctx context.Context, outputs []Output) (stretch, error) {
	var out stretch
	for _, of := range outputs {
		_, chunks, err := l.open(ctx, of, "")
		if err != nil {
			return stretch{}, err
		}
		inOrder(chunks)
		for _, c := range chunks {
			out.chunks, out.start = append(out.chunks, c), append(out.start, out.total)
			out.total += int(c.last - c.from + 1)
		}
	}
	return out, nil
}

// Nth is the place behind the first n lines of outputs that are read one after
// the other, for Read and Earlier. Like the numbers of lines it holds for now:
// what a slow host sends later may belong before it.
func (l *Log) Nth(ctx context.Context, outputs []Output, n int) (Cursor, error) {
	all, err := l.stretch(ctx, outputs)
	if err != nil {
		return "", err
	}
	at := place{}
	for i, c := range all.chunks {
		if all.start[i] >= n {
			break
		}
		at[sourceOf(c)] = min(c.last, c.from-1+int64(n-all.start[i]))
	}
	return at.cursor(), nil
}

// Each hands over all lines of outputs, one output after the other, each in the
// order in which Read has them. It holds one chunk in memory at a time.
func (l *Log) Each(ctx context.Context, outputs []Output, to func(Entry) error) error {
	all, err := l.stretch(ctx, outputs)
	if err != nil {
		return err
	}
	for _, c := range all.chunks {
		entries, err := l.lines(ctx, c, 0, math.MaxInt64)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if err := to(e); err != nil {
				return err
			}
		}
	}
	return nil
}
