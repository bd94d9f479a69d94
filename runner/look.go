package runner

import (
	"context"
	"fmt"
	"sync"

	"slipway/pipelines"
	"slipway/runner/graph"
	"slipway/runner/records"
)

// Look is a wake.Look: it brings one deployment as far as it goes now.
func (r *Runner) Look(ctx context.Context, deployment string) error {
	l := &look{runner: r, id: deployment, begun: map[string]bool{}, answers: make(chan answer), nudges: make(chan struct{}, 1)}
	r.enter(l)
	defer r.leave(l)
	return l.run(ctx)
}

// look is one Look while it goes on. Only run's goroutine touches its state;
// effects work beside it and send their answers.
type look struct {
	runner  *Runner
	id      string
	at      records.Loaded
	begun   map[string]bool // effects that this look has begun
	working int
	answers chan answer
	nudges  chan struct{}
	effects sync.WaitGroup
}

// answer is what came of an effect: an event, an error of ours, or neither
// where the answer comes another way.
type answer struct {
	event graph.Happening
	err   error
}

func (l *look) nudge() {
	select {
	case l.nudges <- struct{}{}:
	default:
	}
}

func (l *look) run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer l.effects.Wait()
	defer stop()
	if err := l.load(ctx); err != nil {
		return err
	}
	if l.at.State.Head.Status == pipelines.Queued {
		if started, err := l.start(ctx); err != nil || !started {
			return err
		}
	}
	for {
		l.begin(ctx)
		if l.working == 0 || l.at.State.Head.Closed {
			return nil
		}
		if err := l.wait(ctx); err != nil {
			return err
		}
	}
}

func (l *look) load(ctx context.Context) error {
	at, err := l.runner.Records.Load(ctx, l.id)
	l.at = at
	return err
}

// start takes the deployment's place if it is free. If not, whoever holds it
// wakes the next in the queue when it ends. A conflict need not mean that the
// place was taken: another request may only have joined the queue.
func (l *look) start(ctx context.Context) (bool, error) {
	for l.at.State.Head.Status == pipelines.Queued {
		if free, err := l.free(ctx); err != nil || !free {
			return false, err
		}
		err := l.apply(ctx, []graph.Happening{graph.Started{}})
		if !records.Conflict(err) {
			return err == nil, err
		}
		if err := l.load(ctx); err != nil {
			return false, err
		}
	}
	return true, nil
}

// free says whether the deployment is the next and nobody holds its place.
func (l *look) free(ctx context.Context) (bool, error) {
	queue, err := l.runner.Records.Queue(ctx, l.at.Deployment)
	if err != nil || len(queue) > 0 && queue[0] != l.id {
		return false, err
	}
	holder, err := l.runner.Records.Holder(ctx, l.at.Deployment)
	return err == nil && holder == "", err
}

// begin performs every open effect that this look has not begun.
func (l *look) begin(ctx context.Context) {
	for _, e := range graph.Open(l.at.Plan, l.at.State) {
		if l.begun[e.ID] {
			continue
		}
		l.begun[e.ID] = true
		l.working++
		at := l.at
		l.effects.Go(func() {
			event, err := l.runner.perform(ctx, at, e)
			if err != nil {
				err = fmt.Errorf("%s of %s: %w", e.ID, l.id, err)
			}
			select {
			case l.answers <- answer{event, err}:
			case <-ctx.Done():
			}
		})
	}
}

// wait takes the next answer and all others that are there already, and writes
// them as one turn.
func (l *look) wait(ctx context.Context) error {
	var events []graph.Happening
	take := func(a answer) error {
		l.working--
		if a.event != nil {
			events = append(events, a.event)
		}
		return a.err
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-l.nudges:
		return l.load(ctx)
	case a := <-l.answers:
		if err := take(a); err != nil {
			return err
		}
	}
	for {
		select {
		case a := <-l.answers:
			if err := take(a); err != nil {
				return err
			}
			continue
		default:
		}
		return l.applyAgain(ctx, events)
	}
}

// applyAgain writes events over whatever others have written meanwhile.
func (l *look) applyAgain(ctx context.Context, events []graph.Happening) error {
	for {
		err := l.apply(ctx, events)
		if !records.Conflict(err) {
			return err
		}
		if err := l.load(ctx); err != nil {
			return err
		}
	}
}

func (l *look) apply(ctx context.Context, happenings []graph.Happening) error {
	if len(happenings) == 0 {
		return nil
	}
	events := make([]graph.Event, len(happenings))
	for i, h := range happenings {
		events[i] = graph.Event{ID: l.runner.Env.NewID(), At: l.runner.Env.Now(), Of: h}
	}
	was := l.at.State.Head.Status
	after, changed, err := l.runner.Records.Turn(ctx, l.at, events)
	if err != nil {
		return err
	}
	l.at = after
	if changed && after.State.Head.Status != was {
		l.runner.Log.Info("deployment", "id", l.id, "status", after.State.Head.Status, "revision", after.Revision)
	}
	return nil
}
