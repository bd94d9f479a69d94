package records

import (
	"context"
	"sort"

	"slipway/pipelines"
	"slipway/pipelines/versions"
	"slipway/runner/table"
)

// Packages that were fetched from a feed are kept apart from those that were
// pushed, and from those of other feeds: the same id and version may be other
// bytes there. The bytes themselves lie under their hash, once.

// FeedPackage reads one version of a package as it was fetched from a feed, or
// says that it never was.
func (r *Records) FeedPackage(ctx context.Context, feedID, id, version string) (pipelines.Package, bool, error) {
	p, _, ok, err := get[pipelines.Package](ctx, r, feedPackageKey(feedID, id, version))
	return p, ok, err
}

// FeedPackages are all versions of a package that were fetched from a feed,
// newest first by version.
func (r *Records) FeedPackages(ctx context.Context, feedID, id string) ([]pipelines.Package, error) {
	out, err := all[pipelines.Package](ctx, r, table.Range{Partition: feedShelf(feedID, id)})
	sort.SliceStable(out, func(i, j int) bool { return versions.Compare(versionOf(out[i]), versionOf(out[j])) > 0 })
	return out, err
}

// Chosen reads the package that a release has chosen, wherever it came from.
func (r *Records) Chosen(ctx context.Context, s pipelines.Selected) (pipelines.Package, bool, error) {
	if s.FeedID != "" {
		return r.FeedPackage(ctx, s.FeedID, s.Package, s.Version)
	}
	return r.Package(ctx, s.Package, s.Version)
}

// AddFeedPackage is the change that registers a version of a feed for the first
// time.
func AddFeedPackage(p pipelines.Package) Change {
	return table.Create(feedPackageKey(p.FeedID, p.ID, p.Version), encode(p))
}

func feedShelf(feedID, id string) string { return "feed/" + feedID + "/" + pipelines.NameKey(id) }

func feedPackageKey(feedID, id, version string) table.Key {
	return key(feedShelf(feedID, id), pipelines.NameKey(version))
}
