package cli

import (
	"context"
	"net/http"

	"github.com/spf13/cobra"

	"slipway/web/rest"
)

func (p *program) feedWebhook() *cobra.Command {
	c := verb("webhook NAME", "Make the token by which a feed tells of new packages; it is shown once", nil)
	c.Long = `Make the token by which a feed may tell of new packages, in place of a former
one, and say the address to call. Artifactory: a webhook for "Artifact was
deployed" with this address and the token as its secret, not used for signing.
Others send it as "Authorization: Bearer TOKEN", or call the address with
/TOKEN behind it.`
	remove := c.Flags().Bool("remove", false, "make the token worthless instead: the feed is not heard any more")
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		if *remove {
			if err := s.call(ctx, http.MethodDelete, at("feeds", args[0], "webhook"), nil, nil); err != nil {
				return err
			}
			return p.done("removed", args[0], "feed %s is not heard any more", args[0])
		}
		var made rest.NewWebhook
		if err := s.call(ctx, http.MethodPut, at("feeds", args[0], "webhook"), nil, &made); err != nil {
			return err
		}
		return p.answer(made, func() {
			p.table([][]cell{{plain("address"), plain(made.URL)}, {plain("token"), plain(made.Token)}})
			p.say("the token is not shown again; the same command makes another one")
		})
	})
	return c
}
