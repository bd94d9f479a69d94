package runner

import (
	"context"
	"slices"
	"time"

	"slipway/pipelines"
	"slipway/runner/graph"
	"slipway/runner/records"
)

// takePlace takes the deployment's place if it is its turn, for the first time or
// again, or ends a deployment whose turn another one takes. If it is not its
// turn, whoever leaves the place wakes the next in the queue. A conflict need not
// mean that the place was taken: another request may only have joined the queue.
func (l *look) takePlace(ctx context.Context) (bool, error) {
	for tries := 0; l.at.State.Head.Stands() == graph.PlaceWanted; tries++ {
		behind, free, err := l.turnHasCome(ctx)
		if err != nil {
			return false, err
		}
		if !free { // but it may be that of somebody whom nobody has told
			return false, l.runner.passOn(ctx, l.at.Deployment, false)
		}
		was := l.at.Revision
		switch err := l.takeNow(ctx, behind); {
		case records.Conflict(err) && tries < mostConflicts:
			if err := l.load(ctx); err != nil {
				return false, err
			}
		case err != nil || l.at.Revision == was:
			return false, err
		}
	}
	return true, nil
}

// mostConflicts is how often in a row somebody else may be faster; then whoever
// called us calls again, after a pause.
const mostConflicts = 500

func (l *look) takeNow(ctx context.Context, behind []string) error {
	if err := l.insure(ctx); err != nil {
		return err
	}
	current, err := l.current(ctx)
	if err != nil {
		return err
	}
	begins := l.head().Started.IsZero()
	if begins {
		superseded, err := l.superseded(ctx, behind, current)
		if err != nil {
			return err
		}
		if superseded != nil {
			return l.apply(ctx, []graph.Happening{*superseded})
		}
	}
	clash, pinned, err := l.runner.Records.Clash(ctx, l.at.Deployment, l.at.Plan, l.runner.Env.Now())
	if err != nil {
		return err
	}
	if begins {
		return l.apply(ctx, []graph.Happening{graph.Started{Clash: clash}}, pinned)
	}
	if _, why := l.tooOld(current); clash == "" && why != "" && !decided(l.at.Plan, *l.head()) {
		clash, pinned = why, records.Also{} // it comes to hold nothing
	}
	return l.apply(ctx, []graph.Happening{graph.Placed{Clash: clash}}, pinned)
}

// insure has the deployment looked at again if this call dies between the turn
// and its effects: of a first turn everybody is told, of a later one nobody. What
// rings then is the watch, so that it goes on over whatever runs.
func (l *look) insure(ctx context.Context) error {
	r := l.runner
	if r.Brief == nil || l.at.Revision == 0 || l.watched() {
		return nil
	}
	at := r.Env.Now().Add(watchEvery)
	err := r.set(ctx, "watch-"+l.id, at, timer{Deployment: l.id})
	if err == nil {
		l.insured = at
	}
	return err
}

// watched says whether this look has set a watch that has yet to ring.
func (l *look) watched() bool { return l.runner.Env.Now().Before(l.insured) }

// turnHasCome says whether nobody holds the deployment's place and nobody is
// before it, and who is behind it. Those that cannot be read are held for a
// person, and nobody waits for them.
func (l *look) turnHasCome(ctx context.Context) (behind []string, free bool, err error) {
	r, d := l.runner, l.at.Deployment
	for {
		holder, err := r.Records.Holder(ctx, d)
		if err != nil {
			return nil, false, err
		}
		queue, err := r.Records.Queue(ctx, d)
		if err != nil {
			return nil, false, err
		}
		own := slices.Index(queue, l.id)
		before := queue[:max(0, own)]
		if holder != "" {
			before = []string{holder}
		}
		in, err := l.inTheWay(ctx, before, holder != "")
		if err != nil || in == "" {
			return queue[own+1:], err == nil, err
		}
		swept, err := r.Records.Sweep(ctx, d, in)
		if err != nil || !swept {
			return nil, false, err
		}
	}
}

// inTheWay is the first of those before that has or takes the place. A holder
// that cannot be read has it still.
func (l *look) inTheWay(ctx context.Context, before []string, holds bool) (string, error) {
	for _, id := range before {
		if holds {
			return id, nil
		}
		_, err := l.runner.Records.Load(ctx, id)
		if _, corrupt := records.Corrupt(err); corrupt {
			continue
		}
		if pipelines.CodeOf(err) == pipelines.NotFound {
			err = nil
		}
		return id, err
	}
	return "", nil
}

// passOn wakes the next in the queue of a place that is free. Where no process
// stays, the change of the table does. Those that cannot be read are passed over;
// past: the first has been woken by others, if it can be read.
func (r *Runner) passOn(ctx context.Context, place pipelines.Deployment, past bool) error {
	if r.Brief != nil || r.wake == nil {
		return nil
	}
	queue, err := r.Records.Queue(ctx, place)
	if err != nil || len(queue) == 0 || past && len(queue) == 1 {
		return err
	}
	if holder, err := r.Records.Holder(ctx, place); err != nil || holder != "" {
		return err
	}
	for i, id := range queue {
		_, err := r.Records.Load(ctx, id)
		if _, corrupt := records.Corrupt(err); corrupt {
			continue
		}
		if err != nil || past && i == 0 {
			return err
		}
		return r.wake.Wake(ctx, id)
	}
	return nil
}

// held leaves a deployment alone of which something stored cannot be read: a
// person must see to it, and trying again would change nothing. What a newer
// program wrote is for that one. Where no process is started to find either, it is
// looked at again from time to time. What belongs to others too is an error like
// any other, and tried again.
func (r *Runner) held(ctx context.Context, deployment string, err error) error {
	c, corrupt := records.Corrupt(err)
	if !corrupt || !c.Of(deployment) {
		return err
	}
	r.Log.Error("a deployment is held: something stored cannot be read", "deployment", deployment, "item", c.Key, "error", err)
	if r.Brief == nil {
		return nil
	}
	pause := mendedEvery
	if c.Newer {
		pause = newerEvery
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closing)
	defer cancel()
	return r.set(ctx, "again-"+deployment, r.Env.Now().Add(pause), timer{Deployment: deployment})
}

// How often a deployment that is held is looked at: a newer program may have
// taken the place of this one, and a person may have mended what is damaged.
const (
	newerEvery  = 10 * time.Minute
	mendedEvery = time.Hour
)
