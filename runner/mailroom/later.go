package mailroom

import (
	"context"

	"slipway/runner/mail"
	"slipway/runner/records"
)

// Later keeps a mail for the process that sends mails, which does so as soon as it
// runs: this one does not know how they leave.
func (r *Room) Later(ctx context.Context, m mail.Message) error {
	w, revision, _, err := r.Records.MailWait(ctx, keyOf(m.About()))
	if err != nil {
		return err
	}
	now := r.Env.Now()
	w = records.MailWait{Key: keyOf(m.About()), Since: now, To: m.To, Subject: m.Subject, Deployment: m.Deployment, Step: m.Step, Tried: now, Why: "it waits for the server to run"}
	if err := r.keep(ctx, &w, m); err != nil {
		return err
	}
	w.Next = now
	if err := r.Records.Write(ctx, records.SetMailWait(w, revision)); err != nil {
		return err
	}
	return r.Timers.Set(ctx, timerOf+w.Key, now, nil)
}
