package signin

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/runner/catalog"
	"slipway/runner/records"
	"slipway/web/credentials"
)

// How long a session lasts: Lifetime in any case, and Idle after it was used
// last. When it was used is noted every seenEvery.
const (
	Lifetime  = 7 * 24 * time.Hour
	Idle      = 24 * time.Hour
	seenEvery = 10 * time.Minute
)

// mostSessions is how many sessions a person may have at once; the one that was
// not used for longest makes room.
const mostSessions = 50

// arrival is somebody who has proved who they are. after is the ending of sessions
// that was the newest before what they proved it by was read: whatever ends
// sessions from then on, ends theirs.
type arrival struct {
	pipelines.Principal
	via, after string
}

// begin makes a session for somebody who has arrived, with a token that nobody
// knew before, and writes it with what belongs to it. What stands in an older
// cookie of the same browser ends.
func (s *SignIn) begin(w http.ResponseWriter, r *http.Request, p arrival, told []pipelines.Event, changes ...records.Change) error {
	ctx, now := r.Context(), s.Env.Now()
	token, hash, err := credentials.NewSession(s.Env.Random)
	if err != nil {
		return err
	}
	session := records.Session{
		ID: "Sessions-" + s.Env.NewID(), UserID: p.UserID, Created: now, Seen: now, Expires: now.Add(Lifetime),
		Address: s.Address(r), Browser: browserOf(r.UserAgent()), Via: p.via, After: p.after,
	}
	mine, err := s.Records.Sessions(ctx, p.UserID, now)
	if err != nil {
		return err
	}
	for i, old := range mine {
		if i >= mostSessions-1 || old.Hash == credentials.SessionHash(s.token(r)) {
			changes = append(changes, records.EndSession(old)...)
		}
	}
	if err := s.endForeign(ctx, s.token(r), p.UserID); err != nil {
		return err
	}
	for i := range told {
		told[i].Details = map[string]string{"session": session.ID, "browser": session.Browser}
	}
	if err := s.Records.Tell(ctx, told, append(changes, records.AddSession(hash, session)...)...); err != nil {
		return err
	}
	http.SetCookie(w, s.cookie(s.cookieName(), token, session.Expires))
	return s.remember(w, r, p.Username)
}

// endForeign ends what stands in the browser's cookie where it is somebody else's.
func (s *SignIn) endForeign(ctx context.Context, token, userID string) error {
	if token == "" {
		return nil
	}
	old, ok, err := s.Records.Session(ctx, credentials.SessionHash(token))
	if err != nil || !ok || old.UserID == userID {
		return err
	}
	return s.Records.Write(ctx, records.EndSession(withHash(old, token))...)
}

// withHash: sessions that were begun by an earlier version do not know their own.
func withHash(s records.Session, token string) records.Session {
	s.Hash = credentials.SessionHash(token)
	return s
}

// bySession is who a session belongs to. One that has ended says so, whatever
// ended it.
func (s *SignIn) bySession(ctx context.Context, token string) (pipelines.Principal, error) {
	hash, now := credentials.SessionHash(token), s.Env.Now()
	session, ok, err := s.Records.Session(ctx, hash)
	if err != nil {
		return pipelines.Principal{}, err
	}
	if !ok || !now.Before(session.Expires) {
		return pipelines.Principal{}, pipelines.Refuse(pipelines.Unauthenticated, "the session has ended: sign in again")
	}
	if now.Sub(session.LastSeen()) >= Idle {
		return pipelines.Principal{}, pipelines.Refuse(pipelines.Unauthenticated, "the session ended because it was not used for a day: sign in again")
	}
	since, err := s.Records.SessionsSince(ctx, session.UserID)
	if err != nil {
		return pipelines.Principal{}, err
	}
	if session.EndedBy(since) {
		return pipelines.Principal{}, pipelines.Refuse(pipelines.Unauthenticated, "the session was ended, as a change of the password does: sign in again")
	}
	p, err := s.user(ctx, session.UserID, "session", session.ID)
	if pipelines.CodeOf(err) == pipelines.Unauthenticated { // disabled or removed: it does not come back with the account
		if gone := s.Records.Write(ctx, records.EndSession(withHash(session, token))...); gone != nil {
			return pipelines.Principal{}, gone
		}
	}
	if err == nil && now.Sub(session.LastSeen()) >= seenEvery {
		if seen := s.Records.SeeSession(ctx, hash, now); seen != nil && !records.Conflict(seen) {
			return pipelines.Principal{}, seen
		}
	}
	return p, err
}

// End signs out: the session is worthless from now on, also to who copied it.
func (s *SignIn) End(w http.ResponseWriter, r *http.Request) error {
	if token := s.token(r); token != "" {
		session, ok, err := s.Records.Session(r.Context(), credentials.SessionHash(token))
		if err != nil {
			return err
		}
		if ok {
			told := []pipelines.Event{s.event("LoggedOut", session.UserID, s.nameOf(r.Context(), session.UserID), "session", s.Address(r), "signed out")}
			if err := s.Records.Tell(r.Context(), told, records.EndSession(withHash(session, token))...); err != nil {
				return err
			}
		}
	}
	http.SetCookie(w, s.cookie(s.cookieName(), "", s.Env.Now()))
	http.SetCookie(w, s.cookie(s.halfName(), "", s.Env.Now()))
	return nil
}

// nameOf is a username for the log, the id where it cannot be read.
func (s *SignIn) nameOf(ctx context.Context, userID string) string {
	u, err := s.Records.User(ctx, userID)
	if err != nil {
		return userID
	}
	return u.Noun.Username
}

// Sessions are where the principal is signed in.
func (s *SignIn) Sessions(ctx context.Context, p pipelines.Principal) ([]records.Session, error) {
	if err := p.Demand(pipelines.Own, pipelines.Where{}); err != nil {
		return nil, err
	}
	return s.alive(ctx, p.UserID)
}

// alive are a user's sessions that still open something.
func (s *SignIn) alive(ctx context.Context, userID string) ([]records.Session, error) {
	all, err := s.Records.Sessions(ctx, userID, s.Env.Now())
	out := all[:0]
	for _, one := range all {
		if s.Env.Now().Sub(one.LastSeen()) < Idle {
			out = append(out, one)
		}
	}
	return out, err
}

// EndOne ends one of the principal's own sessions.
func (s *SignIn) EndOne(ctx context.Context, p pipelines.Principal, id string) error {
	if err := p.DemandOwn(); err != nil {
		return err
	}
	mine, err := s.Sessions(ctx, p)
	if err != nil {
		return err
	}
	gone := pipelines.Refuse(pipelines.NotFound, "you have no such session: it may have ended by itself")
	at := slices.IndexFunc(mine, func(one records.Session) bool { return one.ID == id })
	if at < 0 {
		return gone
	}
	changes, ok, err := s.Records.EndOne(ctx, mine[at])
	if err != nil {
		return err
	}
	if ok {
		told := s.told(p, modified, p.UserID, "ended the session "+mine[at].Browser+" from "+mine[at].Address)
		err = s.Records.Tell(ctx, told, changes...)
	}
	if !ok || records.Conflict(err) { // somebody else was quicker
		return gone
	}
	return err
}

// EndOthers ends all sessions of the principal but the one that asks.
func (s *SignIn) EndOthers(ctx context.Context, p pipelines.Principal) (int, error) {
	if err := p.DemandOwn(); err != nil {
		return 0, err
	}
	mine, err := s.Sessions(ctx, p)
	if err != nil {
		return 0, err
	}
	var changes []records.Change
	n := 0
	for _, one := range mine {
		if one.ID != p.Credential {
			changes, n = append(changes, records.EndSession(one)...), n+1
		}
	}
	if n == 0 {
		return 0, nil
	}
	return n, s.Records.Tell(ctx, s.told(p, modified, p.UserID, "ended all other sessions of their own"), changes...)
}

// EndAllOf ends all sessions of somebody, for who may edit users: one's own only
// from one of them.
func (s *SignIn) EndAllOf(ctx context.Context, p pipelines.Principal, username string) error {
	u, err := s.mayKeep(ctx, p, username, pipelines.UserEdit)
	if err != nil {
		return err
	}
	if u.ID == p.UserID {
		if err := p.DemandOwn(); err != nil {
			return err
		}
	}
	return s.Records.Tell(ctx, s.told(p, modified, u.ID, "ended all sessions of "+u.Username), records.EndSessions(u.ID, s.Env.Now()))
}

// mayKeep is the user whose account the principal wants to look after.
func (s *SignIn) mayKeep(ctx context.Context, p pipelines.Principal, username string, needs pipelines.Permission) (pipelines.User, error) {
	if err := p.Demand(needs, pipelines.Where{}); err != nil {
		return pipelines.User{}, err
	}
	if err := p.DemandWhole(); err != nil {
		return pipelines.User{}, err
	}
	u, ok, err := s.userNamed(ctx, username)
	switch {
	case err != nil:
		return u, err
	case !ok:
		return u, pipelines.Refuse(pipelines.NotFound, "there is no user %q", shortened(username))
	}
	return u, catalog.MayKeep(ctx, s.Records, p, u)
}

// userNamed finds a user by username or id.
func (s *SignIn) userNamed(ctx context.Context, name string) (pipelines.User, bool, error) {
	all, err := s.Records.Users(ctx)
	for _, u := range all {
		if u.ID == name || pipelines.SameName(u.Username, name) {
			return u, true, err
		}
	}
	return pipelines.User{}, false, err
}

// browserOf says in words what a browser calls itself: enough to tell one's own
// telephone from one's own computer.
func browserOf(agent string) string {
	name := "a program"
	for _, b := range []struct{ mark, name string }{
		{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"Chrome/", "Chrome"}, {"CriOS/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"},
	} {
		if strings.Contains(agent, b.mark) {
			name = b.name
			break
		}
	}
	for _, o := range []struct{ mark, name string }{
		{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"},
	} {
		if strings.Contains(agent, o.mark) {
			return name + " on " + o.name
		}
	}
	return name
}
