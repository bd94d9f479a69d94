package records

import (
	"context"
	"slices"

	"slipway/pipelines"
	"slipway/pipelines/versions"
	"slipway/runner/table"
)

// BuildInformation reads what is known of where a version of a package comes
// from, or says that nothing is.
func (r *Records) BuildInformation(ctx context.Context, id, version string) (pipelines.BuildInformation, bool, error) {
	b, _, ok, err := get[pipelines.BuildInformation](ctx, r, buildKey(id, version))
	return b, ok, err
}

// SaveBuildInformation writes what change makes of what is known, with the audit
// entry it gives; without an entry nothing is written.
func (r *Records) SaveBuildInformation(ctx context.Context, id, version string, change func(before pipelines.BuildInformation, known bool) (pipelines.BuildInformation, []pipelines.Event)) error {
	return again(ctx, func() error {
		before, revision, known, err := get[pipelines.BuildInformation](ctx, r, buildKey(id, version))
		if err != nil {
			return err
		}
		after, told := change(before, known)
		if len(told) == 0 {
			return nil
		}
		kept := table.Create(buildKey(id, version), packed(encode(after)))
		if known {
			kept = table.Replace(buildKey(id, version), packed(encode(after)), revision)
		}
		return r.Tell(ctx, told, kept)
	})
}

// buildsOnTheWay bounds how many versions are looked at between two.
const buildsOnTheWay = 50

// ChangesSince is what a release brings to an environment, held against what is
// live there now: its packages whose version differs, and the builds of all
// versions on the way.
func (r *Records) ChangesSince(ctx context.Context, release pipelines.Release, environmentID string) (pipelines.Changes, error) {
	current, err := r.In(ctx, release.ProjectID, environmentID)
	if err != nil {
		return pipelines.Changes{}, err
	}
	out := pipelines.Changes{To: release.Number, Bare: len(release.Packages) == 0}
	var there pipelines.Release
	if current.Live != nil {
		out.From, there.Packages = current.Live.Release, current.Live.Packages
	} else if out.Left, err = r.left(ctx, release.ProjectID, environmentID, current); err != nil {
		return pipelines.Changes{}, err
	}
	for _, chosen := range release.Packages {
		before, _ := there.Selects(chosen.Package, chosen.Feed)
		if pipelines.SameName(before.Version, chosen.Version) {
			continue
		}
		change, err := r.onTheWay(ctx, chosen, before.Version)
		if err != nil {
			return pipelines.Changes{}, err
		}
		out.Packages = append(out.Packages, change)
	}
	return out, nil
}

// onTheWay collects the builds from one version of a package to another. Where
// the package was not there before, it is the build of the one version.
func (r *Records) onTheWay(ctx context.Context, chosen pipelines.Selected, from string) (pipelines.PackageChange, error) {
	out := pipelines.PackageChange{Package: chosen.Package, Feed: chosen.Feed, From: from, To: chosen.Version}
	between := []string{chosen.Version}
	if from != "" {
		all, err := r.versionsOf(ctx, chosen)
		if err != nil {
			return out, err
		}
		between, out.Back = passed(all, from, chosen.Version)
	}
	if more := len(between) - buildsOnTheWay; more > 0 {
		between, out.More = between[:buildsOnTheWay], more
	}
	for _, version := range between {
		b, known, err := r.BuildInformation(ctx, chosen.Package, version)
		switch {
		case err != nil:
			return out, err
		case known:
			out.Builds = append(out.Builds, b)
		default:
			out.Untold++
		}
	}
	return out, nil
}

func (r *Records) versionsOf(ctx context.Context, chosen pipelines.Selected) ([]string, error) {
	read := func() ([]pipelines.Package, error) { return r.Packages(ctx, chosen.Package) }
	if chosen.FeedID != "" {
		read = func() ([]pipelines.Package, error) { return r.FeedPackages(ctx, chosen.FeedID, chosen.Package) }
	}
	all, err := read()
	out := make([]string, len(all))
	for i, p := range all {
		out[i] = p.Version
	}
	return out, err
}

// passed are the versions after the older of two up to the newer one, newest
// first; both count even where they are not kept any more.
func passed(all []string, from, to string) (out []string, back bool) {
	older, err := versions.Parse(from)
	newer, err2 := versions.Parse(to)
	if err != nil || err2 != nil {
		return []string{to}, false
	}
	if back = versions.Compare(older, newer) > 0; back {
		older, newer, to = newer, older, from
	}
	for _, text := range all {
		v, err := versions.Parse(text)
		if err == nil && versions.Compare(v, older) > 0 && versions.Compare(v, newer) <= 0 {
			out = append(out, text)
		}
	}
	if !slices.ContainsFunc(out, func(v string) bool { return pipelines.SameName(v, to) }) {
		out = slices.Insert(out, 0, to)
	}
	return out, back
}

func buildKey(id, version string) table.Key {
	return key("builds/"+pipelines.NameKey(id), pipelines.NameKey(version))
}
