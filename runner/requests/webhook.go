package requests

import (
	"context"
	"crypto/subtle"
	"strings"

	"slipway/pipelines"
)

// FeedOfWebhook is the feed that sends a message, known by the hash of its token.
// That there is no such feed, that it has no token and that the token is another
// one are one and the same answer, in about the same time.
func (r *Requests) FeedOfWebhook(ctx context.Context, feed, hash string) (pipelines.Feed, error) {
	all, err := r.Records.Feeds(ctx)
	if err != nil {
		return pipelines.Feed{}, err
	}
	var found pipelines.Feed
	for _, f := range all {
		if f.ID == feed || pipelines.SameName(f.Name, feed) {
			found = f
		}
	}
	stored, there, err := r.Records.Webhook(ctx, found.ID)
	if err != nil {
		return pipelines.Feed{}, err
	}
	if !there {
		stored.Hash = strings.Repeat("-", len(hash))
	}
	if subtle.ConstantTimeCompare([]byte(stored.Hash), []byte(hash)) != 1 || !there || found.ID == "" {
		return pipelines.Feed{}, pipelines.Refuse(pipelines.Unauthenticated, "this is not the token of the feed's webhook: `slipway feed webhook NAME` makes one; it goes into the header X-JFrog-Event-Auth or Authorization, or behind the address")
	}
	return found, nil
}

// FromWebhook is the system when a feed's webhook has told it something.
func FromWebhook(f pipelines.Feed) pipelines.Principal {
	return pipelines.System("webhook of feed " + f.Name)
}
