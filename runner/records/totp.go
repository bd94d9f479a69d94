package records

import (
	"context"
	"time"

	"slipway/runner/secrets"
	"slipway/runner/table"
)

// Factor is a user's second factor: the sealed secret of their app, and the
// recovery codes that are left, hashed.
type Factor struct {
	Sealed   secrets.Sealed `json:"sealed"`
	Since    time.Time      `json:"since"`
	LastStep int64          `json:"lastStep"` // of the last code that was taken: none works twice
	Recovery []string       `json:"recovery,omitempty"`
}

// Factor reads a user's second factor, with the revision it was read at.
func (r *Records) Factor(ctx context.Context, userID string) (Factor, int64, bool, error) {
	return get[Factor](ctx, r, key("factors", userID))
}

// SetFactor is the change of it, read at revision (0: there was none).
func SetFactor(userID string, f Factor, revision int64) Change {
	k := key("factors", userID)
	if revision == 0 {
		return table.Create(k, encode(f))
	}
	return table.Replace(k, encode(f), revision)
}

// RemoveFactor is the change that takes it away, read at revision.
func RemoveFactor(userID string, revision int64) Change {
	return table.RemoveAt(key("factors", userID), revision)
}

// Offer is a secret that was shown to a user as their new second factor, by hash:
// only what we made becomes one.
type Offer struct {
	Hash    string    `json:"hash"`
	Expires time.Time `json:"expires"`
}

// Offer reads it.
func (r *Records) Offer(ctx context.Context, userID string) (Offer, bool, error) {
	o, _, ok, err := get[Offer](ctx, r, key("factor-offers", userID))
	return o, ok, err
}

// SetOffer is the change that makes one, in place of an earlier one.
func SetOffer(userID string, o Offer) Change {
	return table.Put(key("factor-offers", userID), encode(o)).Until(o.Expires)
}

// RemoveOffer is the change that takes it back.
func RemoveOffer(userID string) Change { return table.Remove(key("factor-offers", userID)) }
