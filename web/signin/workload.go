package signin

import (
	"net/http"
	"slices"
	"time"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/web/credentials"
	"slipway/web/oidc"
)

// buildTokens is what refused tokens of builds are counted as.
const buildTokens = "tokens of builds"

// Exchange gives a build system, which proves itself by a token of its own
// issuer, a key of the service account that trusts it. account chooses where
// several do; "" where it is clear. A token works once. A token is signed, so there
// is nothing to guess: the brake only keeps refused ones from filling the log, and a
// good one of the same address never waits for them.
func (s *SignIn) Exchange(r *http.Request, token, account string) (key string, stored records.APIKey, err error) {
	ctx, from, now := r.Context(), s.Address(r), s.Env.Now()
	key, stored, err = s.exchange(r, token, account)
	if code := pipelines.CodeOf(err); code == pipelines.Unauthenticated || code == pipelines.Forbidden {
		if err := s.brake.check(buildTokens, from, "too many tokens of builds that are not trusted here came from your address ("+from+")", now); err != nil {
			return "", stored, err
		}
		s.brake.count(buildTokens, from, now)
		told := s.event("LoginFailed", "Users-Nobody", "", "federation", from, "the token of a build was refused: "+err.Error())
		if kept := s.Records.Tell(ctx, []pipelines.Event{told}); kept != nil {
			return "", stored, kept
		}
	}
	return key, stored, err
}

func (s *SignIn) exchange(r *http.Request, token, account string) (string, records.APIKey, error) {
	ctx, none := r.Context(), records.APIKey{}
	trusts, err := s.Records.Trusts(ctx)
	if err != nil {
		return "", none, err
	}
	issuer, err := oidc.IssuerOf(token)
	if err != nil {
		return "", none, err
	}
	// Nobody but the issuers that somebody wrote down here is ever asked.
	trusts = slices.DeleteFunc(trusts, func(t records.Trust) bool { return t.Issuer != issuer })
	if len(trusts) == 0 {
		return "", none, pipelines.Refuse(pipelines.Unauthenticated, "no service account here trusts the issuer %q", shortened(issuer))
	}
	claims, err := s.issuers().VerifyWorkload(ctx, issuer, token)
	if err != nil {
		return "", none, err
	}
	rule, err := s.ruleFor(r, trusts, claims, account)
	if err != nil {
		return "", none, err
	}
	return s.passingKey(r, rule, claims)
}

// ruleFor is the first rule that the token fits.
func (s *SignIn) ruleFor(r *http.Request, trusts []records.Trust, c oidc.Claims, account string) (records.Trust, error) {
	var wanted pipelines.User
	if account != "" {
		u, ok, err := s.userNamed(r.Context(), account)
		if err != nil {
			return records.Trust{}, err
		}
		if ok {
			wanted = u
		}
	}
	for _, t := range trusts {
		fits := slices.Contains(c.Audience, t.Audience) && oidc.Matches(t.Subject, c.Subject)
		if fits && (account == "" || t.UserID == wanted.ID) {
			return t, nil
		}
	}
	return records.Trust{}, pipelines.Refuse(pipelines.Forbidden, "no service account here trusts this token: its subject is %q, its audience %q", shortened(c.Subject), shortened(first(c.Audience)))
}

func first(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return all[0]
}

func (s *SignIn) passingKey(r *http.Request, rule records.Trust, c oidc.Claims) (string, records.APIKey, error) {
	ctx, now := r.Context(), s.Env.Now()
	p, err := s.user(ctx, rule.UserID, "federation", rule.ID)
	if err != nil {
		return "", records.APIKey{}, err
	}
	u, err := s.Records.User(ctx, rule.UserID)
	if err != nil {
		return "", records.APIKey{}, err
	}
	if !u.Noun.Service {
		return "", records.APIKey{}, pipelines.Refuse(pipelines.Forbidden, "%s is no service account any more", p.Username)
	}
	p.From = s.Address(r)
	key, hash, err := credentials.NewKey(s.Env.Random)
	if err != nil {
		return "", records.APIKey{}, err
	}
	expires := now.Add(time.Duration(rule.Minutes) * time.Minute)
	stored := records.APIKey{
		ID: "APIKeys-" + s.Env.NewID(), Hash: hash, UserID: p.UserID, Purpose: "build " + shortened(c.Subject), Hint: key[:8] + "…", Created: now, Expires: &expires, Build: true,
	}
	told := s.told(p, "LoginSucceeded", p.UserID, "a build signed in as "+c.Subject)
	changes := append(records.AddPassingKey(stored), records.SpendToken(c.Issuer, c.Once(), c.Expires.Add(2*time.Minute)))
	err = s.Records.Tell(ctx, told, changes...)
	if records.Conflict(err) {
		err = pipelines.Refuse(pipelines.Unauthenticated, "this token was used before: a build asks for a new one each time")
	}
	return key, stored, err
}
