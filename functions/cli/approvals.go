package cli

import (
	"net/url"

	"github.com/spf13/cobra"

	"slipway/web/rest"
)

func (p *program) approvals() *cobra.Command {
	return verb("approvals", "List the sign-offs that wait for you; approve, reject and assign take their deployment", func(c *cobra.Command, _ []string) error {
		s, err := p.server()
		if err != nil {
			return err
		}
		all := []rest.Approval{}
		if err := s.get(c.Context(), at("approvals"), &all); err != nil {
			return err
		}
		return p.answer(all, func() {
			if len(all) == 0 {
				p.say("nothing waits for you")
				return
			}
			rows := [][]cell{heading("DEPLOYMENT", "RELEASE", "TO", "STEP", "ASKED", "TAKEN BY")}
			for _, a := range all {
				by := "–"
				if a.Taken != nil {
					by = a.Taken.By
				}
				rows = append(rows, []cell{plain(a.Deployment), plain(a.Project + " " + a.Release), plain(a.Environment), plain(a.Step), plain(p.ago(a.Asked)), plain(by)})
			}
			p.table(rows)
		})
	})
}

func (p *program) search() *cobra.Command {
	return verb("search WORD…", "Find projects, releases, deployments, targets, people and more by name or number", func(c *cobra.Command, args []string) error {
		s, err := p.server()
		if err != nil {
			return err
		}
		words := args[0]
		for _, w := range args[1:] {
			words += " " + w
		}
		var found rest.Found
		if err := s.get(c.Context(), at("search")+"?q="+url.QueryEscape(words), &found); err != nil {
			return err
		}
		return p.answer(found, func() {
			if len(found.Groups) == 0 {
				p.say("nothing fits %q", oneLine(words))
				return
			}
			rows := [][]cell{heading("KIND", "NAME", "ID", "NOTE")}
			for _, g := range found.Groups {
				for _, f := range g.Items {
					rows = append(rows, []cell{plain(g.Kind), plain(f.Name), plain(f.ID), plain(f.Note)})
				}
			}
			p.table(rows)
		})
	})
}
