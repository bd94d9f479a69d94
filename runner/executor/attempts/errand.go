package attempts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/executor/ledger"
)

// DeclinedError says that an errand was not begun, and why.
type DeclinedError struct {
	Answer task.Answer
	target string
}

func (e *DeclinedError) Error() string {
	if e.Answer.Busy != "" {
		return fmt.Sprintf("target %s is busy with attempt %s", e.target, e.Answer.Busy)
	}
	return e.Answer.Refused
}

// Errand takes an order that came with leave to report: it sees to it that the
// order's process runs, unless the ledger knows the attempt, or that it ends, and
// that somebody reports it under this newest leave. An errand that is not begun
// is a *DeclinedError, and who sent it was answered.
func (h *Host) Errand(ctx context.Context, e task.Errand) error {
	a, err := h.checkErrand(e)
	if err != nil {
		return h.decline(ctx, e, task.Answer{Refused: err.Error()})
	}
	if err := h.Ledger.Clean(h.Now()); err != nil {
		return err
	}
	do := h.begin
	if e.Stop {
		do = h.stopErrand
	}
	busy, err := do(ctx, e, a)
	switch {
	case err != nil && !a.Known():
		// What was refused must stay refused, also for an errand that comes later.
		if _, forgotten := errors.AsType[*ledger.ForgottenError](err); forgotten {
			a.Forget()
			return h.decline(ctx, e, task.Answer{Refused: err.Error()})
		}
		if _, accepting := h.Ledger.Accept(e.Order); accepting != nil || !h.giveUp(a, err) {
			return errors.Join(err, accepting)
		}
	case err != nil:
		if !h.giveUp(a, err) {
			return err // it may have begun
		}
	case busy != "":
		a.Forget()
		return h.decline(ctx, e, task.Answer{Busy: busy})
	}
	if err := a.Grant(ledger.Grant{Nonce: e.Nonce, Lines: e.Lines, Reports: e.Reports, Since: e.Since, Came: h.Now()}); err != nil {
		return err
	}
	return h.SpawnReporter(a)
}

func (h *Host) checkErrand(e task.Errand) (ledger.Attempt, error) {
	if e.Format > task.ErrandFormat {
		return ledger.Attempt{}, fmt.Errorf("errand for %s has format %d and this executor understands %d: `slipway target check` brings the executor that belongs to the server", e.Order.ID, e.Format, task.ErrandFormat)
	}
	a, err := h.Ledger.Attempt(e.Order.ID)
	return a, errors.Join(err, ledger.CheckName("target", e.Order.Target), ledger.CheckName("nonce", e.Nonce))
}

// begin is ensure for an order whose package may have to be fetched first.
func (h *Host) begin(ctx context.Context, e task.Errand, a ledger.Attempt) (busy string, err error) {
	report, err := a.Report(h.Now())
	if err != nil {
		return "", err
	}
	if report.Phase == task.Running || report.Phase == task.Ended {
		return "", nil
	}
	expired := !e.Order.Expires.IsZero() && e.Order.Expires.Before(h.Now())
	if e.Order.Package != nil && !expired {
		holder, err := h.Ledger.Holder(e.Order.Target)
		if err != nil || holder != "" && holder != a.ID && !h.hasEnded(holder) {
			return holder, err
		}
		if err := a.Expect(); err != nil {
			return "", err
		}
		if err := h.Fetch(ctx, e); err != nil {
			return "", err
		}
	}
	return h.ensure(ctx, e.Order)
}

// stopErrand ends the attempt. One that never came is accepted as a stopped one:
// the wish is on the disk before the order is, so whoever takes it up, now or when
// the order itself arrives, finds that it must not begin.
func (h *Host) stopErrand(_ context.Context, e task.Errand, a ledger.Attempt) (busy string, err error) {
	why := stoppedEarly
	if !a.Known() {
		why = "it never began: the wish to stop it came first"
		if err := a.Expect(); err != nil {
			return "", err
		}
	}
	report, err := a.Report(h.Now())
	if err != nil || report.Phase == task.Ended {
		return "", err
	}
	if err := a.AskToStop(); err != nil {
		return "", err
	}
	if _, err := h.Ledger.Accept(e.Order); err != nil {
		return "", err
	}
	return "", h.stopWaiting(a, why)
}

// giveUp ends an accepted attempt that cannot be run, if it has not begun.
func (h *Host) giveUp(a ledger.Attempt, why error) bool {
	o, err := a.Order()
	if err != nil {
		return false
	}
	lock, _, err := h.Ledger.Hold(o.Target, a.ID)
	if err != nil || lock == nil {
		return false
	}
	defer lock.Close()
	if report, err := a.Report(h.Now()); err != nil || report.Phase != task.Waiting {
		return err == nil
	}
	return a.End(task.End{Outcome: task.Failed, At: h.Now().UTC(), Message: "nothing ran: " + why.Error()}) == nil
}

// answering is how long the way out is tried for an answer. What became of the
// message that brought the errand says the same, only later.
const answering = 20 * time.Second

// decline says why nothing was begun, by the form and to the caller.
func (h *Host) decline(ctx context.Context, e task.Errand, answer task.Answer) error {
	answer.Attempt = e.Order.ID
	said := &DeclinedError{answer, e.Order.Target}
	if ledger.CheckName("nonce", e.Nonce) != nil || e.Reports.URL == "" {
		return said
	}
	body, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	deadline := h.Now().Add(answering)
	for wait := 200 * time.Millisecond; ; wait *= 2 {
		left := deadline.Sub(h.Now())
		if left <= 0 {
			return said
		}
		err := h.Post(ctx, e.Reports, "answer-"+e.Nonce, body, left)
		if err == nil || h.Final(err) || h.Sleep(ctx, min(wait, left)) != nil {
			return said
		}
	}
}
