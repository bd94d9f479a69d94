package cli

import (
	"context"
	"io"
	"net/url"

	"github.com/spf13/cobra"

	"slipway/web/rest"
)

func (p *program) export() *cobra.Command {
	c := verb("export [KIND] [NAME]", "Print what is configured as canonical text", nil)
	c.Long = `Print what is configured as canonical text: all of it, or of one KIND
(environment, lifecycle, user, team, target, variable-set, project), or one noun of
that kind. Written to a folder and applied, it changes nothing. Secrets and ids are
no part of it.`
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		query := url.Values{}
		if kind := argument(args, 0, ""); kind != "" {
			query.Set("kind", kind)
		}
		if name := argument(args, 1, ""); name != "" {
			query.Set("name", name)
		}
		var out rest.Exported
		if err := s.get(ctx, at("export")+"?"+query.Encode(), &out); err != nil {
			return err
		}
		if p.json {
			return p.answer(out, nil)
		}
		_, err := io.WriteString(p.stdout, out.Text)
		return err
	})
	return c
}
