package cli

import (
	"context"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"slipway/web/rest"
)

func (p *program) approvals() *cobra.Command {
	return verb("approvals", "List the sign-offs that wait for you; approve, reject and assign take their deployment", listing(p, at("approvals"), "nothing waits for you", func(all []rest.Approval) {
		rows := [][]cell{heading("DEPLOYMENT", "RELEASE", "TO", "STEP", "ASKED", "TAKEN BY")}
		for _, a := range all {
			by := "–"
			if a.Taken != nil {
				by = a.Taken.By
			}
			rows = append(rows, []cell{plain(a.Deployment), plain(a.Project + " " + a.Release), plain(a.Environment), plain(a.Step), plain(p.ago(a.Asked)), plain(by)})
		}
		p.table(rows)
	}))
}

func (p *program) search() *cobra.Command {
	return verb("search WORD…", "Find projects, releases, deployments, targets, people and more by name or number", p.asking(func(ctx context.Context, s *client, args []string) error {
		words := strings.Join(args, " ")
		var found rest.Found
		if err := s.get(ctx, at("search")+"?q="+url.QueryEscape(words), &found); err != nil {
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
			p.fit(rows, 3)
			p.table(rows)
		})
	}))
}
