package web

import (
	"fmt"
	"strconv"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/graph"
	"slipway/runner/views"
	"slipway/web/pages"
)

// hostsRecorded are as many of a step's hosts as anybody reads.
const hostsRecorded = 50

// clockTime is how a record writes when something began.
const clockTime = "2 Jan 15:04:05"

// record is what became of each step.
func record(d views.Deployment) []pages.StepRecord {
	out := make([]pages.StepRecord, len(d.Plan.Steps))
	number, child := 0, 0
	for i, s := range d.Plan.Steps {
		now := d.State.Head.Steps[i]
		if child++; s.Within == 0 {
			number, child = number+1, 0
		}
		row := pages.StepRecord{
			Number: strconv.Itoa(number), Name: s.Name, Type: typeWord(s.Type), State: stepState(s, now), Child: s.Within > 0,
			Path: pathWith(pages.DeploymentPath(d.Deployment.ID), partQuery(d, views.OfStep(i))),
			Took: between(now.Started, now.Ended), Said: stepSaid(d, i),
		}
		if s.Kind == plan.Rolling {
			row.Type = "Rolling"
		}
		if child > 0 {
			row.Number += "." + strconv.Itoa(child)
		}
		if !now.Started.IsZero() {
			row.Began = now.Started.UTC().Format(clockTime)
		}
		row.Hosts, row.MoreHosts = hostRecords(d, i)
		out[i] = row
	}
	return out
}

// stepState is how a step stands; one that was left out from the beginning is
// skipped before anything happens.
func stepState(s plan.Step, now graph.StepState) pages.State {
	if now.Status == pipelines.Pending && s.Skip != "" {
		return pages.Skipped
	}
	return stateOf(now.Status)
}

// stepSaid is what there is to say about a step, in full.
func stepSaid(d views.Deployment, at int) []string {
	s, now := d.Plan.Steps[at], d.State.Head.Steps[at]
	var out []string
	switch {
	case now.Message != "":
		out = append(out, toSentence(now.Message))
	case s.Skip != "":
		out = append(out, toSentence(s.Skip))
	}
	for _, a := range answersOf(now) {
		out = append(out, toSentence(answerWords(a)))
	}
	return append(out, saidBefore(d, at)...)
}

// hostRecords are the hosts of a step about which there is something to say, and
// how many more there are.
func hostRecords(d views.Deployment, at int) ([]pages.HostRecord, string) {
	s := d.Plan.Steps[at]
	if s.Kind != plan.OnHosts {
		return nil, ""
	}
	var out []pages.HostRecord
	more := 0
	for place, t := range s.Targets {
		x := d.State.Task(s.First + place)
		said := taskSaid(d.State.Head.Steps[at].Message, x)
		bad := x.Status.Ended() && x.Status != pipelines.Succeeded && x.Status != pipelines.Skipped
		if len(said) == 0 && !bad {
			continue
		}
		if len(out) == hostsRecorded {
			more++
			continue
		}
		out = append(out, pages.HostRecord{
			Name: t.Name, State: stateOf(x.Status), Said: said,
			Path: pathWith(pages.DeploymentPath(d.Deployment.ID), partQuery(d, views.Part{Step: at, Target: place})),
		})
	}
	if more > 0 {
		return out, "and " + plural(more, "more host")
	}
	return out, ""
}

// taskSaid is what a step has come to on one host: its message, unless the step
// says the same, its attempts, and what somebody chose.
func taskSaid(step string, x graph.TaskState) []string {
	var out []string
	if x.Message != "" && x.Message != step {
		out = append(out, toSentence(x.Message))
	}
	if x.Attempt > 1 {
		out = append(out, fmt.Sprintf("%d attempts were made.", x.Attempt))
	}
	if c := x.Chosen; c != nil {
		out = append(out, toSentence(choiceWords(*c)))
	}
	return out
}

// said heads the log of a step or of one of its hosts: how it ended, the attempts,
// the choices.
func said(d views.Deployment, of views.Part) []string {
	s, now := d.Plan.Steps[of.Step], d.State.Head.Steps[of.Step]
	var out []string
	for i, text := range stepSaid(d, of.Step) {
		if i == 0 && now.Status.Ended() && now.Message != "" {
			text = stateOf(now.Status).Word() + ": " + text
		}
		out = append(out, text)
	}
	if s.Kind != plan.OnHosts {
		return out
	}
	for place, t := range s.Targets {
		if of.Target != views.EveryTarget && of.Target != place || len(out) > hostsRecorded {
			continue
		}
		for _, text := range taskSaid(now.Message, d.State.Task(s.First+place)) {
			out = append(out, t.Name+": "+text)
		}
	}
	return out
}
