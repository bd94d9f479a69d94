package cli

import (
	"context"
	"net/http"

	"github.com/spf13/cobra"
)

// userInvite and its like are one order about one account each.
func (p *program) userInvite() *cobra.Command {
	return p.aboutUser("invite NAME", "Send somebody the mail by which they choose their password", "invite", "%s is invited by mail")
}

func (p *program) userEndSessions() *cobra.Command {
	return p.aboutUser("end-sessions NAME", "Sign somebody out everywhere", "end-sessions", "%s is signed out everywhere")
}

func (p *program) userResetFactor() *cobra.Command {
	return p.aboutUser("reset-factor NAME", "Take away the second factor of somebody who has lost it", "reset-factor", "%s has no second factor any more")
}

func (p *program) aboutUser(use, short, do, done string) *cobra.Command {
	c := verb(use, short, nil)
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		if err := s.call(ctx, http.MethodPost, at("users", args[0], do), nil, nil); err != nil {
			return err
		}
		return p.done("user", args[0], done, args[0])
	})
	return c
}
