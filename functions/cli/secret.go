package cli

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"slipway/pipelines"
	"slipway/web/rest"
)

func (p *program) secret() *cobra.Command {
	return group("secret", "Set and list secrets; nobody can read one back", p.secretSet(), p.secretList())
}

func (p *program) secretSet() *cobra.Command {
	c := verb("set NAME", "Set a secret to what stdin holds", nil)
	c.Long = `Set a secret to what stdin holds. The line break behind a single line is not
part of the value; a text of several lines, like a private key, is taken as it is.`
	risk := c.Flags().Bool("unmasked-risk", false, "take a value that is too short to be masked in output")
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		value, err := p.secretValue("Value of " + args[0])
		if err != nil {
			return err
		}
		stored, err := s.setSecret(ctx, args[0], value, *risk)
		if err != nil {
			return err
		}
		return p.answer(stored, func() { p.say("secret %s, version %d", stored.Name, stored.Version) })
	})
	return c
}

// setSecret sends a value as it is.
func (c *client) setSecret(ctx context.Context, name, value string, risk bool) (rest.Secret, error) {
	var out rest.Secret
	path := at("secrets", name)
	if risk {
		path += "?unmasked-risk=true"
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPut, c.base+path, strings.NewReader(value))
	if err != nil {
		return out, err
	}
	r.Header.Set("Content-Type", "application/octet-stream")
	return out, c.send(r, &out)
}

// storeFile keeps a private key's file as a secret.
func (c *client) storeFile(ctx context.Context, name, file string) error {
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return pipelines.Refuse(pipelines.NotFound, "there is no file %s", file)
	}
	if err != nil {
		return err
	}
	if !strings.Contains(string(b), "PRIVATE KEY") {
		return pipelines.Refuse(pipelines.Invalid, "%s holds no private key (the file without .pub is wanted)", file)
	}
	_, err = c.setSecret(ctx, name, string(b), false)
	return err
}

func (p *program) secretList() *cobra.Command {
	return verb("list", "List the names of secrets", listing(p, at("secrets"), "there is no secret yet: slipway secret set NAME", func(all []rest.Secret) {
		rows := [][]cell{heading("SECRET", "VERSION", "SET", "BY")}
		for _, s := range all {
			rows = append(rows, []cell{plain(s.Name), plain(strconv.Itoa(s.Version)), plain(p.ago(s.Created)), plain(s.By)})
		}
		p.table(rows)
	}))
}
