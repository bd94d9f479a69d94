package oidc

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"slipway/pipelines"
	"slipway/runner/feeds"
)

// How long what an issuer says of itself is believed, its keys, and that it does
// not answer. A token with an unknown key has the keys fetched again, but not
// more often than once in notAgain.
const (
	believed      = time.Hour
	notAskedFor   = 10 * time.Second
	notAgain      = 30 * time.Second
	largestAnswer = 1 << 20
	mostKeys      = 100
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
	Issuer        string   `json:"issuer"`
	Authorization string   `json:"authorization_endpoint"`
	Token         string   `json:"token_endpoint"`
	Keys          string   `json:"jwks_uri"`
	AuthMethods   []string `json:"token_endpoint_auth_methods_supported"`
	// SaysIssuer: its answers name it, as RFC 9207 describes against mix-ups.
	SaysIssuer bool `json:"authorization_response_iss_parameter_supported"`
}

type issuer struct {
	about  about
	client *http.Client
	err    error
	until  time.Time

	mu      sync.Mutex
	keys    []webKey
	fetched time.Time
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
	err = found.ask(ctx, strings.TrimSuffix(name, "/")+"/.well-known/openid-configuration", &found.about)
	if err == nil {
		err = found.about.check(name)
	}
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

// check: who answers under a name must call itself so, or it could pass for
// another; and everything it names is asked by https.
func (a about) check(name string) error {
	if a.Issuer != name {
		return fmt.Errorf("it calls itself %q", cut(a.Issuer))
	}
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

// ask fetches one bounded JSON document.
func (s *issuer) ask(ctx context.Context, address string, into any) error {
	asking, stop := context.WithTimeout(ctx, answerLimit)
	defer stop()
	r, err := http.NewRequestWithContext(asking, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", "application/json")
	answer, err := s.client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", r.URL.Host, answer.Status)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, largestAnswer+1))
	if err != nil {
		return err
	}
	if len(body) > largestAnswer || json.Unmarshal(body, into) != nil {
		return fmt.Errorf("%s answers with something else than what was asked for", r.URL.Host)
	}
	return nil
}

// keys are those of an issuer that may have signed under this id.
func (i *Issuers) keys(ctx context.Context, from *issuer, id string) ([]webKey, error) {
	from.mu.Lock()
	defer from.mu.Unlock()
	age := i.now().Sub(from.fetched)
	named := from.named(id)
	if age > believed || len(named) == 0 && age > notAgain {
		var all struct{ Keys []webKey }
		if err := from.ask(ctx, from.about.Keys, &all); err != nil {
			return nil, pipelines.Refuse(pipelines.Unavailable, "the keys of the issuer could not be fetched: %s", cut(err.Error()))
		}
		from.keys, from.fetched = nil, i.now()
		for _, k := range all.Keys[:min(len(all.Keys), mostKeys)] {
			if k.readable() {
				from.keys = append(from.keys, k)
			}
		}
		named = from.named(id)
	}
	return named, nil
}

// named are the keys of an id; a token without one may be of any.
func (s *issuer) named(id string) []webKey {
	if id == "" {
		return s.keys
	}
	var out []webKey
	for _, k := range s.keys {
		if k.ID == id {
			out = append(out, k)
		}
	}
	return out
}
