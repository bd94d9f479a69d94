// Package spend counts what one deployment costs at a cloud provider: every
// adapter that makes a billable call adds it to the meter of the context.
//
// It knows no prices' meaning for anybody but the reader of a page, stores
// nothing and calls nobody. Where no meter is in the context (a laptop, a page),
// counting does nothing. The idea a newcomer would miss: counts are kept with
// the next turn of the deployment, so they cost no write of their own.
package spend

import (
	"context"
	"sync"
)

// Kind is one line of a bill.
type Kind string

// The kinds. They are stored: added to, never renamed.
const (
	TableWrite    Kind = "table-write"    // write request units
	TableRead     Kind = "table-read"     // read request units
	BlobPut       Kind = "blob-put"       // PUT, COPY, POST and LIST requests
	BlobGet       Kind = "blob-get"       // GET and all other requests
	Invocation    Kind = "invocation"     // calls of a function
	MemoryTime    Kind = "memory-time"    // GB-milliseconds of functions
	TimerCall     Kind = "timer"          // timers that ring
	MailSent      Kind = "mail"           // mails handed over, a recipient each
	KeyRequest    Kind = "key-request"    // requests to a key of one's own
	SecretRequest Kind = "secret-request" // reads from a secrets manager
	HostCommand   Kind = "host-command"   // commands sent to hosts
	ParameterCall Kind = "parameter"      // reads of parameters
)

// Counts is how much of each kind.
type Counts map[Kind]float64

// Plus is both together.
func (c Counts) Plus(d Counts) Counts {
	if len(c)+len(d) == 0 {
		return nil
	}
	out := Counts{}
	for _, part := range []Counts{c, d} {
		for kind, n := range part {
			out[kind] += n
		}
	}
	return out
}

// Meter adds up. The zero value is ready; it may be used by many goroutines.
type Meter struct {
	running Running

	mu     sync.Mutex
	counts Counts
}

// Add counts n more of a kind.
func (m *Meter) Add(kind Kind, n float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.counts == nil {
		m.counts = Counts{}
	}
	m.counts[kind] += n
}

// Running is how a meter measures what costs as long as it lasts: it adds what
// has come to be since it was last asked.
type Running func(add func(Kind, float64))

// Runs has the meter ask before each Take.
func (m *Meter) Runs(r Running) { m.running = r }

// Take empties the meter. A nil meter is empty.
func (m *Meter) Take() Counts {
	if m == nil {
		return nil
	}
	if m.running != nil {
		m.running(m.Add)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	out := m.counts
	m.counts = nil
	return out
}

// Put gives back what was taken and not kept.
func (m *Meter) Put(counts Counts) {
	if m != nil {
		for kind, n := range counts {
			m.Add(kind, n)
		}
	}
}

type contextKey struct{}

// With makes ctx count on m.
func With(ctx context.Context, m *Meter) context.Context {
	return context.WithValue(ctx, contextKey{}, m)
}

// Of is the context's meter, nil if it has none.
func Of(ctx context.Context) *Meter {
	m, _ := ctx.Value(contextKey{}).(*Meter)
	return m
}

// Add counts on the context's meter, if it has one.
func Add(ctx context.Context, kind Kind, n float64) {
	if m := Of(ctx); m != nil {
		m.Add(kind, n)
	}
}
