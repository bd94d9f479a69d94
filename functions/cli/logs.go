package cli

import (
	"context"
	"net/url"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"slipway/web/rest"
)

func (p *program) logs() *cobra.Command {
	c := verb("logs DEPLOYMENT", "Print a deployment's log", nil)
	follow := c.Flags().Bool("follow", false, "go on until the deployment ends; the exit code is the outcome")
	tail := c.Flags().Int("tail", 0, "only the last N lines")
	c.MarkFlagsMutuallyExclusive("follow", "tail")
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		if *follow {
			return p.follow(ctx, s, args[0])
		}
		if *tail < 0 {
			return misuse(c, "--tail is a number of lines; got %d", *tail)
		}
		lines, err := s.log(ctx, args[0], *tail)
		if err != nil {
			return err
		}
		return p.answer(lines, func() {
			width := 0
			for _, l := range lines {
				width = max(width, utf8.RuneCountInString(gutter(l)))
			}
			p.printLines(lines, width)
		})
	})
	return c
}

// log reads what a deployment has printed so far: all of it, or the last lines.
func (c *client) log(ctx context.Context, id string, tail int) ([]rest.LogLine, error) {
	out := []rest.LogLine{}
	for cursor := ""; ; {
		var page rest.Log
		if err := c.get(ctx, at("deployments", id, "log")+"?after="+url.QueryEscape(cursor), &page); err != nil {
			return nil, err
		}
		out = append(out, page.Lines...)
		if tail > 0 && len(out) > tail {
			out = append(out[:0:0], out[len(out)-tail:]...)
		}
		if len(page.Lines) == 0 || page.Next == cursor {
			return out, nil
		}
		cursor = page.Next
	}
}
