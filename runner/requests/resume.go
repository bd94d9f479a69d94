package requests

import (
	"context"
	"fmt"
	"slices"

	"slipway/pipelines"
	"slipway/runner/graph"
	"slipway/runner/records"
	"slipway/runner/requests/openings"
)

// Resume takes a deployment up again that ended without success: what succeeded
// stays, the rest is tried again under the same plan.
func (r *Requests) Resume(ctx context.Context, p pipelines.Principal, id, note string) error {
	if len(note) > maxNote {
		return pipelines.Refuse(pipelines.Invalid, "a note has at most %d bytes, this one %d", maxNote, len(note))
	}
	_, changed, err := r.Records.Happen(ctx, id, func(l records.Loaded) ([]graph.Event, records.Also, error) {
		if err := p.Demand(pipelines.DeploymentCreate, pipelines.Where{Project: l.Plan.Project, Environment: l.Plan.Environment}); err != nil {
			return nil, records.Also{}, openings.Hide(p, l, err)
		}
		current, err := r.Records.In(ctx, l.Deployment.ProjectID, l.Deployment.EnvironmentID)
		if err != nil {
			return nil, records.Also{}, err
		}
		if err := openings.Resume(l, current.Since(l.Deployment)); err != nil {
			return nil, records.Also{}, err
		}
		if err := r.stillThere(ctx, l.Deployment); err != nil {
			return nil, records.Also{}, err
		}
		event := graph.Event{ID: r.Env.NewID(), At: r.Env.Now(), Of: graph.Resumed{UserID: p.UserID, Called: p.Called, Note: note}}
		message := fmt.Sprintf("retry %s %s to %s, which was %s", l.Plan.Project, l.Plan.Release, l.Plan.Environment, l.State.Head.Status)
		if note != "" {
			message += ": " + note
		}
		entry := r.auditIn(p, l.Deployment, "DeploymentResumed", message)
		return []graph.Event{event}, records.Also{Told: []pipelines.Event{entry}}, nil
	})
	if err != nil {
		return err
	}
	if !changed {
		return pipelines.Refuse(pipelines.Conflict, "somebody else has just taken %s up again: look at its page", id)
	}
	return r.Wake.Wake(ctx, id)
}

// stillThere refuses what belongs to a project or an environment that was
// removed.
func (r *Requests) stillThere(ctx context.Context, d pipelines.Deployment) error {
	gone := func(what, name string) error {
		return pipelines.Refuse(pipelines.Conflict, "%s cannot be tried again: its %s %s was removed", d.ID, what, name)
	}
	_, err := r.Records.Project(ctx, d.ProjectID)
	if pipelines.CodeOf(err) == pipelines.NotFound {
		return gone("project", d.Project)
	}
	if err != nil {
		return err
	}
	environments, err := r.Records.Environments(ctx)
	if err == nil && !slices.ContainsFunc(environments, func(e pipelines.Environment) bool { return e.ID == d.EnvironmentID }) {
		return gone("environment", d.Environment)
	}
	return err
}
