package cli

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/netip"
	"runtime/debug"

	"github.com/spf13/cobra"

	"slipway/functions/setup"
	"slipway/pipelines"
	"slipway/runner/smtpmail"
)

// serving is what `serve` was told.
type serving struct {
	data, listen, baseURL                  string
	smtp, smtpUser, smtpSecurity, mailFrom string
	proxies                                []string
	verbose                                bool
}

func (p *program) serve() *cobra.Command {
	c := verb("serve", "Run the server on a data folder", nil)
	c.Long = `Run the server on a data folder that ` + "`slipway init`" + ` has made.

Until there is an administrator it prints, at every start, the one-time address
where the first one is made. Without --smtp mails are not sent but kept for
reading on a page and by ` + "`slipway mail`" + `. The password for the mail server is
taken from SLIPWAY_SMTP_PASSWORD.`
	v := &serving{}
	flags := c.Flags()
	flags.StringVar(&v.data, "data", "", "the data folder")
	flags.StringVar(&v.listen, "listen", setup.DefaultListen, "the address to listen on")
	flags.StringVar(&v.baseURL, "base-url", "", "where people reach the server, also behind a proxy, like https://deploy.example.org/slipway")
	flags.StringSliceVar(&v.proxies, "trusted-proxy", nil, "a proxy before the server, as address or CIDR: its X-Forwarded-For is believed")
	flags.StringVar(&v.smtp, "smtp", "", "the mail server, HOST or HOST:PORT")
	flags.StringVar(&v.smtpUser, "smtp-user", "", "the user at the mail server")
	flags.StringVar(&v.smtpSecurity, "smtp-security", "", "starttls, tls or plain (default: tls for port 465, plain for this machine, else starttls)")
	flags.StringVar(&v.mailFrom, "mail-from", "", "the sender of mails, like \"Slipway <deploy@example.org>\"")
	flags.BoolVar(&v.verbose, "verbose", false, "log more")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if err := need(c, "data"); err != nil {
			return err
		}
		settings, err := p.settings(v)
		if err != nil {
			return err
		}
		return p.run(c.Context(), settings)
	}
	return c
}

// settings are what the server is made of, from flags and environment.
func (p *program) settings(v *serving) (setup.Settings, error) {
	s := setup.Settings{
		Data: v.data, Listen: v.listen, BaseURL: v.baseURL, MailFrom: v.mailFrom,
		Version: Version(), Log: p.logger(v.verbose), Lookup: p.env,
	}
	for _, text := range v.proxies {
		proxy, err := proxyNet(text)
		if err != nil {
			return s, err
		}
		s.Proxies = append(s.Proxies, proxy)
	}
	s.Agent, _ = p.env("SSH_AUTH_SOCK")
	s.Path, _ = p.env("PATH")
	if v.smtp == "" {
		if s.MailFrom == "" {
			s.MailFrom = "Slipway <slipway@localhost>"
		}
		return s, nil
	}
	if v.mailFrom == "" {
		return s, pipelines.Refuse(pipelines.Invalid, "mails need a sender: say --mail-from, like \"Slipway <deploy@example.org>\"")
	}
	host, port, err := smtpmail.At(v.smtp)
	if err != nil {
		return s, pipelines.Refuse(pipelines.Invalid, "--smtp: %v", err)
	}
	s.SMTP = &smtpmail.Config{Host: host, Port: port, User: v.smtpUser, Security: smtpmail.Security(v.smtpSecurity)}
	s.SMTP.Password, _ = p.env("SLIPWAY_SMTP_PASSWORD")
	return s, nil
}

// proxyNet reads one address or a net of them.
func proxyNet(text string) (netip.Prefix, error) {
	if one, err := netip.ParseAddr(text); err == nil {
		return one.Prefix(one.BitLen())
	}
	net, err := netip.ParsePrefix(text)
	if err != nil || net.Bits() == 0 {
		return net, pipelines.Refuse(pipelines.Invalid, "--trusted-proxy is an address or a net like 10.0.0.0/8, and not everybody; got %q", text)
	}
	return net.Masked(), nil
}

func (p *program) logger(verbose bool) *slog.Logger {
	level := slog.LevelInfo
	if verbose {
		level = slog.LevelDebug
	}
	var to io.Writer = p.stderr
	if p.json {
		return slog.New(slog.NewJSONHandler(to, &slog.HandlerOptions{Level: level}))
	}
	return slog.New(slog.NewTextHandler(to, &slog.HandlerOptions{Level: level}))
}

// run serves until ctx ends.
func (p *program) run(ctx context.Context, s setup.Settings) error {
	if _, chosen := p.env("GOGC"); !chosen {
		debug.SetGCPercent(setup.GarbagePercent)
	}
	server, err := setup.Open(s)
	if err != nil {
		return err
	}
	link, err := setUpLink(ctx, server, s.Data)
	if err != nil {
		return errors.Join(err, server.Close())
	}
	err = server.Serve(ctx, func(address string) { p.ready(server.BaseURL, address, link) })
	return errors.Join(err, server.Close())
}

// ready says where the server is, as soon as it takes requests.
func (p *program) ready(base, address, link string) {
	out := struct {
		URL    string `json:"url"`
		Listen string `json:"listen"`
		SetUp  string `json:"setUp,omitempty"`
	}{base, address, link}
	// Nothing can be done about a closed stdout; the server works without.
	_ = p.answer(out, func() {
		p.say("slipway is at %s", base)
		if base != "http://"+address {
			p.say("it listens on %s", address)
		}
		if link != "" {
			p.say("make the first administrator at %s", link)
		}
	})
}
