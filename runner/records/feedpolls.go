package records

import (
	"context"
	"time"

	"slipway/pipelines"
	"slipway/runner/table"
)

// FeedPoll is what is known of asking one feed for new versions. There is one for
// each feed that a project wants asked, and none for any other.
type FeedPoll struct {
	FeedID   string          `json:"feedId"`
	Packages []PolledPackage `json:"packages"`
	Asked    time.Time       `json:"asked,omitzero"` // when it answered or failed last
	// Trouble is the last one, for people, and Since when it was; Failures is how
	// often in a row the feed has not answered.
	Trouble  string    `json:"trouble,omitempty"`
	Since    time.Time `json:"since,omitzero"`
	Failures int       `json:"failures,omitempty"`
	// Busy is until when somebody is asking, at most.
	Busy time.Time `json:"busy,omitzero"`
}

// PolledPackage is one package of it.
type PolledPackage struct {
	ID    string             `json:"id"`
	Every pipelines.Duration `json:"every"`
	Next  time.Time          `json:"next"`
	// Known says that the feed has been asked once, and Newest which version was
	// the newest of those that were dealt with; "" is none.
	Known  bool   `json:"known,omitempty"`
	Newest string `json:"newest,omitempty"`
}

// Due is when the first of its packages is to be asked for.
func (p FeedPoll) Due() time.Time {
	var due time.Time
	for i, one := range p.Packages {
		if i == 0 || one.Next.Before(due) {
			due = one.Next
		}
	}
	return due
}

// FeedPoll reads the one of a feed, with the revision to change it at; 0: there
// is none.
func (r *Records) FeedPoll(ctx context.Context, feedID string) (FeedPoll, int64, error) {
	p, revision, _, err := get[FeedPoll](ctx, r, feedPollKey(feedID))
	return p, revision, err
}

// FeedPolls are all of them.
func (r *Records) FeedPolls(ctx context.Context) ([]FeedPoll, error) {
	return all[FeedPoll](ctx, r, table.Range{Partition: "feedpolls"})
}

// SetFeedPoll is the change of one that was read at revision; without packages it
// is taken away.
func SetFeedPoll(p FeedPoll, revision int64) Change {
	k := feedPollKey(p.FeedID)
	switch {
	case len(p.Packages) == 0:
		return table.RemoveAt(k, revision)
	case revision == 0:
		return table.Create(k, encode(p))
	}
	return table.Replace(k, encode(p), revision)
}

func feedPollKey(feedID string) table.Key { return key("feedpolls", feedID) }

// Webhook is the stored half of what a feed proves itself with.
type Webhook struct {
	Hash    string    `json:"hash"`
	Created time.Time `json:"created"`
	By      string    `json:"by"`
}

// Webhook reads the one of a feed.
func (r *Records) Webhook(ctx context.Context, feedID string) (Webhook, bool, error) {
	w, _, ok, err := get[Webhook](ctx, r, webhookKey(feedID))
	return w, ok, err
}

// SetWebhook is the change that stores it in place of a former one.
func SetWebhook(feedID string, w Webhook) Change { return table.Put(webhookKey(feedID), encode(w)) }

// RemoveWebhook is the change after which nobody is heard as this feed.
func RemoveWebhook(feedID string) Change { return table.Remove(webhookKey(feedID)) }

func webhookKey(feedID string) table.Key { return key("webhooks", feedID) }
