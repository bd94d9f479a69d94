package sesmail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"slipway/runner/awscalls"
	"slipway/runner/mail"
	"slipway/runner/mail/mailtest"
	"slipway/runner/spend"
	"slipway/test/emulators/ses"
	"slipway/test/emulators/wire"
)

// noon is when the suite writes its mails; SES writes the time of its own clock.
var noon = time.Date(2026, 11, 22, 14, 2, 3, 0, time.UTC)

func open(t *testing.T, h http.Handler, s Settings) *Mail {
	t.Helper()
	account, err := awscalls.Open(func(name string) (string, bool) {
		v, ok := map[string]string{"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}[name]
		return v, ok
	})
	if err != nil {
		t.Fatal(err)
	}
	c := account.For("SESV2")
	c.HTTPClient = wire.Direct{Handler: h}
	return New(c, s)
}

func message() mail.Message {
	return mail.Message{
		ID: "d-1/7/0", From: "Slipway <slipway@example.org>", To: []string{"a@example.org", "Bea <b@example.org>"},
		Subject: "Status", Text: "text", HTML: "<p>html", Date: noon,
	}
}

func TestSuite(t *testing.T) {
	t.Parallel()
	mailtest.Run(t, true, func(t *testing.T) (mail.Mail, mailtest.Inbox) {
		s := ses.New(ses.Options{Now: func() time.Time { return noon }})
		return open(t, s, Settings{}), func(t *testing.T) (all []mailtest.Arrived) {
			for _, m := range s.Mails() {
				all = append(all, arrived(t, m.Raw))
			}
			return all
		}
	})
}

func TestHeadersAreFoldedAndInASCII(t *testing.T) {
	t.Parallel()
	msg := message()
	msg.Subject, msg.From = strings.Repeat("Freigabe nötig → Prod ", 40), "Prüfung Ünïted <slipway@example.org>"
	msg.Text = strings.Repeat("ü", 5000)
	for range 40 {
		msg.To = append(msg.To, "Somebody With A Name <somebody@example.org>")
	}
	raw, err := compose(msg, msg.To)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.SplitSeq(raw, []byte("\r\n")) {
		if len(line) > 100 || bytes.ContainsFunc(line, func(r rune) bool { return r > 127 || r == '\n' || r == '\r' }) {
			t.Errorf("the line %q is long, or not in ASCII", line)
		}
	}
	if again, _ := compose(msg, msg.To); !bytes.Equal(raw, again) {
		t.Error("the same message has other bytes the second time")
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	refuse := func(status int, code string) *wire.Refusal {
		return &wire.Refusal{Status: status, Code: code, Message: "as AWS says it"}
	}
	for name, c := range map[string]struct {
		refusal *wire.Refusal
		again   bool
		refused int
		says    string
	}{
		"throttled":          {refuse(429, "TooManyRequestsException"), true, 0, ""},
		"the day's quota":    {refuse(400, "LimitExceededException"), true, 0, ""},
		"trouble":            {refuse(500, "InternalServiceErrorException"), true, 0, ""},
		"rejected":           {refuse(400, "MessageRejected"), false, 2, "as AWS says it"},
		"bad address":        {refuse(400, "BadRequestException"), false, 2, "as AWS says it"},
		"no MAIL FROM":       {refuse(400, "MailFromDomainNotVerifiedException"), false, 0, "verify"},
		"paused":             {refuse(400, "SendingPausedException"), false, 0, "dashboard"},
		"suspended":          {refuse(400, "AccountSuspendedException"), false, 0, "dashboard"},
		"configuration set":  {refuse(404, "NotFoundException"), false, 0, "configuration set"},
		"without permission": {wire.Denied("ses:SendEmail", "*"), false, 0, "ses:SendEmail"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { // the SDK waits between its tries
				s := ses.New(ses.Options{})
				s.Before(func(string, string) *wire.Refusal { return c.refusal })
				err := open(t, s, Settings{}).Send(t.Context(), message())
				if err == nil || errors.Is(err, mail.ErrTryAgain) != c.again || !strings.Contains(err.Error(), c.says) {
					t.Errorf("Send = %v, want ErrTryAgain: %v, and %q", err, c.again, c.says)
				}
				refused, _ := errors.AsType[*mail.RefusedError](err)
				if n := len(refusalsOf(refused)); n != c.refused {
					t.Errorf("%d refused, want %d", n, c.refused)
				}
			})
		})
	}
}

func refusalsOf(e *mail.RefusedError) (all []string) {
	if e == nil {
		return nil
	}
	for _, r := range e.Refusals {
		all = append(all, r.Recipient)
	}
	return all
}

func TestTheSandboxRefusesSome(t *testing.T) {
	t.Parallel()
	s := ses.New(ses.Options{Sandbox: true, Verified: []string{"slipway@example.org", "b@example.org"}})
	err := open(t, s, Settings{}).Send(t.Context(), message())
	refused, _ := errors.AsType[*mail.RefusedError](err)
	if got := refusalsOf(refused); !slices.Equal(got, []string{"a@example.org"}) || !strings.Contains(err.Error(), "sandbox") {
		t.Errorf("Send = %v, want a refusal of a alone that says why", err)
	}
	if got := s.Mails(); len(got) != 1 || !slices.Equal(got[0].To, []string{"b@example.org"}) {
		t.Errorf("mails %+v, want one to b", got)
	}
	none := ses.New(ses.Options{Sandbox: true, Verified: []string{"slipway@example.org"}})
	err = open(t, none, Settings{}).Send(t.Context(), message())
	if refused, _ := errors.AsType[*mail.RefusedError](err); len(refusalsOf(refused)) != 2 || len(none.Mails()) != 0 {
		t.Errorf("Send = %v, want a refusal of both", err)
	}
}

func TestTheSenderIsNotVerified(t *testing.T) {
	t.Parallel()
	s := ses.New(ses.Options{Sandbox: true, Verified: []string{"b@example.org"}})
	err := open(t, s, Settings{}).Send(t.Context(), message())
	if is[*mail.RefusedError](err) || errors.Is(err, mail.ErrTryAgain) || err == nil || !strings.Contains(err.Error(), "the sender slipway@example.org is not known") {
		t.Errorf("Send = %v, want a final error about the sender", err)
	}
}

func TestConfigurationSet(t *testing.T) {
	t.Parallel()
	s := ses.New(ses.Options{ConfigurationSets: []string{"slipway"}})
	if err := open(t, s, Settings{ConfigurationSet: "slipway"}).Send(t.Context(), message()); err != nil {
		t.Fatal(err)
	}
	if got := s.Mails()[0].ConfigurationSet; got != "slipway" {
		t.Errorf("configuration set %q", got)
	}
}

func TestManyRecipients(t *testing.T) {
	t.Parallel()
	msg := message()
	msg.To = nil
	for i := range 120 {
		msg.To = append(msg.To, fmt.Sprintf("n%d@example.org", i))
	}
	s := ses.New(ses.Options{})
	var meter spend.Meter
	if err := open(t, s, Settings{}).Send(spend.With(t.Context(), &meter), msg); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range s.Mails() {
		got = append(got, m.To...)
	}
	if len(s.Mails()) != 3 || !slices.Equal(got, msg.To) {
		t.Errorf("%d mails to %d recipients, want 3 to 120", len(s.Mails()), len(got))
	}
	if n := meter.Take()[spend.MailSent]; n != 120 {
		t.Errorf("counted %v mails, want 120", n)
	}
}

// Some have it already, so the rest cannot be a matter of trying again.
func TestManyRecipientsHalfway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, halfway) // the SDK waits between its tries
}

func halfway(t *testing.T) {
	msg := message()
	msg.To = nil
	for i := range 120 {
		msg.To = append(msg.To, fmt.Sprintf("n%d@example.org", i))
	}
	s := ses.New(ses.Options{})
	calls := 0
	s.Before(func(string, string) *wire.Refusal {
		if calls++; calls > 1 {
			return &wire.Refusal{Status: 400, Code: "LimitExceededException", Message: "quota"}
		}
		return nil
	})
	err := open(t, s, Settings{}).Send(t.Context(), msg)
	if refused, _ := errors.AsType[*mail.RefusedError](err); len(refusalsOf(refused)) != 70 || errors.Is(err, mail.ErrTryAgain) {
		t.Errorf("Send = %.100v, want a refusal of the 70 that have it not", err)
	}
}

func TestNoAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		silent := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done(); panic(http.ErrAbortHandler) })
		m := open(t, hangUp{silent}, Settings{})
		if err := m.Send(context.Background(), message()); !errors.Is(err, mail.ErrTryAgain) {
			t.Errorf("Send = %v, want ErrTryAgain", err)
		}
	})
}

// hangUp answers nothing that can be read.
type hangUp struct{ http.Handler }

func (h hangUp) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer func() { _ = recover(); w.WriteHeader(http.StatusBadGateway) }()
	h.Handler.ServeHTTP(w, r)
}

// TestTryTellsWhatSESAnswers, in its own words and in ours.
func TestTryTellsWhatSESAnswers(t *testing.T) {
	t.Parallel()
	msg := message()
	msg.To = []string{"a@example.org"}
	for name, c := range map[string]struct {
		o            ses.Options
		trouble      *wire.Refusal
		answer, says string
	}{
		"taken":            {ses.Options{}, nil, "MessageId 0107", ""},
		"the sandbox":      {ses.Options{Sandbox: true, Verified: []string{"slipway@example.org"}}, nil, "MessageRejected: Email address is not verified. The following identities failed", "the account is in SES's sandbox"},
		"a foreign sender": {ses.Options{Verified: []string{"b@example.org"}}, nil, "MessageRejected: Email address is not verified.", "the sender slipway@example.org is not known to Amazon SES"},
		"paused":           {ses.Options{}, &wire.Refusal{Status: 400, Code: "SendingPausedException", Message: "Sending is paused."}, "SendingPausedException: Sending is paused.", "may not send by Amazon SES now"},
		"no permission":    {ses.Options{}, wire.Denied("ses:SendEmail", "*"), "AccessDenied", "ses:SendEmail"},
	} {
		s := ses.New(c.o)
		s.Before(func(string, string) *wire.Refusal { return c.trouble })
		answer, err := open(t, s, Settings{}).Try(t.Context(), msg)
		if !strings.Contains(answer, c.answer) {
			t.Errorf("%s: Try answers %q, want %q", name, answer, c.answer)
		}
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: Try = %v, want %q", name, err, c.says)
		}
	}
	msg.Subject = "two\nlines"
	if _, err := open(t, ses.New(ses.Options{}), Settings{}).Try(t.Context(), msg); err == nil {
		t.Error("a subject of two lines was sent")
	}
}
