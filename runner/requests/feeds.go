package requests

import (
	"cmp"
	"context"
	"errors"
	"time"

	"slipway/pipelines"
	"slipway/runner/feeds"
)

// Feeds asks feeds that are not ours. It is this process, or another one where
// this one may not open their passwords.
type Feeds interface {
	// Versions are the versions of a package, newest first; an unknown id has none.
	Versions(ctx context.Context, f pipelines.Feed, id string) ([]feeds.Version, error)
	// Search lists ids that contain a text, at most limit.
	Search(ctx context.Context, f pipelines.Feed, text string, limit int) ([]string, error)
	// Fetch keeps and registers one version, unless that was done before.
	Fetch(ctx context.Context, f pipelines.Feed, order FeedOrder) (pipelines.Package, error)
}

// FeedOrder asks for one version of a package, and says who does.
type FeedOrder struct {
	Package string `json:"package"`
	Version string `json:"version"` // as the feed writes it
	// Anew fetches what was fetched before, and holds it against that.
	Anew bool `json:"anew,omitempty"`

	UserID   string `json:"userId"`
	Username string `json:"username"`
	Called   string `json:"called"`
	Via      string `json:"via"`
	From     string `json:"from,omitempty"`
	// Credential is the id of the key or session that was used.
	Credential string `json:"credential,omitempty"`
}

func orderOf(p pipelines.Principal, id, version string) FeedOrder {
	return FeedOrder{Package: id, Version: version, UserID: p.UserID, Username: p.Username, Called: p.Called, Via: p.Via, From: p.From, Credential: p.Credential}
}

func (o FeedOrder) by() pipelines.Principal {
	return pipelines.Principal{UserID: o.UserID, Username: o.Username, Called: o.Called, Via: o.Via, From: o.From, Credential: o.Credential}
}

// feedPatience bounds a question to a feed, whatever the feed's own code does:
// people wait for the answer.
func (r *Requests) feedPatience() time.Duration { return cmp.Or(r.FeedPatience, 9*time.Second) }

// FeedVersions are the versions of a package that a feed has now, newest first.
func (r *Requests) FeedVersions(ctx context.Context, p pipelines.Principal, feed, id string) ([]feeds.Version, error) {
	f, err := r.feedFor(ctx, p, feed)
	if err != nil {
		return nil, err
	}
	return r.versionsIn(ctx, f, id)
}

// FeedSearch lists the packages of a feed whose ids contain a text, at most
// limit.
func (r *Requests) FeedSearch(ctx context.Context, p pipelines.Principal, feed, text string, limit int) ([]string, error) {
	f, err := r.feedFor(ctx, p, feed)
	if err != nil {
		return nil, err
	}
	if r.Feeds == nil {
		return nil, noFeeds()
	}
	ctx, stop := context.WithTimeout(ctx, r.feedPatience())
	defer stop()
	out, err := r.Feeds.Search(ctx, f, text, limit)
	return out, inTime(f, err)
}

// FetchPackage fetches one version from a feed now, also where it was fetched
// before: what comes then must be the same. It deploys nothing.
func (r *Requests) FetchPackage(ctx context.Context, p pipelines.Principal, feed, id, version string) (pipelines.Package, error) {
	if err := p.Demand(pipelines.BuiltInFeedPush, pipelines.Where{}); err != nil {
		return pipelines.Package{}, err
	}
	f, err := r.feedFor(ctx, p, feed)
	if err != nil {
		return pipelines.Package{}, err
	}
	there, err := r.versionsIn(ctx, f, id)
	if err != nil {
		return pipelines.Package{}, err
	}
	listed, ok := versionIn(there, version)
	if !ok {
		return pipelines.Package{}, noVersion(f, id, version, there)
	}
	order := orderOf(p, id, listed)
	order.Anew = true
	out, err := r.Feeds.Fetch(ctx, f, order)
	return out, inTime(f, err)
}

// feedFor finds a feed by name or id, for somebody who may ask it.
func (r *Requests) feedFor(ctx context.Context, p pipelines.Principal, idOrName string) (pipelines.Feed, error) {
	if err := p.Demand(pipelines.FeedView, pipelines.Where{}); err != nil {
		return pipelines.Feed{}, err
	}
	all, err := r.Records.Feeds(ctx)
	if err != nil {
		return pipelines.Feed{}, err
	}
	var names []string
	for _, f := range all {
		if f.ID == idOrName || pipelines.SameName(f.Name, idOrName) {
			return f, nil
		}
		names = append(names, f.Name)
	}
	return pipelines.Feed{}, pipelines.Refuse(pipelines.NotFound, "there is no feed %q; there are: %s", idOrName, list(names))
}

// versionsIn asks a feed for the versions of a package.
func (r *Requests) versionsIn(ctx context.Context, f pipelines.Feed, id string) ([]feeds.Version, error) {
	if r.Feeds == nil {
		return nil, noFeeds()
	}
	ctx, stop := context.WithTimeout(ctx, r.feedPatience())
	defer stop()
	out, err := r.Feeds.Versions(ctx, f, id)
	return out, inTime(f, err)
}

func noFeeds() error {
	return pipelines.Refuse(pipelines.Unavailable, "this server asks no feeds")
}

// inTime tells people that a feed has kept them waiting for too long.
func inTime(f pipelines.Feed, err error) error {
	if pipelines.CodeOf(err) != "" || !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return pipelines.Refuse(pipelines.Unavailable, "feed %s (%s) has not answered in time: see whether it runs there, with `slipway feed check %q`", f.Name, f.URL, f.Name)
}
