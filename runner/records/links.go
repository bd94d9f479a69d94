package records

import (
	"context"

	"slipway/runner/links"
	"slipway/runner/table"
)

// Asked is that one person was asked to answer one sign-off by mail.
type Asked struct {
	Deployment string     `json:"deployment"`
	Step       int        `json:"step"`
	UserID     string     `json:"userId"`
	Key        string     `json:"key"` // of the link
	Sent       bool       `json:"sent"`
	Link       links.Link `json:"link"`
}

// Asked reads whether and how a person was asked.
func (r *Records) Asked(ctx context.Context, deployment string, step int, userID string) (Asked, int64, bool, error) {
	return get[Asked](ctx, r, askedKey(deployment, step, userID))
}

// LinkOwner finds the person and question behind a link's key.
func (r *Records) LinkOwner(ctx context.Context, linkKey string) (Asked, int64, bool, error) {
	at, _, ok, err := get[Asked](ctx, r, key("links", linkKey))
	if err != nil || !ok {
		return Asked{}, 0, false, err
	}
	asked, revision, ok, err := r.Asked(ctx, at.Deployment, at.Step, at.UserID)
	if ok && asked.Key != linkKey { // a newer mail has replaced this one
		return at, 0, false, nil
	}
	return asked, revision, ok, err
}

// AddAsked are the changes that give a person a link, in place of one they
// had.
func AddAsked(a Asked, revision int64) []Change {
	where := Asked{Deployment: a.Deployment, Step: a.Step, UserID: a.UserID, Key: a.Key}
	return []Change{SetAsked(a, revision), table.Put(key("links", a.Key), encode(where))}
}

// SetAsked is the change of one that was read at revision (0: there was none).
func SetAsked(a Asked, revision int64) Change {
	k := askedKey(a.Deployment, a.Step, a.UserID)
	if revision == 0 {
		return table.Create(k, encode(a))
	}
	return table.Replace(k, encode(a), revision)
}

func askedKey(deployment string, step int, userID string) table.Key {
	return key("deployment/"+deployment, "asked", sequence(step), userID)
}
