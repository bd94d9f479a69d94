package views

import (
	"context"

	"slipway/pipelines"
	"slipway/pipelines/variables"
)

// ChangedSince says which values of a project, and of its sets, are not any more
// what a release of it froze; the release is whole. Who may not see the project
// is told nothing.
func (v *Views) ChangedSince(ctx context.Context, p pipelines.Principal, release pipelines.Release) ([]variables.Difference, error) {
	if !p.AllowsIn(pipelines.ProjectView, release.Project.Name) {
		return nil, nil
	}
	project, err := v.Records.Project(ctx, release.ProjectID)
	if err != nil {
		return nil, err
	}
	sets, err := v.Records.VariableSets(ctx)
	if err != nil {
		return nil, err
	}
	return variables.ChangedSeen(p, release.Project, project.Noun, release.Sets, sets), nil
}
