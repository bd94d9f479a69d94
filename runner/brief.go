package runner

import (
	"context"
	"errors"
	"fmt"
	"time"

	"slipway/runner/blobs"
	"slipway/runner/graph"
)

// Brief is how a runner works whose calls must be short: nothing waits that
// could be woken. What would wait becomes a timer, hosts report by themselves
// where they can, and a host that needs a connection gets a call of its own.
type Brief struct {
	// Attend has a deployment looked at by a call that may last: Runner.Look.
	Attend func(ctx context.Context, deployment string) error
	// Signer signs what hosts fetch and report to.
	Signer blobs.Signer
}

// errAttend: this needs a call that may last.
var errAttend = errors.New("a host needs a connection that lasts")

// laterError is an effect that is to be tried again, not before a time.
type laterError struct {
	at  time.Time
	put putOff
	why error
}

func (e *laterError) Error() string { return fmt.Sprintf("later: %v", e.why) }

func (e *laterError) Unwrap() error { return e.why }

// putOff is what a timer remembers of an effect that was put off.
type putOff struct {
	Effect string    `json:"effect,omitempty"`
	Since  time.Time `json:"since,omitzero"` // since when the host is out of reach
	// Untaken: no message about the attempt has ever been taken for its host, so
	// it cannot have begun.
	Untaken bool `json:"untaken,omitempty"`
}

// Times of a runner that does not wait.
const (
	soon       = time.Minute      // until the next try at what may pass by itself
	watchEvery = 10 * time.Minute // between two looks at attempts that report by themselves
	grantLife  = 6 * time.Hour    // how long a host may report without hearing from us
)

// putOff sorts an answer that is no event into what the look owes at its end. It
// returns what is really an error.
func (l *look) putOff(effect string, err error) error {
	var later *laterError
	switch {
	case errors.Is(err, errAttend):
		l.attend = true
		return nil
	case errors.As(err, &later):
		l.runner.Log.Warn("put off", "deployment", l.id, "effect", effect, "until", later.at, "why", later.why)
		later.put.Effect = effect
		l.later = append(l.later, later)
		return nil
	}
	return err
}

// handOver sets what will wake the deployment again.
func (l *look) handOver(ctx context.Context) error {
	r := l.runner
	if l.attend {
		if err := r.Brief.Attend(ctx, l.id); err != nil {
			return fmt.Errorf("hand %s over: %w", l.id, err)
		}
	}
	for _, later := range l.later {
		id := "later-" + l.id + "-" + later.put.Effect
		if err := r.set(ctx, id, later.at, timer{Deployment: l.id, Put: later.put}); err != nil {
			return err
		}
	}
	if l.owesWatch() {
		return r.set(ctx, "watch-"+l.id, r.Env.Now().Add(watchEvery), timer{Deployment: l.id})
	}
	return nil
}

// owesWatch says whether a watch must be set over attempts that report by
// themselves. Where a report brought us here, the attempt that reported had one,
// or a timer for what was put off, and it rings on: a timer that rings leaves a
// watch while anything runs.
func (l *look) owesWatch() bool {
	if l.reported || l.watched() {
		return false
	}
	if l.sent.Load() > 0 {
		return true
	}
	return (l.watch || l.put != nil) && l.runs()
}

// runs says whether anything is under way that is not a person's to do.
func (l *look) runs() bool {
	for _, e := range graph.Open(l.at.Plan, l.at.State) {
		switch e.Do.(type) {
		case graph.RunTask, graph.SendMail:
			return true
		}
	}
	return false
}

// failed sees to it that a deployment whose event may have been tried for the
// last time is looked at again.
func (r *Runner) failed(ctx context.Context, deployment string, err error) error {
	err = r.held(ctx, deployment, err)
	if err == nil || r.Brief == nil || final(err) {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closing)
	defer cancel()
	setting := r.set(ctx, "watch-"+deployment, r.Env.Now().Add(watchEvery), timer{Deployment: deployment})
	return errors.Join(err, setting)
}
