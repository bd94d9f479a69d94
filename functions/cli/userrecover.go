package cli

import (
	"context"
	"errors"
	"log/slog"

	"github.com/spf13/cobra"

	"slipway/functions/setup"
	"slipway/web/signin"
)

// userRecover works on the data folder and not by the server: whoever needs it
// cannot sign in there.
func (p *program) userRecover() *cobra.Command {
	c := verb("recover NAME", "Make a way back for somebody who cannot sign in any more, on the server's own machine", nil)
	c.Long = `Make a way back into an account whose owner has lost the password, the second
factor or both, where nobody is left who could help: it removes the second factor,
ends all sessions, and prints a link that works once, for an hour, to set a new
password. The log says so, and a mail tells the person.

It works on the data folder, so stop the server first and start it again after.
On AWS whoever may call the runner function gets the same:

  aws lambda invoke --function-name slipway-runner --cli-binary-format raw-in-base64-out \
      --payload '{"slipway":"recover","user":"NAME"}' /dev/stdout`
	c.Example = "  slipway user recover ada --data /var/lib/slipway --base-url https://deploy.example.org"
	data := c.Flags().String("data", "", "the server's data folder")
	base := c.Flags().String("base-url", "", "where people reach the server, for the link that is printed")
	c.RunE = func(c *cobra.Command, args []string) error {
		if err := need(c, "data"); err != nil {
			return err
		}
		made, err := recovered(c.Context(), *data, *base, args[0])
		if made.Link == "" {
			return err
		}
		return errors.Join(err, p.answer(made, func() {
			p.say("%s has a way back: start the server, then set a new password, until %s, at", made.Username, made.Until.UTC().Format("15:04 UTC"))
			p.say("%s", made.Link)
			if made.Factor {
				p.say("the second factor is removed: set up a new one after signing in")
			}
			if made.Letter != nil {
				p.say("a mail that says so goes to %s once the server runs", made.User.Mail)
			}
		}))
	}
	return c
}

func recovered(ctx context.Context, data, base, username string) (made signin.Recovery, err error) {
	server, err := setup.Open(setup.Settings{
		Data: data, Listen: setup.DefaultListen, BaseURL: base, Version: Version(), Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return made, err
	}
	made, err = server.Recover(ctx, username)
	return made, errors.Join(err, server.Close())
}
