package records

import (
	"context"
	"fmt"

	"slipway/runner/links"
	"slipway/runner/table"
)

// Asked is that one person was asked to answer one sign-off by mail. A step that
// asks again, in a deployment that was taken up again, does so in a new round.
type Asked struct {
	Deployment string     `json:"deployment"`
	Step       int        `json:"step"`
	Round      int        `json:"round,omitempty"`
	UserID     string     `json:"userId"`
	Key        string     `json:"key"` // of the link
	Sent       bool       `json:"sent"`
	Reminded   int        `json:"reminded,omitempty"` // which reminder the mail was, 0: the question itself
	Link       links.Link `json:"link"`
}

// Asked reads whether and how a person was asked.
func (r *Records) Asked(ctx context.Context, deployment string, step, round int, userID string) (Asked, int64, bool, error) {
	return get[Asked](ctx, r, askedKey(deployment, step, round, userID))
}

// LinkOwner finds the person and question behind a link's key, with the link as it
// stands and the revision to change it at. Every mail about a question has a link of
// its own, and a newer one takes nothing from those before it. A link of a time
// when it did is not found once it was replaced; whose it was is told then too.
func (r *Records) LinkOwner(ctx context.Context, linkKey string) (Asked, int64, bool, error) {
	at, revision, ok, err := get[Asked](ctx, r, key("links", linkKey))
	if err != nil || !ok || len(at.Link.Hash) > 0 {
		return at, revision, ok, err
	}
	newest, _, ok, err := r.Asked(ctx, at.Deployment, at.Step, at.Round, at.UserID)
	if ok && newest.Key != linkKey {
		return at, 0, false, nil
	}
	return newest, revision, ok, err
}

// AddAsked are the changes that give a person a link, beside those they had.
func AddAsked(a Asked, revision int64) []Change {
	return []Change{SetAsked(a, revision), table.Put(key("links", a.Key), encode(a))}
}

// SetLink is the change of a link that was read at revision.
func SetLink(a Asked, revision int64) Change {
	return table.Replace(key("links", a.Key), encode(a), revision)
}

// SetAsked is the change of one that was read at revision (0: there was none).
func SetAsked(a Asked, revision int64) Change {
	k := askedKey(a.Deployment, a.Step, a.Round, a.UserID)
	if revision == 0 {
		return table.Create(k, encode(a))
	}
	return table.Replace(k, encode(a), revision)
}

// askedKey has no round in the first one, as it was before there were rounds.
func askedKey(deployment string, step, round int, userID string) table.Key {
	if round == 0 {
		return key("deployment/"+deployment, "asked", sequence(step), userID)
	}
	return key("deployment/"+deployment, "asked", sequence(step), "round", sequence(round), userID)
}

// Chooser is one person who was told of an attempt whose end somebody must
// choose.
type Chooser struct {
	Deployment    string
	Task, Attempt int
	UserID        string
}

// WasTold says whether the mail to them went out.
func (r *Records) WasTold(ctx context.Context, c Chooser) (bool, error) {
	_, _, there, err := get[string](ctx, r, c.key())
	return there, err
}

// Told is the change that says so.
func (c Chooser) Told() Change { return table.Put(c.key(), encode(c.UserID)) }

func (c Chooser) key() table.Key {
	return key("deployment/"+c.Deployment, "choice", fmt.Sprintf("%d-%d", c.Task, c.Attempt), c.UserID)
}
