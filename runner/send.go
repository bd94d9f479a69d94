package runner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/task"
	"slipway/runner/blobs"
	"slipway/runner/graph"
	"slipway/runner/hosts"
	"slipway/runner/records"
	"slipway/runner/tasklog"
)

// send gives the attempt to a host that reports by itself. Sent again, the same
// errand asks the host's ledger: it begins what never began, and reports what is
// due of what has.
func (a *attempt) send(ctx context.Context, courier hosts.Courier) (graph.Happening, error) {
	if a.stopped() {
		return a.stoppedAfar(ctx, courier)
	}
	if len(a.target.ExecutorKey) == 0 && !a.order.long {
		return nil, errAttend // a first contact waits for the host's answer
	}
	if a.order.first {
		if err := a.claimFirst(ctx); err != nil {
			return nil, err
		}
	}
	err := a.errandTo(ctx, courier, false)
	var refused *refusedError
	switch {
	case err == nil:
		a.order.sent()
		return nil, nil
	case ctx.Err() != nil:
		return nil, err
	case errors.Is(err, hosts.ErrUnreachable):
		a.begun = a.begun || errors.Is(err, hosts.ErrUnsure)
		return a.unreachable(ctx, err)
	case errors.As(err, &refused):
		return a.runner.ended(ctx, &a.order.at.Plan, a.work, a.unreached(refused))
	case final(err):
		return a.runner.ended(ctx, &a.order.at.Plan, a.work, a.unreached(&refusedError{err.Error()}))
	}
	return nil, err // trouble of ours: whoever called us calls again
}

// stoppedAfar ends an attempt that is not wanted any more. One that a host may
// have heard of, or that has earlier ones, is ended by its StopTask, which sees to
// it that the host says so; but not for ever.
func (a *attempt) stoppedAfar(ctx context.Context, courier hosts.Courier) (graph.Happening, error) {
	switch {
	case !a.begun && len(a.earlier()) == 0:
		return a.runner.ended(ctx, &a.order.at.Plan, a.work, *a.hopeless(errStopped))
	case !a.order.put.Since.IsZero(): // a message got lost, so this one carries the wish
		return a.stopAfar(ctx, courier)
	}
	return nil, nil
}

// claimFirst finds out whether an attempt of a turn that we were told of has
// been sent before. It costs a mark in the bucket, so it is asked only where
// nothing else tells: for the first of a deployment, or after a sign-off.
func (a *attempt) claimFirst(ctx context.Context) error {
	mark, ours, err := a.runner.claim(ctx, a.id, markBegun)
	a.begun = !ours
	if err == nil && mark == markNever {
		err = errStopped
	}
	return err
}

// final says whether an error is an answer, like "there is no such secret", and
// not a store's passing trouble.
func final(err error) bool {
	known, ok := errors.AsType[*pipelines.Error](err)
	return ok && known.Code != pipelines.Unavailable
}

// permission says whether we ourselves lack a right: waiting does not bring it.
func permission(err error) bool {
	var lacks interface{ Permission() string }
	return errors.As(err, &lacks)
}

// lostSince is now, and since when the host is out of reach.
func (a *attempt) lostSince() (now, since time.Time) {
	now, since = a.runner.Env.Now(), a.order.put.Since
	if since.IsZero() {
		since = now
	}
	return now, since
}

// unreachable waits without us, until the patience is over.
func (a *attempt) unreachable(ctx context.Context, err error) (graph.Happening, error) {
	now, since := a.lostSince()
	if now.Sub(since) < a.runner.patience() {
		return nil, &laterError{at: now.Add(soon), put: putOff{Since: since, Untaken: !a.begun}, why: err}
	}
	a.lostAt = since
	return a.runner.ended(ctx, &a.order.at.Plan, a.work, *a.hopeless(err))
}

// errandTo makes the errand and hands it to the transport.
func (a *attempt) errandTo(ctx context.Context, courier hosts.Courier, stop bool) error {
	r := a.runner
	if len(a.target.ExecutorKey) == 0 {
		facts, err := a.hosts.Ready(ctx, a.target)
		if permission(err) {
			return &refusedError{err.Error()}
		}
		if err != nil {
			return fmt.Errorf("%w: %w", hosts.ErrUnreachable, err)
		}
		if err := r.pin(ctx, &a.target, facts); err != nil {
			return err
		}
	}
	order, err := r.order(ctx, a.order.at, a.work, &a.target)
	if err != nil {
		return err
	}
	errand := task.Errand{Format: task.ErrandFormat, Order: *order, Nonce: r.Env.NewID(), Stop: stop, Lost: a.order.put.Since}
	if err := a.sign(ctx, &errand); err != nil {
		return err
	}
	err = courier.Dispatch(ctx, a.target, errand)
	if err != nil && ctx.Err() == nil && !errors.Is(err, hosts.ErrUnreachable) {
		return &refusedError{err.Error()}
	}
	return err
}

// sign adds the leave to fetch and to report.
func (a *attempt) sign(ctx context.Context, e *task.Errand) (err error) {
	signer := a.runner.Brief.Signer
	deployment, number := a.order.at.Deployment.ID, tasklog.TaskID(a.work.Task)
	if a.begun { // what has not begun has no output
		if e.Since, err = a.runner.Output.Last(ctx, deployment, number, a.id); err != nil {
			return err
		}
	}
	if p := e.Order.Package; p != nil && !e.Stop {
		fetch, err := signer.SignGet(ctx, records.PackageBlob(p.SHA256), orderLife)
		if err != nil {
			return err
		}
		e.Fetch = &fetch
	}
	if e.Lines, err = signer.SignForm(ctx, fmt.Sprintf("logs/%s/%s/%s/", deployment, number, a.id), 1<<20, grantLife); err != nil {
		return err
	}
	e.Reports, err = signer.SignForm(ctx, "reports/"+a.id+"/", task.MostReported, grantLife)
	return err
}

// stopBriefly asks once for the end of an attempt; that it has ended is
// reported like any other end.
func (r *Runner) stopBriefly(ctx context.Context, order performing, w graph.StopTask) (graph.Happening, error) {
	a, err := r.attempt(ctx, order, graph.RunTask(w))
	if refused, ok := errors.AsType[*refusedError](err); ok {
		return r.ended(ctx, &order.at.Plan, a.work, task.End{Outcome: task.Unknown, Message: refused.message + "; it was to be stopped, and may go on there"})
	}
	if err != nil {
		return nil, err
	}
	if courier, ok := a.hosts.(hosts.Courier); ok {
		return a.stopAfar(ctx, courier)
	}
	if err := a.hosts.Stop(ctx, a.target, a.id); err != nil {
		r.Log.Warn("stop", "attempt", a.id, "error", err)
	}
	return nil, errAttend // whoever stays sees the end, and asks again until it comes
}

// stopAfar sends the wish to stop, for as long as our patience lasts.
func (a *attempt) stopAfar(ctx context.Context, courier hosts.Courier) (graph.Happening, error) {
	if len(a.target.ExecutorKey) == 0 && !a.order.long {
		return nil, errAttend
	}
	err := a.stopEarlierAfar(ctx, courier)
	if err == nil {
		err = a.errandTo(ctx, courier, true)
	}
	if err == nil {
		a.order.sent()
		return nil, nil
	}
	if ctx.Err() != nil {
		return nil, err
	}
	now, since := a.lostSince()
	if now.Sub(since) < a.runner.patience() {
		return nil, &laterError{at: now.Add(soon), put: putOff{Since: since}, why: err}
	}
	return a.runner.ended(ctx, &a.order.at.Plan, a.work, task.End{Outcome: task.Unknown, Message: fmt.Sprintf(
		"host %s could not be told to stop for %s; the step may go on there: look at the host (%s)", a.target.Name, a.runner.patience(), err)})
}

// What a mark says. Of several who come to a conclusion about one attempt the
// first to write it is right, and the others follow.
const (
	markBegun = "begun" // its order is on its way, or may be
	markNever = "never" // it ends without having begun, whatever others still mean to do
)

// claim writes what is concluded of an attempt where the runner that comes next
// may be another one. It returns what is true of it, and whether we were first.
func (r *Runner) claim(ctx context.Context, attempt, mark string) (holds string, ours bool, err error) {
	name := "begun/" + attempt
	_, err = r.Blobs.Put(ctx, name, strings.NewReader(mark))
	if !errors.Is(err, blobs.ErrExists) {
		return mark, err == nil, err
	}
	holds, err = r.marked(ctx, attempt)
	return holds, false, err
}

// marked reads what is concluded of an attempt, "" if nothing is.
func (r *Runner) marked(ctx context.Context, attempt string) (string, error) {
	body, _, err := r.Blobs.Get(ctx, "begun/"+attempt)
	if errors.Is(err, blobs.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer body.Close()
	b, err := io.ReadAll(io.LimitReader(body, 16))
	return string(b), err
}
