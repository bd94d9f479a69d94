package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"slipway/functions/setup"
	"slipway/pipelines"
	"slipway/runner/catalog"
	"slipway/web/credentials"
)

// firstAdmin is what `init` was told of the first administrator.
type firstAdmin struct {
	user     pipelines.User
	stdin    bool
	printKey bool
}

func (p *program) initialize() *cobra.Command {
	c := verb("init", "Make a data folder, and unattended also the first administrator", nil)
	c.Long = `Make a data folder.

Without more words it prints the one-time address where the first administrator
is made once the server runs. With --admin that is done here, the password comes
from stdin, and with --print-key an API key is the only thing on stdout.`
	c.Example = "  slipway init --data /var/lib/slipway\n  KEY=$(slipway init --data DIR --admin ada --password-stdin --print-key < password)"
	data := c.Flags().String("data", "", "the data folder to make; it must be empty or not exist")
	base := c.Flags().String("base-url", "", "where people will reach the server, for the address that is printed")
	a := &firstAdmin{}
	c.Flags().StringVar(&a.user.Username, "admin", "", "the first administrator's user name")
	c.Flags().BoolVar(&a.stdin, "password-stdin", false, "read the administrator's password from stdin")
	c.Flags().StringVar(&a.user.Mail, "mail", "", "the administrator's mail address")
	c.Flags().StringVar(&a.user.DisplayName, "display-name", "", "the administrator's full name")
	c.Flags().BoolVar(&a.printKey, "print-key", false, "make an API key for the administrator and print it alone on stdout")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if err := need(c, "data"); err != nil {
			return err
		}
		if a.user.Username == "" {
			return p.initAlone(c, *data, *base)
		}
		if !a.stdin && !isTerminal(p.stdin) {
			return misuse(c, "--password-stdin is missing")
		}
		return p.initWith(c.Context(), *data, a)
	}
	return c
}

// initAlone makes the folder and leaves the administrator to the pages.
func (p *program) initAlone(c *cobra.Command, data, base string) error {
	for _, flag := range []string{"password-stdin", "print-key", "mail", "display-name"} {
		if c.Flags().Changed(flag) {
			return misuse(c, "--%s needs --admin NAME", flag)
		}
	}
	made := initialization{Data: data}
	err := inNewFolder(data, base, func(server *setup.Server) error {
		var err error
		made.SetUp, err = setUpLink(c.Context(), server, data)
		return err
	})
	if err != nil {
		return err
	}
	return p.answer(made, func() {
		p.say("made the data folder %s", data)
		p.say("next: slipway serve --data %s", quoted(data))
		p.say("then make the first administrator at %s", made.SetUp)
	})
}

// initWith makes the folder and the administrator. What can be refused is
// looked at before the folder is made.
func (p *program) initWith(ctx context.Context, data string, a *firstAdmin) error {
	if found := a.user.Check(); len(found) > 0 {
		return &pipelines.Error{Code: pipelines.Invalid, Message: found[0].Message, Problems: found}
	}
	password, err := p.secretValue("Password for " + a.user.Username)
	if err != nil {
		return err
	}
	if err := credentials.CheckPassword(password); err != nil {
		return err
	}
	made := initialization{Data: data}
	err = inNewFolder(data, "", func(server *setup.Server) error { return a.make(ctx, server, password, &made) })
	if err != nil {
		return err
	}
	return p.initialized(made)
}

// inNewFolder makes a data folder and works on it once, before any server
// does. When that fails nothing is left.
func inNewFolder(data, base string, work func(*setup.Server) error) error {
	if err := setup.Init(data, rand.Reader); err != nil {
		return err
	}
	server, err := setup.Open(setup.Settings{
		Data: data, Listen: setup.DefaultListen, BaseURL: base, Version: Version(), Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return errors.Join(err, empty(data))
	}
	if err := errors.Join(work(server), server.Close()); err != nil {
		return errors.Join(err, empty(data))
	}
	return nil
}

// empty takes back what init made in a folder that was empty, so that the same
// command works once what was refused is put right.
func empty(dir string) error {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		err = errors.Join(err, os.RemoveAll(filepath.Join(dir, e.Name())))
	}
	return err
}

// initialization is what init made.
type initialization struct {
	Data  string `json:"data"`
	Admin string `json:"admin,omitempty"`
	Key   string `json:"key,omitempty"`
	SetUp string `json:"setUp,omitempty"` // where the first administrator is made
}

func (a *firstAdmin) make(ctx context.Context, server *setup.Server, password string, made *initialization) error {
	user, err := server.Catalog.FirstAdminHere(ctx, a.user, password)
	if err != nil {
		return err
	}
	made.Admin = user.Username
	if !a.printKey {
		return nil
	}
	admin := pipelines.PrincipalOf(user, nil, nil, "init")
	_, made.Key, err = server.Catalog.NewAPIKey(ctx, admin, catalog.KeyWish{Purpose: "slipway init"}, func() (key, hash, hint string, err error) {
		key, hash, err = credentials.NewKey(server.Env.Random)
		return key, hash, key[:8] + "…", err
	})
	return err
}

// initialized tells what was made; a key alone on stdout, all else beside it.
func (p *program) initialized(made initialization) error {
	return p.answer(made, func() {
		fmt.Fprintf(p.stderr, "made the data folder %s with the administrator %s\n", made.Data, made.Admin)
		fmt.Fprintf(p.stderr, "next: slipway serve --data %s\n", quoted(made.Data))
		if made.Key != "" {
			p.say("%s", made.Key)
		}
	})
}
