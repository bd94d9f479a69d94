package signin

import (
	"context"
	"net/http"

	"slipway/pipelines"
	"slipway/web/credentials"
)

// keyHeaders may carry an API key: ours, Octopus's and NuGet's.
var keyHeaders = []string{"X-Slipway-ApiKey", "X-Octopus-ApiKey", "X-NuGet-ApiKey"}

// HasKeyHeader says whether the request names an API key in a header that no
// browser sends by itself.
func HasKeyHeader(r *http.Request) bool { return keyHeader(r) != "" }

func keyHeader(r *http.Request) string {
	for _, name := range keyHeaders {
		if key := r.Header.Get(name); key != "" {
			return key
		}
	}
	return ""
}

// resolve takes the strongest statement: a key in a header, then Basic, then
// the cookie. A wrong key is an error even beside a good cookie.
func (s *SignIn) resolve(r *http.Request) (pipelines.Principal, error) {
	p, err := s.proven(r)
	p.From = s.Address(r)
	return p, err
}

func (s *SignIn) proven(r *http.Request) (pipelines.Principal, error) {
	if key := keyHeader(r); key != "" {
		return s.byKey(r, key)
	}
	// NuGet clients send any user name and the key as password.
	if _, key, ok := r.BasicAuth(); ok {
		return s.byKey(r, key)
	}
	if token := s.token(r); token != "" {
		return s.bySession(r.Context(), token)
	}
	return pipelines.Principal{}, nil
}

func (s *SignIn) byKey(r *http.Request, text string) (pipelines.Principal, error) {
	ctx := r.Context()
	refused := pipelines.Refuse(pipelines.Unauthenticated, "the API key is not known here: it may have been removed, or belong to another server; `slipway login` makes a new one")
	if !credentials.LooksLikeKey(text) {
		return pipelines.Principal{}, refused
	}
	key, ok, err := s.Records.APIKey(ctx, credentials.KeyHash(text))
	if err != nil {
		return pipelines.Principal{}, err
	}
	if !ok {
		return pipelines.Principal{}, refused
	}
	if key.Expires != nil && !s.Env.Now().Before(*key.Expires) {
		return pipelines.Principal{}, pipelines.Refuse(pipelines.Unauthenticated, "the API key %q expired on %s: make a new one", key.Purpose, key.Expires.UTC().Format("2006-01-02 15:04 MST"))
	}
	return s.ownerOf(r, key)
}

// user is the principal of an account, come in by a credential.
func (s *SignIn) user(ctx context.Context, id, via, credential string) (pipelines.Principal, error) {
	p, err := s.Records.Principal(ctx, id, via)
	if pipelines.CodeOf(err) == pipelines.NotFound {
		err = pipelines.Refuse(pipelines.Unauthenticated, "the account of this %s was removed", via)
	}
	if err != nil {
		return pipelines.Principal{}, err
	}
	p.Credential = credential
	return p, nil
}
