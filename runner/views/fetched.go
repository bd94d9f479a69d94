package views

import (
	"context"
	"slices"

	"slipway/pipelines"
	"slipway/pipelines/steps"
)

// Fetched is a package of another feed that projects install: what of it was
// fetched, which is nothing until a release chose it.
type Fetched struct {
	ID       string
	Feed     pipelines.Feed
	Newest   *pipelines.Package
	Versions int
	Projects []pipelines.Project // that may be seen
}

// FetchedPackages are the packages of other feeds that projects install, of the
// projects that may be seen.
func (v *Views) FetchedPackages(ctx context.Context, p pipelines.Principal) ([]Fetched, error) {
	if !p.AllowsAnywhere(pipelines.FeedView) {
		return nil, nil
	}
	feeds, err := v.Records.Feeds(ctx)
	if err != nil || len(feeds) == 0 {
		return nil, err
	}
	projects, err := v.Projects(ctx, p)
	if err != nil {
		return nil, err
	}
	var out []Fetched
	for _, project := range projects {
		for _, one := range steps.Installs(steps.Types(), project.Steps) {
			feed, ok := pipelines.FeedNamed(feeds, one.Feed)
			if !ok {
				continue
			}
			i := slices.IndexFunc(out, func(f Fetched) bool { return f.Feed.ID == feed.ID && pipelines.SameName(f.ID, one.Package) })
			if i < 0 {
				i = len(out)
				out = append(out, Fetched{ID: one.Package, Feed: feed})
			}
			out[i].Projects = append(out[i].Projects, project)
		}
	}
	for i, f := range out {
		kept, err := v.Records.FeedPackages(ctx, f.Feed.ID, f.ID)
		if err != nil {
			return nil, err
		}
		if out[i].Versions = len(kept); len(kept) > 0 {
			out[i].Newest = &kept[0]
		}
	}
	return out, nil
}

// What is looked through for the releases that use a package.
const (
	projectsOfPackage = 20
	releasesOfProject = 50
)

// Using is a release that has chosen a version of a package.
type Using struct {
	Project pipelines.Project
	Number  string
}

// ReleasesWith are the newest releases that have chosen a package of the built-in
// feed, by its version, of the projects that install it and may be seen.
func (v *Views) ReleasesWith(ctx context.Context, p pipelines.Principal, packageID string) (map[string][]Using, error) {
	projects, err := v.Projects(ctx, p)
	if err != nil {
		return nil, err
	}
	out, looked := map[string][]Using{}, 0
	for _, project := range projects {
		installs := slices.ContainsFunc(steps.Installs(steps.Types(), project.Steps), func(one steps.Install) bool {
			return one.Feed == "" && pipelines.SameName(one.Package, packageID)
		})
		if !installs || looked == projectsOfPackage || !p.AllowsIn(pipelines.ReleaseView, project.Name) {
			continue
		}
		looked++
		heads, err := v.Records.Releases(ctx, project.ID, releasesOfProject)
		if err != nil {
			return nil, err
		}
		for _, head := range heads {
			if chosen, ok := head.Selects(packageID, ""); ok {
				key := pipelines.NameKey(chosen.Version)
				out[key] = append(out[key], Using{project, head.Number})
			}
		}
	}
	return out, nil
}
