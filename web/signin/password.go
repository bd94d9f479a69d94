package signin

import (
	"context"
	"net/http"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/web/credentials"
)

// Begin signs somebody in and gives the browser its session. What stands in an
// older cookie of the same browser ends.
func (s *SignIn) Begin(w http.ResponseWriter, r *http.Request, username, password string) error {
	p, changes, err := s.verify(r, username, password, "session")
	if err != nil {
		return err
	}
	token, hash, err := credentials.NewSession(s.Env.Random)
	if err != nil {
		return err
	}
	now := s.Env.Now()
	session := records.Session{UserID: p.UserID, Created: now, Expires: now.Add(lifetime)}
	changes = append(changes, records.AddSession(hash, session))
	if old := s.token(r); old != "" {
		changes = append(changes, records.EndSession(credentials.SessionHash(old)))
	}
	if err := s.Records.Write(r.Context(), changes...); err != nil {
		return err
	}
	http.SetCookie(w, s.cookie(token, session.Expires))
	return nil
}

// End signs out: the session is worthless from now on, also to who copied it.
func (s *SignIn) End(w http.ResponseWriter, r *http.Request) error {
	if token := s.token(r); token != "" {
		if err := s.Records.Write(r.Context(), records.EndSession(credentials.SessionHash(token))); err != nil {
			return err
		}
	}
	http.SetCookie(w, s.cookie("", s.Env.Now()))
	return nil
}

// Login is Begin for programs: it says who it is and begins no session.
func (s *SignIn) Login(r *http.Request, username, password string) (pipelines.Principal, error) {
	p, changes, err := s.verify(r, username, password, "password")
	if err != nil {
		return p, err
	}
	return p, s.Records.Write(r.Context(), changes...)
}

// verify checks a password behind the brake. It returns what is to be written
// with the sign-in: its audit entry, and the password's hash at today's cost.
func (s *SignIn) verify(r *http.Request, username, password, via string) (pipelines.Principal, []records.Change, error) {
	ctx, from := r.Context(), address(r)
	if err := s.brake.check(username, from, s.Env.Now()); err != nil {
		return pipelines.Principal{}, nil, err
	}
	user, stored, err := s.stored(ctx, username)
	if err != nil {
		return pipelines.Principal{}, nil, err
	}
	ok, rehash, err := s.Passwords.Verify(ctx, password, stored)
	if err != nil {
		return pipelines.Principal{}, nil, err
	}
	if !ok {
		return pipelines.Principal{}, nil, s.failed(ctx, user, username, from, via)
	}
	p, err := s.user(ctx, user.ID, via)
	if err != nil {
		return pipelines.Principal{}, nil, err
	}
	s.brake.release(username, from)
	changes := []records.Change{s.audit("LoginSucceeded", p.UserID, p.Username, via, "signed in from "+from)}
	if rehash {
		if hash, err := s.Passwords.Hash(ctx, password); err == nil { // one shorter than today's rule keeps its old hash
			changes = append(changes, records.SetPassword(p.UserID, hash))
		}
	}
	return p, changes, nil
}

// stored finds the user and the password's hash; both are empty for somebody
// who does not exist, and the caller goes on as if they did.
func (s *SignIn) stored(ctx context.Context, username string) (pipelines.User, string, error) {
	users, err := s.Records.Users(ctx)
	if err != nil {
		return pipelines.User{}, "", err
	}
	id := "Users-Nobody" // read all the same, so that the time tells nothing
	var user pipelines.User
	for _, u := range users {
		if pipelines.SameName(u.Username, username) {
			user, id = u, u.ID
		}
	}
	hash, err := s.Records.Password(ctx, id)
	return user, hash, err
}

// failed counts and records a wrong attempt. The answer does not say whether
// there is such a user.
func (s *SignIn) failed(ctx context.Context, user pipelines.User, username, from, via string) error {
	s.brake.count(username, from, s.Env.Now())
	subject := user.ID
	if subject == "" {
		subject = "Users-Nobody"
	}
	entry := s.audit("LoginFailed", subject, shortened(username), via, "wrong username or password, from "+from)
	if err := s.Records.Write(ctx, entry); err != nil {
		return err
	}
	return pipelines.Refuse(pipelines.Unauthenticated, "the username or the password is wrong")
}

func (s *SignIn) audit(category, userID, username, via, message string) records.Change {
	return records.Audit(pipelines.Event{
		ID: s.Env.NewID(), At: s.Env.Now(), Category: category, Subject: userID,
		UserID: userID, Username: username, Via: via, Message: message,
	})
}

// shortened keeps what somebody typed as a name from filling the audit log.
func shortened(name string) string {
	const most = 100
	if len(name) > most {
		return name[:most] + "…"
	}
	return name
}
