package setup

import (
	"strings"

	"slipway/runner/mail"
	"slipway/runner/secrets"
	"slipway/web/oidc"
	"slipway/web/signin"
)

// backroom makes what signing in takes of secrets and mails, for one SignIn.
type backroom func(*signin.SignIn) signin.Backroom

// signIn is who people are recognised by who reach us at base.
func (p *parts) signIn(base string, room backroom) *signin.SignIn {
	s := &signin.SignIn{
		Records: p.records, Passwords: p.passwords, Env: p.env, BasePath: basePath(base), Secure: strings.HasPrefix(base, "https://"),
		BaseURL: base, Proxies: p.proxies, Sealer: p.sealer, Issuers: oidc.New(p.env.Now),
	}
	if room != nil {
		s.Backroom = room(s)
	}
	return s
}

// here is the backroom of a process that may open secrets and send mails.
func (p *parts) here(opener secrets.Opener, sender mail.Mail) backroom {
	return func(s *signin.SignIn) signin.Backroom {
		return &signin.Here{Records: p.records, Opener: opener, Mail: sender, Now: p.env.Now, Log: p.log, Issuers: s.Issuers, SignIn: s}
	}
}
