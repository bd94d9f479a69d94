package smtpmail

import (
	"crypto/x509"
	"fmt"
	"strings"
	"testing"
	"time"

	"slipway/runner/mail"
)

func tryMessage() mail.Message {
	return mail.Message{ID: "try-1", From: "deploy@example.org", To: []string{"ada@example.org"}, Subject: "Test", Text: "hello", Date: time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC)}
}

func talked(lines []Line) string {
	var b strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&b, "%s: %s\n", l.Who, l.Text)
	}
	return b.String()
}

// TestTry shows both sides of the conversation, and nothing that proves who we are.
func TestTry(t *testing.T) {
	t.Parallel()
	for _, how := range []Security{StartTLS, TLS, Plain} {
		t.Run(string(how), func(t *testing.T) {
			t.Parallel()
			s := serve(t, how)
			s.password = "a-password-of-length"
			c := s.config(how)
			c.User, c.Password = "ada", s.password
			m, err := New(c)
			if err != nil {
				t.Fatal(err)
			}
			lines, err := m.Try(t.Context(), tryMessage())
			if err != nil {
				t.Fatalf("Try() = %v\n%s", err, talked(lines))
			}
			said := talked(lines)
			at := -1
			wants := []string{"note: connected to 127.0.0.1:", "us: EHLO localhost", "server: 250 ", "us: (what proves who we are)", "server: 235 ", "us: MAIL FROM:deploy@example.org", "us: RCPT TO:ada@example.org", "us: DATA", "server: 354 ", "us: (the mail, ", "server: 250 "}
			if how != Plain {
				wants = append([]string{"note: TLS 1.3, certificate of "}, wants[len(wants)-8:]...)
			}
			for _, want := range wants {
				i := strings.Index(said[at+1:], want)
				if i < 0 {
					t.Fatalf("%q is missing, or comes too early, in\n%s", want, said)
				}
				at += 1 + i
			}
			for _, secret := range []string{s.password, "AGFkYQ", "YS1wYXNzd29yZC1vZi1sZW5ndGg"} {
				if strings.Contains(said, secret) {
					t.Errorf("%q is shown in\n%s", secret, said)
				}
			}
			if how != TLS && !strings.Contains(said, "server: 220 mail.example.org") {
				t.Errorf("no greeting in\n%s", said)
			}
			if len(s.received()) != 1 {
				t.Errorf("the server got %d mails", len(s.received()))
			}
		})
	}
}

// TestErrorsInWords: what is wrong with a server stands in the error, and what to do.
func TestErrorsInWords(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		of     Security
		change func(*Config)
		want   string
	}{
		"unknown authority": {TLS, func(c *Config) { c.Roots = x509.NewCertPool() }, "whom this machine does not trust"},
		"other name":        {StartTLS, func(c *Config) { c.Host = "localhost" }, "not for localhost: use a name that stands in it"},
		"plain where TLS":   {Plain, func(c *Config) { c.Security = TLS }, "does not begin with TLS: use starttls"},
		"TLS where plain":   {TLS, func(c *Config) { c.Security, c.Timeout = StartTLS, 300*time.Millisecond }, "did not answer within 300ms"},
		"no STARTTLS":       {Plain, func(c *Config) { c.Security = StartTLS }, "offers no STARTTLS"},
		"nobody there":      {Plain, func(c *Config) { c.Port = 1 }, "nobody listens at 127.0.0.1:1"},
		"wrong password":    {TLS, func(c *Config) { c.User, c.Password = "ada", "wrong" }, "535"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, c.of)
			s.password = "right"
			config := s.config(c.of)
			c.change(&config)
			m, err := New(config)
			if err != nil {
				t.Fatal(err)
			}
			lines, err := m.Try(t.Context(), tryMessage())
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Try() = %v, want %q in it; said:\n%s", err, c.want, talked(lines))
			}
			if err != nil && strings.ContainsAny(err.Error(), "\r\n") {
				t.Errorf("the error holds a line break: %q", err)
			}
		})
	}
}
