package setup

import (
	"context"
	"errors"

	"slipway/pipelines"
	"slipway/runner/feeds"
	"slipway/runner/requests"
)

// askFeed has the runner ask a feed. The web function may not: it may seal
// passwords and not open them.
const askFeed = "feed"

// feedQuestion is what one of the questions needs; the feed is read where it is
// asked, so that nobody can send a password to an address of their own.
type feedQuestion struct {
	Feed     string              `json:"feed"` // by id
	Versions string              `json:"versions,omitempty"`
	Search   *feedSearch         `json:"search,omitempty"`
	Fetch    *requests.FeedOrder `json:"fetch,omitempty"`
}

type feedSearch struct {
	Text  string `json:"text"`
	Limit int    `json:"limit"`
}

type feedAnswer struct {
	Versions []feeds.Version    `json:"versions,omitempty"`
	IDs      []string           `json:"ids,omitempty"`
	Package  *pipelines.Package `json:"package,omitempty"`
}

// remoteFeeds is the web function's way to feeds.
type remoteFeeds struct{ invoke *invoker }

func (f remoteFeeds) ask(ctx context.Context, q feedQuestion) (feedAnswer, error) {
	var out feedAnswer
	err := f.invoke.call(ctx, ask{Slipway: askFeed, Question: &q}, &out)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = context.DeadlineExceeded // whatever the SDK makes of it
	}
	return out, err
}

// Versions implements requests.Feeds.
func (f remoteFeeds) Versions(ctx context.Context, feed pipelines.Feed, id string) ([]feeds.Version, error) {
	out, err := f.ask(ctx, feedQuestion{Feed: feed.ID, Versions: id})
	return out.Versions, err
}

// Search implements requests.Feeds.
func (f remoteFeeds) Search(ctx context.Context, feed pipelines.Feed, text string, limit int) ([]string, error) {
	out, err := f.ask(ctx, feedQuestion{Feed: feed.ID, Search: &feedSearch{text, limit}})
	return out.IDs, err
}

// Fetch implements requests.Feeds. The runner may work for longer than this
// function may wait.
func (f remoteFeeds) Fetch(ctx context.Context, feed pipelines.Feed, order requests.FeedOrder) (pipelines.Package, error) {
	out, err := f.ask(ctx, feedQuestion{Feed: feed.ID, Fetch: &order})
	if errors.Is(err, context.DeadlineExceeded) {
		return pipelines.Package{}, pipelines.Refuse(pipelines.Unavailable, "%s %s is still being fetched from feed %s: ask again in a minute, when it is here", order.Package, order.Version, feed.Name)
	}
	if err != nil || out.Package == nil {
		return pipelines.Package{}, err
	}
	return *out.Package, nil
}

// feedAsked answers such a question.
func (a *AWS) feedAsked(ctx context.Context, q *feedQuestion) (out feedAnswer, err error) {
	if q == nil {
		return out, pipelines.Refuse(pipelines.Invalid, "the call %s says nothing of a feed", askFeed)
	}
	stored, err := a.parts.records.Feed(ctx, q.Feed)
	if err != nil {
		return out, err
	}
	switch {
	case q.Fetch != nil:
		p, err := a.parts.feeds.Fetch(ctx, stored.Noun, *q.Fetch)
		out.Package = &p
		return out, err
	case q.Search != nil:
		out.IDs, err = a.parts.feeds.Search(ctx, stored.Noun, q.Search.Text, q.Search.Limit)
	default:
		out.Versions, err = a.parts.feeds.Versions(ctx, stored.Noun, q.Versions)
	}
	return out, err
}
