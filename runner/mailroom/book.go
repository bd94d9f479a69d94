package mailroom

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"slipway/runner/mail"
	"slipway/runner/records"
	"slipway/runner/timers"
)

// book notes how sending a mail went. A mail that went out at the first try, as
// nearly all do, costs one read.
func (r *Room) book(ctx context.Context, m mail.Message, sent error) error {
	for range 20 {
		err := r.bookOnce(ctx, m, sent)
		if !records.Conflict(err) {
			return err
		}
	}
	return errors.New("others write it at this moment")
}

func (r *Room) bookOnce(ctx context.Context, m mail.Message, sent error) error {
	w, revision, there, err := r.Records.MailWait(ctx, keyOf(m.About()))
	if err != nil {
		return err
	}
	switch {
	case sent == nil:
		changes, err := r.mended(ctx, m)
		if err != nil {
			return err
		}
		if there {
			changes = append(changes, records.RemoveMailWait(w.Key, revision))
		}
		if len(changes) == 0 {
			return nil
		}
		return r.Records.Write(ctx, changes...)
	case !errors.Is(sent, mail.ErrTryAgain):
		return r.failed(ctx, m, w, revision, sent.Error())
	}
	w = r.waits(m, w, sent)
	if m.Keep && w.Kept == nil {
		if err := r.keep(ctx, &w, m); err != nil {
			r.Log.Error("a mail cannot be kept", "mail", m.ID, "error", err)
		}
	}
	if err := r.Records.Write(ctx, records.SetMailWait(w, revision)); err != nil || w.Kept == nil || r.Timers == nil {
		return err
	}
	return r.Timers.Set(ctx, timerOf+w.Key, w.Next, nil)
}

// mended are the changes that forget failures of mails whose place a mail has
// taken that went out, like an invitation that was sent again.
func (r *Room) mended(ctx context.Context, m mail.Message) ([]records.Change, error) {
	if m.Topic == "" { // no other mail takes its place
		return nil, nil
	}
	return r.Records.ForgetMailFailures(ctx, keyOf(m.About()))
}

func (r *Room) waits(m mail.Message, w records.MailWait, sent error) records.MailWait {
	now := r.Env.Now()
	if w.Key == "" {
		w = records.MailWait{Key: keyOf(m.About()), Since: now}
	}
	w.To, w.Subject, w.Deployment, w.Step = m.To, m.Subject, m.Deployment, m.Step
	w.Tried, w.Tries, w.Why = now, w.Tries+1, sent.Error()
	return w
}

// keep seals the mail itself. One that is too long to be sealed, packed too, is only
// counted.
func (r *Room) keep(ctx context.Context, w *records.MailWait, m mail.Message) error {
	text, err := packed(m)
	if err != nil {
		return err
	}
	sealed, err := r.Secrets.Seal(ctx, "mail/"+w.Key, text)
	if err != nil {
		return err
	}
	w.Kept, w.Next = &sealed, r.Env.Now().Add(firstPause)
	return nil
}

// failed remembers a mail that will not go out.
func (r *Room) failed(ctx context.Context, m mail.Message, w records.MailWait, revision int64, why string) error {
	f := records.MailFailure{Key: keyOf(m.About()), To: m.To, Subject: m.Subject, Deployment: m.Deployment, Step: m.Step, At: r.Env.Now(), Why: why}
	changes, err := r.Records.AddMailFailure(ctx, f)
	if err != nil {
		return err
	}
	if revision > 0 {
		changes = append(changes, records.RemoveMailWait(w.Key, revision))
	}
	return r.Records.Write(ctx, changes...)
}

// timerOf is before the key of a kept mail in the id of its timer.
const timerOf = "mail-later/"

// A kept mail is first tried once its deployment has stopped trying, then ever
// more rarely, and given up after two days.
const (
	firstPause   = 3 * time.Minute
	longestPause = time.Hour
	patience     = 48 * time.Hour
)

// Ring takes the rings of kept mails' timers, and hands on all others.
func (r *Room) Ring(others timers.Ring) timers.Ring {
	return func(ctx context.Context, id string, payload []byte) error {
		if key, ours := strings.CutPrefix(id, timerOf); ours {
			return r.again(ctx, key)
		}
		return others(ctx, id, payload)
	}
}

// again tries a kept mail once more.
func (r *Room) again(ctx context.Context, key string) error {
	w, revision, there, err := r.Records.MailWait(ctx, key)
	if err != nil || !there || w.Kept == nil {
		return err
	}
	text, err := r.Secrets.Open(ctx, *w.Kept)
	if err != nil {
		return err
	}
	m, err := unpacked(text)
	if err != nil {
		return err
	}
	sent := r.sendKept(ctx, m)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case sent == nil:
		return r.ended(ctx, w, revision, records.MailLate{Sent: true})
	case !errors.Is(sent, mail.ErrTryAgain) || r.Env.Now().Sub(w.Since) > patience:
		return r.ended(ctx, w, revision, records.MailLate{GivenUp: true, Why: sent.Error()})
	}
	w = r.waits(m, w, sent)
	w.Next = r.Env.Now().Add(pauseAfter(w.Tries))
	if err := r.Records.Write(ctx, records.SetMailWait(w, revision)); err != nil && !records.Conflict(err) {
		return err
	}
	return r.Timers.Set(ctx, timerOf+key, w.Next, nil)
}

// pauseAfter is how long a kept mail rests after so many tries.
func pauseAfter(tries int) time.Duration {
	return min(firstPause<<min(max(tries-4, 0), 10), longestPause)
}

func (r *Room) sendKept(ctx context.Context, m mail.Message) error {
	w, err := r.way(ctx)
	if err != nil {
		return err
	}
	if m.From == "" || w.kind == SMTP && r.Fixed == nil {
		m.From = w.from
	}
	return w.mail.Send(ctx, m)
}

// ended says on the deployment what became of its mail.
func (r *Room) ended(ctx context.Context, w records.MailWait, revision int64, late records.MailLate) error {
	late.Step, late.To, late.At = w.Step, w.To, r.Env.Now()
	changes := []records.Change{records.RemoveMailWait(w.Key, revision)}
	if late.Sent {
		more, err := r.Records.ForgetMailFailures(ctx, w.Key)
		if err != nil {
			return err
		}
		changes = append(changes, more...)
	}
	if w.Deployment != "" {
		changes = append(changes, records.SetMailLate(w.Deployment, w.Key, late))
	}
	if late.GivenUp {
		r.Log.Warn("a mail is given up", "deployment", w.Deployment, "to", w.To, "error", late.Why)
		more, err := r.Records.AddMailFailure(ctx, records.MailFailure{Key: w.Key, To: w.To, Subject: w.Subject, Deployment: w.Deployment, Step: w.Step, At: late.At, Why: late.Why})
		if err != nil {
			return err
		}
		changes = append(changes, more...)
	}
	err := r.Records.Write(ctx, changes...)
	if records.Conflict(err) { // somebody else sent it at the same moment
		return nil
	}
	return err
}

// ownTries is how long a deployment may still try its mail by itself.
const ownTries = 2 * time.Minute

// Hurry tries all kept mails now: the server is another one, or works again.
func (r *Room) Hurry(ctx context.Context) error {
	all, err := r.Records.MailWaits(ctx)
	if err != nil || r.Timers == nil {
		return err
	}
	for _, w := range all {
		if w.Kept != nil && r.Env.Now().Sub(w.Since) > ownTries {
			if err := r.Timers.Set(ctx, timerOf+w.Key, r.Env.Now(), nil); err != nil {
				return err
			}
		}
	}
	return nil
}

func sortBySince(all []records.MailWait) {
	slices.SortStableFunc(all, func(a, b records.MailWait) int { return a.Since.Compare(b.Since) })
}
