package requests

import (
	"context"
	"slices"

	"slipway/pipelines"
	"slipway/runner/graph"
	"slipway/runner/records"
	"slipway/runner/requests/openings"
)

// replaceWaiting puts an end to those that wait for d's place before it and have
// not begun. Whom this does not reach, the runner finds when their turn comes, so
// that what goes wrong here is nobody's trouble. A rule leaves those to the runner
// that have a turn already: of another one that no person wrote nobody is told
// where no process stays.
func (r *Requests) replaceWaiting(ctx context.Context, d pipelines.Deployment) {
	waiting, err := r.Records.Queue(ctx, d)
	if err != nil {
		return
	}
	current, err := r.Records.In(ctx, d.ProjectID, d.EnvironmentID)
	if err != nil {
		return
	}
	for _, id := range waiting[:max(0, slices.Index(waiting, d.ID))] {
		_, changed, err := r.Records.Happen(ctx, id, func(l records.Loaded) ([]graph.Event, records.Also, error) {
			why := openings.GivesWay(pipelines.QueueReplaceWaiting, l.Deployment, d, current)
			if !l.State.Head.Started.IsZero() || d.Automatic && l.Revision > 0 || why == "" {
				return nil, records.Also{}, nil
			}
			return []graph.Event{{ID: r.Env.NewID(), At: r.Env.Now(), Of: graph.Superseded{By: d.ID, Why: why}}}, records.Also{}, nil
		})
		if err == nil && changed {
			_ = r.Wake.Wake(ctx, id)
		}
	}
}
