package attempts

import (
	"bytes"
	"encoding/json"
	"fmt"

	"slipway/pipelines/task"
	"slipway/runner/executor/ledger"
)

// pieces cuts an attempt's output into what is reported as one. A piece is
// recorded before it is given out, so that it is the same bytes under the same
// name whenever, and by whomever, it is given out again.
type pieces struct {
	attempt ledger.Attempt
	tail    *ledger.Tail
	cut     []ledger.Piece    // recorded and not given out yet
	lines   []json.RawMessage // read from the tail and not given out yet
}

// openPieces goes on behind line since. What was cut across it comes whole.
func openPieces(a ledger.Attempt, since int64) (*pieces, error) {
	cut, err := a.Pieces()
	if err != nil {
		return nil, err
	}
	for len(cut) > 0 && cut[0].Last <= since {
		cut = cut[1:]
	}
	if len(cut) > 0 {
		since = cut[0].First - 1
	}
	return &pieces{attempt: a, tail: a.Tail(since), cut: cut}, nil
}

// Close lets go of the output.
func (p *pieces) Close() { p.tail.Close() }

// Next is the next piece that is there now, "" if there is none.
func (p *pieces) Next() (name string, body []byte, err error) {
	if len(p.lines) == 0 {
		if p.lines, err = p.tail.Next(pieceSize); err != nil {
			return "", nil, err
		}
	}
	if len(p.cut) > 0 {
		return p.again()
	}
	if len(p.lines) == 0 {
		return "", nil, nil
	}
	n, size := 0, 0
	for n < len(p.lines) && (n == 0 || size+len(p.lines[n]) < pieceSize) {
		size += len(p.lines[n]) + 1
		n++
	}
	return p.give(n, true)
}

// again gives out a piece that was cut before. Where a damaged disk has lost its
// lines they are left out: they were sent once, and the end still has to be told.
func (p *pieces) again() (string, []byte, error) {
	for n := 0; ; n++ {
		if n == len(p.lines) {
			more, err := p.tail.Next(pieceSize)
			if err != nil {
				return "", nil, err
			}
			if len(more) == 0 {
				p.cut, p.lines = nil, nil
				return "", nil, nil
			}
			p.lines = append(p.lines, more...)
		}
		line, err := decode(p.lines[n])
		if err != nil {
			return "", nil, err
		}
		if line.Seq == p.cut[0].Last {
			p.cut = p.cut[1:]
			return p.give(n+1, false)
		}
	}
}

// give takes n lines out as one piece.
func (p *pieces) give(n int, fresh bool) (string, []byte, error) {
	first, err := decode(p.lines[0])
	if err != nil {
		return "", nil, err
	}
	last, err := decode(p.lines[n-1])
	if err != nil {
		return "", nil, err
	}
	if fresh {
		if err := p.attempt.Cut(ledger.Piece{First: first.Seq, Last: last.Seq}); err != nil {
			return "", nil, err
		}
	}
	body := append(bytes.Join(raw(p.lines[:n]), []byte("\n")), '\n')
	p.lines = p.lines[n:]
	return fmt.Sprintf("%012d-%012d@%013d", first.Seq, last.Seq, max(0, first.At.UnixMilli())), body, nil
}

func raw(lines []json.RawMessage) [][]byte {
	all := make([][]byte, len(lines))
	for i, line := range lines {
		all[i] = line
	}
	return all
}

func decode(text json.RawMessage) (line task.Line, err error) {
	if err := json.Unmarshal(text, &line); err != nil {
		return line, fmt.Errorf("a line of the output is damaged: %w", err)
	}
	return line, nil
}
