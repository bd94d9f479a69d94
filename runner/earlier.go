package runner

import (
	"context"
	"errors"
	"fmt"

	"slipway/pipelines/task"
	"slipway/runner/blobs"
	"slipway/runner/graph"
	"slipway/runner/hosts"
)

// Before an attempt there may be others at its task that run still: a person had it
// tried again, or took the deployment up again, where nobody could say how one of
// them ended. So the wish to stop the newest is one to stop them all.

// earlier are the attempts at the task before this one that may run still. What is
// tried again by itself has ended.
func (a *attempt) earlier() []int {
	if a.order.now().State.Task(a.work.Task).From == 0 {
		return nil
	}
	out := make([]int, a.work.Attempt-1)
	for i := range out {
		out[i] = i + 1
	}
	return out
}

func (a *attempt) numbered(n int) string { return attemptID(a.order.at.Deployment, a.work.Task, n) }

// leftError says that an attempt, which has not begun and will not, had an earlier
// one that may run still.
type leftError struct {
	attempt int
	why     error
}

func (e *leftError) Error() string {
	return fmt.Sprintf("attempt %d may still run: %v", e.attempt, e.why)
}

func (e *leftError) Unwrap() error { return e.why }

var errGoesOn = errors.New("it was told to stop and has not ended")

// endEarlier ends the earlier attempts where a connection stays. A *leftError is
// one that has not ended; nobody is told of it who does not wait any more.
func (a *attempt) endEarlier(ctx context.Context) error {
	for _, n := range a.earlier() {
		why := a.stopNow(ctx, a.numbered(n))
		if why == nil || !errors.Is(why, errGoesOn) && !errors.Is(why, hosts.ErrUnreachable) {
			continue // it has ended, or there is no executor that could have begun it
		}
		known, err := a.knownEnds(ctx)
		if err != nil {
			return err
		}
		if !known[n] && running(a.order.now(), graph.StopTask(a.work)) {
			return &leftError{n, why}
		}
	}
	return errStopped
}

// stopNow ends an attempt; an error says that it may run still.
func (a *attempt) stopNow(ctx context.Context, id string) error {
	for told := false; ; told = true {
		report, err := a.hosts.Ask(ctx, a.target, id)
		switch {
		case err != nil || report.Phase != task.Running && report.Phase != task.Waiting:
			return err
		case told:
			return errGoesOn
		}
		if err := a.hosts.Stop(ctx, a.target, id); err != nil {
			return err
		}
	}
}

// knownEnds are the attempts at the task of which the journal knows how they
// ended.
func (a *attempt) knownEnds(ctx context.Context) (map[int]bool, error) {
	if a.ended != nil {
		return a.ended, nil
	}
	turns, err := a.runner.Records.Journal(ctx, a.order.at.Deployment.ID)
	if err != nil {
		return nil, err
	}
	ended := map[int]bool{}
	for _, t := range turns {
		for _, e := range t.Events {
			if r, ok := e.Of.(graph.TaskReported); ok && r.Task == a.work.Task && r.Outcome != task.Unknown {
				ended[r.Attempt] = true
			}
		}
	}
	a.ended = ended
	return ended, nil
}

// stopEarlierAfar sends the wish to stop to the earlier attempts whose end no host
// has reported.
func (a *attempt) stopEarlierAfar(ctx context.Context, courier hosts.Courier) error {
	for _, n := range a.earlier() {
		b := *a
		b.work.Attempt, b.id, b.begun = n, a.numbered(n), true
		if reported, err := a.runner.hasReported(ctx, b.id); err != nil || reported {
			if err != nil {
				return err
			}
			continue
		}
		if err := b.errandTo(ctx, courier, true); err != nil {
			return err
		}
	}
	return nil
}

func (r *Runner) hasReported(ctx context.Context, attempt string) (bool, error) {
	body, _, err := r.Blobs.Get(ctx, "reports/"+attempt+"/end")
	if errors.Is(err, blobs.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, body.Close()
}
