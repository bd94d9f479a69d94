package views

import (
	"context"

	"slipway/pipelines"
	"slipway/runner/records"
)

// Release is a release with how far it may go.
type Release struct {
	records.ReleaseHead
	Progression []pipelines.Progress
	// Latest are its newest deployments, one for each environment that has one and
	// may be seen, where they were asked for.
	Latest []pipelines.Deployment
}

// OpenTo says whether the lifecycle lets the release go to an environment.
func (r Release) OpenTo(environment string) bool {
	for _, p := range r.Progression {
		if p.Open && pipelines.SameName(p.Environment, environment) {
			return true
		}
	}
	return false
}

// Newest is the newest deployment of the release to an environment, or nil.
func (r Release) Newest(environment string) *pipelines.Deployment {
	for _, d := range r.Latest {
		if pipelines.SameName(d.Environment, environment) {
			return &d
		}
	}
	return nil
}

// ReleasesOf are a project's newest releases, at most limit (0: all), with
// progression.
func (v *Views) ReleasesOf(ctx context.Context, p pipelines.Principal, project pipelines.Project, limit int) ([]Release, error) {
	if !p.AllowsIn(pipelines.ReleaseView, project.Name) {
		return nil, nil // a list is filtered, not refused
	}
	heads, err := v.Records.Shared().Releases(ctx, project.ID, limit)
	if err != nil {
		return nil, err
	}
	return v.releases(ctx, project, heads)
}

// releases are those of some heads, with progression.
func (v *Views) releases(ctx context.Context, project pipelines.Project, heads []records.ReleaseHead) ([]Release, error) {
	if len(heads) == 0 {
		return nil, nil
	}
	judge, err := v.Records.Judge(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Release, len(heads))
	err = v.beside(len(heads), func(i int) (err error) {
		out[i].ReleaseHead = heads[i]
		out[i].Progression, err = judge.Progression(ctx, project, heads[i].Release)
		return err
	})
	return out, err
}

// Release is one release by number, with its frozen project.
func (v *Views) Release(ctx context.Context, p pipelines.Principal, project, number string) (Release, error) {
	found, err := v.Project(ctx, p, project)
	if err != nil {
		return Release{}, err
	}
	if err := p.DemandIn(pipelines.ReleaseView, found.Name); err != nil {
		return Release{}, err
	}
	head, there, err := v.Records.ReleaseNumbered(ctx, found.ID, number)
	if err != nil {
		return Release{}, err
	}
	if !there {
		return Release{}, pipelines.Refuse(pipelines.NotFound, "project %s has no release %q", found.Name, number)
	}
	all, err := v.releases(ctx, found, []records.ReleaseHead{head})
	if err != nil {
		return Release{}, err
	}
	one := all[0]
	one.Release, err = v.Records.Release(ctx, one.ID)
	return one, err
}
