package records

import (
	"context"

	"slipway/pipelines"
	"slipway/runner/graph"
)

// Happen loads a deployment, asks what happened to it as it now stands, and
// writes the turn; whoever was slower loads again. It reports whether anything
// followed.
func (r *Records) Happen(ctx context.Context, id string, what func(Loaded) ([]graph.Event, Also, error)) (Loaded, bool, error) {
	for range 50 {
		l, err := r.Load(ctx, id)
		if err != nil {
			return l, false, err
		}
		events, also, err := what(l)
		if err != nil {
			return l, false, err
		}
		after, changed, err := r.Turn(ctx, &l, events, also)
		if !Conflict(err) {
			return *after, changed, err
		}
		if ctx.Err() != nil {
			return l, false, ctx.Err()
		}
	}
	return Loaded{}, false, pipelines.Refuse(pipelines.Unavailable, "deployment %s changes too fast at this moment: try again", id)
}
