package requests

import (
	"context"

	"slipway/pipelines"
	"slipway/runner/graph"
	"slipway/runner/records"
	"slipway/runner/requests/openings"
)

// Cancel asks a deployment to stop. Steps that always run still run; a second
// cancel ends it at once.
func (r *Requests) Cancel(ctx context.Context, p pipelines.Principal, id, note string) error {
	if len(note) > maxNote {
		return pipelines.Refuse(pipelines.Invalid, "a note has at most %d bytes, this one %d", maxNote, len(note))
	}
	_, changed, err := r.Records.Happen(ctx, id, func(l records.Loaded) ([]graph.Event, records.Also, error) {
		if err := p.Demand(pipelines.TaskCancel, pipelines.Where{Project: l.Plan.Project, Environment: l.Plan.Environment}); err != nil {
			return nil, records.Also{}, openings.Hide(p, l, err)
		}
		if l.State.Head.Status.Ended() {
			return nil, records.Also{}, pipelines.Refuse(pipelines.Conflict, "%s has ended already: it %s", id, become(l.State.Head.Status))
		}
		event := graph.Event{ID: r.Env.NewID(), At: r.Env.Now(), Of: graph.CancelAsked{UserID: p.UserID, Called: p.Called, Note: note}}
		message := "cancel " + l.Plan.Project + " " + l.Plan.Release + " to " + l.Plan.Environment
		if note != "" {
			message += ": " + note
		}
		entry := r.auditIn(p, l.Deployment, "TaskCanceled", message)
		return []graph.Event{event}, records.Also{Told: []pipelines.Event{entry}}, nil
	})
	if err != nil || !changed {
		return err
	}
	return r.Wake.Wake(ctx, id)
}
