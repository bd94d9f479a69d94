package views

import (
	"context"
	"slices"

	"slipway/pipelines"
)

// ReleasesBefore are up to limit releases of a project that were made before one
// of it (by id; "": the newest), newest first, with their newest deployments, and
// whether there are more.
func (v *Views) ReleasesBefore(ctx context.Context, p pipelines.Principal, project pipelines.Project, before string, limit int) ([]Release, bool, error) {
	if !p.AllowsIn(pipelines.ReleaseView, project.Name) {
		return nil, false, nil // a list is filtered, not refused
	}
	heads, err := v.Records.ReleasesBefore(ctx, project.ID, before, limit+1)
	if err != nil {
		return nil, false, err
	}
	more := len(heads) > limit
	out, err := v.releases(ctx, project, heads[:min(limit, len(heads))])
	if err != nil || len(out) == 0 {
		return out, more, err
	}
	return out, more, v.latestOfAll(ctx, p, project, out)
}

// deploymentsLooked are how many of a project's deployments are looked through for
// those of the releases of a page: as a rule they are among them.
const deploymentsLooked = 200

// latestOfAll finds the newest deployments of releases.
func (v *Views) latestOfAll(ctx context.Context, p pipelines.Principal, project pipelines.Project, releases []Release) error {
	oldest := slices.MinFunc(releases, func(a, b Release) int { return a.Created.Compare(b.Created) }).Created
	most := deploymentsLooked
	if slices.ContainsFunc(releases, func(r Release) bool { return !r.Listed }) {
		most = 0 // of which nobody knows otherwise where they are
	}
	all, whole, err := v.Records.NewestSince(ctx, project.ID, oldest, most)
	if err != nil {
		return err
	}
	return v.beside(len(releases), func(i int) error {
		if !whole {
			return v.LatestOf(ctx, p, &releases[i])
		}
		var latest []pipelines.Deployment
		for _, d := range all {
			known := slices.ContainsFunc(latest, func(x pipelines.Deployment) bool { return x.EnvironmentID == d.EnvironmentID })
			if d.ReleaseID == releases[i].ID && !known {
				latest = append(latest, d)
			}
		}
		releases[i].Latest, err = v.seenNow(ctx, p, project.Name, latest)
		return err
	})
}

// LatestOf finds the newest deployments of a release.
func (v *Views) LatestOf(ctx context.Context, p pipelines.Principal, release *Release) error {
	var ids []string
	if release.Listed {
		newest, err := v.Records.NewestOf(ctx, release.ReleaseHead)
		if err != nil {
			return err
		}
		for _, id := range newest {
			ids = append(ids, id)
		}
	} else {
		all, _, err := v.Records.DeploymentsOf(ctx, release.ReleaseHead, "", mostUnlisted)
		if err != nil {
			return err
		}
		ids = all
	}
	all, err := v.deployments(ctx, ids)
	if err != nil {
		return err
	}
	var latest []pipelines.Deployment
	slices.SortFunc(all, func(a, b pipelines.Deployment) int { return byNumber(b.ID, a.ID) })
	for _, d := range all {
		if !slices.ContainsFunc(latest, func(x pipelines.Deployment) bool { return x.EnvironmentID == d.EnvironmentID }) {
			latest = append(latest, d)
		}
	}
	release.Latest, err = v.seenNow(ctx, p, release.Project.Name, latest)
	return err
}

// mostUnlisted bounds what is read of the deployments of a release that an older
// program has made.
const mostUnlisted = 200

// deployments reads some by their ids; one that is gone is left out.
func (v *Views) deployments(ctx context.Context, ids []string) ([]pipelines.Deployment, error) {
	all := make([]pipelines.Deployment, len(ids))
	err := v.beside(len(ids), func(i int) (err error) {
		all[i], err = v.Records.Deployment(ctx, ids[i])
		if pipelines.CodeOf(err) == pipelines.NotFound {
			err = nil
		}
		return err
	})
	return slices.DeleteFunc(all, func(d pipelines.Deployment) bool { return d.ID == "" }), err
}

// seenNow are those of a project's deployments that may be seen, as they are now.
func (v *Views) seenNow(ctx context.Context, p pipelines.Principal, project string, all []pipelines.Deployment) ([]pipelines.Deployment, error) {
	var out []pipelines.Deployment
	for _, d := range all {
		if !p.Allows(pipelines.DeploymentView, pipelines.Where{Project: project, Environment: d.Environment}) {
			continue
		}
		d, err := v.now(ctx, d)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// ReleaseDeployments are deployments of a release, newest first: at most limit,
// those before one, given by its id, or with "" the newest. Next is the one behind
// which there are more, "" at the end.
func (v *Views) ReleaseDeployments(ctx context.Context, p pipelines.Principal, release Release, before string, limit int) (out []pipelines.Deployment, next string, err error) {
	ids, more, err := v.Records.DeploymentsOf(ctx, release.ReleaseHead, before, limit)
	if err != nil {
		return nil, "", err
	}
	all, err := v.deployments(ctx, ids)
	if err != nil {
		return nil, "", err
	}
	if more {
		next = ids[len(ids)-1]
	}
	out, err = v.seenNow(ctx, p, release.Project.Name, all)
	return out, next, err
}
