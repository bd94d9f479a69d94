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
	span := table.Range{Partition: "project/" + projectID, Prefix: "deployment/", Descending: true, Limit: 50}
	var out []pipelines.Deployment
	for {
		page, err := r.table.Query(ctx, span)
		if err != nil {
			return nil, err
		}
		for _, item := range page.Items {
			var d pipelines.Deployment
			if err := decode(item, &d); err != nil {
				return nil, err
			}
			if d.Created.Before(since.Add(-clocksDiffer)) {
				return out, nil
			}
			out = append(out, d)
		}
		if page.Next == "" {
			return out, nil
		}
		span.After = page.Next
	}
}
