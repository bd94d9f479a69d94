package smtpmail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	netmail "net/mail"
	"net/textproto"
	"slices"
	"strconv"
	"strings"

	"github.com/wneessen/go-mail/smtp"

	"slipway/runner/mail"
)

// talk is one conversation.
type talk struct {
	config Config
	ctx    context.Context // its end cuts the line, wherever we are
	conn   net.Conn
	stop   func() bool
	smtp   *smtp.Client
	heard  *hearing // nil where nobody listens
}

// begin connects, greets, protects the line and proves who we are.
func (t *talk) begin() error {
	c := t.config
	trust := &tls.Config{ServerName: c.Host, RootCAs: c.Roots, MinVersion: tls.VersionTLS12}
	if err := t.dial(trust); err != nil {
		return err
	}
	t.heard.greeted(t.conn)
	var err error
	if t.smtp, err = smtp.NewClient(t.listened(), c.Host); err != nil {
		return err
	}
	if t.heard != nil {
		t.smtp.SetLogger(t.heard)
		t.smtp.SetDebugLog(true)
	}
	if err := t.smtp.Hello(c.Hello); err != nil {
		return err
	}
	if c.Security == StartTLS {
		if offered, _ := t.smtp.Extension("STARTTLS"); !offered {
			return fmt.Errorf("port %d offers no STARTTLS: take tls (port 465), or plain, with which mails can be read on the way", c.Port)
		}
		if err := t.smtp.StartTLS(trust); err != nil {
			return err
		}
		if state, ok := t.smtp.TLSConnectionState(); ok {
			t.heard.secured(state)
		}
	}
	return t.signIn()
}

// listened is the connection, with its greeting heard where somebody listens. Of
// one that is TLS already the library must see that it is.
func (t *talk) listened() net.Conn {
	if _, secured := t.conn.(*tls.Conn); secured || t.heard == nil {
		return t.conn
	}
	return &firstLine{Conn: t.conn, heard: t.heard}
}

func (t *talk) dial(trust *tls.Config) (err error) {
	address := net.JoinHostPort(t.config.Host, strconv.Itoa(t.config.Port))
	if t.config.Security == TLS {
		t.conn, err = (&tls.Dialer{Config: trust}).DialContext(t.ctx, "tcp", address)
	} else {
		t.conn, err = (&net.Dialer{}).DialContext(t.ctx, "tcp", address)
	}
	if err == nil {
		conn := t.conn
		t.stop = context.AfterFunc(t.ctx, func() { conn.Close() })
	}
	return err
}

// signIn proves who we are with the best way the server offers. On an open
// line (to this machine, as New has made sure) the same ways are good.
func (t *talk) signIn() error {
	c := t.config
	if c.User == "" {
		return nil
	}
	_, offered := t.smtp.Extension("AUTH")
	for _, way := range []struct {
		name string
		auth smtp.Auth
	}{
		{"SCRAM-SHA-256", smtp.ScramSHA256Auth(c.User, c.Password)},
		{"PLAIN", smtp.PlainAuth("", c.User, c.Password, c.Host, c.Security == Plain)},
		{"LOGIN", smtp.LoginAuth(c.User, c.Password, c.Host, c.Security == Plain)},
		{"CRAM-MD5", smtp.CRAMMD5Auth(c.User, c.Password)},
	} {
		if slices.Contains(strings.Fields(offered), way.name) {
			if err := t.smtp.Auth(way.auth); err != nil {
				return fmt.Errorf("sign in as %s: %w", c.User, err)
			}
			return nil
		}
	}
	return fmt.Errorf("no way to sign in as %s: the server offers %q, we know SCRAM-SHA-256, PLAIN, LOGIN and CRAM-MD5", c.User, offered)
}

func (t *talk) hangUp() {
	if t.conn != nil {
		t.stop()
		t.conn.Close()
	}
}

// deliver names sender and recipients and hands over the text.
func (t *talk) deliver(msg mail.Message, text []byte) error {
	if err := t.smtp.Mail(bare(msg.From)); err != nil {
		t.heard.refused(err)
		return t.failed("sender "+bare(msg.From), msg.To, err)
	}
	refused, err := t.name(msg.To)
	if err != nil {
		return err
	}
	if len(refused) == len(msg.To) {
		return &mail.RefusedError{Refusals: refused}
	}
	if err := t.send(text); err != nil {
		return t.failed("", msg.To, err)
	}
	// The server has the mail; what it says to goodbye changes nothing.
	_ = t.smtp.Quit()
	if len(refused) > 0 {
		return &mail.RefusedError{Refusals: refused}
	}
	return nil
}

// name tells the server the recipients and gathers those it refuses for good.
func (t *talk) name(to []string) (refused []mail.Refusal, err error) {
	for _, r := range to {
		err := t.smtp.Rcpt(bare(r))
		if err == nil {
			continue
		}
		t.heard.refused(err)
		if !final(err) {
			return nil, t.failed("recipient "+bare(r), to, err)
		}
		refused = append(refused, mail.Refusal{Recipient: r, Reason: err.Error()})
	}
	return refused, nil
}

func (t *talk) send(text []byte) error {
	w, err := t.smtp.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	t.heard.say(Us, "(the mail, %d bytes)", len(text))
	if err := w.Close(); err != nil {
		t.heard.refused(err)
		return err
	}
	if said, ok := w.(interface{ ServerResponse() string }); ok {
		t.heard.say(Server, "250 %s", said.ServerResponse())
	}
	return nil
}

// failed tells what may pass from what will not. about is what the server
// spoke of, where that is not clear from its words.
func (t *talk) failed(about string, to []string, err error) error {
	if about != "" {
		err = fmt.Errorf("%s: %w", about, err)
	}
	if say := t.config.explain(err); say != "" {
		err = &explained{say, err}
	}
	if final(err) {
		e := &mail.RefusedError{}
		for _, r := range to {
			e.Refusals = append(e.Refusals, mail.Refusal{Recipient: r, Reason: err.Error()})
		}
		return e
	}
	if _, spoken := errors.AsType[*textproto.Error](err); spoken || passing(err) || t.ctx.Err() != nil {
		return fmt.Errorf("mail server %s: %w: %w", t.config.Host, mail.ErrTryAgain, err)
	}
	return fmt.Errorf("mail server %s: %w", t.config.Host, err)
}

// explained is an error in words that say what to do.
type explained struct {
	say string
	err error
}

func (e *explained) Error() string { return e.say }

func (e *explained) Unwrap() error { return e.err }

// final says whether the server's answer holds for every repetition: 5xx.
func final(err error) bool {
	e, spoken := errors.AsType[*textproto.Error](err)
	return spoken && e.Code >= 500
}

// passing says whether the trouble is with the line rather than with what we
// asked for. A certificate that does not fit is no such trouble.
func passing(err error) bool {
	if _, wrong := errors.AsType[*tls.CertificateVerificationError](err); wrong {
		return false
	}
	_, network := errors.AsType[net.Error](err)
	return network || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

func bare(address string) string {
	a, err := netmail.ParseAddress(address)
	if err != nil {
		return address
	}
	return a.Address
}
