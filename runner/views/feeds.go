package views

import (
	"context"

	"slipway/pipelines"
)

// Feed is a feed as people may see it.
type Feed struct {
	pipelines.Feed
	// SecretSet says that the secret it names has a value.
	SecretSet bool
	// Heard is how it tells of new versions.
	Heard Heard
}

// Feeds are all feeds but the built-in one, by name. Their passwords are no part
// of them.
func (v *Views) Feeds(ctx context.Context, p pipelines.Principal) ([]Feed, error) {
	if !p.AllowsAnywhere(pipelines.FeedView) {
		return nil, nil
	}
	all, err := v.Records.Feeds(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Feed, len(all))
	for i, f := range all {
		out[i].Feed = f
		if out[i].Heard, err = v.heard(ctx, p, f.ID); err != nil {
			return nil, err
		}
		if f.Secret == "" {
			continue
		}
		if _, out[i].SecretSet, err = v.Records.SecretVersion(ctx, f.Secret); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Feed is one feed by name or id.
func (v *Views) Feed(ctx context.Context, p pipelines.Principal, idOrName string) (Feed, error) {
	if err := p.Demand(pipelines.FeedView, pipelines.Where{}); err != nil {
		return Feed{}, err
	}
	all, err := v.Feeds(ctx, p)
	if err != nil {
		return Feed{}, err
	}
	for _, f := range all {
		if f.ID == idOrName || pipelines.SameName(f.Name, idOrName) {
			return f, nil
		}
	}
	return Feed{}, pipelines.Refuse(pipelines.NotFound, "there is no feed %q: `slipway feed list` shows those there are", idOrName)
}

// FetchedFrom are the versions of a package that were fetched from a feed,
// newest first.
func (v *Views) FetchedFrom(ctx context.Context, p pipelines.Principal, feedID, id string) ([]pipelines.Package, error) {
	if err := p.Demand(pipelines.FeedView, pipelines.Where{}); err != nil {
		return nil, err
	}
	return v.Records.FeedPackages(ctx, feedID, id)
}
