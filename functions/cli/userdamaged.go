package cli

import (
	"context"
	"net/http"

	"github.com/spf13/cobra"
)

// userRemoveDamaged is the way out where a row of people was damaged and there is no
// backup to bring it back from.
func (p *program) userRemoveDamaged() *cobra.Command {
	c := verb("remove-damaged ID", "Remove a user, team or user role of which nothing can be read any more", nil)
	c.Long = `Remove the stored row of a user, team or user role that cannot be read. Such a row
gives no rights, and holds up changes of others; the page People and the server's log
name it. Where there is a backup, bring it back from there instead. Its name is free
then, and what is added by that name is a new user, team or role.`
	c.Example = "  slipway user remove-damaged Teams-7"
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		if err := s.call(ctx, http.MethodDelete, at("damaged", args[0]), nil, nil); err != nil {
			return err
		}
		return p.done("removed", args[0], "removed %s, of which nothing could be read", args[0])
	})
	return c
}
