package requests

import (
	"context"
	"slices"

	"slipway/pipelines"
	"slipway/pipelines/versions"
	"slipway/runner/feeds"
)

// Announced is told that a feed has a new version of a package, by its webhook or
// because it was asked: by says which. The feed is asked for that version, which
// is fetched and registered, and the projects that wait for it make releases as
// if it had been pushed here. The same news again is harmless. What no project
// waits for is not fetched: then the answer holds no package.
func (r *Requests) Announced(ctx context.Context, by pipelines.Principal, feed, id, version string) (Received, error) {
	f, err := r.feedFor(ctx, by, feed)
	if err != nil {
		return Received{}, err
	}
	projects, err := r.Records.Projects(ctx)
	if err != nil {
		return Received{}, err
	}
	if !slices.ContainsFunc(projects, func(p pipelines.Project) bool { _, waits := p.TriggerFor(id, f.Name); return waits }) {
		return Received{}, nil
	}
	there, err := r.versionsIn(ctx, f, id)
	if err != nil {
		return Received{}, err
	}
	listed, ok := versionIn(readable(there), version)
	if !ok {
		return Received{}, noVersion(f, id, version, there)
	}
	pkg, existed, err := r.keep(ctx, by, f, id, listed)
	if err != nil {
		return Received{}, err
	}
	starts := starter{Principal: pipelines.System("trigger: package " + pkg.ID + " " + pkg.Version + ", " + by.Via), automatic: true, cause: causeOf(by)}
	return r.trigger(ctx, starts, Received{Package: pkg, Existed: existed})
}

// keep fetches a version as the feed lists it, unless it was fetched before.
func (r *Requests) keep(ctx context.Context, by pipelines.Principal, f pipelines.Feed, id, listed string) (pipelines.Package, bool, error) {
	known, there, err := r.Records.FeedPackage(ctx, f.ID, id, listed)
	if err != nil || there {
		return known, there, err
	}
	pkg, err := r.Feeds.Fetch(ctx, f, orderOf(by, id, listed))
	return pkg, false, unanswered(f, err)
}

// News are the versions that a feed has beyond one that was seen, oldest first,
// and the newest of all; "" was none. At most are told, the newest ones.
func (r *Requests) News(ctx context.Context, f pipelines.Feed, id, seen string, most int) (news []string, newest string, err error) {
	there, err := r.versionsIn(ctx, f, id)
	if err != nil {
		return nil, seen, err
	}
	news, newest = newerThan(readable(there), seen)
	return news[max(0, len(news)-most):], newest, nil
}

// newerThan orders by SemVer, whatever order the feed has.
func newerThan(all []feeds.Version, seen string) (news []string, newest string) {
	newest = seen
	for _, v := range all {
		if isNewer(v.Version, seen) && !slices.ContainsFunc(news, func(n string) bool { return sameVersion(n, v.Version) }) {
			news = append(news, v.Version)
		}
		if isNewer(v.Version, newest) {
			newest = v.Version
		}
	}
	slices.SortFunc(news, func(a, b string) int {
		if isNewer(a, b) {
			return 1
		}
		return -1
	})
	return news, newest
}

// isNewer says whether a version comes after another, which may be "". Both can
// be read.
func isNewer(version, than string) bool {
	a, err := versions.Parse(version)
	if err != nil {
		return false
	}
	b, err := versions.Parse(than)
	return err != nil || versions.Compare(a, b) > 0
}
