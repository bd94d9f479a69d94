package signin

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"time"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/web/credentials"
	"slipway/web/oidc"
)

// wayLasts is how long somebody may take at a provider.
const wayLasts = 10 * time.Minute

// The way to a provider and back has three secrets: the state, which travels;
// the nonce, which stands in the token; and PKCE's verifier, which only we and
// the provider see. The last two are made of one value in a cookie, so that only
// the browser that set out can come back, and the store holds none of them.

// SetOut begins the way to a provider and gives the address to go to. next is
// where to go afterwards, already known to be ours.
func (s *SignIn) SetOut(w http.ResponseWriter, r *http.Request, providerID, next string) (address string, err error) {
	return s.setOut(w, r, providerID, next, "")
}

// SetOutToLink begins the way of somebody who is signed in and wants to sign in
// by the provider from now on.
func (s *SignIn) SetOutToLink(w http.ResponseWriter, r *http.Request, p pipelines.Principal, providerID, next string) (string, error) {
	if err := p.Demand(pipelines.Own, pipelines.Where{}); err != nil {
		return "", err
	}
	if err := p.DemandOwn(); err != nil {
		return "", err
	}
	return s.setOut(w, r, providerID, next, p.UserID)
}

func (s *SignIn) setOut(w http.ResponseWriter, r *http.Request, providerID, next, linkTo string) (string, error) {
	ctx := r.Context()
	p, err := s.provider(ctx, providerID)
	if err != nil {
		return "", err
	}
	state, stateHash, err := credentials.NewSession(s.Env.Random)
	if err != nil {
		return "", err
	}
	kept, keptHash, err := credentials.NewSession(s.Env.Random)
	if err != nil {
		return "", err
	}
	address, err := s.issuers().Address(ctx, clientOf(p, s.redirect(p.ID)), state, derived("nonce", kept), derived("verifier", kept))
	if err != nil {
		return "", err
	}
	way := records.Way{Provider: p.ID, Cookie: keptHash, Next: next, LinkTo: linkTo, Expires: s.Env.Now().Add(wayLasts)}
	if err := s.Records.Write(ctx, records.AddWay(stateHash, way)); err != nil {
		return "", err
	}
	http.SetCookie(w, s.cookie(s.flowName(), kept, way.Expires))
	return address, nil
}

// derived is one of the secrets that are made of the value in the cookie.
func derived(what, kept string) string {
	sum := sha256.Sum256([]byte(what + ":" + kept))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// redirect is the one address that a provider sends people back to. Each
// provider has its own, so that none can answer for another.
func (s *SignIn) redirect(providerID string) string {
	return s.BaseURL + "/signin/oidc/" + providerID + "/callback"
}

func clientOf(p records.Provider, redirect string) oidc.Client {
	return oidc.Client{Issuer: p.Issuer, ID: p.ClientID, Scopes: p.Scopes, Redirect: redirect}
}

// Arrived is what came of a way.
type Arrived struct {
	Next    string
	Halfway bool // the second factor is owed
	Linked  bool // nobody signed in: a way to sign in was added
}

var errWayOver = pipelines.Refuse(pipelines.Unauthenticated, "this sign-in is over or was begun in another browser: begin again")

// Arrive ends the way: it takes what the provider sent the browser back with.
func (s *SignIn) Arrive(w http.ResponseWriter, r *http.Request, providerID string) (Arrived, error) {
	ctx, query := r.Context(), r.URL.Query()
	kept := cookieOf(r, s.flowName())
	http.SetCookie(w, s.cookie(s.flowName(), "", s.Env.Now()))
	way, ok, err := s.Records.TakeWay(ctx, credentials.SessionHash(query.Get("state")))
	if err != nil {
		return Arrived{}, err
	}
	same := subtle.ConstantTimeCompare([]byte(way.Cookie), []byte(credentials.SessionHash(kept))) == 1
	if !ok || kept == "" || !same || way.Provider != providerID || !s.Env.Now().Before(way.Expires) {
		return Arrived{}, errWayOver
	}
	p, err := s.provider(ctx, providerID)
	if err != nil {
		return Arrived{}, err
	}
	if err := s.rightIssuer(ctx, p, query.Get("iss")); err != nil {
		return Arrived{}, err
	}
	if query.Get("error") != "" || query.Get("code") == "" {
		return Arrived{}, pipelines.Refuse(pipelines.Unauthenticated, "%s did not sign you in: begin again, or use another way", p.Name)
	}
	claims, err := s.claims(ctx, p, query.Get("code"), kept)
	if err != nil {
		return Arrived{}, err
	}
	if way.LinkTo != "" {
		return Arrived{Next: way.Next, Linked: true}, s.link(r, p, claims, way.LinkTo)
	}
	who, err := s.cameBy(r, p, claims)
	if err != nil {
		return Arrived{}, s.refusedBy(r, p, claims, err)
	}
	owed, err := s.owes(ctx, who.Principal, false)
	if err != nil {
		return Arrived{}, err
	}
	return Arrived{Next: way.Next, Halfway: owed}, s.enter(w, r, who, owed, "by "+p.Name)
}

// cameBy is whom a provider vouches for, in the teams that their groups stand for.
// Whoever may not come in joins nothing.
func (s *SignIn) cameBy(r *http.Request, p records.Provider, c oidc.Claims) (arrival, error) {
	ctx, from := r.Context(), s.Address(r)
	u, err := s.personOf(ctx, p, c, from)
	for tries := 0; records.Conflict(err) && tries < 3; tries++ { // of two at once, one makes the account
		u, err = s.personOf(ctx, p, c, from)
	}
	if err != nil {
		return arrival{}, err
	}
	if u.Disabled {
		return arrival{}, disabled(u)
	}
	after, err := s.Records.Ending(ctx, u.ID)
	if err != nil {
		return arrival{}, err
	}
	if err := s.joinTeams(ctx, p, c, u, from); err != nil {
		return arrival{}, err
	}
	who, err := s.user(ctx, u.ID, "session", "")
	who.From = from
	return arrival{who, p.Name, after}, err
}

// disabled is the refusal of a closed account.
func disabled(u pipelines.User) error {
	return pipelines.Refuse(pipelines.Unauthenticated, "the account %s is disabled", u.Username)
}

// rightIssuer: an answer that names an issuer must name this provider's, and one
// that always does must have done so (RFC 9207).
func (s *SignIn) rightIssuer(ctx context.Context, p records.Provider, said string) error {
	wanted, err := s.issuers().SaysIssuer(ctx, p.Issuer)
	if err != nil {
		return err
	}
	if said != p.Issuer && (said != "" || wanted) {
		return pipelines.Refuse(pipelines.Unauthenticated, "the answer is from another identity provider than %s: begin again", p.Name)
	}
	return nil
}

func (s *SignIn) claims(ctx context.Context, p records.Provider, code, kept string) (oidc.Claims, error) {
	if s.Backroom == nil {
		return oidc.Claims{}, pipelines.Refuse(pipelines.Unavailable, "this server cannot sign people in by a provider")
	}
	token, err := s.Backroom.Redeem(ctx, p.ID, s.redirect(p.ID), code, derived("verifier", kept))
	if err != nil {
		return oidc.Claims{}, err
	}
	return s.issuers().Verify(ctx, clientOf(p, s.redirect(p.ID)), token, derived("nonce", kept))
}

// refusedBy records that somebody whom a provider knows may not come in.
func (s *SignIn) refusedBy(r *http.Request, p records.Provider, c oidc.Claims, why error) error {
	if pipelines.CodeOf(why) == "" {
		return why
	}
	told := s.event("LoginFailed", "Users-Nobody", shortened(c.Mail), p.Name, s.Address(r), "refused after signing in at "+p.Name+": "+why.Error())
	if err := s.Records.Tell(r.Context(), []pipelines.Event{told}); err != nil {
		return err
	}
	return why
}

func (s *SignIn) issuers() *oidc.Issuers {
	s.once.Do(func() {
		if s.Issuers == nil {
			s.Issuers = oidc.New(s.Env.Now)
		}
	})
	return s.Issuers
}

// Providers are those that people may sign in with.
func (s *SignIn) Providers(ctx context.Context) ([]records.Provider, error) {
	all, err := s.Records.Providers(ctx)
	var out []records.Provider
	for _, p := range all {
		if !p.Disabled {
			out = append(out, p)
		}
	}
	return out, err
}

func (s *SignIn) provider(ctx context.Context, id string) (records.Provider, error) {
	p, _, ok, err := s.Records.Provider(ctx, id)
	if err == nil && (!ok || p.Disabled) {
		err = noProvider(id)
	}
	return p, err
}

func noProvider(id string) error {
	return pipelines.Refuse(pipelines.NotFound, "there is no identity provider %q", shortened(id))
}
