package tasklog

import (
	"context"
	"math"
	"slices"

	"slipway/runner/blobs"
)

const maxPage = blobs.MaxList

// Read returns up to limit entries after a place, and the place behind them.
// Attempts are merged chunk by chunk in the order of their times; each
// attempt's lines are in order and come once. What is appended later always
// comes after the place returned. At the end there are no entries, and the
// place stays.
func (l *Log) Read(ctx context.Context, of Output, after Cursor, limit int) ([]Entry, Cursor, error) {
	at, chunks, err := l.open(ctx, of, after)
	if err != nil {
		return nil, after, err
	}
	chunks = slices.DeleteFunc(chunks, func(c chunk) bool { return c.last <= at[sourceOf(c)] })
	inOrder(chunks)
	var page []Entry
	for _, c := range chunks {
		if len(page) >= limit {
			break
		}
		s := sourceOf(c)
		entries, err := l.lines(ctx, c, at[s], math.MaxInt64)
		if err != nil {
			return nil, after, err
		}
		at[s] = c.last
		if room := limit - len(page); len(entries) > room {
			entries = entries[:room]
			at[s] = entries[room-1].Seq
		}
		page = append(page, entries...)
	}
	return page, at.cursor(), nil
}

// End is the newest part of an output: its last entries, the place to ask
// Earlier for those before, and the place from which Read goes on.
type End struct {
	Entries []Entry
	Earlier Cursor // "" if these are all
	Next    Cursor
}

// Tail returns the last n entries. It reads only the chunks that hold them.
func (l *Log) Tail(ctx context.Context, of Output, n int) (End, error) {
	_, chunks, err := l.open(ctx, of, "")
	if err != nil {
		return End{}, err
	}
	all := place{}
	for _, c := range chunks {
		all[sourceOf(c)] = c.last
	}
	end := End{Next: all.cursor()}
	end.Entries, end.Earlier, err = l.before(ctx, chunks, all, n)
	return end, err
}

// Earlier returns the n entries before a place that Tail or Earlier gave, and
// the place before them; "" says that there are no more. What was appended
// since does not appear.
func (l *Log) Earlier(ctx context.Context, of Output, before Cursor, n int) ([]Entry, Cursor, error) {
	upTo, chunks, err := l.open(ctx, of, before)
	if err != nil {
		return nil, before, err
	}
	return l.before(ctx, chunks, upTo, n)
}

// before goes backwards from a place. It changes upTo.
func (l *Log) before(ctx context.Context, chunks []chunk, upTo place, n int) ([]Entry, Cursor, error) {
	chunks = slices.DeleteFunc(chunks, func(c chunk) bool { return c.from > upTo[sourceOf(c)] })
	inOrder(chunks)
	var pieces [][]Entry
	for _, c := range slices.Backward(chunks) {
		if n <= 0 {
			break
		}
		s := sourceOf(c)
		entries, err := l.lines(ctx, c, 0, upTo[s])
		if err != nil {
			return nil, "", err
		}
		upTo[s] = c.from - 1
		if len(entries) > n {
			entries = entries[len(entries)-n:]
			upTo[s] = entries[0].Seq - 1
		}
		n -= len(entries)
		pieces = append(pieces, entries)
	}
	slices.Reverse(pieces)
	return slices.Concat(pieces...), upTo.cursor(), nil
}

func (l *Log) open(ctx context.Context, of Output, c Cursor) (place, []chunk, error) {
	prefix, err := of.prefix()
	if err != nil {
		return nil, nil, err
	}
	p, err := c.place()
	if err != nil {
		return nil, nil, err
	}
	chunks, err := l.chunks(ctx, prefix)
	return p, chunks, err
}
