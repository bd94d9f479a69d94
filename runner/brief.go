package runner

import (
	"context"
	"errors"
	"fmt"
	"maps"
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
	at      time.Time
	attempt string    // whose host is out of reach, "" if it is no attempt
	since   time.Time // since when
	why     error
}

func (e *laterError) Error() string { return fmt.Sprintf("later: %v", e.why) }

// Times of a runner that does not wait.
const (
	soon       = time.Minute      // until the next try at what may pass by itself
	watchEvery = 10 * time.Minute // between two looks at attempts that report by themselves
	grantLife  = 6 * time.Hour    // how long a host may report without hearing from us
)

// put sorts an answer that is no event into what the look owes at its end. It
// returns what is really an error.
func (l *look) put(err error) error {
	var later *laterError
	switch {
	case errors.Is(err, errAttend):
		l.attend = true
		return nil
	case errors.As(err, &later):
		l.runner.Log.Warn("put off", "deployment", l.id, "until", later.at, "why", later.why)
		if l.later.IsZero() || later.at.Before(l.later) {
			l.later = later.at
		}
		if later.attempt != "" {
			l.lost[later.attempt] = later.since
		}
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
	if !l.later.IsZero() {
		if err := r.setLook(ctx, "look-"+l.id, l.later, timer{Deployment: l.id, Lost: l.lost}); err != nil {
			return err
		}
	}
	if l.sent.Load() > 0 && (l.all || !l.watched) {
		return r.setLook(ctx, "watch-"+l.id, r.Env.Now().Add(watchEvery), timer{Deployment: l.id})
	}
	return nil
}

// runsOnHosts says whether an attempt on a host is open that this look does not
// begin: then somebody has set a watch.
func (l *look) runsOnHosts() bool {
	for _, e := range graph.Open(l.at.Plan, l.at.State) {
		if _, ok := e.Do.(graph.RunTask); ok && !l.only[e.ID] {
			return true
		}
	}
	return false
}

// lostSince is since when the attempt's host is known to be out of reach.
func (o performing) lostSince(attempt string, now time.Time) time.Time {
	if since, ok := o.lost[attempt]; ok {
		return since
	}
	return now
}

func cloned(lost map[string]time.Time) map[string]time.Time {
	if lost == nil {
		return map[string]time.Time{}
	}
	return maps.Clone(lost)
}
