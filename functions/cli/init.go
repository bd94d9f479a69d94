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

Without more words, ` + "`slipway serve`" + ` then prints the one-time address where the
first administrator is made. With --admin that is done here, the password comes
from stdin, and with --print-key an API key is the only thing on stdout.`
	c.Example = "  slipway init --data /var/lib/slipway\n  KEY=$(slipway init --data DIR --admin ada --password-stdin --print-key < password)"
	data := c.Flags().String("data", "", "the data folder to make; it must be empty or not exist")
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
			return p.initAlone(c, *data)
		}
		if !a.stdin && !isTerminal(p.stdin) {
			return misuse(c, "--password-stdin is missing")
		}
		return p.initWith(c.Context(), *data, a)
	}
	return c
}

// initAlone makes the folder and leaves the administrator to the pages.
func (p *program) initAlone(c *cobra.Command, data string) error {
	for _, flag := range []string{"password-stdin", "print-key", "mail", "display-name"} {
		if c.Flags().Changed(flag) {
			return misuse(c, "--%s needs --admin NAME", flag)
		}
	}
	if err := setup.Init(data, rand.Reader); err != nil {
		return err
	}
	return p.answer(struct {
		Data string `json:"data"`
	}{data}, func() {
		p.say("made the data folder %s", data)
		p.say("next: slipway serve --data %s  (prints the address where you make the first administrator)", quoted(data))
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
	if err := setup.Init(data, rand.Reader); err != nil {
		return err
	}
	server, err := setup.Open(setup.Settings{Data: data, Listen: setup.DefaultListen, Version: programVersion(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	made, err := a.make(ctx, server, password)
	if err := errors.Join(err, server.Close()); err != nil {
		return errors.Join(err, empty(data))
	}
	return p.initialized(data, made)
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
	Admin string `json:"admin"`
	Key   string `json:"key,omitempty"`
}

func (a *firstAdmin) make(ctx context.Context, server *setup.Server, password string) (initialization, error) {
	user, err := server.Catalog.FirstAdminHere(ctx, a.user, password)
	if err != nil || !a.printKey {
		return initialization{Admin: user.Username}, err
	}
	admin := pipelines.PrincipalOf(user, nil, "init")
	_, key, err := server.Catalog.NewAPIKey(ctx, admin, "slipway init", func() (key, hash, hint string, err error) {
		key, hash, err = credentials.NewKey(server.Env.Random)
		return key, hash, key[:8] + "…", err
	})
	return initialization{Admin: user.Username, Key: key}, err
}

// initialized tells what was made; a key alone on stdout, all else beside it.
func (p *program) initialized(data string, made initialization) error {
	made.Data = data
	return p.answer(made, func() {
		fmt.Fprintf(p.stderr, "made the data folder %s with the administrator %s\n", data, made.Admin)
		fmt.Fprintf(p.stderr, "next: slipway serve --data %s\n", quoted(data))
		if made.Key != "" {
			p.say("%s", made.Key)
		}
	})
}
