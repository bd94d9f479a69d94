package records

import (
	"context"
	"sort"
	"time"

	"slipway/pipelines"
	"slipway/runner/table"
)

// APIKey is a key's stored half. Hint is its beginning, to tell keys apart.
type APIKey struct {
	ID      string     `json:"id"`
	Hash    string     `json:"hash"`
	UserID  string     `json:"userId"`
	Purpose string     `json:"purpose"`
	Hint    string     `json:"hint"`
	Created time.Time  `json:"created"`
	Expires *time.Time `json:"expires,omitempty"` // nil: never
	// Scope is what it may do at most; the zero one is all that its owner may.
	Scope pipelines.KeyScope `json:"scope,omitzero"`
	// Build: a build got it for the token of its own issuer.
	Build bool `json:"build,omitempty"`
}

// KeyUse is when and from where a key was used last, to the hour.
type KeyUse struct {
	At   time.Time `json:"at"`
	From string    `json:"from,omitempty"`
}

// APIKey reads a key by its hash.
func (r *Records) APIKey(ctx context.Context, hash string) (APIKey, bool, error) {
	k, _, ok, err := get[APIKey](ctx, r, key("apikeys", hash))
	return k, ok, err
}

// APIKeys are a user's keys, oldest first.
func (r *Records) APIKeys(ctx context.Context, userID string) ([]APIKey, error) {
	out, err := all[APIKey](ctx, r, table.Range{Partition: "user/" + userID, Prefix: "apikey/"})
	sort.SliceStable(out, func(i, j int) bool { return out[i].Created.Before(out[j].Created) })
	return out, err
}

// AddAPIKey are the changes that store a key.
func AddAPIKey(k APIKey) []Change {
	return []Change{
		table.Create(key("apikeys", k.Hash), encode(k)),
		table.Create(key("user/"+k.UserID, "apikey", k.ID), encode(k)),
	}
}

// OwnKey is a user's key by id.
func (r *Records) OwnKey(ctx context.Context, userID, id string) (APIKey, bool, error) {
	k, _, ok, err := get[APIKey](ctx, r, key("user/"+userID, "apikey", id))
	return k, ok, err
}

// RemoveAPIKey are the changes that make a key worthless, none where another was
// quicker: of two at once one conflicts.
func (r *Records) RemoveAPIKey(ctx context.Context, k APIKey) ([]Change, error) {
	_, revision, ok, err := get[APIKey](ctx, r, key("apikeys", k.Hash))
	if err != nil || !ok {
		return nil, err
	}
	return []Change{
		table.RemoveAt(key("apikeys", k.Hash), revision), table.Remove(key("user/"+k.UserID, "apikey", k.ID)),
		table.Remove(keyUse(k)),
	}, nil
}

// mostTime is how long the noted last use of a key may be behind.
const mostTime = time.Hour

// KeyUse reads when a key was used last; the zero KeyUse is never.
func (r *Records) KeyUse(ctx context.Context, k APIKey) (KeyUse, error) {
	u, _, _, err := get[KeyUse](ctx, r, keyUse(k))
	return u, err
}

// SeeKey notes that a key is used, with its audit entry, at most once an hour for
// each address: most requests only read. They are rows of their own, so that a
// key that is ended meanwhile stays so.
func (r *Records) SeeKey(ctx context.Context, k APIKey, at time.Time, from string, told func() pipelines.Event) error {
	seen := key("keyuse/"+k.ID, "from", from)
	last, revision, there, err := get[time.Time](ctx, r, seen)
	if err != nil || at.Before(last.Add(mostTime)) {
		return err
	}
	noted := table.Create(seen, encode(at))
	if there {
		noted = table.Replace(seen, encode(at), revision)
	}
	err = r.Tell(ctx, []pipelines.Event{told()}, table.Put(keyUse(k), encode(KeyUse{at, from})), noted.Until(at.Add(2*mostTime)))
	return ignoring(err, table.ErrConflict) // another request has just noted it
}

func keyUse(k APIKey) table.Key { return key("user/"+k.UserID, "keyuse", k.ID) }

// KeyPrincipal is what may be done with a key at this moment: what its owner may
// and its scope does not leave out.
func (r *Records) KeyPrincipal(ctx context.Context, k APIKey, via string) (pipelines.Principal, error) {
	p, err := r.PrincipalWithin(ctx, k.UserID, via, k.Scope)
	p.Credential, p.Build = k.ID, k.Build
	return p, err
}
