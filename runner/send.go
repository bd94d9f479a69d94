package runner

import (
	"context"
	"errors"
	"fmt"
	"strings"

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
	if a.order.fresh && a.stopped() {
		return a.runner.ended(ctx, a.work, *a.hopeless(errStopped))
	}
	if a.stopped() {
		return nil, nil // its StopTask does it
	}
	if len(a.target.ExecutorKey) == 0 && !a.order.long {
		return nil, errAttend // a first contact waits for the host's answer
	}
	return a.dispatch(ctx, courier, false)
}

func (a *attempt) dispatch(ctx context.Context, courier hosts.Courier, stop bool) (graph.Happening, error) {
	err := a.errandTo(ctx, courier, stop)
	var refused *refusedError
	switch {
	case err == nil:
		a.order.sent()
		return nil, nil
	case ctx.Err() != nil:
		return nil, err
	case errors.Is(err, hosts.ErrUnreachable):
		return a.unreachable(ctx, err)
	case errors.As(err, &refused):
		return a.runner.ended(ctx, a.work, a.unreached(refused))
	case final(err):
		return a.runner.ended(ctx, a.work, a.unreached(&refusedError{err.Error()}))
	}
	return nil, err // trouble of ours: whoever called us calls again
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

// unreachable waits without us, until the patience is over.
func (a *attempt) unreachable(ctx context.Context, err error) (graph.Happening, error) {
	now := a.runner.Env.Now()
	since := a.order.lostSince(a.id, now)
	if now.Sub(since) < a.runner.patience() {
		return nil, &laterError{at: now.Add(soon), attempt: a.id, since: since, why: err}
	}
	a.lostAt = since
	return a.runner.ended(ctx, a.work, *a.hopeless(err))
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
	order, err := r.order(ctx, a.order.at, a.work, a.target)
	if err != nil {
		return err
	}
	errand := task.Errand{Format: task.ErrandFormat, Order: order, Nonce: r.Env.NewID(), Stop: stop}
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
	if !a.order.fresh {
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
	e.Reports, err = signer.SignForm(ctx, "reports/"+a.id+"/", reportLimit, grantLife)
	return err
}

// stopBriefly asks once for the end of an attempt; that it has ended is
// reported like any other end.
func (r *Runner) stopBriefly(ctx context.Context, order performing, w graph.StopTask) error {
	run := graph.RunTask(w)
	a, err := r.attempt(ctx, order, run)
	if refused, ok := errors.AsType[*refusedError](err); ok {
		r.Log.Warn("stop", "attempt", a.id, "error", refused)
		return nil
	}
	if err != nil {
		return err
	}
	if courier, ok := a.hosts.(hosts.Courier); ok {
		if err := a.errandTo(ctx, courier, true); err != nil {
			return &laterError{at: r.Env.Now().Add(soon), why: err}
		}
		order.sent()
		return nil
	}
	if err := a.hosts.Stop(ctx, a.target, a.id); err != nil {
		r.Log.Warn("stop", "attempt", a.id, "error", err)
	}
	if order.long {
		return nil // this look is attached, or will be, and sees the end
	}
	return errAttend
}

// begunBlob marks an attempt whose payload may have begun, where the runner that
// handed it over may be another one than the next.
func begunBlob(attempt string) string { return "begun/" + attempt }

func (r *Runner) noteBegun(ctx context.Context, attempt string) error {
	_, err := r.Blobs.Put(ctx, begunBlob(attempt), strings.NewReader("begun\n"))
	if errors.Is(err, blobs.ErrExists) {
		return nil
	}
	return err
}

func (r *Runner) mayHaveBegun(ctx context.Context, attempt string) (bool, error) {
	body, _, err := r.Blobs.Get(ctx, begunBlob(attempt))
	if errors.Is(err, blobs.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, body.Close()
}
