package smtpmail

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"slipway/runner/mail"
	"slipway/runner/mail/mailtest"
)

func open(t *testing.T, c Config) *Mail {
	t.Helper()
	m, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func message() mail.Message {
	return mail.Message{
		ID: "d-1/7/0", From: "Slipway <slipway@example.org>", To: []string{"a@example.org", "Bea <b@example.org>"},
		Subject: "Status", Text: "text", HTML: "<p>html", Date: time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC),
	}
}

func TestSuite(t *testing.T) {
	t.Parallel()
	for _, how := range []Security{Plain, StartTLS, TLS} {
		t.Run(string(how), func(t *testing.T) {
			t.Parallel()
			mailtest.Run(t, true, func(t *testing.T) (mail.Mail, mailtest.Inbox) {
				s := serve(t, how)
				return open(t, s.config(how)), s.inbox
			})
		})
	}
}

func TestTextComesBeforeHTML(t *testing.T) {
	t.Parallel()
	text, err := compose(message())
	if err != nil {
		t.Fatal(err)
	}
	plain, html := bytes.Index(text, []byte("text/plain")), bytes.Index(text, []byte("text/html"))
	if plain < 0 || html < plain || !bytes.Contains(text, []byte("multipart/alternative")) {
		t.Errorf("mail is no multipart/alternative with the text first:\n%s", text)
	}
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	for _, how := range []Security{Plain, StartTLS, TLS} {
		t.Run(string(how), func(t *testing.T) {
			t.Parallel()
			s := serve(t, how)
			s.password = "correct horse"
			c := s.config(how)
			c.User, c.Password = "slipway", "correct horse"
			if err := open(t, c).Send(t.Context(), message()); err != nil {
				t.Fatal(err)
			}
			if got := s.received(); len(got) != 1 || got[0].user != "slipway" {
				t.Errorf("received %+v, want one mail from user slipway", got)
			}
			c.Password = "wrong secret"
			err := open(t, c).Send(t.Context(), message())
			refused, ok := errors.AsType[*mail.RefusedError](err)
			if !ok || len(refused.Refusals) != 2 || !strings.Contains(err.Error(), "Authentication failed") {
				t.Errorf("wrong password: %v, want the server's refusal for both", err)
			}
			if strings.Contains(err.Error(), "wrong secret") {
				t.Errorf("the error holds the password: %v", err)
			}
		})
	}
}

func TestServersAnswers(t *testing.T) {
	t.Parallel()
	final := &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such user"}
	later := &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "Greylisted"}
	for name, c := range map[string]struct {
		answers map[string]*smtp.SMTPError
		again   bool
		refused []string // who is refused
		to      []string // who gets it
	}{
		"one refused, other gets it": {map[string]*smtp.SMTPError{"a@example.org": final}, false, []string{"a@example.org"}, []string{"b@example.org"}},
		"all refused":                {map[string]*smtp.SMTPError{"a@example.org": final, "b@example.org": final}, false, []string{"a@example.org", "Bea <b@example.org>"}, nil},
		"one later, nobody gets it":  {map[string]*smtp.SMTPError{"b@example.org": later}, true, nil, nil},
		"one refused, one later":     {map[string]*smtp.SMTPError{"a@example.org": final, "b@example.org": later}, true, nil, nil},
		"sender refused":             {map[string]*smtp.SMTPError{"from": final}, false, []string{"a@example.org", "Bea <b@example.org>"}, nil},
		"sender later":               {map[string]*smtp.SMTPError{"from": later}, true, nil, nil},
		"text refused":               {map[string]*smtp.SMTPError{"data": final}, false, []string{"a@example.org", "Bea <b@example.org>"}, nil},
		"text later":                 {map[string]*smtp.SMTPError{"data": later}, true, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, Plain)
			s.answers = c.answers
			err := open(t, s.config(Plain)).Send(t.Context(), message())
			if errors.Is(err, mail.ErrTryAgain) != c.again {
				t.Errorf("Send = %v, want ErrTryAgain: %v", err, c.again)
			}
			var refused []string
			if e, ok := errors.AsType[*mail.RefusedError](err); ok {
				for _, r := range e.Refusals {
					refused = append(refused, r.Recipient)
					if !strings.Contains(r.Reason, "No such user") {
						t.Errorf("reason %q, want the server's words", r.Reason)
					}
				}
			}
			if !reflect.DeepEqual(refused, c.refused) {
				t.Errorf("refused %q, want %q", refused, c.refused)
			}
			var to []string
			for _, e := range s.received() {
				to = append(to, e.to...)
			}
			if !reflect.DeepEqual(to, c.to) {
				t.Errorf("arrived at %q, want %q", to, c.to)
			}
		})
	}
}

func TestCertificatesAreVerified(t *testing.T) {
	t.Parallel()
	for _, how := range []Security{StartTLS, TLS} {
		t.Run(string(how), func(t *testing.T) {
			t.Parallel()
			s := serve(t, how)
			_, strangers := certificate(t)
			c := s.config(how)
			c.Roots = strangers
			err := open(t, c).Send(t.Context(), message())
			if _, ok := errors.AsType[*tls.CertificateVerificationError](err); !ok || errors.Is(err, mail.ErrTryAgain) {
				t.Errorf("Send = %v, want a refusal of the certificate that no repetition cures", err)
			}
			if n := len(s.received()); n != 0 {
				t.Errorf("%d mails arrived", n)
			}
		})
	}
}

// Somebody in between who hides STARTTLS must not get the mail.
func TestNoStartTLSNoMail(t *testing.T) {
	t.Parallel()
	s := serve(t, Plain)
	err := open(t, s.config(StartTLS)).Send(t.Context(), message())
	if err == nil || errors.Is(err, mail.ErrTryAgain) || !strings.Contains(err.Error(), "STARTTLS") {
		t.Errorf("Send = %v, want a refusal that names STARTTLS", err)
	}
	if n := len(s.received()); n != 0 {
		t.Errorf("%d mails arrived", n)
	}
}

func TestNoServer(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	if err := open(t, Config{Host: "127.0.0.1", Port: port}).Send(t.Context(), message()); !errors.Is(err, mail.ErrTryAgain) {
		t.Errorf("Send = %v, want ErrTryAgain", err)
	}
}

// silent takes connections and says nothing. It tells when one has come, and
// when it was closed.
func silent(t *testing.T) (port int, came, gone chan struct{}) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	came, gone = make(chan struct{}), make(chan struct{})
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		close(came)
		conn.Read(make([]byte, 1))
		conn.Close()
		close(gone)
	}()
	return l.Addr().(*net.TCPAddr).Port, came, gone
}

func TestSilentServer(t *testing.T) {
	t.Parallel()
	t.Run("deadline", func(t *testing.T) {
		t.Parallel()
		port, _, gone := silent(t)
		m := open(t, Config{Host: "127.0.0.1", Port: port, Timeout: 50 * time.Millisecond})
		if err := m.Send(t.Context(), message()); !errors.Is(err, mail.ErrTryAgain) {
			t.Errorf("Send = %v, want ErrTryAgain", err)
		}
		<-gone
	})
	t.Run("cancelled", func(t *testing.T) {
		t.Parallel()
		port, came, gone := silent(t)
		ctx, cancel := context.WithCancel(t.Context())
		go func() { <-came; cancel() }()
		if err := open(t, Config{Host: "127.0.0.1", Port: port}).Send(ctx, message()); !errors.Is(err, mail.ErrTryAgain) {
			t.Errorf("Send = %v, want ErrTryAgain", err)
		}
		<-gone
	})
}

func TestSettings(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		config Config
		how    Security
		port   int
		wrong  string
	}{
		"submission":              {Config{Host: "smtp.example.org"}, StartTLS, 587, ""},
		"465 is TLS":              {Config{Host: "smtp.example.org", Port: 465}, TLS, 465, ""},
		"TLS is 465":              {Config{Host: "smtp.example.org", Security: TLS}, TLS, 465, ""},
		"25 is not plain":         {Config{Host: "smtp.example.org", Port: 25}, StartTLS, 25, ""},
		"plain is 25":             {Config{Host: "10.0.0.1", Security: Plain}, Plain, 25, ""},
		"this machine's own":      {Config{Host: "127.0.0.1"}, Plain, 25, ""},
		"this machine with TLS":   {Config{Host: "127.0.0.1", Security: StartTLS}, StartTLS, 587, ""},
		"this machine's 465":      {Config{Host: "127.0.0.1", Port: 465}, TLS, 465, ""},
		"this machine":            {Config{Host: "localhost", Port: 1025, User: "u"}, Plain, 1025, ""},
		"this machine, v6":        {Config{Host: "::1", Port: 25}, Plain, 25, ""},
		"plain when said":         {Config{Host: "10.0.0.1", Port: 25, Security: Plain}, Plain, 25, ""},
		"no password in the open": {Config{Host: "10.0.0.1", Security: Plain, User: "u"}, "", 0, "readable"},
		"no host":                 {Config{}, "", 0, "no host"},
		"odd security":            {Config{Host: "h", Security: "ssl3"}, "", 0, "ssl3"},
		"odd port":                {Config{Host: "h", Port: 70000}, "", 0, "70000"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, err := New(c.config)
			if c.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), c.wrong) {
					t.Fatalf("New = %v, want an error with %q", err, c.wrong)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if m.config.Security != c.how || m.config.Port != c.port {
				t.Errorf("New uses %s on %d, want %s on %d", m.config.Security, m.config.Port, c.how, c.port)
			}
		})
	}
}

func TestAt(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"smtp.example.org":         "smtp.example.org 0 true",
		" smtp.example.org:2525 ":  "smtp.example.org 2525 true",
		"127.0.0.1:1025":           "127.0.0.1 1025 true",
		"::1":                      "::1 0 true",
		"[::1]":                    "::1 0 true",
		"[::1]:25":                 "::1 25 true",
		"":                         " 0 false",
		":25":                      " 0 false",
		"smtp://smtp.example.org":  " 0 false",
		"smtp.example.org:":        " 0 false",
		"smtp.example.org:smtp":    " 0 false",
		"smtp.example.org:70000":   " 0 false",
		"smtp.example.org:-1":      " 0 false",
		"smtp.example.org:587:465": " 0 false",
	} {
		host, port, err := At(text)
		if got := fmt.Sprint(host, " ", port, " ", err == nil); got != want {
			t.Errorf("At(%q) = %s (%v), want %s", text, got, err, want)
		}
	}
}
