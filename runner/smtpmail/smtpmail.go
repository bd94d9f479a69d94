// Package smtpmail sends mails through an SMTP server.
//
// It keeps no queue and no connection: one Send is one conversation with a
// deadline. Certificates are always verified. What a newcomer would miss: the
// recipients are settled before the text is sent, so a recipient who is to be
// tried later stops the mail for all (nobody gets it twice), and one who is
// refused for good does not keep it from the others.
package smtpmail

import (
	"context"
	"crypto/x509"
	"fmt"
	"slices"
	"time"

	"slipway/runner/mail"
)

// Security says how the conversation is protected.
type Security string

// The ways to talk to a server. Filled says which one is meant where none is named.
const (
	ByPort   Security = ""
	StartTLS Security = "starttls" // plain first, then TLS or nothing
	TLS      Security = "tls"      // TLS from the first byte
	Plain    Security = "plain"    // readable on the way; never with a password, but to this machine
)

// Config says which server to use, and how.
type Config struct {
	Host     string
	Port     int // 0: what is usual for Security
	User     string
	Password string
	Security Security
	Hello    string         // how we name ourselves; empty: localhost
	Roots    *x509.CertPool // whom to trust; nil: whom this machine trusts
	Timeout  time.Duration  // for one conversation; 0: 30 s
}

// Mail sends through one server.
type Mail struct{ config Config }

// New checks the settings. It does not connect.
func New(c Config) (*Mail, error) {
	if c.Host == "" {
		return nil, fmt.Errorf("mail server: no host is set: name it, like `smtp.example.org`")
	}
	if !slices.Contains([]Security{ByPort, StartTLS, TLS, Plain}, c.Security) {
		return nil, fmt.Errorf("mail server %s: security %q is none of starttls, tls, plain", c.Host, c.Security)
	}
	c = c.Filled()
	if c.Port < 1 || c.Port > 65535 {
		return nil, fmt.Errorf("mail server %s: %d is no port: use 587 (STARTTLS) or 465 (TLS)", c.Host, c.Port)
	}
	if c.Security == Plain && c.User != "" && !ThisMachine(c.Host) {
		return nil, fmt.Errorf("mail server %s: the password of %s would travel readable: use starttls or tls, or no user", c.Host, c.User)
	}
	return &Mail{c}, nil
}

// Config is what it sends by, with what was left open filled in, and without the
// password.
func (m *Mail) Config() Config {
	c := m.config
	c.Password = ""
	return c
}

// Send has one conversation with the server.
func (m *Mail) Send(ctx context.Context, msg mail.Message) error {
	if err := msg.Check(); err != nil {
		return err
	}
	text, err := compose(msg)
	if err != nil {
		return err
	}
	c := m.config
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	t := talk{config: c, ctx: ctx}
	defer t.hangUp()
	if err := t.begin(); err != nil {
		return t.failed("", msg.To, err)
	}
	return t.deliver(msg, text)
}
