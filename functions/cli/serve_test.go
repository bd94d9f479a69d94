package cli

import (
	"bytes"
	"testing"

	"slipway/pipelines"
)

func TestServerSettings(t *testing.T) {
	t.Parallel()
	p := &program{stderr: &bytes.Buffer{}, env: func(name string) (string, bool) {
		v, ok := map[string]string{"SLIPWAY_SMTP_PASSWORD": "secret", "PATH": "/bin", "SSH_AUTH_SOCK": "/agent"}[name]
		return v, ok
	}}
	s, err := p.settings(&serving{data: "d", listen: "127.0.0.1:1"})
	must(t, err)
	if s.SMTP != nil || s.MailFrom == "" || s.Path != "/bin" || s.Agent != "/agent" {
		t.Errorf("settings without mail server = %+v", s)
	}
	for _, c := range []struct {
		smtp, from, host string
		port             int
		fails            bool
	}{
		{"smtp.example.org", "a@b.c", "smtp.example.org", 0, false},
		{"smtp.example.org:465", "a@b.c", "smtp.example.org", 465, false},
		{"[::1]:25", "a@b.c", "::1", 25, false},
		{"smtp.example.org:mail", "a@b.c", "", 0, true},
		{"smtp.example.org", "", "", 0, true},
	} {
		s, err := p.settings(&serving{smtp: c.smtp, mailFrom: c.from, smtpUser: "u"})
		if c.fails {
			if pipelines.CodeOf(err) != pipelines.Invalid {
				t.Errorf("settings with %q from %q: %v, want it refused", c.smtp, c.from, err)
			}
			continue
		}
		if err != nil || s.SMTP.Host != c.host || s.SMTP.Port != c.port || s.SMTP.User != "u" || s.SMTP.Password != "secret" {
			t.Errorf("settings with %q = %+v, %v", c.smtp, s.SMTP, err)
		}
	}
}
