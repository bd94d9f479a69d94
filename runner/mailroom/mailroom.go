// Package mailroom sends mails by the server that is set at this moment, and
// keeps the book of what did not go out: what an administrator looks at.
//
// It writes no mails and knows no protocol. What a newcomer would miss: most
// mails are tried again by whoever wants them sent, for as long as that makes
// sense; the book only counts those. A mail with Keep is kept, sealed, and goes
// out later by itself, since its deployment goes on without it.
package mailroom

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	netmail "net/mail"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/runner/env"
	"slipway/runner/mail"
	"slipway/runner/records"
	"slipway/runner/secrets"
	"slipway/runner/smtpmail"
	"slipway/runner/timers"
)

// Room sends mails. All fields are set once, before the first use.
type Room struct {
	Records *records.Records
	Secrets secrets.Keeper
	Env     env.Env
	Log     *slog.Logger
	// Timers ring for kept mails; nil where this process sends none.
	Timers timers.Timers
	// Fixed is the way out that the start of the program has set, and that nobody
	// changes while it runs; nil: what is stored counts.
	Fixed *Fixed
	// Held keeps mails where no server is set.
	Held mail.Mail
	// HeldFrom is the sender of mails that are held.
	HeldFrom string
	// Elsewhere sends a test mail where another process sends the mails; nil: this
	// one does.
	Elsewhere func(ctx context.Context, to, by string) (Tried, error)
	// Base is what every conversation has in common: whom to trust, how long to wait.
	Base smtpmail.Config
}

// Fixed is a way out that was set at the start.
type Fixed struct {
	Mail mail.Mail
	From string
	// Server says what it is, without a password; the zero value for what is no SMTP
	// server.
	Server smtpmail.Config
	// Says is what set it, like "the flags of slipway serve".
	Says string
	Kind Kind
}

// Kind is how mails leave.
type Kind string

// The ways. Held mails leave not at all.
const (
	SMTP Kind = "smtp"
	SES  Kind = "ses"
	Held Kind = "held"
)

// way is where a mail goes at this moment.
type way struct {
	mail mail.Mail
	from string
	kind Kind
	smtp *smtpmail.Mail
}

// Send implements mail.Mail. A message without a sender gets the one that is set.
func (r *Room) Send(ctx context.Context, m mail.Message) error {
	w, err := r.way(ctx)
	if err != nil {
		return err
	}
	if m.From == "" || w.kind != Held && r.Fixed == nil {
		m.From = w.from
	}
	err = w.mail.Send(ctx, m)
	if ctx.Err() != nil {
		return err
	}
	if booked := r.book(ctx, m, err); booked != nil {
		r.Log.Error("the book of mails", "mail", m.ID, "error", booked)
	}
	return err
}

func (r *Room) way(ctx context.Context) (way, error) {
	if f := r.Fixed; f != nil {
		sender, _ := f.Mail.(*smtpmail.Mail)
		return way{f.Mail, f.From, f.Kind, sender}, nil
	}
	stored, revision, err := r.Records.MailServer(ctx)
	if err != nil {
		return way{}, err
	}
	if revision == 0 {
		return way{r.Held, r.HeldFrom, Held, nil}, nil
	}
	config, err := r.config(ctx, stored)
	if err != nil {
		return way{}, err
	}
	sender, err := smtpmail.New(config)
	return way{sender, Sender(stored), SMTP, sender}, err
}

func (r *Room) config(ctx context.Context, stored records.MailServer) (smtpmail.Config, error) {
	c := r.Base
	c.Host, c.Port, c.User, c.Hello, c.Security = stored.Host, stored.Port, stored.User, stored.Hello, smtpmail.Security(stored.Security)
	if stored.Password == nil {
		return c, nil
	}
	password, err := r.Secrets.Open(ctx, *stored.Password)
	if err != nil {
		return c, fmt.Errorf("the password of the mail server: %w", err)
	}
	c.Password = string(password)
	return c, nil
}

// Sender is the sender of a stored mail server as mails have it.
func Sender(m records.MailServer) string {
	if m.FromName == "" {
		return m.From
	}
	return (&netmail.Address{Name: m.FromName, Address: m.From}).String()
}

// Try sends a mail to somebody by the server that is set, and tells what was said.
// A mail that does not go out is no error of ours: it is in the answer.
func (r *Room) Try(ctx context.Context, to, by string) (Tried, error) {
	if r.Elsewhere != nil {
		return r.Elsewhere(ctx, to, by)
	}
	w, err := r.way(ctx)
	if err != nil {
		return Tried{}, err
	}
	m := mail.Message{
		ID: "try-" + r.Env.NewID(), From: w.from, To: []string{to}, Date: r.Env.Now(), Subject: "Test mail from Slipway",
		Text: fmt.Sprintf("This is a test mail. %s sent it from Slipway's settings, at %s.\n\nThat you read it means: mails go out.\n", by, r.Env.Now().UTC().Format("2 Jan 2006, 15:04:05 UTC")),
	}
	out := Tried{Kind: w.kind, To: to, From: w.from}
	var sent error
	out.Lines, sent = w.try(ctx, m)
	if bad, ok := errors.AsType[*mail.FieldError](sent); ok {
		return out, pipelines.Refuse(pipelines.Invalid, "%s", bad)
	}
	if sent != nil {
		out.Error = sent.Error()
	}
	return out, nil
}

// answering is a way out that is one question with one answer.
type answering interface {
	Try(ctx context.Context, m mail.Message) (answer string, err error)
}

// try sends a mail and tells what was said.
func (w way) try(ctx context.Context, m mail.Message) ([]smtpmail.Line, error) {
	if w.smtp != nil {
		return w.smtp.Try(ctx, m)
	}
	by, ok := w.mail.(answering)
	if !ok {
		return nil, w.mail.Send(ctx, m)
	}
	lines := []smtpmail.Line{{Who: smtpmail.Us, Text: "send a mail from " + m.From + " to " + strings.Join(m.To, ", ")}}
	answer, err := by.Try(ctx, m)
	if answer != "" {
		lines = append(lines, smtpmail.Line{Who: smtpmail.Server, Text: answer})
	}
	return lines, err
}

// Tried is what came of a test mail.
type Tried struct {
	Kind  Kind            `json:"kind"`
	From  string          `json:"from"`
	To    string          `json:"to"`
	Lines []smtpmail.Line `json:"lines,omitempty"`
	Error string          `json:"error,omitempty"` // "" where it went out
}

// keyOf is under which key the book has a mail.
func keyOf(topic string) string {
	sum := sha256.Sum256([]byte(topic))
	return hex.EncodeToString(sum[:16])
}

// waitsNoMore is how long after the last try a mail that somebody else tries
// counts as waiting: they try every few minutes for as long as they want it sent.
const waitsNoMore = 15 * time.Minute

// Waiting are the mails that wait at this moment, the longest waiting first.
func Waiting(all []records.MailWait, now time.Time) []records.MailWait {
	var out []records.MailWait
	for _, w := range all {
		if w.Kept != nil || now.Sub(w.Tried) < waitsNoMore {
			out = append(out, w)
		}
	}
	sortBySince(out)
	return out
}

// MayChange refuses a change of the mail server where the start has set it.
func (r *Room) MayChange() error {
	if r.Fixed == nil {
		return nil
	}
	return pipelines.Refuse(pipelines.Conflict, "how mails leave is set by %s: change it there", r.Fixed.Says)
}
