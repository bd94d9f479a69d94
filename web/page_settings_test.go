package web

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"slipway/runner/mailroom"
	"slipway/runner/smtpmail"
)

// mailServer takes what deploy sends with the right password, but mails to nobody@.
type mailServer struct {
	port  int
	mails atomic.Int32
}

const mailPassword = "herring-gull"

func newMailServer(t *testing.T) *mailServer {
	t.Helper()
	s := &mailServer{}
	srv := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &mailSession{server: s}, nil }))
	srv.Domain, srv.AllowInsecureAuth, srv.ErrorLog = "mail.example.org", true, log.New(io.Discard, "", 0)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	s.port = listener.Addr().(*net.TCPAddr).Port
	go srv.Serve(listener)
	t.Cleanup(func() { srv.Close() })
	return s
}

type mailSession struct{ server *mailServer }

func (s *mailSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *mailSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "deploy" || password != mailPassword {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}

func (s *mailSession) Mail(string, *smtp.MailOptions) error { return nil }
func (s *mailSession) Reset()                               {}
func (s *mailSession) Logout() error                        { return nil }

func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	if strings.HasPrefix(to, "nobody@") {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such sailor"}
	}
	return nil
}

func (s *mailSession) Data(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	s.server.mails.Add(1)
	return err
}

// mailForm is the form of the page, filled in for a server of this machine.
func mailForm(port int, with url.Values) url.Values {
	form := url.Values{"host": {"127.0.0.1"}, "port": {strconv.Itoa(port)}, "security": {"plain"}, "user": {"deploy"}, "from": {"deploy@example.org"}, "revision": {"0"}}
	for name, value := range with {
		form[name] = value
	}
	return form
}

func TestMailServerOnThePage(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "/slipway")
	server := newMailServer(t)
	b := k.browser("admin")
	b.has("/settings", http.StatusOK, testid("mail-form"), "sent to nobody", testid("mail-test"))

	for name, c := range map[string]struct {
		with  url.Values
		field string
	}{
		"a host with its port": {url.Values{"host": {"127.0.0.1:25"}}, "host"},
		"a port that is none":  {url.Values{"port": {"many"}}, "port"},
		"a far port":           {url.Values{"port": {"70000"}}, "port"},
		"no sender":            {url.Values{"from": {"deploy"}}, "from"},
		"a second header":      {url.Values{"fromName": {"Slipway\r\nBcc: all@example.org"}}, "fromName"},
		"a password without TLS to another machine": {url.Values{"host": {"smtp.example.org"}, "password": {mailPassword}}, "security"},
	} {
		got := b.post("/settings/mail", mailForm(server.port, c.with))
		if got.status < 400 || got.status >= 500 || !strings.Contains(got.body, `id="`+c.field+`-problem"`) {
			t.Errorf("%s: %d, want a refusal at the field %s: %s", name, got.status, c.field, got.text())
		}
		if strings.Contains(got.body, mailPassword) {
			t.Errorf("%s: the page shows the password again", name)
		}
	}
	if _, revision, err := k.records.MailServer(t.Context()); err != nil || revision != 0 {
		t.Fatalf("what was refused is set: revision %d, %v", revision, err)
	}

	if got := b.post("/settings/mail", mailForm(server.port, url.Values{"password": {mailPassword}})); got.status != http.StatusSeeOther {
		t.Fatalf("save: %d %s", got.status, got.text())
	}
	page := b.has("/settings", http.StatusOK, "Mails go out through 127.0.0.1", testid("remove-mail"))
	if strings.Contains(page.body, mailPassword) {
		t.Error("the password can be read on the page")
	}
	stored, revision, err := k.records.MailServer(t.Context())
	must(t, err)
	if stored.Password == nil || strings.Contains(fmt.Sprintf("%+v", *stored.Password), mailPassword) {
		t.Errorf("the password is stored as %+v, want it sealed", stored.Password)
	}
	if got := b.post("/settings/mail", mailForm(server.port, url.Values{"fromName": {"Slipway"}})); got.status != http.StatusConflict {
		t.Errorf("a save of what somebody else has changed meanwhile: %d, want 409", got.status)
	}
	seen := url.Values{"revision": {strconv.FormatInt(revision, 10)}}
	other := mailForm(server.port+1, seen)
	if got := b.post("/settings/mail", other); got.status < 400 || got.status >= 500 || !strings.Contains(got.body, `id="password-problem"`) {
		t.Errorf("the password goes to another server unasked: %d %s", got.status, got.text())
	}
	if got := b.post("/settings/mail", mailForm(server.port, url.Values{"revision": seen["revision"], "fromName": {"Slipway"}})); got.status != http.StatusSeeOther {
		t.Errorf("save without typing the password again: %d %s", got.status, got.text())
	}
	if again, _, err := k.records.MailServer(t.Context()); err != nil || again.Password == nil || again.FromName != "Slipway" {
		t.Errorf("after the second save: %+v, %v, want the name and the password kept", again, err)
	}

	for to, c := range map[string]struct {
		status int
		wants  []string
	}{
		"ada@example.org":    {http.StatusOK, []string{testid("mail-talk"), "The server has taken the mail", "235 "}},
		"nobody@example.org": {http.StatusOK, []string{testid("mail-talk"), "550 5.1.1 no such sailor"}},
		"ada":                {http.StatusBadRequest, []string{`id="to-problem"`}},
	} {
		got := b.post("/settings/mail/test", url.Values{"to": {to}})
		if got.status != c.status && (c.status == http.StatusOK || got.status < 400 || got.status >= 500) {
			t.Errorf("a test mail to %s: %d, want %d", to, got.status, c.status)
		}
		for _, want := range c.wants {
			if !strings.Contains(got.body, want) {
				t.Errorf("a test mail to %s: no %q in %s", to, want, got.text())
			}
		}
		if strings.Contains(got.body, mailPassword) {
			t.Errorf("a test mail to %s shows the password", to)
		}
	}
	if n := server.mails.Load(); n != 1 {
		t.Errorf("the server took %d mails, want 1", n)
	}
}

func TestSettingsAreForThoseWhoConfigure(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	b := k.browser("stella")
	b.has("/settings", http.StatusForbidden)
	for _, path := range []string{"/settings/mail", "/settings/mail/remove", "/settings/mail/test"} {
		if got := b.post(path, mailForm(25, url.Values{"to": {"stella@example.org"}})); got.status != http.StatusForbidden {
			t.Errorf("POST %s: %d, want 403", path, got.status)
		}
	}
	if all, err := k.mail.List(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("%d mails went out, %v", len(all), err)
	}
}

// TestFlagsWin: what the start has set is shown, and changed by nobody.
func TestFlagsWin(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.room.Fixed = &mailroom.Fixed{Mail: k.mail, From: "fixed@example.org", Server: smtpmail.Config{Host: "smtp.example.org", Port: 587, Security: smtpmail.StartTLS}, Says: "the flags of slipway serve", Kind: mailroom.SMTP}
	b := k.browser("admin")
	page := b.has("/settings", http.StatusOK, "the flags of slipway serve", "smtp.example.org", "fixed@example.org")
	if strings.Contains(page.body, testid("mail-form")) {
		t.Error("the page has a form for what nobody can change there")
	}
	for _, path := range []string{"/settings/mail", "/settings/mail/remove"} {
		if got := b.post(path, mailForm(25, nil)); got.status != http.StatusConflict || !strings.Contains(got.body, "the flags of slipway serve") {
			t.Errorf("POST %s: %d %s, want 409 that names the flags", path, got.status, got.text())
		}
	}
	if _, revision, err := k.records.MailServer(t.Context()); err != nil || revision != 0 {
		t.Errorf("a server is stored: revision %d, %v", revision, err)
	}
}
