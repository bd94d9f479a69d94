// Package signin says who is asking: by API key, or by the session of somebody
// who has signed in, with a password and perhaps a second factor, or by way of
// an identity provider.
//
// It grants nothing: rights are the principal's, read anew on each request, so
// that a removed membership counts at once. The idea to know is that
// credentials are looked up when somebody first asks who it is: a public page
// or a style sheet costs no read, and a stale cookie does not close it.
package signin

import (
	"context"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"

	"slipway/pipelines"
	"slipway/runner/env"
	"slipway/runner/records"
	"slipway/runner/secrets"
	"slipway/web/credentials"
	"slipway/web/oidc"
)

// SignIn signs people in and out and recognises them. Make it with its
// exported fields and share the pointer.
type SignIn struct {
	Records   *records.Records
	Passwords *credentials.Passwords
	Env       env.Env
	BasePath  string // "" or "/slipway": what the cookie is for
	Secure    bool   // people reach us by https
	BaseURL   string // where people reach us: what links in mails begin with
	// Proxies are the addresses whose X-Forwarded-For is believed.
	Proxies []netip.Prefix
	// Sealer closes what must not be read from the store: second factors, and what
	// we prove ourselves with at providers.
	Sealer secrets.Sealer
	// Backroom does what opening a secret or sending a mail takes; nil: neither can be done here.
	Backroom Backroom
	// Issuers asks identity providers; nil: they are asked as everybody else is.
	Issuers *oidc.Issuers

	brake    brake
	browsers browsers
	once     sync.Once
	ready    atomic.Bool
}

// Ready says whether the first admin exists. Once it does it stays so, and
// nobody reads the store for it again.
func (s *SignIn) Ready(ctx context.Context) (bool, error) {
	if s.ready.Load() {
		return true, nil
	}
	setup, _, err := s.Records.Setup(ctx)
	if err != nil || !setup.Done {
		return false, err
	}
	s.ready.Store(true)
	return true, nil
}

// contextKey is where a request carries its asker.
type contextKey struct{}

// asker is who is asking, found out at most once.
type asker func() (pipelines.Principal, error)

// Recognise lets the handlers behind it ask who it is.
func (s *SignIn) Recognise(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who := asker(sync.OnceValues(func() (pipelines.Principal, error) { return s.resolve(r) }))
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), contextKey{}, who)))
	})
}

// Who is the principal, or why what the request brought is not accepted.
// Nobody at all is no error: the principal is then not Known.
func (s *SignIn) Who(r *http.Request) (pipelines.Principal, error) {
	who, ok := r.Context().Value(contextKey{}).(asker)
	if !ok {
		return pipelines.Principal{}, nil
	}
	return who()
}

// Principal is who is asking; not Known where nobody is, or where the
// credentials were not accepted.
func (s *SignIn) Principal(r *http.Request) pipelines.Principal {
	p, err := s.Who(r)
	if err != nil {
		return pipelines.Principal{}
	}
	return p
}
