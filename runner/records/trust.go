package records

import (
	"context"
	"time"

	"slipway/runner/table"
)

// Trust is a rule by which tokens of a build system stand for a service account.
type Trust struct {
	ID       string    `json:"id"`
	UserID   string    `json:"userId"`
	Issuer   string    `json:"issuer"`
	Audience string    `json:"audience"`
	Subject  string    `json:"subject"` // * stands for any characters
	Minutes  int       `json:"minutes"` // how long a key lasts
	Created  time.Time `json:"created"`
	By       string    `json:"by"`
}

// Trusts are all rules.
func (r *Records) Trusts(ctx context.Context) ([]Trust, error) {
	return all[Trust](ctx, r, table.Range{Partition: "settings", Prefix: "trust/"})
}

// AddTrust is the change that adds a rule.
func AddTrust(t Trust) Change { return table.Create(key("settings", "trust", t.ID), encode(t)) }

// RemoveTrust is the change that takes one away, false where there is none. Keys
// given by it run out by themselves.
func (r *Records) RemoveTrust(ctx context.Context, id string) (change Change, ok bool, err error) {
	_, revision, ok, err := get[Trust](ctx, r, key("settings", "trust", id))
	return table.RemoveAt(key("settings", "trust", id), revision), ok, err
}

// SpendToken is the change that marks a token as used, by what names it: it is
// refused where the token was used before.
func SpendToken(issuer, id string, until time.Time) Change {
	return table.Create(key("spent-tokens", hashed(issuer, id)), encode(until)).Until(until)
}

// AddPassingKey are the changes that store a key which is forgotten when it
// expires.
func AddPassingKey(k APIKey) []Change {
	changes := AddAPIKey(k)
	for i, c := range changes {
		if k.Expires != nil {
			changes[i] = c.Until(*k.Expires)
		}
	}
	return changes
}
