package records

import (
	"context"

	"slipway/runner/table"
)

// ReleasesBefore are the releases of a project that were made before another one
// of it, newest first, at most limit; before "" they are the newest.
func (r *Records) ReleasesBefore(ctx context.Context, projectID, before string, limit int) ([]ReleaseHead, error) {
	if before == "" {
		return r.Releases(ctx, projectID, limit)
	}
	return all[ReleaseHead](ctx, r, table.Range{
		Partition: "project/" + projectID, From: "release/", Before: "release/" + sequence(numberOf(before)), Descending: true, Limit: limit,
	})
}
