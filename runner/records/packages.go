package records

import (
	"context"
	"sort"

	"slipway/pipelines"
	"slipway/pipelines/versions"
	"slipway/runner/table"
)

// Package reads one version of a package, or says that it is not there.
func (r *Records) Package(ctx context.Context, id, version string) (pipelines.Package, bool, error) {
	p, _, ok, err := get[pipelines.Package](ctx, r, packageKey(id, version))
	return p, ok, err
}

// Packages are all versions of a package, newest first by version.
func (r *Records) Packages(ctx context.Context, id string) ([]pipelines.Package, error) {
	out, err := all[pipelines.Package](ctx, r, table.Range{Partition: "package/" + pipelines.NameKey(id)})
	sort.SliceStable(out, func(i, j int) bool { return versions.Compare(versionOf(out[i]), versionOf(out[j])) > 0 })
	return out, err
}

// PackageIDs are the ids of all packages, as first written.
func (r *Records) PackageIDs(ctx context.Context) ([]string, error) {
	return all[string](ctx, r, table.Range{Partition: "packages"})
}

// AddPackage are the changes that register a version for the first time.
func AddPackage(p pipelines.Package) []Change {
	return []Change{
		table.Create(packageKey(p.ID, p.Version), encode(p)),
		table.Put(key("packages", pipelines.NameKey(p.ID)), encode(p.ID)),
	}
}

// PackageBlob is the name of the bytes with this SHA-256.
func PackageBlob(sha256 string) string { return "packages/" + sha256 }

func packageKey(id, version string) table.Key {
	return key("package/"+pipelines.NameKey(id), pipelines.NameKey(version))
}

func versionOf(p pipelines.Package) versions.Version {
	v, _ := versions.Parse(p.Version) // an arrived package has a version that could be read
	return v
}
