package records

import (
	"context"
	"slices"
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

// PackagePage are versions of a package, newest first, and how many there are in
// all. Next is the version behind which there are more, "" at the end.
type PackagePage struct {
	Packages []pipelines.Package
	Count    int
	Next     string
}

// PackagePage are at most limit versions before one, or the newest ones. The key of
// each names its version, so that only those of the page are decoded.
func (r *Records) PackagePage(ctx context.Context, id, before string, limit int) (PackagePage, error) {
	type row struct {
		item table.Item
		of   versions.Version
	}
	var rows []row
	for item, err := range table.All(ctx, r.table, table.Range{Partition: "package/" + pipelines.NameKey(id)}) {
		if TooLarge(err) { // what cannot be a key is nowhere
			return PackagePage{}, nil
		}
		if err != nil {
			return PackagePage{}, err
		}
		of, _ := versions.Parse(item.Key.Sort) // an arrived package has a version that could be read
		rows = append(rows, row{item, of})
	}
	out := PackagePage{Count: len(rows)}
	if last, err := versions.Parse(before); err == nil {
		rows = slices.DeleteFunc(rows, func(x row) bool { return versions.Compare(x.of, last) >= 0 })
	}
	slices.SortStableFunc(rows, func(a, b row) int { return versions.Compare(b.of, a.of) })
	for _, x := range rows {
		if len(out.Packages) == limit {
			out.Next = out.Packages[limit-1].Version
			break
		}
		var p pipelines.Package
		if err := decode(x.item, &p); err != nil {
			return PackagePage{}, err
		}
		out.Packages = append(out.Packages, p)
	}
	return out, nil
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
