package requests

import (
	"context"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/auditlog"
)

// MailRead is a mail that is kept for reading, as far as the log names it.
type MailRead struct {
	Key, Subject string
	To           []string
	// Part says that it is a part of the mail, which a browser fetches after the rest.
	Part bool
}

// NoteMailRead writes down that somebody reads a kept mail: its links let decide in
// another's name, or set another's password.
func (r *Requests) NoteMailRead(ctx context.Context, p pipelines.Principal, m MailRead) error {
	if err := p.Demand(pipelines.AdministerSystem, pipelines.Where{}); err != nil {
		return err
	}
	e := r.audit(p, "MailRead", auditlog.MailSubject(m.Key), "read the kept mail to "+strings.Join(m.To, ", ")+": "+m.Subject)
	if m.Part {
		return r.Records.SeeMailPart(ctx, p.UserID, m.Key, e)
	}
	return r.Records.SeeMail(ctx, p.UserID, m.Key, e)
}
