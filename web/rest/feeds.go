package rest

import (
	"time"

	"slipway/pipelines"
)

// Feed is one feed, as GET /v1/feeds lists them. Its password is never shown.
type Feed struct {
	pipelines.Feed
	SecretSet bool `json:"secretSet"` // the secret it names has a value
	// Heard is how it tells of new versions, and how that went last.
	Heard FeedHeard `json:"heard,omitzero"`
}

// FeedHeard is how a feed tells of new versions: by its webhook, because it is
// asked every so often, or both.
type FeedHeard struct {
	Webhook bool       `json:"webhook,omitempty"` // there is a token for its messages
	Every   string     `json:"every,omitempty"`   // "": it is not asked
	Asked   *time.Time `json:"asked,omitempty"`
	Next    *time.Time `json:"next,omitempty"`
	Trouble string     `json:"trouble,omitempty"` // the last one
	Since   *time.Time `json:"since,omitempty"`   // when that was
	Failing bool       `json:"failing,omitempty"` // it is not over
}

// FeedCheck answers GET /v1/feeds/{feed}/check. A feed that cannot be asked is
// an answer, too: Problem says why.
type FeedCheck struct {
	Feed     string        `json:"feed"`
	URL      string        `json:"url"`
	Answers  bool          `json:"answers"`
	Problem  string        `json:"problem,omitempty"`
	Took     float64       `json:"took"`               // seconds
	Packages []string      `json:"packages,omitempty"` // some ids, where no package was named
	Package  string        `json:"package,omitempty"`
	Versions []FeedVersion `json:"versions,omitempty"` // its newest, newest first
}

// FeedVersion is one version of a package in a feed.
type FeedVersion struct {
	Version   string     `json:"version"`
	Published *time.Time `json:"published,omitempty"`
	Size      int64      `json:"size,omitempty"`
	// SHA256 and Fetched are of what was fetched of it.
	SHA256  string     `json:"sha256,omitempty"`
	Fetched *time.Time `json:"fetched,omitempty"`
	By      string     `json:"by,omitempty"`
}
