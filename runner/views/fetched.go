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
