package cli

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"slipway/pipelines"
	"slipway/web/rest"
)

func (p *program) status() *cobra.Command {
	c := verb("status [PROJECT|DEPLOYMENT]", "Show what is where, or how one deployment stands", nil)
	take := c.Flags().Int("take", 10, "how many deployments of a project")
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		if len(args) == 1 && isDeploymentID(args[0]) {
			return p.statusOfDeployment(ctx, s, args[0])
		}
		var all rest.Status
		if err := s.get(ctx, at("status"), &all); err != nil {
			return err
		}
		if len(args) == 1 {
			return p.statusOfProject(ctx, s, all, args[0], *take)
		}
		return p.answer(all, func() { p.dashboard(all) })
	})
	return c
}

// isDeploymentID tells deployments from projects. A project that is called
// like one is found by `status --json`.
func isDeploymentID(text string) bool {
	number, ok := strings.CutPrefix(text, "Deployments-")
	return ok && number != "" && strings.Trim(number, "0123456789") == ""
}

// dashboard is projects by environments, in promotion order.
func (p *program) dashboard(all rest.Status) {
	if len(all.Projects) == 0 {
		p.say("there is no project yet: write a slipway.yaml, then `slipway apply`")
		return
	}
	var names []string
	for _, project := range all.Projects {
		for _, e := range project.Environments {
			if !slices.Contains(names, e.Environment) {
				names = append(names, e.Environment)
			}
		}
	}
	rows := [][]cell{heading(append([]string{"PROJECT"}, names...)...)}
	for _, project := range all.Projects {
		row := make([]cell, len(names)+1)
		row[0] = plain(project.Project)
		for _, e := range project.Environments {
			row[slices.Index(names, e.Environment)+1] = p.cellOf(e)
		}
		rows = append(rows, row)
	}
	p.table(rows)
}

// cellOf is one environment of a project in a few words.
func (p *program) cellOf(e rest.EnvironmentStatus) cell {
	d := e.Newest
	if e.Hidden {
		return cell{"not visible", "2"}
	}
	if d == nil {
		return cell{"–", "2"}
	}
	text := d.Release
	switch {
	case p.starts(*d) != nil:
		text += " scheduled"
	case d.Status != pipelines.Succeeded:
		text += " " + strings.ToLower(word(d.Status))
	}
	when := d.Created
	if d.Finished != nil {
		when = *d.Finished
	}
	text += ", " + p.ago(when)
	if e.Live != "" && e.Live != d.Release {
		text += " (live: " + e.Live + ")"
	}
	return shaped(d.Status, text)
}

// statusOfProject is the project's row and its newest deployments.
func (p *program) statusOfProject(ctx context.Context, s *client, all rest.Status, project string, take int) error {
	all.Projects = slices.DeleteFunc(all.Projects, func(s rest.ProjectStatus) bool { return !pipelines.SameName(s.Project, project) })
	if len(all.Projects) == 0 {
		return pipelines.Refuse(pipelines.NotFound, "there is no project %q: `slipway status` lists them", project)
	}
	query := url.Values{"project": {all.Projects[0].Project}, "take": {fmt.Sprint(take)}}
	deployments := []rest.Deployment{}
	if err := s.get(ctx, at("deployments")+"?"+query.Encode(), &deployments); err != nil {
		return err
	}
	out := struct {
		rest.ProjectStatus
		Deployments []rest.Deployment `json:"deployments"`
	}{all.Projects[0], deployments}
	return p.answer(out, func() {
		p.dashboard(all)
		if len(deployments) == 0 {
			return
		}
		p.say("")
		rows := [][]cell{heading("DEPLOYMENT", "RELEASE", "TO", "STATE", "ASKED FOR", "BY")}
		for _, d := range deployments {
			rows = append(rows, []cell{
				plain(d.ID), plain(d.Release), plain(d.Environment),
				shaped(d.Status, p.stateWord(d)), plain(p.ago(d.Created)), plain(d.CreatedBy),
			})
		}
		p.table(rows)
	})
}

// whoOrdered has the name to sign in with beside a name that is only shown, and
// what made it begin by itself.
func whoOrdered(d rest.Deployment) string {
	if how := d.How(); how != "" {
		return d.CreatedBy + " (" + how + ")"
	}
	if d.CreatedByUsername == "" || d.CreatedByUsername == d.CreatedBy || d.CreatedByID == "" {
		return d.CreatedBy
	}
	return d.CreatedBy + " (" + d.CreatedByUsername + ")"
}

// statusOfDeployment is one deployment, step by step.
func (p *program) statusOfDeployment(ctx context.Context, s *client, id string) error {
	var d rest.Deployment
	if err := s.get(ctx, at("deployments", id), &d); err != nil {
		return err
	}
	return p.answer(d, func() {
		p.say("%s  %s %s to %s, asked for %s by %s", d.ID, d.Project, d.Release, d.Environment, p.ago(d.Created), whoOrdered(d))
		if d.Older {
			p.say("%s is older than %s, which it replaces", d.Release, d.Replaces)
		}
		p.standing(d)
		p.say("")
		p.steps(d)
		p.say("")
		p.deadlines(d)
		if len(d.Choices) > 0 {
			p.choices(d)
			p.say("")
		}
		p.lastLine(d)
	})
}
