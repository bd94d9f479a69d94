package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"slipway/web/rest"
)

func (p *program) apply() *cobra.Command {
	c := verb("apply [FOLDER|FILE]", "Make the server's configuration what is written in a folder", nil)
	c.Long = `Make the server's configuration what is written in FOLDER (the current one if
it is left out), in all of its *.yaml files. It shows the differences and asks;
--yes does not ask.

The folder has, by its name or --owner, what it makes: what it held before and
does not hold any more is removed, and listed first. What others have stays as it
is, and is changed only with --take-over. One FILE removes nothing.`
	own := ownerFlags(c)
	yes := c.Flags().Bool("yes", false, "do not ask")
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		f, err := own.folder(argument(args, 0, "."))
		if err != nil {
			return err
		}
		if !*yes {
			changes, err := s.compare(ctx, f, "diff")
			if err != nil {
				return err
			}
			if len(changes.Changes) == 0 {
				return p.answer(changes, func() { p.changes(changes) })
			}
			if !p.json {
				p.changes(changes)
			}
			if err := p.agree(fmt.Sprintf("Apply %s?", counted(len(changes.Changes), "change")), "--yes"); err != nil {
				return err
			}
			f.request.Base = changes.Base
		}
		done, err := s.compare(ctx, f, "apply")
		if err != nil {
			return err
		}
		return p.answer(done, func() { p.applied(done, *yes) })
	})
	return c
}

// applied says what was done, in full unless it was shown before asking.
func (p *program) applied(done rest.Changes, full bool) {
	if full {
		p.changes(done)
	}
	if len(done.Changes) > 0 {
		p.say("%s applied", counted(len(done.Changes), "change"))
	}
	for _, c := range done.Changes {
		if c.Do == "add" && c.Kind == "user" {
			p.say("%s has no password yet: slipway user password %s --password-stdin", c.Name, quoted(c.Name))
		}
	}
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
