package views

import (
	"context"

	"slipway/pipelines"
	"slipway/runner/records"
)

// TakenOn is who has taken on a sign-off that waits; false for nobody.
func (v *Views) TakenOn(ctx context.Context, d Deployment, step int) (records.Taken, bool, error) {
	has, _, there, err := v.Records.Taken(ctx, d.Deployment.ID, step, d.State.Head.Steps[step].Round)
	return has, there, err
}

// OwnDecisions are the principal's newest answers to sign-offs, newest first.
func (v *Views) OwnDecisions(ctx context.Context, p pipelines.Principal, limit int) ([]records.Decision, error) {
	return v.Records.DecisionsOf(ctx, p.UserID, limit)
}

// About is what somebody decides who is asked about a deployment. Whoever asks
// has read the deployment, so that nothing more is demanded.
func (v *Views) About(ctx context.Context, d pipelines.Deployment) (records.About, error) {
	return v.Records.About(ctx, d)
}
