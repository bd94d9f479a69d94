package records

import (
	"context"
	"time"

	"slipway/pipelines"
	"slipway/runner/table"
)

// Password reads the encoded hash of a user's password, "" if there is none.
func (r *Records) Password(ctx context.Context, userID string) (string, error) {
	hash, _, _, err := get[string](ctx, r, key("passwords", userID))
	return hash, err
}

// SetPassword is the change that stores a password's hash.
func SetPassword(userID, hash string) Change {
	return table.Put(key("passwords", userID), encode(hash))
}

// EndSessions is the change after which no session that began before the moment
// is worth anything.
func EndSessions(userID string, at time.Time) Change {
	return table.Put(key("sessions-since", userID), encode(at))
}

// SessionsSince is the moment before which a user's sessions were ended, zero if
// there was none.
func (r *Records) SessionsSince(ctx context.Context, userID string) (time.Time, error) {
	at, _, _, err := get[time.Time](ctx, r, key("sessions-since", userID))
	return at, err
}

// Session is somebody who has signed in.
type Session struct {
	UserID  string    `json:"userId"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires"`
}

// Session reads a session by the hash of its token.
func (r *Records) Session(ctx context.Context, hash string) (Session, bool, error) {
	s, _, ok, err := get[Session](ctx, r, key("sessions", hash))
	return s, ok, err
}

// AddSession is the change that begins a session.
func AddSession(hash string, s Session) Change {
	return table.Create(key("sessions", hash), encode(s)).Until(s.Expires)
}

// EndSession is the change that ends it.
func EndSession(hash string) Change { return table.Remove(key("sessions", hash)) }

// APIKey is a key's stored half. Hint is its beginning, to tell keys apart.
type APIKey struct {
	ID      string     `json:"id"`
	Hash    string     `json:"hash"`
	UserID  string     `json:"userId"`
	Purpose string     `json:"purpose"`
	Hint    string     `json:"hint"`
	Created time.Time  `json:"created"`
	Expires *time.Time `json:"expires,omitempty"`
}

// APIKey reads a key by its hash.
func (r *Records) APIKey(ctx context.Context, hash string) (APIKey, bool, error) {
	k, _, ok, err := get[APIKey](ctx, r, key("apikeys", hash))
	return k, ok, err
}

// APIKeys are a user's keys.
func (r *Records) APIKeys(ctx context.Context, userID string) ([]APIKey, error) {
	return all[APIKey](ctx, r, table.Range{Partition: "user/" + userID, Prefix: "apikey/"})
}

// AddAPIKey are the changes that store a key.
func AddAPIKey(k APIKey) []Change {
	return []Change{
		table.Create(key("apikeys", k.Hash), encode(k)),
		table.Create(key("user/"+k.UserID, "apikey", k.ID), encode(k)),
	}
}

// RemoveAPIKey are the changes that make a key worthless.
func RemoveAPIKey(k APIKey) []Change {
	return []Change{table.Remove(key("apikeys", k.Hash)), table.Remove(key("user/"+k.UserID, "apikey", k.ID))}
}

// Setup is the one-time link to the set-up page, by hash.
type Setup struct {
	Hash string `json:"hash"`
	Done bool   `json:"done"`
}

// Setup reads whether the first admin has been made. Before `init` it is the
// zero Setup.
func (r *Records) Setup(ctx context.Context) (Setup, int64, error) {
	s, revision, _, err := get[Setup](ctx, r, key("meta", "setup"))
	return s, revision, err
}

// SetSetup is the change of it, read at revision (0: there was none).
func SetSetup(s Setup, revision int64) Change {
	if revision == 0 {
		return table.Create(key("meta", "setup"), encode(s))
	}
	return table.Replace(key("meta", "setup"), encode(s), revision)
}

// Principal is what a user may do at this moment.
func (r *Records) Principal(ctx context.Context, userID, via string) (pipelines.Principal, error) {
	u, err := r.User(ctx, userID)
	if err != nil {
		return pipelines.Principal{}, err
	}
	if u.Noun.Disabled {
		return pipelines.Principal{}, pipelines.Refuse(pipelines.Unauthenticated, "the account %s is disabled", u.Noun.Username)
	}
	teams, err := r.Teams(ctx)
	return pipelines.PrincipalOf(u.Noun, teams, via), err
}
