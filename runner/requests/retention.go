package requests

import (
	"context"

	"slipway/pipelines"
	"slipway/pipelines/plan"
)

// retention is what today's lifecycle of the release's channel says of earlier
// installations.
func (r *Requests) retention(ctx context.Context, in *plan.Input) error {
	project := in.Release.Project
	if in.Now != nil {
		project = in.Now.Project
	}
	lifecycle, err := r.Records.Lifecycle(ctx, project.LifecycleOf(in.Release.ChannelName()))
	if err != nil || pipelines.SameName(lifecycle.Name, pipelines.DefaultLifecycleName) {
		return err
	}
	in.Retention = lifecycle.RetentionIn(in.Environment.Name)
	return nil
}
