package cli

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"slipway/pipelines"
	"slipway/web/rest"
)

// codeDifferent is the exit code of `diff --exit-code` when there is something
// to apply.
const codeDifferent = 2

func (p *program) diff() *cobra.Command {
	c := verb("diff [FOLDER|FILE]", "Show what apply would change", nil)
	c.Long = `Show what apply would change: what is written in FOLDER (the current one if it
is left out), in all of its *.yaml files, against what the server has.
With --exit-code the code is 2 where they differ.`
	own := ownerFlags(c)
	code := c.Flags().Bool("exit-code", false, "end with 2 when there are differences")
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		f, err := own.folder(argument(args, 0, "."))
		if err != nil {
			return err
		}
		changes, err := s.compare(ctx, f, "diff")
		if err != nil {
			return err
		}
		if err := p.answer(changes, func() { p.changes(changes) }); err != nil {
			return err
		}
		if *code && len(changes.Changes) > 0 {
			return exit(codeDifferent)
		}
		return nil
	})
	return c
}

// ownership is how a folder says what it is called and what it may change.
type ownership struct {
	owner *string
	take  *bool
}

func ownerFlags(c *cobra.Command) ownership {
	return ownership{
		c.Flags().String("owner", "", "the name under which the folder has what it makes (its own name)"),
		c.Flags().Bool("take-over", false, "change what other folders or the pages have, and have it from then on"),
	}
}

// folder reads what is to be compared.
func (o ownership) folder(path string) (*folder, error) {
	f, err := readFolder(path)
	if err != nil {
		return nil, err
	}
	if *o.owner != "" {
		f.request.Folder = *o.owner
	}
	f.request.TakeOver = *o.take
	return f, nil
}

// compare asks what differs; asked as "apply", it is so afterwards.
func (c *client) compare(ctx context.Context, f *folder, as string) (rest.Changes, error) {
	var out rest.Changes
	return out, f.judged(c.call(ctx, http.MethodPost, at(as), f.request, &out))
}

// changes prints differences as people read them.
func (p *program) changes(all rest.Changes) {
	if len(all.Changes) == 0 {
		p.say("nothing to change")
	}
	for _, change := range all.Changes {
		sign, ink, note := "~", "33", ""
		switch change.Do {
		case "add":
			sign, ink = "+", "32"
		case "remove":
			sign, ink = "-", "31"
		case "adopt":
			sign, ink, note = "=", "36", ", which belongs to this folder from now on"
		}
		if change.Taken != "" {
			note = ", taken over from " + ownerWord(change.Taken)
		}
		p.say("%s %s %s%s", p.ink(cell{sign, ink}), change.Kind, change.Name, note)
		for _, line := range change.Lines {
			p.say("    %s", p.ink(cell{line, inkOfLine(line)}))
		}
	}
}

// ownerWord is an owner as people know it.
func ownerWord(owner string) string {
	if folder, ok := pipelines.OwningFolder(owner); ok {
		return fmt.Sprintf("the folder %q", folder)
	}
	return "the " + owner
}

func inkOfLine(line string) string {
	switch {
	case strings.HasPrefix(line, "+"):
		return "32"
	case strings.HasPrefix(line, "-"):
		return "31"
	}
	return ""
}
