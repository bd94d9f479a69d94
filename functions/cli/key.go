package cli

import (
	"net/http"

	"github.com/spf13/cobra"

	"slipway/web/rest"
)

func (p *program) apiKey() *cobra.Command {
	return group("key", "Create, list and delete your API keys", p.keyCreate(), p.keyList(), p.keyDelete())
}

func (p *program) keyCreate() *cobra.Command {
	c := verb("create PURPOSE", "Make an API key; it is shown once, alone on stdout", nil)
	c.RunE = func(c *cobra.Command, args []string) error {
		s, err := p.server()
		if err != nil {
			return err
		}
		in := struct {
			Purpose string `json:"purpose"`
		}{args[0]}
		var made rest.NewKey
		if err := s.call(c.Context(), http.MethodPost, at("apikeys"), in, &made); err != nil {
			return err
		}
		return p.answer(made, func() { p.say("%s", made.Secret) })
	}
	return c
}

func (p *program) keyList() *cobra.Command {
	return verb("list", "List your API keys", func(c *cobra.Command, _ []string) error {
		s, err := p.server()
		if err != nil {
			return err
		}
		all := []rest.Key{}
		if err := s.get(c.Context(), at("apikeys"), &all); err != nil {
			return err
		}
		return p.answer(all, func() {
			rows := [][]cell{heading("KEY", "PURPOSE", "BEGINS WITH", "CREATED", "EXPIRES")}
			for _, k := range all {
				expires := "never"
				if k.Expires != nil {
					expires = k.Expires.Format("2006-01-02")
				}
				rows = append(rows, []cell{plain(k.ID), plain(k.Purpose), plain(k.Hint), plain(p.ago(k.Created)), plain(expires)})
			}
			p.table(rows)
		})
	})
}

func (p *program) keyDelete() *cobra.Command {
	return verb("delete ID", "Delete one of your API keys", func(c *cobra.Command, args []string) error {
		s, err := p.server()
		if err != nil {
			return err
		}
		if err := s.call(c.Context(), http.MethodDelete, at("apikeys", args[0]), nil, nil); err != nil {
			return err
		}
		return p.answer(struct {
			Deleted string `json:"deleted"`
		}{args[0]}, func() { p.say("deleted key %s", args[0]) })
	})
}
