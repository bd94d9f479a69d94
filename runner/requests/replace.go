package requests

import (
	"context"
	"fmt"
	"slices"

	"slipway/pipelines"
	"slipway/runner/graph"
	"slipway/runner/records"
)

// replaceWaiting puts an end to those that wait for d's place before it and have
// not begun. Whom this does not reach, the runner finds when their turn comes, so
// that what goes wrong here is nobody's trouble.
func (r *Requests) replaceWaiting(ctx context.Context, d pipelines.Deployment) {
	waiting, err := r.Records.Queue(ctx, d)
	if err != nil {
		return
	}
	for _, id := range waiting[:max(0, slices.Index(waiting, d.ID))] {
		_, changed, err := r.Records.Happen(ctx, id, func(l records.Loaded) ([]graph.Event, []records.Change, error) {
			if !l.State.Head.Started.IsZero() || d.Automatic && olderThan(d.Release, l.Plan.Release) {
				return nil, nil, nil
			}
			why := fmt.Sprintf("replaced by %s (%s)", d.ID, d.Release)
			return []graph.Event{{ID: r.Env.NewID(), At: r.Env.Now(), Of: graph.Superseded{By: d.ID, Why: why}}}, nil, nil
		})
		if err == nil && changed {
			_ = r.Wake.Wake(ctx, id)
		}
	}
}

func olderThan(release, other string) bool {
	return pipelines.Release{Number: release}.OlderThan(other)
}
