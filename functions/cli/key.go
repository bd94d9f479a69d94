package cli

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"slipway/pipelines"
	"slipway/web/rest"
)

func (p *program) apiKey() *cobra.Command {
	return group("key", "Create, list and delete API keys, your own and those of service accounts", p.keyCreate(), p.keyList(), p.keyDelete())
}

func (p *program) keyCreate() *cobra.Command {
	c := verb("create [PURPOSE]", "Make an API key; it is shown once, alone on stdout", nil)
	c.Long = `Make an API key; it is shown once, alone on stdout.

It acts as you, or as the service account that --for names, with these rights at
that moment. --project, --environment, --role and --permission narrow that: each
may be given several times, and what a key may do is what its owner may and the
key's scope does not leave out.`
	var in rest.KeyOrder
	f := c.Flags()
	f.StringVar(&in.Purpose, "purpose", "", "what it is for, in place of PURPOSE")
	f.StringVar(&in.For, "for", "", "the service account that it acts as")
	f.StringVar(&in.Expires, "expires", "", "after a time like 90d, at the end of a day like 2027-01-31, or never (after 180 days otherwise, or with the key that asks)")
	f.StringArrayVar(&in.Projects, "project", nil, "only in this project")
	f.StringArrayVar(&in.Environments, "environment", nil, "only for this environment")
	f.StringArrayVar(&in.Roles, "role", nil, "at most what this user role allows")
	permissions := f.StringArray("permission", nil, "at most this permission")
	c.RunE = func(c *cobra.Command, args []string) error {
		switch {
		case len(args) > 0 && in.Purpose != "":
			return misuse(c, "the purpose stands here twice")
		case len(args) > 0:
			in.Purpose = args[0]
		case in.Purpose == "":
			return misuse(c, "--purpose is missing")
		}
		for _, name := range *permissions {
			in.Permissions = append(in.Permissions, pipelines.Permission(name))
		}
		s, err := p.server()
		if err != nil {
			return err
		}
		var made rest.NewKey
		if err := s.call(c.Context(), http.MethodPost, at("apikeys"), in, &made); err != nil {
			return err
		}
		for _, warning := range made.Warnings {
			fmt.Fprintf(p.stderr, "slipway: %s\n", warning)
		}
		return p.answer(made, func() { p.say("%s", made.Secret) })
	}
	return c
}

func (p *program) keyList() *cobra.Command {
	c := verb("list", "List API keys, without the keys themselves", nil)
	service := c.Flags().String("for", "", "those of this service account")
	c.RunE = p.asking(func(ctx context.Context, s *client, _ []string) error {
		path := at("apikeys")
		if *service != "" {
			path += "?for=" + url.QueryEscape(*service)
		}
		all := []rest.Key{}
		if err := s.get(ctx, path, &all); err != nil {
			return err
		}
		return p.answer(all, func() {
			if len(all) == 0 {
				p.say("there is no API key yet: slipway key create PURPOSE")
				return
			}
			p.table(p.keyRows(all))
		})
	})
	return c
}

func (p *program) keyRows(all []rest.Key) [][]cell {
	rows := [][]cell{heading("KEY", "PURPOSE", "BEGINS WITH", "MAY DO", "CREATED", "EXPIRES", "LAST USED")}
	for _, k := range all {
		expires, used := "never", "not yet"
		if k.Expires != nil {
			expires = k.Expires.Format(time.DateOnly)
		}
		if k.Expired {
			expires += " (expired)"
		}
		if k.Used != nil {
			used = p.ago(*k.Used) + " from " + k.UsedFrom
		}
		rows = append(rows, []cell{
			plain(k.ID), plain(k.Purpose), plain(k.Hint), plain(scopeInWords(k.KeyScope)), plain(p.ago(k.Created)), plain(expires), plain(used),
		})
	}
	return rows
}

// scopeInWords is what a key may do, in the words of its flags.
func scopeInWords(s pipelines.KeyScope) string {
	if !s.Limits() {
		return "all that its owner may"
	}
	var out []string
	for _, part := range []struct {
		word string
		all  []string
	}{{"project", s.Projects}, {"environment", s.Environments}, {"role", s.Roles}} {
		if len(part.all) > 0 {
			out = append(out, part.word+" "+strings.Join(part.all, ", "))
		}
	}
	for _, permission := range s.Permissions {
		out = append(out, string(permission))
	}
	return strings.Join(out, "; ")
}

func (p *program) keyDelete() *cobra.Command {
	return verb("delete ID", "Delete an API key", p.asking(func(ctx context.Context, s *client, args []string) error {
		if err := s.call(ctx, http.MethodDelete, at("apikeys", args[0]), nil, nil); err != nil {
			return err
		}
		return p.done("deleted", args[0], "deleted key %s", args[0])
	}))
}
