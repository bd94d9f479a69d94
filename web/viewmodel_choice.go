package web

import (
	"fmt"
	"net/http"
	"strconv"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/views"
	"slipway/web/pages"
)

// choices are the attempts that wait for somebody to choose what becomes of them.
func (s *site) choices(r *http.Request, d views.Deployment) []pages.Choice {
	where := pipelines.Where{Project: d.Plan.Project, Environment: d.Plan.Environment}
	refused := s.SignIn.Principal(r).Demand(pipelines.DeploymentCreate, where)
	var out []pages.Choice
	for i, step := range d.Plan.Steps {
		if step.Kind != plan.OnHosts || d.State.Head.Steps[i].Choices == 0 {
			continue
		}
		for place, target := range step.Targets {
			now := d.State.Task(step.First + place)
			if now.Ask == "" || now.Status != pipelines.Waiting {
				continue
			}
			choice := pages.Choice{
				ID: strconv.Itoa(step.First + place), Step: step.Name, Host: target.Name, Attempt: now.Attempt,
				Failed: now.Ask == pipelines.Failed, Text: toSentence(now.Message), MayChoose: refused == nil,
			}
			if refused != nil {
				choice.WhyNot = toSentence(refused.Error())
			}
			out = append(out, choice)
		}
	}
	return out
}

// choosing says what waits for a choice, "" if nothing does.
func choosing(d views.Deployment) string {
	for i, now := range d.State.Head.Steps {
		if now.Choices == 0 {
			continue
		}
		name := d.Plan.Steps[i].Name
		if now.Choices == 1 {
			return name + " waits for somebody to choose what becomes of one host."
		}
		return fmt.Sprintf("%s waits for somebody to choose what becomes of %s.", name, plural(now.Choices, "host"))
	}
	return ""
}

// takeUp is what trying again would do, for a deployment that ended badly.
func takeUp(d views.Deployment) *pages.Retry {
	out := &pages.Retry{}
	for i, step := range d.Plan.Steps {
		now := d.State.Head.Steps[i]
		switch {
		case step.Skip != "":
		case now.Status == pipelines.Succeeded:
			out.Kept = append(out.Kept, step.Name)
		default:
			out.Again = append(out.Again, step.Name)
			out.Kept = append(out.Kept, doneOn(d, step)...)
		}
	}
	return out
}

// doneOn are the hosts of a step that did not end well on which it did.
func doneOn(d views.Deployment, step plan.Step) []string {
	var out []string
	for place, target := range step.Targets {
		if step.Kind == plan.OnHosts && d.State.Task(step.First+place).Status == pipelines.Succeeded {
			out = append(out, step.Name+" on "+target.Name)
		}
	}
	if len(out) > 3 {
		out = []string{fmt.Sprintf("%s on %s", step.Name, plural(len(out), "host"))}
	}
	return out
}
