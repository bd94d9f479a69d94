package cli

import (
	"context"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"slipway/pipelines"
	"slipway/web/rest"
)

func (p *program) login() *cobra.Command {
	c := verb("login URL", "Keep a server's address and an API key for the other commands", nil)
	c.Long = `Keep a server's address and an API key for the other commands.

With a user name and a password the server makes a new key; --key-stdin takes
one that there is. Both are kept in slipway/login.json below $XDG_CONFIG_HOME
(or ~/.config), readable by nobody else.

In a build no key needs to be stored: --github, --azure-devops or --oidc-token-file
trade the token that the build system gives each build for a key of a service
account that trusts it. The key lasts some minutes.`
	build := newBuildIdentity(c)
	username := c.Flags().String("username", "", "sign in as this user (asked for at a terminal)")
	password := c.Flags().Bool("password-stdin", false, "read the password from stdin")
	code := c.Flags().String("code", "", "the code of your second factor (asked for at a terminal)")
	key := c.Flags().Bool("key-stdin", false, "read an API key from stdin")
	c.MarkFlagsMutuallyExclusive("password-stdin", "key-stdin")
	c.MarkFlagsMutuallyExclusive("username", "key-stdin")
	c.MarkFlagsMutuallyExclusive("github", "azure-devops", "oidc-token-file", "password-stdin", "key-stdin")
	c.RunE = func(c *cobra.Command, args []string) error {
		base, err := address(args[0])
		if err != nil {
			return err
		}
		if build.wanted() {
			return p.enterBuild(c, base, build)
		}
		if !*key && !*password && !isTerminal(p.stdin) {
			return misuse(c, "nobody is here to type: say --key-stdin, or --username NAME --password-stdin")
		}
		if *password && *username == "" {
			return misuse(c, "--username is missing")
		}
		a := account{URL: base}
		if *key {
			a.Key, err = p.secretValue("API key")
		} else {
			a, err = p.signIn(c.Context(), a, *username, *code)
		}
		if err != nil {
			return err
		}
		return p.enter(c.Context(), a)
	}
	return c
}

// signIn trades name and password for a key.
func (p *program) signIn(ctx context.Context, a account, username, code string) (account, error) {
	var err error
	if username == "" {
		if username, err = p.line("User name: "); err != nil {
			return a, err
		}
	}
	in := rest.Login{Username: username, Purpose: "slipway login"}
	if in.Password, err = p.secretValue("Password"); err != nil {
		return a, err
	}
	var made rest.NewKey
	in.Code = code
	err = p.newClient(a.URL, "").call(ctx, http.MethodPost, at("login"), in, &made)
	if wantsCode(err) && code == "" && isTerminal(p.stdin) {
		if in.Code, err = p.line("Code of your second factor: "); err != nil {
			return a, err
		}
		err = p.newClient(a.URL, "").call(ctx, http.MethodPost, at("login"), in, &made)
	}
	if err != nil {
		return a, err
	}
	a.Key, a.KeyID = made.Secret, made.ID
	return a, nil
}

// wantsCode says whether the password was right and a code is wanted, too.
func wantsCode(err error) bool {
	return pipelines.CodeOf(err) == pipelines.Unauthenticated && strings.Contains(err.Error(), "second factor")
}

// enter keeps the account once the server knows the key.
func (p *program) enter(ctx context.Context, a account) error {
	var me rest.Me
	if err := p.newClient(a.URL, a.Key).get(ctx, at("me"), &me); err != nil {
		return err
	}
	file, err := p.keep(a)
	if err != nil {
		return err
	}
	return p.answer(me, func() { p.say("%s at %s, kept in %s", me.Called, a.URL, file) })
}

// goodbye is what logout did.
type goodbye struct {
	SignedOut  bool   `json:"signedOut"`
	KeyDeleted bool   `json:"keyDeleted"`
	Problem    string `json:"problem,omitempty"` // why the key is still valid
}

func (p *program) logout() *cobra.Command {
	return verb("logout", "Forget address and key, and take back a key that login made", func(c *cobra.Command, _ []string) error {
		kept, err := p.account()
		if err != nil {
			return err
		}
		var out goodbye
		if kept.URL != "" {
			if out, err = p.forget(c.Context(), kept); err != nil {
				return err
			}
		}
		return p.answer(out, func() {
			switch {
			case !out.SignedOut:
				p.say("nobody is signed in here")
			case out.KeyDeleted:
				p.say("signed out, the key is deleted")
			default:
				p.say("signed out here; the key is still valid at the server: %s", out.Problem)
			}
		})
	})
}

// forget signs out here in any case, and at the server as far as it can.
func (p *program) forget(ctx context.Context, kept account) (goodbye, error) {
	file, err := p.accountFile()
	if err != nil {
		return goodbye{}, err
	}
	if err := os.Remove(file); err != nil {
		return goodbye{}, err
	}
	if kept.KeyID == "" {
		return goodbye{SignedOut: true, Problem: "it was not made by login, `slipway key delete` takes it back"}, nil
	}
	s := p.newClient(kept.URL, kept.Key)
	if err := s.call(ctx, http.MethodDelete, at("apikeys", kept.KeyID), nil, nil); err != nil {
		return goodbye{SignedOut: true, Problem: oneLine(err.Error())}, nil
	}
	return goodbye{SignedOut: true, KeyDeleted: true}, nil
}

func (p *program) whoami() *cobra.Command {
	return verb("whoami", "Show who asks, and where", p.asking(func(ctx context.Context, s *client, _ []string) error {
		var me rest.Me
		if err := s.get(ctx, at("me"), &me); err != nil {
			return err
		}
		return p.answer(me, func() {
			p.say("%s (%s) at %s", me.Called, me.Username, s.base)
			if me.Admin {
				p.say("administrator")
			}
			for _, t := range me.Teams {
				p.say("member of %s", t)
			}
		})
	}))
}
