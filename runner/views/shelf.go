package views

import (
	"context"
	"slices"

	"slipway/pipelines"
)

// Shelf is one package: its newest version, and how many are kept.
type Shelf struct {
	Newest   pipelines.Package
	Versions int
}

// Shelves are all packages.
func (v *Views) Shelves(ctx context.Context, p pipelines.Principal) ([]Shelf, error) {
	if !p.AllowsAnywhere(pipelines.FeedView) {
		return nil, nil
	}
	ids, err := v.Records.PackageIDs(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]Shelf, len(ids))
	err = v.beside(len(ids), func(i int) (err error) {
		all[i].Newest, all[i].Versions, err = v.Records.NewestPackage(ctx, ids[i])
		return err
	})
	return slices.DeleteFunc(all, func(s Shelf) bool { return s.Versions == 0 }), err
}

// Installed are the deployments that brought what runs now, of every project
// and environment, that installed a version of the package. Those that may not
// be seen are left out.
func (v *Views) Installed(ctx context.Context, p pipelines.Principal, packageID string) ([]pipelines.Deployment, error) {
	projects, err := v.Projects(ctx, p)
	if err != nil {
		return nil, err
	}
	brought := make([][]pipelines.Deployment, len(projects))
	err = v.beside(len(projects), func(i int) error {
		current, err := v.Records.Shared().Current(ctx, projects[i].ID)
		for _, c := range current {
			if c.Live != nil && installs(*c.Live, packageID) && p.Allows(pipelines.DeploymentView, pipelines.Where{Project: projects[i].Name, Environment: c.Live.Environment}) {
				brought[i] = append(brought[i], *c.Live)
			}
		}
		return err
	})
	return slices.Concat(brought...), err
}

func installs(d pipelines.Deployment, packageID string) bool {
	_, ok := pipelines.Release{Packages: d.Packages}.Selects(packageID, "")
	return ok
}

// PackageOf is the one version of a package that a release has chosen, or
// false where it may not be seen or is not kept any more.
func (v *Views) PackageOf(ctx context.Context, p pipelines.Principal, chosen pipelines.Selected) (pipelines.Package, bool, error) {
	if !p.AllowsAnywhere(pipelines.FeedView) {
		return pipelines.Package{}, false, nil
	}
	return v.Records.Chosen(ctx, chosen)
}
