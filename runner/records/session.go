package records

import (
	"context"
	"sort"
	"time"

	"slipway/runner/table"
)

// Session is somebody who has signed in. It is found by the hash of its token;
// the rows below its user hold the hashes, so that a person sees where they are
// signed in.
type Session struct {
	ID      string    `json:"id,omitempty"`
	UserID  string    `json:"userId"`
	Created time.Time `json:"created"`
	Seen    time.Time `json:"seen,omitzero"` // to some minutes; zero: when it was created
	Expires time.Time `json:"expires"`
	Address string    `json:"address,omitempty"` // where it was begun
	Browser string    `json:"browser,omitempty"` // in words
	Via     string    `json:"via,omitempty"`     // password, or the name of a provider
	Hash    string    `json:"hash,omitempty"`
	// After is the ending of sessions that it came after, as Endings had it before it
	// was known who it is; "" in sessions that an earlier version began.
	After string `json:"after,omitempty"`
}

// noEnding is where a user's sessions were never ended.
const noEnding = "none"

// EndingAt is the After of sessions that come after an ending at the moment.
func EndingAt(at time.Time) string {
	if at.IsZero() {
		return noEnding
	}
	return at.UTC().Format(time.RFC3339Nano)
}

// Ending is what a session or the place before one has as its After, if it begins
// by what is read from now on: whatever ends sessions meanwhile, ends it, too.
func (r *Records) Ending(ctx context.Context, userID string) (string, error) {
	at, err := r.SessionsSince(ctx, userID)
	return EndingAt(at), err
}

// outlives says whether something that began then, after an ending, is still
// good, where the newest ending was at since.
func outlives(after string, began, since time.Time) bool {
	if after == "" {
		return !began.Before(since)
	}
	return after == EndingAt(since)
}

// EndedBy says whether the session was ended with all others at since.
func (s Session) EndedBy(since time.Time) bool { return !outlives(s.After, s.Created, since) }

// LastSeen is when the session was used last.
func (s Session) LastSeen() time.Time {
	if s.Seen.IsZero() {
		return s.Created
	}
	return s.Seen
}

// Session reads a session by the hash of its token.
func (r *Records) Session(ctx context.Context, hash string) (Session, bool, error) {
	s, _, ok, err := get[Session](ctx, r, key("sessions", hash))
	return s, ok, err
}

// Sessions are a user's sessions that have not expired, the one used last first.
func (r *Records) Sessions(ctx context.Context, userID string, now time.Time) ([]Session, error) {
	hashes, err := all[string](ctx, r, table.Range{Partition: "user/" + userID, Prefix: "session/"})
	if err != nil {
		return nil, err
	}
	since, err := r.SessionsSince(ctx, userID)
	if err != nil {
		return nil, err
	}
	var out []Session
	for _, hash := range hashes {
		s, ok, err := r.Session(ctx, hash)
		if err != nil {
			return nil, err
		}
		if ok && now.Before(s.Expires) && !s.EndedBy(since) {
			out = append(out, s)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].LastSeen().After(out[j].LastSeen()) })
	return out, nil
}

// AddSession are the changes that begin a session.
func AddSession(hash string, s Session) []Change {
	s.Hash = hash
	return []Change{
		table.Create(key("sessions", hash), encode(s)).Until(s.Expires),
		table.Put(sessionKey(s), encode(hash)).Until(s.Expires),
	}
}

// SeeSession is the change that notes when a session was used last. It writes
// only what is there: a session that ended meanwhile stays ended.
func (r *Records) SeeSession(ctx context.Context, hash string, at time.Time) error {
	k := key("sessions", hash)
	s, revision, ok, err := get[Session](ctx, r, k)
	if err != nil || !ok {
		return err
	}
	s.Seen = at
	return r.Write(ctx, table.Replace(k, encode(s), revision).Until(s.Expires))
}

// EndOne are the changes that end a session of which it counts who ends it: of two
// at once one comes too late, and finds none.
func (r *Records) EndOne(ctx context.Context, s Session) ([]Change, bool, error) {
	_, revision, ok, err := get[Session](ctx, r, key("sessions", s.Hash))
	if err != nil || !ok {
		return nil, false, err
	}
	return append(EndSession(s)[1:], table.RemoveAt(key("sessions", s.Hash), revision)), true, nil
}

// EndSession are the changes that end a session.
func EndSession(s Session) []Change {
	out := []Change{table.Remove(key("sessions", s.Hash))}
	if s.ID != "" {
		out = append(out, table.Remove(sessionKey(s)))
	}
	return out
}

// EndSessions is the change after which no session that began before it is worth
// anything, and none that begins by what was read before it.
func EndSessions(userID string, at time.Time) Change {
	return table.Put(key("sessions-since", userID), encode(at))
}

// SessionsSince is the moment before which a user's sessions were ended, zero if
// there was none.
func (r *Records) SessionsSince(ctx context.Context, userID string) (time.Time, error) {
	at, _, _, err := get[time.Time](ctx, r, key("sessions-since", userID))
	return at, err
}

func sessionKey(s Session) table.Key { return key("user/"+s.UserID, "session", s.ID) }

// Halfway is somebody whose password was right, and who has still to give the
// second factor.
type Halfway struct {
	UserID  string    `json:"userId"`
	Via     string    `json:"via"`
	Expires time.Time `json:"expires"`
	Wrong   int       `json:"wrong,omitempty"`
	After   string    `json:"after,omitempty"` // as a Session's
}

// EndedBy says whether what ended sessions at since ended it, too; it began then.
func (h Halfway) EndedBy(since, began time.Time) bool { return !outlives(h.After, began, since) }

// Halfway reads one by the hash of its token, with the revision it was read at.
func (r *Records) Halfway(ctx context.Context, hash string) (Halfway, int64, bool, error) {
	return get[Halfway](ctx, r, key("halfway", hash))
}

// AddHalfway is the change that begins one.
func AddHalfway(hash string, h Halfway) Change {
	return table.Create(key("halfway", hash), encode(h)).Until(h.Expires)
}

// SetHalfway is the change of one that was read at revision.
func SetHalfway(hash string, h Halfway, revision int64) Change {
	return table.Replace(key("halfway", hash), encode(h), revision).Until(h.Expires)
}

// EndHalfway is the change that uses one up, read at revision.
func EndHalfway(hash string, revision int64) Change {
	return table.RemoveAt(key("halfway", hash), revision)
}
