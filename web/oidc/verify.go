package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"time"

	gooidc "github.com/coreos/go-oidc/v3/oidc"

	"slipway/pipelines"
)

// Verify checks the ID token of a person: signature, issuer, audience, time,
// and the nonce that we gave on the way.
func (i *Issuers) Verify(ctx context.Context, c Client, token, nonce string) (Claims, error) {
	claims, err := i.verify(ctx, c.Issuer, token, &gooidc.Config{ClientID: c.ID})
	switch {
	case err != nil:
		return Claims{}, err
	case nonce == "" || claims.text("nonce") != nonce:
		return Claims{}, notGenuine("it was made for another sign-in")
	}
	if azp := claims.text("azp"); azp != c.ID && (azp != "" || len(claims.Audience) > 1) {
		return Claims{}, errOtherApplication
	}
	return claims, nil
}

// VerifyWorkload checks the token of a build system: signature, issuer and time.
// Its audience is the caller's to judge, who knows which are trusted.
func (i *Issuers) VerifyWorkload(ctx context.Context, issuer, token string) (Claims, error) {
	return i.verify(ctx, issuer, token, &gooidc.Config{SkipClientIDCheck: true})
}

func (i *Issuers) verify(ctx context.Context, issuer, token string, how *gooidc.Config) (Claims, error) {
	said, err := look(token)
	if err != nil {
		return Claims{}, err
	}
	if said != issuer { // before anybody is asked for keys
		return Claims{}, errOtherIssuer
	}
	found, err := i.find(ctx, issuer)
	if err != nil {
		return Claims{}, err
	}
	asking, stop := context.WithTimeout(ctx, answerLimit)
	defer stop()
	how.SupportedSigningAlgs = algorithms
	now := i.now()
	how.Now = func() time.Time { return now.Add(-leeway) }
	keys := &watched{KeySet: found.keys}
	genuine, err := gooidc.NewVerifier(issuer, keys, how).Verify(asking, token)
	if err != nil {
		return Claims{}, keys.inWords(err, how.ClientID, now)
	}
	claims, err := claimsOf(genuine)
	if err == nil && claims.fromTheFuture(now) {
		err = errFromTheFuture
	}
	return claims, err
}

// watched keeps what came of the signature, which the verifier only puts in words.
type watched struct {
	gooidc.KeySet
	payload []byte // what was signed, where the signature fits
	err     error
}

// VerifySignature implements gooidc.KeySet.
func (w *watched) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	w.payload, w.err = w.KeySet.VerifySignature(ctx, token)
	return w.payload, w.err
}

var (
	errOtherIssuer      = notGenuine("it is from another issuer")
	errOtherApplication = notGenuine("it was made for another application")
	errFromTheFuture    = notGenuine("it is from the future: compare the clocks")
)

// inWords says for people why a token is not accepted. The library's own words
// are not shown: they may quote what the token or the issuer said.
func (w *watched) inWords(why error, clientID string, now time.Time) error {
	if _, ok := errors.AsType[*gooidc.TokenExpiredError](why); ok {
		return notGenuine("it has expired")
	}
	if w.err != nil {
		if _, unasked := errors.AsType[*url.Error](w.err); unasked || errors.Is(w.err, context.DeadlineExceeded) || errors.Is(w.err, context.Canceled) {
			return pipelines.Refuse(pipelines.Unavailable, "the keys of the issuer could not be fetched: %s", cut(w.err.Error()))
		}
		return notGenuine("its signature does not fit the keys of its issuer")
	}
	var c Claims
	switch {
	case json.Unmarshal(w.payload, &c.all) != nil:
		return errNoToken
	case c.fromTheFuture(now):
		return errFromTheFuture
	case clientID != "" && !slices.Contains(c.List("aud"), clientID):
		return errOtherApplication
	}
	return errNoToken
}

func notGenuine(why string) error {
	return pipelines.Refuse(pipelines.Unauthenticated, "the token is not accepted: %s", why)
}
