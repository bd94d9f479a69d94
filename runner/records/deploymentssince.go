package records

import (
	"context"
	"time"

	"slipway/pipelines"
	"slipway/runner/table"
)

// Clocks of several servers may differ by so much, which is far more than they do.
const clocksDiffer = time.Hour

// DeploymentsSince are a project's deployments that were asked for at a time or
// later, newest first; a few older ones may be among them. What a release has is
// found so without reading years of others: none is older than the release.
func (r *Records) DeploymentsSince(ctx context.Context, projectID string, since time.Time) ([]pipelines.Deployment, error) {
	out, _, err := r.NewestSince(ctx, projectID, since, 0)
	return out, err
}

// NewestSince is DeploymentsSince for at most so many (0: all), and whether that
// was all of them.
func (r *Records) NewestSince(ctx context.Context, projectID string, since time.Time, most int) (out []pipelines.Deployment, whole bool, err error) {
	span := table.Range{Partition: "project/" + projectID, Prefix: "deployment/", Descending: true, Limit: 50}
	for item, err := range table.All(ctx, r.table, span) {
		if err != nil {
			return nil, false, err
		}
		if most > 0 && len(out) == most {
			return out, false, nil
		}
		var d pipelines.Deployment
		if err := decode(item, &d); err != nil {
			return nil, false, err
		}
		if d.Created.Before(since.Add(-clocksDiffer)) {
			break
		}
		out = append(out, d)
	}
	return out, true, nil
}
