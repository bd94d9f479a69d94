package cli

import (
	"context"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"slipway/web/rest"
)

func (p *program) signInSettings() *cobra.Command {
	return group("signin", "Say how people and builds sign in",
		p.secondFactor(), p.providerList(), p.providerSet(), p.providerRemove(), p.trustList(), p.trustAdd(), p.trustRemove())
}

func (p *program) secondFactor() *cobra.Command {
	c := verb("second-factor nobody|administrators|everybody", "Say who needs a second factor beside the password", nil)
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		in := rest.SecondFactor{Required: args[0]}
		if args[0] == "nobody" {
			in.Required = ""
		}
		if err := s.call(ctx, http.MethodPut, at("sign-in", "second-factor"), in, nil); err != nil {
			return err
		}
		return p.answer(in, func() {
			if in.Required == "" {
				p.say("nobody needs a second factor")
				return
			}
			p.say("a second factor is required for %s", args[0])
		})
	})
	return c
}

func (p *program) providerList() *cobra.Command {
	return verb("providers", "List the identity providers", listing(p, at("sign-in", "providers"), "there is no identity provider: people sign in by name and password", func(all []rest.Provider) {
		rows := [][]cell{heading("PROVIDER", "NAME", "ISSUER", "REDIRECT ADDRESS")}
		for _, one := range all {
			id := one.ID
			if one.Disabled {
				id += " (off)"
			}
			rows = append(rows, []cell{plain(id), plain(one.Name), plain(one.Issuer), plain(one.Redirect)})
		}
		p.table(rows)
	}))
}

func (p *program) providerSet() *cobra.Command {
	c := verb("provider ID", "Add or change an identity provider", nil)
	var in rest.Provider
	var groups []string
	f := c.Flags()
	f.StringVar(&in.Name, "name", "", "what stands on the button")
	f.StringVar(&in.Issuer, "issuer", "", "its address, like https://gitlab.example.org")
	f.StringVar(&in.ClientID, "client-id", "", "what we are called there")
	f.StringSliceVar(&in.Scopes, "scope", nil, "scopes beside openid, like profile,email")
	f.StringVar(&in.GroupClaim, "group-claim", "", "the claim that holds groups (default groups)")
	f.StringArrayVar(&groups, "group", nil, "GROUP=TEAM: members of the group are in the team (may be repeated)")
	f.BoolVar(&in.NewUsers, "new-users", false, "make an account for whoever signs in first")
	f.BoolVar(&in.LinkByMail, "link-by-mail", false, "give accounts nobody has used to who has their verified mail address")
	f.BoolVar(&in.Disabled, "off", false, "offer it to nobody")
	secret := f.Bool("secret-stdin", false, "read the client secret from stdin")
	c.RunE = func(c *cobra.Command, args []string) error {
		in.ID, in.Groups = args[0], map[string]string{}
		for _, g := range groups {
			at := strings.LastIndex(g, "=")
			if at < 1 {
				return misuse(c, "--group is GROUP=TEAM; got %q", g)
			}
			in.Groups[g[:at]] = g[at+1:]
		}
		if err := need(c, "name", "issuer", "client-id"); err != nil {
			return err
		}
		s, err := p.server()
		if err != nil {
			return err
		}
		if *secret {
			if in.Secret, err = p.secretValue("Client secret"); err != nil {
				return err
			}
		}
		if err := s.call(c.Context(), http.MethodPut, at("sign-in", "providers", in.ID), in, nil); err != nil {
			return err
		}
		in.Secret = ""
		return p.answer(in, func() {
			p.say("people can sign in with %s", in.Name)
			p.say("register the redirect address there: %s/signin/oidc/%s/callback", s.base, in.ID)
		})
	}
	return c
}

func (p *program) providerRemove() *cobra.Command {
	return p.removed("remove-provider ID", "Take an identity provider away", "providers")
}

func (p *program) trustList() *cobra.Command {
	return verb("trusts", "List which builds service accounts trust", listing(p, at("sign-in", "trusts"), "no service account trusts a build: slipway signin trust ACCOUNT --issuer github --subject repo:…", func(all []rest.Trust) {
		rows := [][]cell{heading("TRUST", "ACCOUNT", "ISSUER", "SUBJECT", "AUDIENCE", "KEY LASTS")}
		for _, t := range all {
			rows = append(rows, []cell{plain(t.ID), plain(t.Account), plain(t.Issuer), plain(t.Subject), plain(t.Audience), plain(count(t.Minutes) + " min")})
		}
		p.table(rows)
	}))
}

// issuers are those that people would have to look up.
var issuers = map[string]string{"github": "https://token.actions.githubusercontent.com"}

func (p *program) trustAdd() *cobra.Command {
	c := verb("trust ACCOUNT", "Make a service account trust the tokens of a build system", nil)
	var in rest.Trust
	f := c.Flags()
	f.StringVar(&in.Issuer, "issuer", "", "github, or an address like https://vstoken.dev.azure.com/ORGANISATION-ID")
	f.StringVar(&in.Subject, "subject", "", "whose builds, like repo:acme/random-quotes:ref:refs/heads/main; * stands for any characters")
	f.StringVar(&in.Audience, "audience", "", "what the tokens are made for (default: the server's address)")
	f.IntVar(&in.Minutes, "minutes", 15, "how long a key lasts, 15 to 60")
	c.RunE = func(c *cobra.Command, args []string) error {
		if err := need(c, "issuer", "subject"); err != nil {
			return err
		}
		in.Account = args[0]
		if known, ok := issuers[in.Issuer]; ok {
			in.Issuer = known
		}
		s, err := p.server()
		if err != nil {
			return err
		}
		var made rest.Trust
		if err := s.call(c.Context(), http.MethodPost, at("sign-in", "trusts"), in, &made); err != nil {
			return err
		}
		return p.answer(made, func() {
			p.say("%s trusts %s of %s, audience %s (%s)", made.Account, made.Subject, made.Issuer, made.Audience, made.ID)
		})
	}
	return c
}

func (p *program) trustRemove() *cobra.Command {
	return p.removed("distrust ID", "Take the trust in builds back", "trusts")
}

func (p *program) removed(use, short, kind string) *cobra.Command {
	c := verb(use, short, nil)
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		if err := s.call(ctx, http.MethodDelete, at("sign-in", kind, args[0]), nil, nil); err != nil {
			return err
		}
		return p.done("removed", args[0], "%s is removed", args[0])
	})
	return c
}
