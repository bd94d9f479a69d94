package runner

import (
	"context"
	"io"
	"sync"

	"slipway/runner/env"
)

// relay is a pipe whose two ends wait as strands do: what one writes the other
// reads, with nothing kept in between.
type relay struct {
	filled, emptied env.Signal

	mu   sync.Mutex
	data []byte // written and not read; it belongs to the writer, who waits
	end  error  // what the reader comes to behind the data
	gone bool   // nobody reads any more
}

func newRelay(e env.Env) *relay { return &relay{filled: e.Signal(), emptied: e.Signal()} }

// Write returns when all of b was read.
func (p *relay) Write(b []byte) (int, error) {
	p.mu.Lock()
	p.data = b
	p.mu.Unlock()
	p.filled.Raise()
	for {
		p.mu.Lock()
		left, over := len(p.data), p.gone || p.end != nil
		if over {
			p.data = nil
		}
		p.mu.Unlock()
		switch {
		case left == 0:
			return len(b), nil
		case over:
			return len(b) - left, io.ErrClosedPipe
		}
		_ = p.emptied.Wait(context.Background()) // Close and finish raise it too
	}
}

// Read implements io.Reader.
func (p *relay) Read(b []byte) (int, error) {
	for {
		p.mu.Lock()
		n := copy(b, p.data)
		p.data = p.data[n:]
		empty, end := len(p.data) == 0, p.end
		p.mu.Unlock()
		switch {
		case n > 0:
			if empty {
				p.emptied.Raise()
			}
			return n, nil
		case end != nil:
			return 0, end
		case len(b) == 0:
			return 0, nil
		}
		_ = p.filled.Wait(context.Background()) // finish raises it too
	}
}

// finish ends what can be read: with err, or well if that is nil. The first one
// counts.
func (p *relay) finish(err error) {
	if err == nil {
		err = io.EOF
	}
	p.mu.Lock()
	if p.end == nil {
		p.end = err
	}
	p.mu.Unlock()
	p.filled.Raise()
	p.emptied.Raise()
}

// Close has whoever writes give up.
func (p *relay) Close() error {
	p.mu.Lock()
	p.gone = true
	p.mu.Unlock()
	p.emptied.Raise()
	return nil
}
