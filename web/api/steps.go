package api

import (
	"cmp"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/graph"
	"slipway/runner/views"
	"slipway/web/rest"
)

// stepsOf puts what is planned and how it stands side by side.
func stepsOf(p plan.Plan, s graph.State) []rest.Step {
	out := make([]rest.Step, len(p.Steps))
	times := views.TimesOf(p, s)
	for i, step := range p.Steps {
		now := s.Head.Steps[i]
		out[i] = rest.Step{
			Name: step.Name, Type: step.Type, Kind: step.Kind, Status: now.Status, Message: cmp.Or(now.Message, step.Skip),
			Started: moment(now.Started), Ended: moment(now.Ended), Warning: now.Warning,
		}
		if step.Within > 0 {
			out[i].Within = p.Steps[step.Within-1].Name
		}
		switch {
		case step.Skip != "":
		case step.Kind == plan.OnHosts:
			out[i].Targets = tasksOf(step, s, i)
		case step.Kind == plan.Rolling:
			out[i].Window, out[i].Targets = step.Window, lanesOf(p, s, i)
		}
		if step.Question != nil {
			asked(&out[i], step, now)
			out[i].Expires, out[i].Reminds = moment(times.Expires[i]), moment(times.Reminds[i])
		}
	}
	return out
}

// asked is what a sign-off is about, and who has said what.
func asked(out *rest.Step, step plan.Step, now graph.StepState) {
	q := step.Question
	out.Instructions, out.Teams, out.NotRequester, out.Blocks = step.Instructions(), q.Teams, q.NotRequester, q.Blocks
	out.Reminded, out.Round = now.Reminded, now.Round
	if q.Minimum > 1 {
		out.Needs = q.Minimum
	}
	if q.Timeout > 0 {
		out.OnTimeout = cmp.Or(q.OnTimeout, "reject")
	}
	if a := now.Answer; a != nil {
		answer := answerOf(*a)
		answer.At = now.Ended
		out.Answer = &answer
	}
	for _, a := range now.Approved {
		out.Approved = append(out.Approved, answerOf(a))
	}
}

func answerOf(a graph.Answered) rest.Answer {
	return rest.Answer{Proceed: a.Proceed, By: a.By(), Via: a.Via, Note: a.Note}
}

func tasksOf(step plan.Step, s graph.State, at int) []rest.TaskOnTarget {
	out := make([]rest.TaskOnTarget, len(step.Targets))
	for i, target := range step.Targets {
		t := s.Task(step.First + i)
		out[i] = rest.TaskOnTarget{Target: target.Name, Status: graph.TaskStatus(s, at, step.First+i), Attempt: t.Attempt, Message: t.Message, Outputs: t.Outputs, Ask: t.Ask}
		if c := t.Chosen; c != nil {
			out[i].Choice = &rest.Chosen{Choice: c.Choice, By: c.Called, Via: c.Via, Note: c.Note}
		}
	}
	return out
}

// lanesOf is how the child steps of a rolling step together stand on each target.
func lanesOf(p plan.Plan, s graph.State, parent int) []rest.TaskOnTarget {
	var out []rest.TaskOnTarget
	for _, lane := range views.Lanes(p, s, parent) {
		out = append(out, rest.TaskOnTarget{Target: lane.Target.Name, Status: lane.Status})
	}
	return out
}

func choicesOf(d views.Deployment) []rest.Choice {
	var out []rest.Choice
	for _, c := range d.Choices {
		out = append(out, rest.Choice{Step: d.Plan.Steps[c.Step].Name, Target: c.Target.Name, Attempt: c.Attempt, Ask: c.Ask, Message: c.Message})
	}
	return out
}

func takeupsOf(all []graph.Takeup) []rest.Takeup {
	var out []rest.Takeup
	for _, t := range all {
		out = append(out, rest.Takeup{At: t.At, By: t.Called, Note: t.Note, Was: t.Was})
	}
	return out
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// notBefore is when a deployment is to start, if that is still to come.
func notBefore(d pipelines.Deployment, place graph.Place) *time.Time {
	if d.Status != pipelines.Queued || place != graph.PlaceNone {
		return nil
	}
	return d.NotBefore
}
