package cli

import (
	"context"
	"net/http"

	"github.com/spf13/cobra"

	"slipway/pipelines"
	"slipway/web/rest"
)

func (p *program) feedAdd() *cobra.Command {
	c := verb("add NAME", "Add a feed", nil)
	c.Long = `Add a feed. Its password is a secret, named by --secret; it is set by
` + "`slipway feed set-password NAME`" + ` and shown nowhere. A key of the form
user:password goes whole into the secret, without --username.`
	c.Example = "  slipway feed add Artifactory --type nuget --at http://localhost:8041/artifactory/api/nuget/NuGet --username admin --secret artifactory"
	c.Example += "\n  slipway feed add Drop --type s3 --at s3://company-builds/nuget/"
	var f pipelines.Feed
	flags := c.Flags()
	flags.StringVar((*string)(&f.Type), "type", string(pipelines.FeedNuGet), "nuget, s3 or folder")
	flags.StringVar(&f.URL, "at", "", "the address: of NuGet v2 its root, of v3 its index.json, s3://BUCKET/PREFIX/, or a folder of the server")
	flags.StringVar(&f.Username, "username", "", "who asks")
	flags.StringVar(&f.Secret, "secret", "", "the secret with the password, or with a key of user:password")
	c.RunE = func(c *cobra.Command, args []string) error {
		if err := need(c, "at"); err != nil {
			return err
		}
		s, err := p.server()
		if err != nil {
			return err
		}
		f.Name = args[0]
		var made rest.Feed
		if err := s.call(c.Context(), http.MethodPost, at("feeds"), f, &made); err != nil {
			return err
		}
		return p.answer(made, func() {
			p.say("feed %s at %s", made.Name, made.URL)
			if made.Secret != "" && !made.SecretSet {
				p.say("next: slipway feed set-password %s", quoted(made.Name))
				return
			}
			p.say("next: slipway feed check %s", quoted(made.Name))
		})
	}
	return c
}

func (p *program) feedRemove() *cobra.Command {
	return p.removal("feed", "Remove a feed; what was fetched from it stays")
}

func (p *program) feedSetPassword() *cobra.Command {
	c := verb("set-password NAME", "Set the password of a feed to what stdin holds", nil)
	c.Long = `Set the secret that the feed names to what stdin holds. It can be replaced and
not be read back.`
	risk := c.Flags().Bool("unmasked-risk", false, "take a password that is too short to be masked in output")
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		all, err := s.feeds(ctx)
		if err != nil {
			return err
		}
		f, ok := feedNamed(all, args[0])
		switch {
		case !ok:
			return pipelines.Refuse(pipelines.NotFound, "there is no feed %q: `slipway feed list` shows those there are", args[0])
		case f.Secret == "":
			return pipelines.Refuse(pipelines.Conflict, "feed %s names no secret: write `secret: NAME` beside its address, then set it", f.Name)
		}
		value, err := p.secretValue("Password of feed " + f.Name)
		if err != nil {
			return err
		}
		stored, err := s.setSecret(ctx, f.Secret, value, *risk)
		if err != nil {
			return err
		}
		return p.answer(stored, func() { p.say("the password of feed %s is secret %s, version %d", f.Name, stored.Name, stored.Version) })
	})
	return c
}

func feedNamed(all []rest.Feed, name string) (rest.Feed, bool) {
	for _, f := range all {
		if f.ID == name || pipelines.SameName(f.Name, name) {
			return f, true
		}
	}
	return rest.Feed{}, false
}
