package cli

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"slipway/pipelines"
	"slipway/web/pages"
	"slipway/web/rest"
)

func (p *program) queue() *cobra.Command {
	c := verb("queue", "Show who holds each place, who waits for it and why", nil)
	c.Long = `Show who holds each place, who waits for it and why.

Of one project, one deployment at a time runs in an environment: it holds the
place. The others wait for it, are still to start, or wait for people only.`
	project := c.Flags().String("project", "", "only this project")
	environment := c.Flags().String("environment", "", "only this environment")
	c.RunE = p.asking(func(ctx context.Context, s *client, _ []string) error {
		query := url.Values{}
		for name, value := range map[string]string{"project": *project, "environment": *environment} {
			if value != "" {
				query.Set(name, value)
			}
		}
		var q rest.Queue
		if err := s.get(ctx, at("queue")+"?"+query.Encode(), &q); err != nil {
			return err
		}
		return p.answer(q, func() { p.places(q) })
	})
	return c
}

func (p *program) places(q rest.Queue) {
	if len(q.Places) == 0 {
		p.say("nothing is on its way, and nothing waits")
		return
	}
	for i, place := range q.Places {
		if i > 0 {
			p.say("")
		}
		p.say("%s to %s  (%s)", place.Project, place.Environment, policy(place.Policy))
		var rows [][]cell
		if h := place.Holder; h != nil {
			rows = append(rows, p.queued("", *h, "holds the place"+orAsks(*h)))
		}
		for i, d := range place.Waiting {
			rows = append(rows, p.queued(count(i+1), d, p.waitsWhy(d)))
		}
		for _, d := range place.Without {
			rows = append(rows, p.queued("", d, p.withoutWhy(d)))
		}
		p.table(rows)
	}
}

// policy says what becomes of those that wait.
func policy(q pipelines.QueuePolicy) string {
	switch q {
	case pipelines.QueueSkipSuperseded:
		return "skip-superseded: one that a newer release waits behind is left out"
	case pipelines.QueueReplaceWaiting:
		return "replace-waiting: a new one puts an end to those that wait"
	}
	return "wait: each has its turn"
}

func (p *program) queued(turn string, d rest.Queued, why string) []cell {
	if d.Status == rest.Held {
		why = oneLine(d.Message)
	}
	state := word(d.Status)
	if d.NotBefore != nil {
		state = pages.Scheduled.Word() // why says for when
	}
	return []cell{plain("  " + turn), plain(d.ID), plain(d.Release), plain("by " + d.CreatedBy + " " + p.ago(d.Created)), shaped(d.Status, state), plain(why)}
}

func (p *program) waitsWhy(d rest.Queued) string {
	why := "is the next"
	if d.Behind != "" {
		why = "behind " + d.Behind
	}
	if d.Begun {
		why += ", to go on"
	}
	return why
}

func (p *program) withoutWhy(d rest.Queued) string {
	if d.NotBefore != nil {
		return "starts " + p.when(*d.NotBefore)
	}
	return "needs no place now" + orAsks(d)
}

// orAsks is what people have to do about a deployment.
func orAsks(d rest.Queued) string {
	out := ""
	if d.Choices > 0 {
		out += ", " + counted(d.Choices, "choice") + " to be made: slipway decide " + d.ID
	}
	for _, a := range d.Asks {
		out += ", " + a.Step + " waits for " + asked(a.Teams)
		if a.Needs > 1 {
			out += fmt.Sprintf(" (%d of %d)", a.Approved, a.Needs)
		}
		out += ": slipway approve " + d.ID
	}
	return out
}

func asked(teams []string) string {
	if len(teams) == 0 {
		return "whoever may deploy there"
	}
	return strings.Join(teams, ", ")
}
