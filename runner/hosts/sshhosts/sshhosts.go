// Package sshhosts reaches hosts over SSH and brings the executor there.
//
// It installs nothing but that one program, in ~/.slipway of the user it logs
// in as, and trusts no host whose key is not pinned. The idea a newcomer would
// miss: a connection is only a convenience. One is kept for each target while
// it is used, and whatever breaks it changes nothing on the host; the error
// then wraps hosts.ErrUnreachable, and the next call makes a new one.
package sshhosts

import (
	"context"
	"io"
	"sync"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/hosts"
	"slipway/runner/hosts/wire"
)

// Settings have defaults for everything; the zero value works.
type Settings struct {
	Programs    Programs // which executor a platform gets; nil is Carried("")
	AgentSocket string   // an ssh-agent's socket, for targets without PrivateKey; "" is none

	ConnectTimeout time.Duration // for reaching a host and logging in; 0 is 20 s
	CallTimeout    time.Duration // for a call that should answer at once; 0 is a minute
	KeepAlive      time.Duration // a connection is lost once silent three times this long; 0 is 5 s
	Idle           time.Duration // an unused connection is closed after it; 0 is a minute
}

// Hosts reaches SSH targets. It may be used by many goroutines.
type Hosts struct {
	settings Settings
	mu       sync.Mutex
	lines    map[string]*line
}

var (
	_ hosts.Hosts   = (*Hosts)(nil)
	_ hosts.Fetcher = (*Hosts)(nil)
)

// New makes Hosts; it connects to nothing yet.
func New(s Settings) *Hosts {
	if s.Programs == nil {
		s.Programs = Carried("")
	}
	for _, d := range []struct {
		value *time.Duration
		def   time.Duration
	}{
		{&s.ConnectTimeout, 20 * time.Second},
		{&s.CallTimeout, time.Minute},
		{&s.KeepAlive, 5 * time.Second},
		{&s.Idle, time.Minute},
	} {
		if *d.value == 0 {
			*d.value = d.def
		}
	}
	return &Hosts{settings: s, lines: map[string]*line{}}
}

// Ready connects and asks for facts; the host key presented is among them.
func (h *Hosts) Ready(ctx context.Context, t hosts.Target) (hosts.Facts, error) {
	caller := &caller{hosts: h, target: t}
	facts, err := wire.Client{Runner: caller, Target: t}.Ready(ctx)
	facts.HostKey = caller.hostKey
	return facts, err
}

// Holds says whether the host's cache has the package.
func (h *Hosts) Holds(ctx context.Context, t hosts.Target, sha256 string) (bool, error) {
	return h.at(t).Holds(ctx, sha256)
}

// Deliver sends the package over the connection.
func (h *Hosts) Deliver(ctx context.Context, t hosts.Target, p task.Package, from io.Reader) error {
	return h.at(t).Deliver(ctx, p, from)
}

// Start hands the order to the executor.
func (h *Hosts) Start(ctx context.Context, t hosts.Target, o task.Order) error {
	return h.at(t).Start(ctx, o)
}

// Attach reads the ledger from line since on.
func (h *Hosts) Attach(ctx context.Context, t hosts.Target, attempt string, since int64, to func(task.Report) error) error {
	return h.at(t).Attach(ctx, attempt, since, to)
}

// Ask says what the ledger knows now.
func (h *Hosts) Ask(ctx context.Context, t hosts.Target, attempt string) (task.Report, error) {
	return h.at(t).Ask(ctx, attempt)
}

// Fetch brings a file home that the attempt keeps for us.
func (h *Hosts) Fetch(ctx context.Context, t hosts.Target, attempt, sha256 string, to io.Writer) error {
	return h.at(t).Fetch(ctx, attempt, sha256, to)
}

// Stop ends the attempt's processes.
func (h *Hosts) Stop(ctx context.Context, t hosts.Target, attempt string) error {
	return h.at(t).Stop(ctx, attempt)
}

func (h *Hosts) at(t hosts.Target) wire.Client {
	return wire.Client{Runner: &caller{hosts: h, target: t}, Target: t}
}
