// Package mail is the contract for sending one mail to a few people.
//
// It writes no mails (that is letters, and the email step) and keeps no queue:
// whoever sends decides what a failure means and tries again. The promise a
// newcomer would miss: a mail has an idempotency key. Sending the same ID twice
// is harmless, since both carry one Message-ID and a mailbox shows them as one;
// where a service writes its own, both refer to the same id and stand together.
package mail

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Message is one mail. Text is what every reader gets; HTML, if any, is the
// same content for readers that show it.
type Message struct {
	ID      string // idempotency key; becomes the Message-ID
	From    string // `name <address>` or the bare address
	ReplyTo string // empty: answers go to From
	To      []string
	Subject string
	Text    string
	HTML    string
	Date    time.Time

	// Topic names what the mail is about across mails that take one another's
	// place, for those who count what waits; "" is ID.
	Topic string `json:",omitempty"`
	// Deployment is the id of the one that the mail is about, and Step the name of
	// the step that wants it; "" for none.
	Deployment string `json:",omitempty"`
	Step       string `json:",omitempty"`
	// Keep says that the mail may also go out later, by itself: whoever asked for
	// it stops trying after a while.
	Keep bool `json:",omitempty"`
}

// About is the mail's topic.
func (m Message) About() string {
	if m.Topic != "" {
		return m.Topic
	}
	return m.ID
}

// Mail sends messages.
type Mail interface {
	// Send hands the message over and returns when another system has taken
	// responsibility for it. A message that breaks a rule of Check is refused
	// with a *FieldError before anything is sent.
	//
	// An error that wraps ErrTryAgain means that, as far as can be known,
	// nobody has the mail yet: send the same message later. A *RefusedError is
	// final for the recipients it names; all others have the mail. Every other
	// error is final too, and needs a person who changes a setting.
	Send(ctx context.Context, m Message) error
}

// ErrTryAgain is wrapped by errors that may pass: no connection, a busy or
// full server, greylisting.
var ErrTryAgain = errors.New("not now")

// RefusedError says who will not get the mail, and why.
type RefusedError struct{ Refusals []Refusal }

// Refusal is the server's answer about one recipient.
type Refusal struct {
	Recipient string
	Reason    string // the server's own words
}

func (e *RefusedError) Error() string {
	parts := make([]string, len(e.Refusals))
	for i, r := range e.Refusals {
		parts[i] = fmt.Sprintf("mail to %s was refused: %s", r.Recipient, r.Reason)
	}
	return strings.Join(parts, "; ")
}

// FieldError says which field of a message breaks which rule.
type FieldError struct {
	Field  string // "Subject", "To[1]", …
	Reason string
}

func (e *FieldError) Error() string { return fmt.Sprintf("mail field %s %s", e.Field, e.Reason) }
