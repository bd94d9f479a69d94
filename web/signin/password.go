package signin

import (
	"cmp"
	"context"
	"net/http"
	"strings"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/web/credentials"
)

// Begin signs somebody in by password. Where a second factor is wanted, the
// browser gets no session yet but a place halfway there: next is then the step
// to go on with.
func (s *SignIn) Begin(w http.ResponseWriter, r *http.Request, username, password string) (halfway bool, err error) {
	p, after, changes, err := s.verify(r, username, password, "session")
	if err != nil {
		return false, err
	}
	return s.enterByPassword(w, r, arrival{p, "password", after}, "with a password", changes...)
}

// enterByPassword gives who has given the right password, or has just set one, a
// session, or a place halfway to it.
func (s *SignIn) enterByPassword(w http.ResponseWriter, r *http.Request, p arrival, how string, changes ...records.Change) (halfway bool, err error) {
	owed, err := s.owes(r.Context(), p.Principal, true)
	if err != nil {
		return false, err
	}
	return owed, s.enter(w, r, p, owed, how, changes...)
}

func (s *SignIn) enter(w http.ResponseWriter, r *http.Request, p arrival, owed bool, how string, changes ...records.Change) error {
	if owed {
		return s.beginHalfway(w, r, p, changes...)
	}
	return s.begin(w, r, p, s.succeeded(r, p.Principal, "session", how), changes...)
}

// Login is Begin for programs: it says who it is and begins no session. A second
// factor is part of the same request.
func (s *SignIn) Login(r *http.Request, username, password, code string) (pipelines.Principal, error) {
	p, _, changes, err := s.verify(r, username, password, "password")
	if err != nil {
		return p, err
	}
	_, _, enrolled, err := s.Records.Factor(r.Context(), p.UserID)
	if err != nil {
		return pipelines.Principal{}, err
	}
	how := "with a password"
	owed, err := s.owes(r.Context(), p, true)
	switch {
	case err != nil:
		return pipelines.Principal{}, err
	case owed && !enrolled:
		return pipelines.Principal{}, pipelines.Refuse(pipelines.Forbidden, "%s needs a second factor and has none yet: sign in on the pages once, which sets it up", p.Username)
	case owed && strings.TrimSpace(code) == "":
		return pipelines.Principal{}, ErrCodeWanted
	case owed:
		by, err := s.CheckFactor(r, p, code)
		if err != nil {
			return pipelines.Principal{}, err
		}
		how += " and " + by
	}
	return p, s.Records.Tell(r.Context(), s.succeeded(r, p, "password", how), changes...)
}

// ErrCodeWanted says that the password was right and a code is wanted, too.
var ErrCodeWanted = pipelines.Refuse(pipelines.Unauthenticated, "this account has a second factor: give the code that the app shows, too")

// CheckPassword says whether a signed-in person knows their password: asked
// again before the account itself is changed.
func (s *SignIn) CheckPassword(r *http.Request, p pipelines.Principal, password string) error {
	_, _, _, err := s.verify(r, p.Username, password, p.Via)
	return err
}

func (s *SignIn) succeeded(r *http.Request, p pipelines.Principal, via, how string) []pipelines.Event {
	from := s.Address(r)
	return []pipelines.Event{s.event("LoginSucceeded", p.UserID, p.Username, via, from, "signed in "+how+" from "+from)}
}

// verify checks a password behind the brake. It returns the ending of sessions that
// was read before the password, and what is to be written with the sign-in: the
// password's hash at today's cost.
func (s *SignIn) verify(r *http.Request, username, password, via string) (p pipelines.Principal, after string, changes []records.Change, err error) {
	ctx, from := r.Context(), s.Address(r)
	tried, err := s.brake.try(username, s.place(r, username), s.Env.Now())
	if err != nil {
		return p, "", nil, cmp.Or(s.braked(r, username, via), err)
	}
	user, after, ok, rehash, err := s.matches(ctx, username, password)
	if err != nil {
		s.brake.takeBack(tried)
		return p, "", nil, err
	}
	if !ok || user.Service {
		return p, "", nil, s.failed(ctx, user, username, from, via)
	}
	s.brake.right(tried)
	if p, err = s.user(ctx, user.ID, via, ""); err != nil {
		return p, "", nil, s.closed(ctx, user, from, via, err)
	}
	p.From = from
	if rehash {
		if hash, err := s.Passwords.Hash(ctx, password); err == nil { // one shorter than today's rule keeps its old hash
			changes = append(changes, records.SetPassword(p.UserID, hash))
		}
	}
	return p, after, changes, nil
}

// matches says whose password it is, if it is somebody's.
func (s *SignIn) matches(ctx context.Context, username, password string) (user pipelines.User, after string, ok, rehash bool, err error) {
	user, after, stored, err := s.stored(ctx, username)
	if err != nil {
		return user, "", false, false, err
	}
	ok, rehash, err = s.Passwords.Verify(ctx, password, stored)
	return user, after, ok, rehash, err
}

// stored finds the user, the newest ending of their sessions, and after that the
// password's hash; they are empty for somebody who does not exist, and the caller
// goes on as if they did.
func (s *SignIn) stored(ctx context.Context, username string) (user pipelines.User, after, hash string, err error) {
	users, err := s.Records.Users(ctx)
	if err != nil {
		return user, "", "", err
	}
	id := "Users-Nobody" // read all the same, so that the time tells nothing
	for _, u := range users {
		if pipelines.SameName(u.Username, username) {
			user, id = u, u.ID
		}
	}
	if after, err = s.Records.Ending(ctx, id); err != nil {
		return user, "", "", err
	}
	hash, err = s.Records.Password(ctx, id)
	return user, after, hash, err
}

// braked records, once an hour, that tries have to wait. Whose name it is is not
// looked up: a braked try costs next to nothing.
func (s *SignIn) braked(r *http.Request, username, via string) error {
	if !s.brake.tell(username, s.place(r, username), s.Env.Now()) {
		return nil
	}
	from := s.Address(r)
	told := s.event("LoginBraked", "Users-Nobody", shortened(username), via, from, "too many wrong passwords from "+from+": further tries have to wait")
	return s.Records.Tell(r.Context(), []pipelines.Event{told})
}

// failed records a wrong attempt, which counts since it began. The answer does not say whether
// there is such a user.
func (s *SignIn) failed(ctx context.Context, user pipelines.User, username, from, via string) error {
	subject := user.ID
	if subject == "" {
		subject = "Users-Nobody"
	}
	told := s.event("LoginFailed", subject, shortened(username), via, from, "wrong username or password, from "+from)
	if err := s.Records.Tell(ctx, []pipelines.Event{told}); err != nil {
		return err
	}
	return pipelines.Refuse(pipelines.Unauthenticated, "the username or the password is wrong")
}

// closed records that the right password opened nothing: the account is disabled.
func (s *SignIn) closed(ctx context.Context, user pipelines.User, from, via string, why error) error {
	if pipelines.CodeOf(why) != pipelines.Unauthenticated {
		return why
	}
	told := s.event("LoginFailed", user.ID, user.Username, via, from, "refused with the right password, from "+from+": "+why.Error())
	return cmp.Or(s.Records.Tell(ctx, []pipelines.Event{told}), why)
}

// ChangePassword sets the principal's own password, which takes the old one, or
// where there is none having just signed in. All sessions end; the browser gets a
// new one.
func (s *SignIn) ChangePassword(w http.ResponseWriter, r *http.Request, p pipelines.Principal, old, password string) error {
	if err := p.DemandWhole(); err != nil {
		return err
	}
	ctx, ended := r.Context(), s.Env.Now()
	own, err := s.Records.User(ctx, p.UserID)
	if err != nil {
		return err
	}
	if own.Noun.Service {
		return pipelines.Refuse(pipelines.Invalid, "%s is a service account and has no password: it comes in by API keys", p.Username)
	}
	if err := s.Again(r, p, old); err != nil {
		return err
	}
	hash, err := s.hash(ctx, p.Username, password)
	if err != nil {
		return err
	}
	told := s.told(p, modified, p.UserID, "set the password of "+p.Username)
	changes := []records.Change{records.SetPassword(p.UserID, hash), records.EndSessions(p.UserID, ended), records.DropTickets(p.UserID)}
	if p.Via != "session" {
		return s.Records.Tell(ctx, told, changes...)
	}
	return s.begin(w, r, arrival{p, "password", records.EndingAt(ended)}, told, changes...)
}

// hash refuses what the rules for passwords refuse, and the username itself.
func (s *SignIn) hash(ctx context.Context, username, password string) (string, error) {
	if strings.EqualFold(username, password) {
		return "", pipelines.Refuse(pipelines.Invalid, "the password is the username: choose another")
	}
	if err := credentials.CheckPassword(password); err != nil {
		return "", err
	}
	return s.Passwords.Hash(ctx, password)
}
