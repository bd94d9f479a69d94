package records

import (
	"context"

	"slipway/pipelines"
)

// About is what is decided where people are asked about a deployment: the notes of
// its release, and what it brings to what is there.
type About struct {
	Notes   string
	Changes pipelines.Changes
}

// About reads it as it stands at this moment. What could be read is given beside
// an error.
func (r *Records) About(ctx context.Context, d pipelines.Deployment) (About, error) {
	release, err := r.Release(ctx, d.ReleaseID)
	if err != nil {
		return About{}, err
	}
	changes, err := r.ChangesSince(ctx, release, d.EnvironmentID)
	return About{Notes: release.Notes, Changes: changes}, err
}
