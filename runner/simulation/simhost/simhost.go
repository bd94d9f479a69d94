// Package simhost is the hosts of a simulation: machines in memory that run the
// executor's own rules and ledger, lose power, and forget what was not synced.
//
// It decides nothing that goes wrong: whoever simulates is asked at each point
// and answers from its seed. It uses no clock, no chance and no goroutine but
// those it is lent, and of its strands one runs at a time. The idea a newcomer
// would miss: a process here is a strand whose disk stops answering once the
// process is dead. So killed code runs to its end like any other and changes
// nothing any more.
package simhost

import (
	"context"
	"errors"
	"fmt"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/env"
	"slipway/runner/hosts"
)

// Settings are what the hosts are lent.
type Settings struct {
	// Env is the hosts' own: its strands go on when the server is killed.
	Env env.Env
	// Faults decides what goes wrong; nil: nothing does.
	Faults Faults
	// OwnLocks: a new process does not inherit its parent's lock but takes it by
	// itself, as on Windows.
	OwnLocks bool
	// Post brings a report of a host home: body is to be kept under the form's
	// prefix and name, in place of what is there. Only couriers need it. An error
	// that wraps ErrOver is a refusal; after any other the host tries again.
	Post func(ctx context.Context, form task.Form, name string, body []byte) error
	// Ended hears what became of a message that carried an errand, where it did not
	// end well; nil: nobody hears of it.
	Ended func(Ended)
}

// ErrOver is wrapped by errors of Settings.Post that are final: the leave to
// report is over.
var ErrOver = errors.New("the leave is over")

// Ended is a transport's word about a message with an errand.
type Ended struct {
	Attempt string
	Kind    Kind
	Message string
	Lost    time.Time // as the errand said
}

// Kind says what the end of a message means for its attempt.
type Kind string

// The kinds, which are those of runner/hosts/ssmhosts.
const (
	Refused     Kind = "refused"     // it began nothing and will not
	Busy        Kind = "busy"        // it began nothing: another attempt holds the target
	Undelivered Kind = "undelivered" // it did not reach the host in time
	Unsure      Kind = "unsure"      // it ended otherwise than well
)

// Hosts are all simulated hosts: a target is made when first named. They are
// reached by connections; Courier reaches the same by messages.
type Hosts struct {
	settings Settings
	known    map[string]*host
	payloads []*Payload
}

var _ hosts.Hosts = (*Hosts)(nil)

// New makes hosts of which none has been heard of yet.
func New(s Settings) *Hosts {
	if s.Faults == nil {
		s.Faults = Calm{}
	}
	return &Hosts{settings: s, known: map[string]*host{}}
}

func (h *Hosts) host(t string) *host {
	if h.known[t] == nil {
		h.known[t] = newHost(h, t)
	}
	return h.known[t]
}

// PowerLoss takes the power from a host now; it is back after a while. All its
// processes die, and of what was not synced Faults.Keeps says what is left.
func (h *Hosts) PowerLoss(target string, down time.Duration) { h.host(target).powerLoss(down) }

// Cut breaks all connections to the host; until Heal nothing gets through,
// neither there nor back. What runs there runs on.
func (h *Hosts) Cut(target string) {
	h.host(target).cut = true
	h.host(target).news()
}

// Heal lets connections to the host through again.
func (h *Hosts) Heal(target string) {
	h.host(target).cut = false
	h.host(target).news()
}

// Kill kills the processes on a host that run or report the attempt.
func (h *Hosts) Kill(target, attempt string) {
	for _, p := range h.host(target).processes() {
		if p.attempt == attempt && (p.verb == "run" || p.verb == "report") {
			p.die()
		}
	}
}

// unreachable is an error that says nothing about the attempt.
func (h *host) unreachable(why string) error {
	return fmt.Errorf("simulated host %s: %s: %w", h.target, why, hosts.ErrUnreachable)
}
