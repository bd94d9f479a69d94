// Package mailtest is the suite that every adapter of mail passes.
//
// It looks at what arrives, not at how: an adapter's test brings an inbox that
// reads its mails back.
package mailtest

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"slipway/runner/mail"
)

// Arrived is a mail as its reader sees it: header fields decoded, bodies as
// they were written but for line ends, which a way may change.
type Arrived struct {
	MessageID, From, ReplyTo string
	To                       []string
	Subject, Text, HTML      string
	Date                     time.Time
}

// Inbox returns what has arrived so far, oldest first.
type Inbox func(t *testing.T) []Arrived

// Run runs the suite. open gives a fresh adapter and its inbox; manyTimes says
// whether the same mail sent twice may arrive twice (then with one Message-ID).
func Run(t *testing.T, manyTimes bool, open func(t *testing.T) (mail.Mail, Inbox)) {
	t.Run("arrives as written", func(t *testing.T) { t.Parallel(); arrives(t, open) })
	t.Run("text alone", func(t *testing.T) { t.Parallel(); textAlone(t, open) })
	t.Run("twice is one mail", func(t *testing.T) { t.Parallel(); twice(t, manyTimes, open) })
	t.Run("no header can be put in", func(t *testing.T) { t.Parallel(); injection(t, open) })
	t.Run("a call that has ended sends nothing", func(t *testing.T) { t.Parallel(); ended(t, open) })
}

func message() mail.Message {
	return mail.Message{
		ID: "d-1/7/0", From: "Slipway Prüfung <slipway@example.org>", ReplyTo: "team@example.org",
		To:      []string{"Ida Internal <ida@example.org>", "priya@example.org"},
		Subject: "Freigabe nötig: Random Quotes 1.0.7 → Prod, and enough more words that the line must be folded on its way",
		Text:    "First line\n\n.a line that begins with a dot\nFrom here on: ümläut\n" + strings.Repeat("long ", 300) + "\n",
		HTML:    "<p>Hello = <b>ümläut</b></p>\n" + strings.Repeat("<i>x</i>", 300) + "\n",
		Date:    time.Date(2026, 11, 22, 14, 2, 3, 0, time.UTC),
	}
}

func arrives(t *testing.T, open func(*testing.T) (mail.Mail, Inbox)) {
	m, inbox := open(t)
	msg := message()
	send(t, m, msg)
	got := one(t, inbox)
	want := Arrived{msg.MessageID(), msg.From, msg.ReplyTo, msg.To, msg.Subject, clean(msg.Text), clean(msg.HTML), msg.Date}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("arrived\n%+v\nwant\n%+v", got, want)
	}
}

func textAlone(t *testing.T, open func(*testing.T) (mail.Mail, Inbox)) {
	m, inbox := open(t)
	msg := message()
	msg.HTML, msg.ReplyTo = "", ""
	send(t, m, msg)
	if got := one(t, inbox); got.HTML != "" || got.ReplyTo != "" || got.Text != clean(msg.Text) {
		t.Errorf("arrived %+v, want the text alone", got)
	}
}

func twice(t *testing.T, manyTimes bool, open func(*testing.T) (mail.Mail, Inbox)) {
	m, inbox := open(t)
	msg := message()
	send(t, m, msg)
	send(t, m, msg)
	other := msg
	other.ID = "d-1/8/0"
	send(t, m, other)
	ids := map[string]int{}
	for _, a := range inbox(t) {
		ids[a.MessageID]++
	}
	if len(ids) != 2 || !manyTimes && ids[msg.MessageID()] != 1 {
		t.Errorf("two mails, one of them sent twice, arrived as %v", ids)
	}
}

func injection(t *testing.T, open func(*testing.T) (mail.Mail, Inbox)) {
	m, inbox := open(t)
	for field, change := range map[string]func(*mail.Message){
		"Subject": func(m *mail.Message) { m.Subject += "\r\nBcc: all@example.org" },
		"From":    func(m *mail.Message) { m.From += "\nX-Own: 1" },
		"ReplyTo": func(m *mail.Message) { m.ReplyTo += "\r\n\r\nbody" },
		"To[1]":   func(m *mail.Message) { m.To = []string{m.To[0], m.To[1] + "\r\nRCPT TO:<all@example.org>"} },
	} {
		msg := message()
		change(&msg)
		err := m.Send(t.Context(), msg)
		if e, ok := errors.AsType[*mail.FieldError](err); !ok || e.Field != field {
			t.Errorf("a line break in %s: Send = %v, want a refusal that names the field", field, err)
		}
	}
	if got := inbox(t); len(got) != 0 {
		t.Errorf("%d mails arrived, want none: %+v", len(got), got)
	}
}

func ended(t *testing.T, open func(*testing.T) (mail.Mail, Inbox)) {
	m, inbox := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := m.Send(ctx, message()); !errors.Is(err, mail.ErrTryAgain) {
		t.Errorf("Send = %v, want ErrTryAgain", err)
	}
	if got := inbox(t); len(got) != 0 {
		t.Errorf("%d mails arrived, want none", len(got))
	}
}

func send(t *testing.T, m mail.Mail, msg mail.Message) {
	t.Helper()
	if err := m.Send(t.Context(), msg); err != nil {
		t.Fatalf("Send(%s): %v", msg.ID, err)
	}
}

func one(t *testing.T, inbox Inbox) Arrived {
	t.Helper()
	all := inbox(t)
	if len(all) != 1 {
		t.Fatalf("%d mails arrived, want 1", len(all))
	}
	a := all[0]
	a.Text, a.HTML, a.Date = clean(a.Text), clean(a.HTML), a.Date.UTC()
	return a
}

// clean makes two bodies comparable that differ in line ends.
func clean(s string) string {
	return strings.TrimRight(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
}
