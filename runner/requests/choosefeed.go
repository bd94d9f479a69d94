package requests

import (
	"context"
	"sync"

	"slipway/pipelines"
	"slipway/pipelines/steps"
	"slipway/pipelines/versions"
	"slipway/runner/feeds"
)

// wish is a package that a release takes from a feed.
type wish struct {
	choice
	version string // asked for, or "" for the newest
	at      int    // its place among the packages of the release
}

// fromFeeds chooses and fetches what comes from feeds. All feeds are asked at
// once, so that the slowest one is what people wait for, and a fetch begins
// only when every version is known.
func (r *Requests) fromFeeds(ctx context.Context, p pipelines.Principal, wishes []wish, out []pipelines.Selected) error {
	if len(wishes) == 0 {
		return nil
	}
	all, err := r.Records.Feeds(ctx)
	if err != nil {
		return err
	}
	found := make([]findings, len(wishes))
	var wait sync.WaitGroup
	for i, w := range wishes {
		f, ok := pipelines.FeedNamed(all, w.feed)
		if !ok {
			return pipelines.Refuse(pipelines.Conflict, "package %s comes from the feed %q, which is not there any more: bring it back, or change the step", w.id, w.feed)
		}
		wait.Go(func() { found[i] = r.look(ctx, f, w) })
	}
	wait.Wait()
	for i, f := range found {
		if f.err != nil {
			return aboutPackage(steps.Install{Package: wishes[i].id, Feed: wishes[i].feed}, f.err)
		}
	}
	for i, w := range wishes {
		chosen, err := r.fetched(ctx, p, found[i])
		if err != nil {
			return err
		}
		out[w.at] = selected(chosen)
	}
	return nil
}

// findings are what is known of a package once its feed was asked, or need not
// be.
type findings struct {
	feed    pipelines.Feed
	id      string
	version string
	size    int64              // as the feed says; 0: it does not
	kept    *pipelines.Package // fetched before
	err     error
}

// look chooses the version of one package. One that is named and was fetched
// before needs no feed.
func (r *Requests) look(ctx context.Context, f pipelines.Feed, w wish) findings {
	out := findings{feed: f, id: w.id}
	if w.version != "" {
		kept, there, err := r.Records.FeedPackage(ctx, f.ID, w.id, w.version)
		if err == nil && there {
			err = w.accepts(kept.Version)
		}
		if err != nil || there {
			out.kept, out.version, out.err = &kept, kept.Version, err
			return out
		}
	}
	listed, err := r.versionsIn(ctx, f, w.id)
	if err != nil {
		out.err = err
		return out
	}
	listed = readable(listed)
	for _, v := range listed {
		w.there = append(w.there, v.Version)
	}
	w.feed = f.Name
	at, err := w.choose(w.version)
	if err != nil {
		out.err = err
		return out
	}
	out.version, out.size = listed[at].Version, listed[at].Size
	kept, there, err := r.Records.FeedPackage(ctx, f.ID, w.id, out.version)
	if there {
		out.kept = &kept
	}
	out.err = err
	return out
}

// readable leaves out versions that cannot be ordered: no rule could be asked
// about them.
func readable(all []feeds.Version) []feeds.Version {
	out := all[:0:0]
	for _, v := range all {
		if _, err := versions.Parse(v.Version); err == nil {
			out = append(out, v)
		}
	}
	return out
}

// fetched is the chosen version as it is kept here. What was fetched before is
// not fetched again, unless the feed speaks of another size: then it has
// changed the version, and what comes is held against what came.
func (r *Requests) fetched(ctx context.Context, p pipelines.Principal, f findings) (pipelines.Package, error) {
	if f.kept != nil && (f.size == 0 || f.size == f.kept.Size) {
		return *f.kept, nil
	}
	order := orderOf(p, f.id, f.version)
	order.Anew = f.kept != nil
	out, err := r.Feeds.Fetch(ctx, f.feed, order)
	return out, inTime(f.feed, err)
}

// versionIn finds a version as a feed writes it.
func versionIn(all []feeds.Version, version string) (string, bool) {
	c := choice{feed: "any"}
	for _, v := range all {
		c.there = append(c.there, v.Version)
	}
	at := c.find(version)
	if at < 0 {
		return "", false
	}
	return c.there[at], true
}

func noVersion(f pipelines.Feed, id, version string, there []feeds.Version) error {
	c := choice{feed: f.Name, id: id}
	for _, v := range there {
		c.there = append(c.there, v.Version)
	}
	return c.missing(version)
}
