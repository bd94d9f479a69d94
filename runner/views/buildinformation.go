package views

import (
	"context"

	"slipway/pipelines"
)

// BuildInformation is where a version of a package comes from, or false where
// nothing is known of it. Who may see a package, or a release with it, may see
// that.
func (v *Views) BuildInformation(ctx context.Context, p pipelines.Principal, id, version string) (pipelines.BuildInformation, bool, error) {
	if !p.AllowsAnywhere(pipelines.FeedView) && !p.AllowsAnywhere(pipelines.ReleaseView) {
		return pipelines.BuildInformation{}, false, nil
	}
	return v.Records.BuildInformation(ctx, id, version)
}

// ChangesSince is what a release brings to an environment, held against what is
// live there; nothing for who may not see what is.
func (v *Views) ChangesSince(ctx context.Context, p pipelines.Principal, release pipelines.Release, e pipelines.Environment) (pipelines.Changes, error) {
	where := pipelines.Where{Project: release.Project.Name, Environment: e.Name}
	if !p.Allows(pipelines.DeploymentView, where) {
		return pipelines.Changes{}, nil
	}
	return v.Records.ChangesSince(ctx, release, e.ID)
}
