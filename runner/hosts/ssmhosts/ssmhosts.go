// Package ssmhosts reaches hosts by AWS Systems Manager's Run Command: nobody
// holds a connection, nothing listens on the host, and the host answers by
// signed forms of the blob store.
//
// It decides nothing about a deployment and reads no output out of the API. The
// idea a newcomer would miss: whatever is sent stands in the account's history
// for a month, so a command holds a small script and a box that only the host
// opens. A call (Ask, Attach, …) is a command plus parts of an answer that are
// waited for; an errand is a command and nothing else.
package ssmhosts

import (
	"context"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"slipway/pipelines/task"
	"slipway/runner/blobs"
	"slipway/runner/hosts"
	"slipway/runner/hosts/sshhosts"
	"slipway/runner/hosts/wire"
)

// Store is what hosts fetch from and answer into.
type Store interface {
	blobs.Blobs
	blobs.Signer
}

// Settings have defaults for all but Store and Random.
type Settings struct {
	Store    Store
	Random   io.Reader
	Programs sshhosts.Programs // which executor a platform gets; nil is Carried("")
	Now      func() time.Time  // nil is time.Now

	// Bucket is where people put a program that is missing, for messages; "" leaves
	// them to find out.
	Bucket string
	// Home is where everything lies on Linux hosts; "" is /root, the home of the
	// user that the agent runs as and does not tell its scripts.
	Home string
	// Applications is the folder below which packages are installed on Linux hosts,
	// where a web server may read them; "" is one that fits Home.
	Applications string

	Poll        time.Duration // the pause between two looks for an answer; 0 is a second
	CallTimeout time.Duration // for a call that should answer at once; 0 is two minutes
	Lease       time.Duration // for one Attach; 0 is ten minutes
}

// Hosts reaches SSM targets. It may be used by many goroutines.
type Hosts struct {
	settings Settings
	api      *ssm.Client
}

var (
	_ hosts.Hosts   = (*Hosts)(nil)
	_ hosts.Courier = (*Hosts)(nil)
)

// New makes Hosts; it calls nobody yet.
func New(cfg aws.Config, s Settings) *Hosts {
	if s.Programs == nil {
		s.Programs = sshhosts.Carried("")
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Home == "" {
		s.Home = "/root" // which nobody else may enter
		if s.Applications == "" {
			s.Applications = "/var/lib/slipway/Applications"
		}
	}
	for _, d := range []struct {
		value *time.Duration
		def   time.Duration
	}{{&s.Poll, time.Second}, {&s.CallTimeout, 2 * time.Minute}, {&s.Lease, 10 * time.Minute}} {
		if *d.value == 0 {
			*d.value = d.def
		}
	}
	return &Hosts{settings: s, api: ssm.NewFromConfig(cfg)}
}

// Ready asks for the facts. It works before the host's key is known, since
// nothing secret is in it; the answer is compared with what AWS heard.
func (h *Hosts) Ready(ctx context.Context, t hosts.Target) (hosts.Facts, error) {
	return h.at(t).Ready(ctx)
}

// Holds says whether the host's cache has the package.
func (h *Hosts) Holds(ctx context.Context, t hosts.Target, sha256 string) (bool, error) {
	return h.at(t).Holds(ctx, sha256)
}

// Deliver leaves the package in the store for the host to fetch.
func (h *Hosts) Deliver(ctx context.Context, t hosts.Target, p task.Package, from io.Reader) error {
	return h.at(t).Deliver(ctx, p, from)
}

// Start hands the order to the executor.
func (h *Hosts) Start(ctx context.Context, t hosts.Target, o task.Order) error {
	return h.at(t).Start(ctx, o)
}

// Attach reads the ledger from line since on, for as long as one lease lasts;
// then its error wraps hosts.ErrUnreachable, like that of a lost connection.
func (h *Hosts) Attach(ctx context.Context, t hosts.Target, attempt string, since int64, to func(task.Report) error) error {
	return h.at(t).Attach(ctx, attempt, since, to)
}

// Ask says what the ledger knows now.
func (h *Hosts) Ask(ctx context.Context, t hosts.Target, attempt string) (task.Report, error) {
	return h.at(t).Ask(ctx, attempt)
}

// Stop ends the attempt's processes.
func (h *Hosts) Stop(ctx context.Context, t hosts.Target, attempt string) error {
	return h.at(t).Stop(ctx, attempt)
}

func (h *Hosts) at(t hosts.Target) wire.Client {
	return wire.Client{Runner: &caller{hosts: h, target: t}, Target: t}
}

// nameOf is what people call a target.
func nameOf(t hosts.Target) string {
	if t.Name != "" {
		return t.Name
	}
	return t.ID
}
