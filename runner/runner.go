// Package runner carries deployments out: it looks at one deployment at a
// time, performs what is open, and writes what came of it as the next turn.
//
// It knows no step type and keeps nothing in memory that matters: whatever it
// was doing when it died is found again from the journal, by Look. It is
// called for an event and ends when nothing is left that it could do; a
// deployment that waits for a person costs nothing.
//
// The order law holds here: a turn is durable before an effect of it is
// performed. So every effect may be performed twice, never zero times.
package runner

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"slipway/pipelines"
	"slipway/runner/blobs"
	"slipway/runner/env"
	"slipway/runner/hosts"
	"slipway/runner/mail"
	"slipway/runner/records"
	"slipway/runner/secrets"
	"slipway/runner/tasklog"
	"slipway/runner/timers"
	"slipway/runner/wake"
)

// Runner carries deployments out. All fields are set once, before the first
// Look.
type Runner struct {
	Records *records.Records
	Blobs   blobs.Blobs
	Output  *tasklog.Log
	Timers  timers.Timers
	Mail    mail.Mail
	Secrets secrets.Opener
	// Sources reads values that are kept elsewhere, by a reference like
	// aws-parameter:/prod/db-password; nil where there is no elsewhere.
	Sources func(ctx context.Context, ref string) (string, error)
	Hosts   map[string]hosts.Hosts // by transport
	Env     env.Env
	Log     *slog.Logger

	BaseURL string // for links in mails, without a slash at the end
	From    string // who mails come from
	// Next starts what follows a deployment that ended.
	Next func(context.Context, pipelines.Deployment) error
	// Patience is how long a host may be out of reach before the outcome of an
	// attempt there is called unknown. 0 is DefaultPatience.
	Patience time.Duration
	// LinkLife is how long a sign-off link can be used. 0 is 7 days.
	LinkLife time.Duration
	// Brief is set where no call may last; nil in a process that stays.
	Brief *Brief

	wake   wake.Wake // of other deployments; nil where the table's changes do it
	mu     sync.Mutex
	sealTo []byte // the public half of the output key, once known
	looks  map[string]*look
	// told are deployments that were asked for in this process and not looked at
	// yet: nobody else can have begun them.
	told map[string]bool
}

// DefaultPatience survives a host's reboot and a short outage.
const DefaultPatience = 10 * time.Minute

func (r *Runner) patience() time.Duration {
	if r.Patience > 0 {
		return r.Patience
	}
	return DefaultPatience
}

func (r *Runner) linkLife() time.Duration {
	if r.LinkLife > 0 {
		return r.LinkLife
	}
	return 7 * 24 * time.Hour
}

// Nudged is a wake that first tells a look in progress that something has been
// written beside it, like a cancel, and then passes the wake on. The runner uses
// it too, for the deployment that comes next.
func (r *Runner) Nudged(inner wake.Wake) wake.Wake {
	r.wake = nudging{r, inner}
	return r.wake
}

type nudging struct {
	runner *Runner
	inner  wake.Wake
}

func (n nudging) Wake(ctx context.Context, deployment string) error {
	n.runner.mu.Lock()
	l := n.runner.looks[deployment]
	n.runner.mu.Unlock()
	if l != nil {
		l.nudge()
	}
	return n.inner.Wake(ctx, deployment)
}

// Born tells of a deployment that this very process has just stored, before it
// is woken: then nobody can have begun it.
func (n nudging) Born(deployment string) {
	r := n.runner
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.told == nil {
		r.told = map[string]bool{}
	}
	r.told[deployment] = true
}

func (r *Runner) bornHere(deployment string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	born := r.told[deployment]
	delete(r.told, deployment)
	return born
}

func (r *Runner) enter(l *look) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.looks == nil {
		r.looks = map[string]*look{}
	}
	r.looks[l.id] = l
}

func (r *Runner) leave(l *look) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.looks[l.id] == l {
		delete(r.looks, l.id)
	}
}
