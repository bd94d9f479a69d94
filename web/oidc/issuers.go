package oidc

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	gooidc "github.com/coreos/go-oidc/v3/oidc"

	"slipway/pipelines"
	"slipway/runner/feeds"
)

// How long what an issuer says of itself is believed, with its keys, and that it
// does not answer. Keys that are not known yet are asked for sooner; see wire.
const (
	believed    = time.Hour
	notAskedFor = 10 * time.Second
)

// Issuers asks issuers and keeps what they said. Make it with New and share the
// pointer.
type Issuers struct {
	now    func() time.Time
	client func(*url.URL) *http.Client

	mu    sync.Mutex
	known map[string]*issuer
}

// about is what an issuer says of itself.
type about struct {
	Authorization string   `json:"authorization_endpoint"`
	Token         string   `json:"token_endpoint"`
	Keys          string   `json:"jwks_uri"`
	AuthMethods   []string `json:"token_endpoint_auth_methods_supported"`
	// SaysIssuer: its answers name it, as RFC 9207 describes against mix-ups.
	SaysIssuer bool `json:"authorization_response_iss_parameter_supported"`
}

type issuer struct {
	about  about
	client *http.Client // for what is asked once and not remembered
	keys   gooidc.KeySet
	err    error
	until  time.Time
}

// New makes Issuers. Requests go the way that those to feeds go: never to
// addresses that only this machine itself may ask.
func New(now func() time.Time) *Issuers {
	return &Issuers{now: now, client: feeds.Elsewhere, known: map[string]*issuer{}}
}

// Check asks an issuer whether it is one, for who writes it down.
func (i *Issuers) Check(ctx context.Context, issuer string) error {
	i.mu.Lock()
	delete(i.known, issuer)
	i.mu.Unlock()
	_, err := i.find(ctx, issuer)
	return err
}

// SaysIssuer says whether the answers of an issuer name it.
func (i *Issuers) SaysIssuer(ctx context.Context, issuer string) (bool, error) {
	found, err := i.find(ctx, issuer)
	if err != nil {
		return false, err
	}
	return found.about.SaysIssuer, nil
}

// find is what an issuer says of itself.
func (i *Issuers) find(ctx context.Context, name string) (*issuer, error) {
	if err := CheckIssuer(name); err != nil {
		return nil, err
	}
	i.mu.Lock()
	kept := i.known[name]
	i.mu.Unlock()
	if kept != nil && i.now().Before(kept.until) {
		return kept, kept.err
	}
	home, err := url.Parse(name)
	if err != nil {
		return nil, err
	}
	found := &issuer{client: i.client(home), until: i.now().Add(believed)}
	err = found.discover(ctx, name, i.now)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		found.err = pipelines.Refuse(pipelines.Unavailable, "the identity provider %s could not be asked: %s", home.Host, cut(err.Error()))
		found.until = i.now().Add(notAskedFor)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.known[name] = found
	return found, found.err
}

// discover asks an issuer what it says of itself.
func (s *issuer) discover(ctx context.Context, name string, now func() time.Time) error {
	asking, stop := context.WithTimeout(ctx, answerLimit)
	defer stop()
	remembering := gooidc.ClientContext(asking, &http.Client{Transport: &wire{client: s.client, now: now, said: map[string]said{}}})
	provider, err := gooidc.NewProvider(remembering, name)
	if other, ok := errors.AsType[*gooidc.IssuerMismatchError](err); ok {
		return fmt.Errorf("it calls itself %q", cut(other.Discovered))
	}
	if err != nil {
		return err
	}
	if err := provider.Claims(&s.about); err != nil {
		return err
	}
	s.keys = gooidc.NewRemoteKeySet(remembering, s.about.Keys)
	return s.about.check()
}

// check: everything that an issuer names is asked by https.
func (a about) check() error {
	for _, address := range []string{a.Authorization, a.Token, a.Keys} {
		u, err := url.Parse(address)
		if err != nil || address != "" && (u.Host == "" || !safeScheme(u)) {
			return fmt.Errorf("it names %q, which is no address with https", cut(address))
		}
	}
	if a.Keys == "" {
		return fmt.Errorf("it names no keys")
	}
	return nil
}
