package signin

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/runner/catalog"
	"slipway/runner/records"
	"slipway/web/credentials"
)

const offerLasts = 15 * time.Minute

// factorName is the name that a second factor's secret is sealed under.
func factorName(userID string) string { return "second-factor/" + userID }

// Factor is what a person may know of their second factor.
type Factor struct {
	On       bool
	Since    time.Time
	Recovery int // codes that are left
}

// FactorOf says whether the principal has a second factor.
func (s *SignIn) FactorOf(ctx context.Context, p pipelines.Principal) (Factor, error) {
	f, _, ok, err := s.Records.Factor(ctx, p.UserID)
	return Factor{On: ok, Since: f.Since, Recovery: len(f.Recovery)}, err
}

// OfferFactor makes a secret for a new second factor. It counts once Enrol has
// seen a code of it; until then the form carries it, and we know its hash.
func (s *SignIn) OfferFactor(ctx context.Context, p pipelines.Principal) (secret []byte, err error) {
	if err := p.Demand(pipelines.Own, pipelines.Where{}); err != nil {
		return nil, err
	}
	if secret, err = credentials.NewFactor(s.Env.Random); err != nil {
		return nil, err
	}
	offer := records.Offer{Hash: credentials.FactorHash(secret), Expires: s.Env.Now().Add(offerLasts)}
	return secret, s.Records.Write(ctx, records.SetOffer(p.UserID, offer))
}

// Offered is the secret that a form brings back, if we made it.
func (s *SignIn) Offered(ctx context.Context, p pipelines.Principal, text string) ([]byte, error) {
	secret, ok := credentials.ParseFactor(text)
	offer, there, err := s.Records.Offer(ctx, p.UserID)
	switch {
	case err != nil:
		return nil, err
	case !ok || !there || offer.Hash != credentials.FactorHash(secret) || !s.Env.Now().Before(offer.Expires):
		return nil, pipelines.Refuse(pipelines.Conflict, "this picture is not valid any more: begin again and scan the new one")
	}
	return secret, nil
}

// Enrol makes an offered secret the principal's second factor, once a code shows
// that the app has it, and gives the recovery codes, which are shown this once.
func (s *SignIn) Enrol(ctx context.Context, p pipelines.Principal, text, code string) (recovery []string, err error) {
	secret, err := s.Offered(ctx, p, text)
	if err != nil {
		return nil, err
	}
	step, ok := credentials.CheckTOTP(secret, code, s.Env.Now(), 0)
	if !ok {
		return nil, pipelines.Refuse(pipelines.Invalid, "the code does not fit: type the six digits that the app shows now. If they never fit, the clock of the telephone is wrong")
	}
	_, revision, _, err := s.Records.Factor(ctx, p.UserID)
	if err != nil {
		return nil, err
	}
	recovery, hashes, err := credentials.NewRecoveryCodes(s.Env.Random, p.UserID)
	if err != nil {
		return nil, err
	}
	f := records.Factor{Since: s.Env.Now(), LastStep: step, Recovery: hashes}
	if f.Sealed, err = s.Sealer.Seal(ctx, factorName(p.UserID), secret); err != nil {
		return nil, err
	}
	return recovery, s.Records.Tell(ctx, s.told(p, modified, p.UserID, "set up a second factor"),
		records.SetFactor(p.UserID, f, revision), records.RemoveOffer(p.UserID))
}

// NewRecovery gives the principal ten new recovery codes in place of the old.
func (s *SignIn) NewRecovery(ctx context.Context, p pipelines.Principal) ([]string, error) {
	f, revision, ok, err := s.Records.Factor(ctx, p.UserID)
	if err != nil || !ok {
		return nil, orNoFactor(err)
	}
	codes, hashes, err := credentials.NewRecoveryCodes(s.Env.Random, p.UserID)
	if err != nil {
		return nil, err
	}
	f.Recovery = hashes
	return codes, s.Records.Tell(ctx, s.told(p, modified, p.UserID, "made new recovery codes"), records.SetFactor(p.UserID, f, revision))
}

func orNoFactor(err error) error {
	if err == nil {
		err = pipelines.Refuse(pipelines.Conflict, "there is no second factor")
	}
	return err
}

// DropFactor takes the principal's own second factor away.
func (s *SignIn) DropFactor(ctx context.Context, p pipelines.Principal) error {
	settings, _, err := s.Records.SignInSettings(ctx)
	if err != nil {
		return err
	}
	if settings.SecondFactor.Wants(p.Admin) {
		return pipelines.Refuse(pipelines.Conflict, "a second factor is required here: set up another one instead")
	}
	return s.removeFactor(ctx, s.told(p, modified, p.UserID, "took away their own second factor"), p.UserID)
}

// removeFactor takes a second factor away; of two at once, one finds none.
func (s *SignIn) removeFactor(ctx context.Context, told []pipelines.Event, userID string, changes ...records.Change) error {
	_, revision, ok, err := s.Records.Factor(ctx, userID)
	if err == nil && ok {
		err = s.Records.Tell(ctx, told, append(changes, records.RemoveFactor(userID, revision))...)
	}
	if err == nil && !ok || records.Conflict(err) { // somebody else was quicker
		return pipelines.Refuse(pipelines.NotFound, "there is no second factor any more")
	}
	return err
}

// ResetFactor takes somebody's second factor away who has lost it, and ends
// their sessions. It leaves only the password between others and the account, so
// it takes having all that the account may. Nobody does it to themselves: there it
// takes the password, on the profile page.
func (s *SignIn) ResetFactor(ctx context.Context, p pipelines.Principal, username string) error {
	u, err := s.mayKeep(ctx, p, username, pipelines.UserEdit)
	if err != nil {
		return err
	}
	if err := catalog.MayTakeOver(ctx, s.Records, p, u, "reset the second factor of"); err != nil {
		return err
	}
	if u.ID == p.UserID {
		return pipelines.Refuse(pipelines.Conflict, "your own second factor is on your profile page, where the password is asked")
	}
	return s.removeFactor(ctx, s.told(p, modified, u.ID, "reset the second factor of "+u.Username), u.ID, records.EndSessions(u.ID, s.Env.Now()))
}

// CheckFactor takes a code of the principal's app, or a recovery code, behind
// the brake. None is taken twice.
//
// The brake counts for the account here, wherever the tries come from: who
// tries has the password already. how says by what it was, for the entry of the
// sign-in, which is the only one.
func (s *SignIn) CheckFactor(r *http.Request, p pipelines.Principal, code string) (how string, err error) {
	ctx, now, counted := r.Context(), s.Env.Now(), "second factor of "+p.UserID
	tried, err := s.brake.try(counted, place{}, now)
	if err != nil {
		return "", err
	}
	f, revision, ok, err := s.Records.Factor(ctx, p.UserID)
	if err != nil || !ok {
		s.brake.takeBack(tried)
		return "", orNoFactor(err)
	}
	code, ok, how = strings.TrimSpace(code), false, "a second factor"
	if hash := credentials.RecoveryHash(p.UserID, code); credentials.LooksLikeRecovery(code) {
		if i := slices.Index(f.Recovery, hash); i >= 0 {
			f.Recovery, ok = slices.Delete(f.Recovery, i, i+1), true
			how = fmt.Sprintf("a recovery code, of which %d are left,", len(f.Recovery))
		}
	} else if len(code) <= 16 {
		if s.Backroom == nil {
			s.brake.takeBack(tried)
			return "", pipelines.Refuse(pipelines.Unavailable, "second factors cannot be checked here")
		}
		if f.LastStep, ok, err = s.Backroom.FactorStep(ctx, p.UserID, code); err != nil {
			s.brake.takeBack(tried)
			return "", err
		}
	}
	if ok {
		err := s.Records.Write(ctx, records.SetFactor(p.UserID, f, revision))
		if !records.Conflict(err) {
			s.brake.right(tried)
			return how, err
		}
	}
	entry := s.event("LoginFailed", p.UserID, p.Username, p.Via, s.Address(r), "wrong code of the second factor")
	if err := s.Records.Tell(ctx, []pipelines.Event{entry}); err != nil {
		return "", err
	}
	return "", pipelines.Refuse(pipelines.Unauthenticated, "the code is wrong, or was used before: wait for the next one")
}
