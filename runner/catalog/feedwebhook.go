package catalog

import (
	"context"

	"slipway/pipelines"
	"slipway/runner/records"
)

// NewWebhook makes the token by which a feed's messages are known to be from
// there, in place of a former one. It is returned this once; newToken gives it
// with the hash that is stored.
func (c *Catalog) NewWebhook(ctx context.Context, p pipelines.Principal, feed string, newToken func() (token, hash string, err error)) (pipelines.Feed, string, error) {
	f, err := c.feedToEdit(ctx, p, feed)
	if err != nil {
		return f, "", err
	}
	token, hash, err := newToken()
	if err != nil {
		return f, "", err
	}
	stored := records.Webhook{Hash: hash, Created: c.Env.Now(), By: p.Username}
	entry := c.event(p, modified, f.ID, "made a token for the webhook of feed "+f.Name)
	return f, token, c.Records.Tell(ctx, []pipelines.Event{entry}, records.SetWebhook(f.ID, stored))
}

// RemoveWebhook makes the token worthless: no message is taken from the feed any
// more.
func (c *Catalog) RemoveWebhook(ctx context.Context, p pipelines.Principal, feed string) error {
	f, err := c.feedToEdit(ctx, p, feed)
	if err != nil {
		return err
	}
	_, there, err := c.Records.Webhook(ctx, f.ID)
	if err != nil {
		return err
	}
	if !there {
		return pipelines.Refuse(pipelines.NotFound, "feed %s has no webhook", f.Name)
	}
	entry := c.event(p, modified, f.ID, "removed the token for the webhook of feed "+f.Name)
	return c.Records.Tell(ctx, []pipelines.Event{entry}, records.RemoveWebhook(f.ID))
}

func (c *Catalog) feedToEdit(ctx context.Context, p pipelines.Principal, feed string) (pipelines.Feed, error) {
	if err := p.Demand(pipelines.FeedEdit, pipelines.Where{}); err != nil {
		return pipelines.Feed{}, err
	}
	return c.feed(ctx, feed)
}
