package signin

import (
	"context"
	"net/http"
	"time"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/web/credentials"
)

const (
	halfwayLasts = 10 * time.Minute
	mostWrong    = 5
)

// beginHalfway lets a browser go on with the second factor.
func (s *SignIn) beginHalfway(w http.ResponseWriter, r *http.Request, p arrival, changes ...records.Change) error {
	token, hash, err := credentials.NewSession(s.Env.Random)
	if err != nil {
		return err
	}
	half := records.Halfway{UserID: p.UserID, Via: p.via, After: p.after, Expires: s.Env.Now().Add(halfwayLasts)}
	if err := s.Records.Write(r.Context(), append(changes, records.AddHalfway(hash, half))...); err != nil {
		return err
	}
	http.SetCookie(w, s.cookie(s.halfName(), token, half.Expires))
	return nil
}

// Step is what somebody halfway has to do.
type Step struct {
	Principal pipelines.Principal
	Enrolled  bool // false: the second factor is required and has to be set up first
	half      records.Halfway
	hash      string
	revision  int64
	since     time.Time // the newest ending of sessions
}

// errHalfwayOver: the half session is used up, expired or was never there.
var errHalfwayOver = pipelines.Refuse(pipelines.Unauthenticated, "that took too long, or there were too many wrong codes: sign in again")

// Halfway is who stands halfway in this browser.
func (s *SignIn) Halfway(r *http.Request) (Step, error) {
	token := cookieOf(r, s.halfName())
	if token == "" {
		return Step{}, errHalfwayOver
	}
	hash := credentials.SessionHash(token)
	half, revision, ok, err := s.Records.Halfway(r.Context(), hash)
	if err != nil {
		return Step{}, err
	}
	if !ok || !s.Env.Now().Before(half.Expires) || half.Wrong >= mostWrong {
		return Step{}, errHalfwayOver
	}
	since, err := s.Records.SessionsSince(r.Context(), half.UserID)
	if err != nil {
		return Step{}, err
	}
	if half.EndedBy(since, half.Expires.Add(-halfwayLasts)) { // what ends sessions ends those on the way to one
		return Step{}, errHalfwayOver
	}
	p, err := s.user(r.Context(), half.UserID, "session", "")
	if err != nil {
		return Step{}, err
	}
	p.From = s.Address(r)
	_, _, enrolled, err := s.Records.Factor(r.Context(), p.UserID)
	return Step{Principal: p, Enrolled: enrolled, half: half, hash: hash, revision: revision, since: since}, err
}

// Finish signs in who gives the second factor, too.
func (s *SignIn) Finish(w http.ResponseWriter, r *http.Request, code string) error {
	at, err := s.Halfway(r)
	if err != nil {
		return err
	}
	if !at.Enrolled {
		return pipelines.Refuse(pipelines.Conflict, "set up the second factor first")
	}
	how, err := s.CheckFactor(r, at.Principal, code)
	if err != nil {
		if pipelines.CodeOf(err) == pipelines.Unauthenticated {
			at.half.Wrong++
			if kept := s.Records.Write(r.Context(), records.SetHalfway(at.hash, at.half, at.revision)); kept != nil && !records.Conflict(kept) {
				return kept
			}
		}
		return err
	}
	return s.leaveHalfway(w, r, at, "with "+how)
}

// FinishEnrolment signs in who had to set up the second factor before.
func (s *SignIn) FinishEnrolment(w http.ResponseWriter, r *http.Request, secret, code string) (recovery []string, err error) {
	at, err := s.Halfway(r)
	if err != nil {
		return nil, err
	}
	if at.Enrolled {
		return nil, pipelines.Refuse(pipelines.Conflict, "the second factor is set up already: give its code")
	}
	recovery, err = s.Enrol(r.Context(), at.Principal, secret, code)
	if err != nil {
		return nil, err
	}
	return recovery, s.leaveHalfway(w, r, at, "with a second factor that was set up")
}

func (s *SignIn) leaveHalfway(w http.ResponseWriter, r *http.Request, at Step, how string) error {
	after := at.half.After
	if after == "" { // begun by an earlier version
		after = records.EndingAt(at.since)
	}
	err := s.begin(w, r, arrival{at.Principal, at.half.Via, after}, s.succeeded(r, at.Principal, "session", how), records.EndHalfway(at.hash, at.revision))
	if records.Conflict(err) {
		return errHalfwayOver // the same form was sent twice
	}
	if err == nil {
		http.SetCookie(w, s.cookie(s.halfName(), "", s.Env.Now()))
	}
	return err
}

// owes says whether somebody who has proved themselves once has to give a second
// factor: theirs, if they have one, or, after a password, because the settings
// want it. What else a provider asks for is the provider's business.
func (s *SignIn) owes(ctx context.Context, p pipelines.Principal, byPassword bool) (bool, error) {
	_, _, enrolled, err := s.Records.Factor(ctx, p.UserID)
	if err != nil || enrolled || !byPassword {
		return enrolled, err
	}
	settings, _, err := s.Records.SignInSettings(ctx)
	return settings.SecondFactor.Wants(p.Admin), err
}
