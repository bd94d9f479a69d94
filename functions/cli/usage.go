package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// usageError is a command line that was not understood.
type usageError struct{ message string }

func (e *usageError) Error() string { return e.message }

func misuse(c *cobra.Command, format string, args ...any) error {
	return &usageError{fmt.Sprintf(format, args...) + ": see `" + c.CommandPath() + " --help`"}
}

// group is a command that only holds others.
func group(use, short string, verbs ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{
		Use: use, Short: short,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			if near := c.SuggestionsFor(args[0]); len(near) > 0 {
				return misuse(c, "there is no command %q, did you mean %q?", args[0], near[0])
			}
			return misuse(c, "there is no command %q", args[0])
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(verbs...)
	return c
}

// verb is a command with as many arguments as its use line names: `[WORD]` may
// be left out, `WORD…` may be repeated.
func verb(use, short string, run func(c *cobra.Command, args []string) error) *cobra.Command {
	words := strings.Fields(use)[1:]
	least, most := len(words), len(words)
	for _, w := range words {
		if strings.HasPrefix(w, "[") {
			least--
		}
		if strings.HasSuffix(w, "…") {
			most = 1 << 20
		}
	}
	return &cobra.Command{
		Use: use, Short: short, RunE: run,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) < least {
				return misuse(c, "%s is missing", words[len(args)])
			}
			if len(args) > most {
				return misuse(c, "there is one word too many: %q (names with spaces need quotes)", args[most])
			}
			return nil
		},
	}
}

// asking is what a verb does that asks the server, which it is handed.
func (p *program) asking(run func(ctx context.Context, s *client, args []string) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error {
		s, err := p.server()
		if err != nil {
			return err
		}
		return run(c.Context(), s, args)
	}
}

// listing is what a verb does that prints all that stands at one address; none is
// said where nothing does.
func listing[T any](p *program, path, none string, text func(all []T)) func(*cobra.Command, []string) error {
	return p.asking(func(ctx context.Context, s *client, _ []string) error {
		all := []T{}
		if err := s.get(ctx, path, &all); err != nil {
			return err
		}
		return p.answer(all, func() {
			if len(all) == 0 {
				p.say("%s", none)
				return
			}
			text(all)
		})
	})
}

// need says which flags a verb cannot do without.
func need(c *cobra.Command, flags ...string) error {
	for _, name := range flags {
		if !c.Flags().Changed(name) {
			return misuse(c, "--%s is missing", name)
		}
	}
	return nil
}

// argument is an argument that may be left out.
func argument(args []string, i int, otherwise string) string {
	if i < len(args) {
		return args[i]
	}
	return otherwise
}
