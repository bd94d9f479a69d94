package views

import (
	"context"

	"slipway/pipelines"
	"slipway/runner/records"
)

// PackagePage are versions of a package, newest first: at most limit, those before
// a version or, with "", the newest ones.
func (v *Views) PackagePage(ctx context.Context, p pipelines.Principal, id, before string, limit int) (records.PackagePage, error) {
	if err := p.Demand(pipelines.FeedView, pipelines.Where{}); err != nil {
		return records.PackagePage{}, err
	}
	page, err := v.Records.PackagePage(ctx, id, before, limit)
	if err == nil && page.Count == 0 {
		err = pipelines.Refuse(pipelines.NotFound, "there is no package %q", id)
	}
	return page, err
}

// PackageVersion is one version of a package.
func (v *Views) PackageVersion(ctx context.Context, p pipelines.Principal, id, version string) (pipelines.Package, error) {
	if err := p.Demand(pipelines.FeedView, pipelines.Where{}); err != nil {
		return pipelines.Package{}, err
	}
	found, there, err := v.Records.Package(ctx, id, version)
	if err == nil && !there {
		err = pipelines.Refuse(pipelines.NotFound, "package %s has no version %q", id, version)
	}
	return found, err
}
