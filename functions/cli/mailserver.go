package cli

import (
	"context"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"slipway/pipelines"
	"slipway/runner/smtpmail"
	"slipway/web/rest"
)

func (p *program) mailServer() *cobra.Command {
	return group("server", "Set, show and test the mail server", p.mailServerShow(), p.mailServerSet(), p.mailServerRemove(), p.mailServerTest())
}

func (p *program) mailServerShow() *cobra.Command {
	return verb("show", "Show how mails leave, and which did not", p.asking(func(ctx context.Context, s *client, _ []string) error {
		var now rest.MailServer
		if err := s.get(ctx, at("mail-server"), &now); err != nil {
			return err
		}
		return p.answer(now, func() { p.sayMailServer(now) })
	}))
}

func (p *program) sayMailServer(now rest.MailServer) {
	switch now.Kind {
	case "held":
		p.say("mails are kept for reading: slipway mail list")
	case "ses":
		p.say("mails go out by Amazon SES, from %s", harmless(now.From))
	default:
		p.say("mails go out by %s:%d (%s), from %s", harmless(now.Host), now.Port, now.Security, harmless(sender(now)))
		if now.User != "" {
			p.say("signed in as %s, password %s", harmless(now.User), map[bool]string{true: "set", false: "not set"}[now.PasswordSet])
		}
	}
	if now.Fixed != "" {
		p.say("set by %s", now.Fixed)
	}
	for _, w := range now.Waiting {
		p.say("waits since %s: %s to %s: %s", p.ago(w.Since), harmless(w.Subject), harmless(strings.Join(w.To, ", ")), harmless(w.Why))
	}
	for _, f := range now.Failures {
		p.say("not delivered %s: %s to %s: %s", p.ago(f.At), harmless(f.Subject), harmless(strings.Join(f.To, ", ")), harmless(f.Why))
	}
}

func sender(m rest.MailServer) string {
	if m.FromName == "" {
		return m.From
	}
	return m.FromName + " <" + m.From + ">"
}

func (p *program) mailServerSet() *cobra.Command {
	c := verb("set HOST[:PORT]", "Set the mail server; its password is read from stdin", nil)
	c.Long = `Set the mail server, by the same rules as those of slipway serve --smtp: port 465
is TLS, a server on this machine is plain, all others are STARTTLS, if --security
does not say otherwise. With --user the password is read from standard input; an
empty one keeps the password that is set. Nothing else of what was set stays.`
	var in rest.MailServer
	flags := c.Flags()
	flags.IntVar(&in.Port, "port", 0, "the port (default: 587 for starttls, 465 for tls, 25 for plain)")
	flags.StringVar(&in.Security, "security", "", "starttls, tls or plain (default: tls for port 465, plain for this machine, else starttls)")
	flags.StringVar(&in.User, "user", "", "the user there")
	flags.StringVar(&in.From, "from", "", "the sender's address, like deploy@example.org")
	flags.StringVar(&in.FromName, "from-name", "", "the sender's name")
	flags.StringVar(&in.Hello, "hello", "", "our name in EHLO")
	c.RunE = func(c *cobra.Command, args []string) error {
		if err := need(c, "from"); err != nil {
			return err
		}
		s, err := p.server()
		if err != nil {
			return err
		}
		var now rest.MailServer
		if err := s.get(c.Context(), at("mail-server"), &now); err != nil {
			return err
		}
		in.Host, in.Revision = args[0], now.Revision
		if in.User != "" {
			if in.Password, err = p.secretValue("Password of " + in.User); err != nil {
				return err
			}
		}
		if err := s.call(c.Context(), http.MethodPut, at("mail-server"), in, nil); err != nil {
			return err
		}
		if err := s.get(c.Context(), at("mail-server"), &now); err != nil {
			return err
		}
		return p.answer(now, func() {
			p.sayMailServer(now)
			p.say("next: slipway mail server test YOUR-ADDRESS")
		})
	}
	return c
}

func (p *program) mailServerRemove() *cobra.Command {
	return verb("remove", "Forget the mail server: mails are kept for reading again", p.asking(func(ctx context.Context, s *client, _ []string) error {
		if err := s.call(ctx, http.MethodDelete, at("mail-server"), nil, nil); err != nil {
			return err
		}
		return p.answer(struct{}{}, func() { p.say("mails are kept for reading: slipway mail list") })
	}))
}

func (p *program) mailServerTest() *cobra.Command {
	return verb("test ADDRESS", "Send a test mail and show what the mail server says", p.asking(func(ctx context.Context, s *client, args []string) error {
		var came rest.MailTested
		if err := s.call(ctx, http.MethodPost, at("mail-server", "test"), rest.MailTest{To: args[0]}, &came); err != nil {
			return err
		}
		err := p.answer(came, func() {
			for _, l := range came.Lines {
				p.say("%s %s", map[smtpmail.Speaker]string{smtpmail.Us: ">", smtpmail.Server: "<", smtpmail.Note: "*"}[l.Who], harmless(l.Text))
			}
			switch {
			case came.Error != "":
			case came.Kind == "held":
			default:
				p.say("the mail to %s was taken", harmless(came.To))
			}
		})
		if err == nil && came.Error == "" && came.Kind == "held" {
			err = pipelines.Refuse(pipelines.Unavailable, "no mail server is set: the mail to %s is only kept, and nobody gets it. `slipway mail list` shows it, `slipway mail server set` says where mails go", harmless(came.To))
		}
		if err == nil && came.Error != "" {
			err = pipelines.Refuse(pipelines.Unavailable, "%s", harmless(came.Error))
		}
		return err
	}))
}
