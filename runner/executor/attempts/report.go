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

// How often lines are reported while an attempt runs: soon at first, when
// somebody looks on; seldom in a long one, since every piece costs. What is left
// goes with the end.
const (
	soon, often, seldom = 5 * time.Minute, 3 * time.Second, 30 * time.Second
	pieceSize           = 64 << 10
)

// Report is the life of the process that reports one attempt by the newest
// grant, until its end was reported or the grant is over. Where another process
// does so already it leaves it to that one, which will find the newer grant.
func (h *Host) Report(ctx context.Context, id string) error {
	a, err := h.Ledger.Attempt(id)
	if err != nil {
		return err
	}
	for {
		lock, err := a.Hold("reporter")
		if err != nil || lock == nil {
			return err
		}
		err = h.reportUnderLock(ctx, a)
		lock.Close()
		if err != nil {
			return err
		}
		// A grant that came after our last look found the lock held, so it has no
		// reporter but us.
		if g, err := a.Granted(); err != nil || g == nil {
			return err
		}
	}
}

// What ends one round of reporting.
var (
	errNewer = errors.New("a newer grant has come")
	errOver  = errors.New("the leave to report is over; the next errand brings another")
)

func (h *Host) reportUnderLock(ctx context.Context, a ledger.Attempt) error {
	for {
		g, err := a.Granted()
		if err != nil || g == nil {
			return err
		}
		r := &reporter{Host: h, attempt: a, grant: *g}
		err = r.all(ctx)
		if errors.Is(err, errNewer) {
			continue
		}
		if errors.Is(err, errOver) {
			h.Log(err.Error())
			err = nil
		}
		if err != nil {
			return err
		}
		if err := a.Spend(g.Nonce); err != nil {
			return err
		}
	}
}

// reporter reports one attempt under one grant.
type reporter struct {
	*Host
	attempt ledger.Attempt
	grant   ledger.Grant
	pieces  *pieces
}

// all reports from the grant's first line to the attempt's end.
func (r *reporter) all(ctx context.Context) error {
	var err error
	if r.pieces, err = openPieces(r.attempt, r.grant.Since); err != nil {
		return err
	}
	defer r.pieces.Close()
	due := r.Now().Add(often)
	for look := 0; ; look++ {
		// The phase is read before the lines: when it says ended, all lines are in
		// the file.
		report, err := r.attempt.Report(r.Now())
		if err != nil {
			return err
		}
		if report.Phase == task.Ended {
			return r.end(ctx, report)
		}
		if report.Phase == task.Waiting && look%reviveEvery == reviveEvery-1 {
			r.revive(ctx, r.attempt) // its process died before it began
		}
		if !r.Now().Before(due) {
			sent, err := r.piece(ctx)
			if err != nil {
				return err
			}
			if sent {
				due = r.Now().Add(r.pace())
			}
		}
		if err := r.wait(ctx, LookEvery*2); err != nil {
			return err
		}
	}
}

// pace depends on how long ago the order came, whoever reports it now.
func (r *reporter) pace() time.Duration {
	came, err := r.attempt.Came()
	if err == nil && r.Now().Sub(came) > soon {
		return seldom
	}
	return often
}

// end reports what is left, then how it ended.
func (r *reporter) end(ctx context.Context, report task.Report) error {
	for sent := true; sent; {
		var err error
		if sent, err = r.piece(ctx); err != nil {
			return err
		}
	}
	for i := range report.End.Artifacts {
		if err := r.artifact(ctx, &report.End.Artifacts[i]); err != nil {
			return err
		}
	}
	// The end is the same bytes whenever it is told, so pieces count once however
	// often they were sent.
	cut, err := r.attempt.Pieces()
	if err != nil {
		return err
	}
	report.Puts = len(cut) + 1
	for _, a := range report.End.Artifacts {
		if a.Missing == "" {
			report.Puts++
		}
	}
	body, err := json.Marshal(report)
	if err != nil {
		return err
	}
	return r.post(ctx, r.grant.Reports, "end", body)
}

// piece reports the next piece, and says whether there was one.
func (r *reporter) piece(ctx context.Context) (bool, error) {
	name, body, err := r.pieces.Next()
	if err != nil || name == "" {
		return false, err
	}
	return true, r.post(ctx, r.grant.Lines, name, body)
}

// post tries until it got through, a newer grant has come, or this one is over.
func (r *reporter) post(ctx context.Context, form task.Form, name string, body []byte) error {
	for wait := 200 * time.Millisecond; ; wait = min(2*wait, 30*time.Second) {
		err := r.Post(ctx, form, name, body, time.Minute)
		if err == nil {
			return nil
		}
		if newer := r.newer(); newer != nil {
			return newer
		}
		if r.Final(err) || r.Now().After(r.until()) {
			return fmt.Errorf("%s could not be reported: %w: %w", name, err, errOver)
		}
		r.Log(fmt.Sprintf("%s %s: %v", r.Now().UTC().Format(time.RFC3339), name, err))
		if err := r.wait(ctx, wait); err != nil {
			return err
		}
	}
}

// until is when nobody will take what this grant brings. Whether it is over
// decides the server while it can be reached; this host's clock may be wrong, so
// it gets an hour.
func (r *reporter) until() time.Time {
	at := r.Expires(r.grant.Lines)
	if at.IsZero() {
		at = r.grant.Came.Add(24 * time.Hour)
	}
	return at.Add(time.Hour)
}

// wait waits, but not longer than until a newer grant comes.
func (r *reporter) wait(ctx context.Context, long time.Duration) error {
	for end := r.Now().Add(long); ; {
		if err := r.newer(); err != nil {
			return err
		}
		left := min(end.Sub(r.Now()), 200*time.Millisecond)
		if left <= 0 {
			return nil
		}
		if err := r.Sleep(ctx, left); err != nil {
			return err
		}
	}
}

// newer is errNewer once another errand has brought a grant.
func (r *reporter) newer() error {
	g, err := r.attempt.Granted()
	if err == nil && g != nil && g.Nonce != r.grant.Nonce {
		return errNewer
	}
	return err
}
