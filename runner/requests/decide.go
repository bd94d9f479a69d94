package requests

import (
	"context"
	"fmt"
	"strings"

	"slipway/pipelines"
	"slipway/runner/graph"
	"slipway/runner/records"
	"slipway/runner/requests/openings"
)

// DecideRequest chooses what becomes of an attempt of which nobody knows the end,
// or that failed where people decide about failures. Step and Target may be left
// out where they are plain.
type DecideRequest struct {
	Deployment string       `json:"deployment"`
	Step       string       `json:"step,omitempty"`
	Target     string       `json:"target,omitempty"`
	Attempt    int          `json:"attempt,omitempty"` // the one that was looked at; 0 is the newest
	Choice     graph.Choice `json:"choice"`            // retry, ignore or fail
	Note       string       `json:"note,omitempty"`
}

// Decide writes somebody's choice down; of two at once, one wins.
func (r *Requests) Decide(ctx context.Context, p pipelines.Principal, in DecideRequest) error {
	if err := in.check(); err != nil {
		return err
	}
	_, changed, err := r.Records.Happen(ctx, in.Deployment, func(l records.Loaded) ([]graph.Event, records.Also, error) {
		if err := openings.Choose(p, l); err != nil {
			return nil, records.Also{}, err
		}
		c, err := in.meant(l)
		if err != nil {
			return nil, records.Also{}, err
		}
		event := graph.Event{ID: r.Env.NewID(), At: r.Env.Now(), Of: graph.Decided{
			Task: c.Task, Attempt: c.Attempt, Choice: in.Choice, UserID: p.UserID, Called: p.Called, Note: in.Note, Via: p.Via,
		}}
		message := fmt.Sprintf("chose %s for %s of %s %s to %s, whose attempt %d %s", in.Choice, nameOf(l, c), l.Plan.Project, l.Plan.Release, l.Plan.Environment, c.Attempt, stands(c))
		if in.Note != "" {
			message += ": " + in.Note
		}
		entry := r.auditIn(p, l.Deployment, "InterruptionSubmitted", message)
		return []graph.Event{event}, records.Also{Told: []pipelines.Event{entry}}, nil
	})
	if err != nil {
		return err
	}
	if !changed {
		return pipelines.Refuse(pipelines.Conflict, "somebody else has just chosen: look at the deployment's page")
	}
	return r.Wake.Wake(ctx, in.Deployment)
}

func (in DecideRequest) check() error {
	if len(in.Note) > maxNote {
		return pipelines.Refuse(pipelines.Invalid, "a note has at most %d bytes, this one %d", maxNote, len(in.Note))
	}
	switch in.Choice {
	case graph.Retry, graph.Ignore, graph.Fail:
		return nil
	}
	return pipelines.Refuse(pipelines.Invalid, "a choice is retry (try it again), ignore (go on as if it had succeeded) or fail; got %q", in.Choice)
}

// meant is the one attempt that waits and fits the names.
func (in DecideRequest) meant(l records.Loaded) (openings.Choice, error) {
	all := openings.Choices(l)
	var fit []openings.Choice
	for _, c := range all {
		if (in.Step == "" || pipelines.SameName(in.Step, l.Plan.Steps[c.Step].Name)) && (in.Target == "" || in.Target == c.Target.ID || pipelines.SameName(in.Target, c.Target.Name)) {
			fit = append(fit, c)
		}
	}
	switch {
	case len(fit) == 1 && in.Attempt != 0 && in.Attempt != fit[0].Attempt:
		return openings.Choice{}, pipelines.Refuse(pipelines.Conflict, "attempt %d of %s is past: it was tried again, and now attempt %d waits for a choice", in.Attempt, nameOf(l, fit[0]), fit[0].Attempt)
	case len(fit) == 1:
		return fit[0], nil
	case len(fit) > 1:
		return openings.Choice{}, pipelines.Refuse(pipelines.Invalid, "%s waits for several choices: name the step, and the target where it is one of several; these wait: %s", l.Deployment.ID, waitingFor(l, fit))
	case in.Step != "" && l.Plan.Step(in.Step) < 0:
		return openings.Choice{}, pipelines.Refuse(pipelines.NotFound, "%s has no step %q", l.Deployment.ID, in.Step)
	case len(all) > 0:
		return openings.Choice{}, pipelines.Refuse(pipelines.Conflict, "nothing waits for a choice there; in %s these do: %s", l.Deployment.ID, waitingFor(l, all))
	case l.State.Head.Status == pipelines.Waiting:
		return openings.Choice{}, pipelines.Refuse(pipelines.Conflict, "%s waits for an approval, not for a choice: `slipway approve %s` or `slipway reject %s`", l.Deployment.ID, l.Deployment.ID, l.Deployment.ID)
	}
	return openings.Choice{}, pipelines.Refuse(pipelines.Conflict, "nothing of %s waits for a choice: it %s", l.Deployment.ID, become(l.State.Head.Status))
}

// mostNamed bounds how many attempts a refusal names.
const mostNamed = 8

func waitingFor(l records.Loaded, all []openings.Choice) string {
	var names []string
	for _, c := range all[:min(len(all), mostNamed)] {
		names = append(names, nameOf(l, c))
	}
	if left := len(all) - mostNamed; left > 0 {
		names = append(names, fmt.Sprintf("%d more", left))
	}
	return strings.Join(names, ", ")
}

func nameOf(l records.Loaded, c openings.Choice) string {
	return l.Plan.Steps[c.Step].Name + " on " + c.Target.Name
}

func stands(c openings.Choice) string {
	if c.Ask == pipelines.Unknown {
		return "ended nobody knows how"
	}
	return "failed"
}
