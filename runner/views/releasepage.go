package views

import (
	"context"

	"slipway/pipelines"
)

// ReleasesBefore are up to limit releases of a project that were made before one
// of it (by id; "": the newest), newest first, and whether there are more.
func (v *Views) ReleasesBefore(ctx context.Context, p pipelines.Principal, project pipelines.Project, before string, limit int) ([]Release, bool, error) {
	if !p.AllowsIn(pipelines.ReleaseView, project.Name) {
		return nil, false, nil // a list is filtered, not refused
	}
	heads, err := v.Records.ReleasesBefore(ctx, project.ID, before, limit+1)
	if err != nil {
		return nil, false, err
	}
	more := len(heads) > limit
	out, err := v.releases(ctx, p, project, heads[:min(limit, len(heads))])
	return out, more, err
}
