package web

import (
	"fmt"
	"strconv"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/requests/openings"
	"slipway/runner/views"
	"slipway/web/pages"
)

// choices are the attempts that wait for somebody to choose what becomes of them.
func choices(d views.Deployment, whyNot string) []pages.Choice {
	var out []pages.Choice
	for _, c := range d.Choices {
		choice := pages.Choice{
			ID: strconv.Itoa(c.Task), Step: d.Plan.Steps[c.Step].Name, Host: c.Target.Name, Attempt: c.Attempt,
			Failed: c.Ask == pipelines.Failed, Text: toSentence(c.Message), MayChoose: d.MayChoose,
		}
		if !d.MayChoose {
			choice.WhyNot = whyNot
		}
		out = append(out, choice)
	}
	return out
}

// whyNotChoose says why the viewer cannot choose, "" if they can.
func whyNotChoose(p pipelines.Principal, d views.Deployment) string {
	if d.MayChoose || len(d.Choices) == 0 {
		return ""
	}
	if err := openings.Choose(p, d.Loaded); err != nil {
		return toSentence(err.Error())
	}
	return ""
}

// choosing says what waits for a choice, "" if nothing does.
func choosing(d views.Deployment) string {
	if len(d.Choices) == 0 {
		return ""
	}
	first := d.Choices[0]
	text := fmt.Sprintf("%s waits for somebody to choose what becomes of %s", d.Plan.Steps[first.Step].Name, first.Target.Name)
	if more := len(d.Choices) - 1; more > 0 {
		text += fmt.Sprintf(", and of %s more", plural(more, "host"))
	}
	return text + "."
}

// takeUp is what trying again would do, nil where it cannot be.
func takeUp(d views.Deployment) *pages.Retry {
	if !d.MayResume {
		return nil
	}
	out := &pages.Retry{}
	for i, step := range d.Plan.Steps {
		now := d.State.Head.Steps[i]
		switch {
		case step.Skip != "" || step.Kind == plan.Rolling:
		case now.Status == pipelines.Succeeded && (step.Kind == plan.OnHosts || step.Kind == plan.Ask):
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
