package mail_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"slipway/runner/mail"
)

func good() mail.Message {
	return mail.Message{
		ID: "d-1/7/0", From: "Slipway <slipway@example.org>", To: []string{"ida@example.org"},
		Subject: "Sign-off needed", Text: "hello", Date: time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC),
	}
}

func TestCheckNamesTheField(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*mail.Message)
		field  string
	}{
		"good":                  {func(*mail.Message) {}, ""},
		"umlauts":               {func(m *mail.Message) { m.Subject = "Freigabe für Prüfung"; m.From = "Jörg <j@example.org>" }, ""},
		"no id":                 {func(m *mail.Message) { m.ID = "" }, "ID"},
		"no date":               {func(m *mail.Message) { m.Date = time.Time{} }, "Date"},
		"subject with header":   {func(m *mail.Message) { m.Subject = "x\r\nBcc: all@example.org" }, "Subject"},
		"subject with bare LF":  {func(m *mail.Message) { m.Subject = "x\nBcc: all@example.org" }, "Subject"},
		"subject with bare CR":  {func(m *mail.Message) { m.Subject = "x\rBcc: all@example.org" }, "Subject"},
		"subject with NUL":      {func(m *mail.Message) { m.Subject = "x\x00y" }, "Subject"},
		"subject with U+2028":   {func(m *mail.Message) { m.Subject = "x\u2028y" }, "Subject"},
		"sender with header":    {func(m *mail.Message) { m.From = "a@example.org\r\nBcc: b@example.org" }, "From"},
		"sender folded":         {func(m *mail.Message) { m.From = "a\r\n <a@example.org>" }, "From"},
		"sender missing":        {func(m *mail.Message) { m.From = "" }, "From"},
		"reply with header":     {func(m *mail.Message) { m.ReplyTo = "a@example.org\nX: y" }, "ReplyTo"},
		"reply no address":      {func(m *mail.Message) { m.ReplyTo = "nobody" }, "ReplyTo"},
		"nobody to send to":     {func(m *mail.Message) { m.To = nil }, "To"},
		"second with header":    {func(m *mail.Message) { m.To = append(m.To, "b@example.org\r\nX: y") }, "To[1]"},
		"two in one":            {func(m *mail.Message) { m.To = []string{"a@example.org, b@example.org"} }, "To[0]"},
		"second is no address":  {func(m *mail.Message) { m.To = append(m.To, "Ida") }, "To[1]"},
		"recipient empty":       {func(m *mail.Message) { m.To = []string{""} }, "To[0]"},
		"line breaks in bodies": {func(m *mail.Message) { m.Text, m.HTML = "a\r\nb", "<p>\n</p>" }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := good()
			c.change(&m)
			err := m.Check()
			if c.field == "" {
				if err != nil {
					t.Fatalf("Check() = %v, want nil", err)
				}
				return
			}
			field, ok := errors.AsType[*mail.FieldError](err)
			if !ok || field.Field != c.field {
				t.Fatalf("Check() = %v, want an error about %s", err, c.field)
			}
			if strings.ContainsAny(err.Error(), "\r\n") {
				t.Errorf("the error itself holds a line break: %q", err)
			}
		})
	}
}

func TestMessageID(t *testing.T) {
	t.Parallel()
	m := good()
	if got, want := m.MessageID(), "d-1/7/0@example.org"; got != want {
		t.Errorf("MessageID() = %q, want %q", got, want)
	}
	seen := map[string]string{}
	for _, id := range []string{"a", "A", "a:b", "a b", "a>b", "ä", ".a", "a.", "a..b", strings.Repeat("x", 200), strings.Repeat("x", 201)} {
		m.ID = id
		got := m.MessageID()
		if seen[got] != "" {
			t.Errorf("ids %q and %q share the Message-ID %q", id, seen[got], got)
		}
		seen[got] = id
		if strings.ContainsAny(got, " <>:\r\n") || strings.Contains(got, "..") || len(got) > 160 {
			t.Errorf("MessageID() for %q = %q: not a legal one", id, got)
		}
	}
}

func TestErrorsSpeak(t *testing.T) {
	t.Parallel()
	err := &mail.RefusedError{Refusals: []mail.Refusal{{"a@example.org", "550 no such user"}, {"b@example.org", "551 moved"}}}
	want := "mail to a@example.org was refused: 550 no such user; mail to b@example.org was refused: 551 moved"
	if err.Error() != want {
		t.Errorf("Error() = %q, want %q", err, want)
	}
}
