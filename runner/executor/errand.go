package executor

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/executor/ledger"
	"slipway/runner/executor/signed"
)

// How an errand ends that was not begun: who sent it reads it from the exit code
// where the Answer itself cannot get through.
const (
	ExitRefused = 70 // nothing ran and nothing will
	ExitBusy    = 75 // another attempt holds the target: try later
)

// notBegunError is the answer to an errand as a process gives it.
type notBegunError struct {
	code int
	why  string
}

func (e *notBegunError) Error() string { return e.why }

// errand takes an order that came with leave to report: it sees to it that the
// order's process runs, unless the ledger knows the attempt, or that it ends, and
// that somebody reports it under this newest leave.
func (c *call) errand([]string) error {
	e, err := c.openErrand()
	if err != nil {
		return &notBegunError{ExitRefused, err.Error()}
	}
	a, err := c.checkErrand(e)
	if err != nil {
		return c.decline(e, task.Answer{Refused: err.Error()})
	}
	if err := c.ledger.Clean(c.now()); err != nil {
		return err
	}
	do := c.begin
	if e.Stop {
		do = c.stopErrand
	}
	busy, err := do(e, a)
	switch {
	case err != nil && !a.Known():
		// What was refused must stay refused, also for an errand that comes later.
		if _, forgotten := errors.AsType[*ledger.ForgottenError](err); forgotten {
			a.Forget()
			return c.decline(e, task.Answer{Refused: err.Error()})
		}
		if _, accepting := c.ledger.Accept(e.Order); accepting != nil || !c.giveUp(a, err) {
			return errors.Join(err, accepting)
		}
	case err != nil:
		if !c.giveUp(a, err) {
			return err // it may have begun
		}
	case busy != "":
		a.Forget()
		return c.decline(e, task.Answer{Busy: busy})
	}
	if err := a.Grant(ledger.Grant{Nonce: e.Nonce, Lines: e.Lines, Reports: e.Reports, Since: e.Since, Came: c.now()}); err != nil {
		return err
	}
	if err := c.spawnReporter(a); err != nil {
		return err
	}
	return c.answer(Started{Started: a.ID})
}

// openErrand reads the sealed errand from stdin.
func (c *call) openErrand() (e task.Errand, err error) {
	text, err := c.unsealStdin("errand")
	if err != nil {
		return e, err
	}
	if err := json.Unmarshal(text, &e); err != nil {
		return e, errors.New("the errand is not its JSON: the server is newer than this executor, or something else was sealed")
	}
	return e, nil
}

// unsealStdin opens the box that stdin holds as base64.
func (c *call) unsealStdin(what string) ([]byte, error) {
	const most = 64 << 20
	text, err := io.ReadAll(io.LimitReader(c.stdin, most))
	if err != nil {
		return nil, err
	}
	box, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(string(text)), ""))
	if err != nil {
		return nil, fmt.Errorf("the %s did not arrive whole: %w", what, err)
	}
	key, err := c.hostKey()
	if err != nil {
		return nil, err
	}
	plain, ok := key.unseal(box)
	if !ok {
		return nil, fmt.Errorf("the %s is sealed to another key than this host's: if the host was reinstalled or its ledger removed, remove the target and add it again, which pins the new key, and deploy again", what)
	}
	return plain, nil
}

func (c *call) checkErrand(e task.Errand) (ledger.Attempt, error) {
	if e.Format > task.ErrandFormat {
		return ledger.Attempt{}, fmt.Errorf("errand for %s has format %d and this executor understands %d: `slipway target check` brings the executor that belongs to the server", e.Order.ID, e.Format, task.ErrandFormat)
	}
	a, err := c.ledger.Attempt(e.Order.ID)
	return a, errors.Join(err, ledger.CheckName("target", e.Order.Target), ledger.CheckName("nonce", e.Nonce))
}

// begin is ensure for an order whose package may have to be fetched first.
func (c *call) begin(e task.Errand, a ledger.Attempt) (busy string, err error) {
	report, err := a.Report(c.now())
	if err != nil {
		return "", err
	}
	if report.Phase == task.Running || report.Phase == task.Ended {
		return "", nil
	}
	expired := !e.Order.Expires.IsZero() && e.Order.Expires.Before(c.now())
	if e.Order.Package != nil && !expired {
		holder, err := c.ledger.Holder(e.Order.Target)
		if err != nil || holder != "" && holder != a.ID && !c.hasEnded(holder) {
			return holder, err
		}
		if err := a.Expect(); err != nil {
			return "", err
		}
		if err := c.fetch(e); err != nil {
			return "", err
		}
	}
	return c.ensure(e.Order)
}

// stopErrand ends the attempt. One that never came is accepted as a stopped one:
// the wish is on the disk before the order is, so whoever takes it up, now or when
// the order itself arrives, finds that it must not begin.
func (c *call) stopErrand(e task.Errand, a ledger.Attempt) (busy string, err error) {
	why := stoppedEarly
	if !a.Known() {
		why = "it never began: the wish to stop it came first"
		if err := a.Expect(); err != nil {
			return "", err
		}
	}
	report, err := a.Report(c.now())
	if err != nil || report.Phase == task.Ended {
		return "", err
	}
	if err := a.AskToStop(); err != nil {
		return "", err
	}
	if _, err := c.ledger.Accept(e.Order); err != nil {
		return "", err
	}
	return "", c.stopWaiting(a, why)
}

// giveUp ends an accepted attempt that cannot be run, if it has not begun.
func (c *call) giveUp(a ledger.Attempt, why error) bool {
	o, err := a.Order()
	if err != nil {
		return false
	}
	lock, _, err := c.ledger.Hold(o.Target, a.ID)
	if err != nil || lock == nil {
		return false
	}
	defer lock.Close()
	if report, err := a.Report(c.now()); err != nil || report.Phase != task.Waiting {
		return err == nil
	}
	return a.End(task.End{Outcome: task.Failed, At: c.now().UTC(), Message: "nothing ran: " + why.Error()}) == nil
}

// answering is how long the way out is tried for an answer. The exit code says
// the same, only later.
const answering = 20 * time.Second

// decline says why nothing was begun, by the form and by this process's end.
func (c *call) decline(e task.Errand, answer task.Answer) error {
	answer.Attempt = e.Order.ID
	said := &notBegunError{ExitRefused, answer.Refused}
	if answer.Busy != "" {
		said = &notBegunError{ExitBusy, fmt.Sprintf("target %s is busy with attempt %s", e.Order.Target, answer.Busy)}
	}
	if ledger.CheckName("nonce", e.Nonce) != nil || e.Reports.URL == "" {
		return said
	}
	body, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.ctx, answering)
	defer cancel()
	for wait := 200 * time.Millisecond; ; wait *= 2 {
		err := signed.Post(ctx, e.Reports, "answer-"+e.Nonce, body)
		if _, final := errors.AsType[*signed.RefusedError](err); err == nil || final {
			return said
		}
		select {
		case <-ctx.Done():
			return said
		case <-time.After(wait):
		}
	}
}
