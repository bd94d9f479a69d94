// Package oidctest is a small identity provider for tests: discovery, keys,
// authorization codes with PKCE, and tokens signed by RSA or elliptic curves.
//
// It keeps the rules that a real one keeps, so that a client which breaks one
// is refused; Mischief is how a test makes it break them itself.
package oidctest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Provider is one running provider.
type Provider struct {
	Server                 *httptest.Server
	Issuer                 string
	ClientID, ClientSecret string
	Redirect               string // the one that is registered
	Now                    func() time.Time
	SaysIssuer             bool // its answers name it

	// Person is what tokens say of who signs in.
	Person map[string]any
	// Mischief changes the claims and the header of the next tokens.
	Mischief func(header, claims map[string]any)
	// Algorithm signs: RS256 or ES256; "none" and HS256 are mischief.
	Algorithm string
	// Fetches counts how often keys were fetched.
	Fetches atomic.Int64

	mu    sync.Mutex
	codes map[string]code
}

type code struct{ redirect, challenge, nonce string }

var (
	keyOnce sync.Once
	rsaKey  *rsa.PrivateKey
	ecKey   *ecdsa.PrivateKey
	// Foreign is a key that no provider publishes.
	Foreign *rsa.PrivateKey
)

func keys(t testing.TB) {
	keyOnce.Do(func() {
		var err [3]error
		rsaKey, err[0] = rsa.GenerateKey(rand.Reader, 2048)
		Foreign, err[1] = rsa.GenerateKey(rand.Reader, 2048)
		ecKey, err[2] = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		for _, e := range err {
			if e != nil {
				t.Fatal(e)
			}
		}
	})
}

// New starts a provider.
func New(t testing.TB, now func() time.Time) *Provider {
	t.Helper()
	keys(t)
	p := &Provider{ClientID: "slipway", ClientSecret: "a secret of the client", Now: now, Algorithm: "RS256", codes: map[string]code{}, Person: map[string]any{"sub": "person-1"}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("GET /keys", p.keys)
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	p.Server = httptest.NewServer(mux)
	p.Issuer = p.Server.URL
	t.Cleanup(p.Server.Close)
	return p
}

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	answer(w, 200, map[string]any{
		"issuer": p.Issuer, "authorization_endpoint": p.Server.URL + "/authorize", "token_endpoint": p.Server.URL + "/token", "jwks_uri": p.Server.URL + "/keys",
		"response_types_supported": []string{"code"}, "id_token_signing_alg_values_supported": []string{"RS256", "ES256", "none"},
		"authorization_response_iss_parameter_supported": p.SaysIssuer,
	})
}

func (p *Provider) keys(w http.ResponseWriter, _ *http.Request) {
	p.Fetches.Add(1)
	point, err := ecKey.PublicKey.Bytes()
	if err != nil {
		http.Error(w, err.Error(), 500)
		return
	}
	answer(w, 200, map[string]any{"keys": []map[string]any{
		{"kty": "RSA", "kid": "rsa", "use": "sig", "alg": "RS256", "n": b64(rsaKey.N.Bytes()), "e": "AQAB"},
		{"kty": "EC", "kid": "ec", "use": "sig", "crv": "P-256", "x": b64(point[1:33]), "y": b64(point[33:])},
		{"kty": "oct", "kid": "weak", "k": "c2VjcmV0"},
	}})
}

// authorize asks nobody: whoever comes is Person.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("client_id") != p.ClientID || q.Get("redirect_uri") != p.Redirect || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || q.Get("state") == "" || q.Get("nonce") == "" {
		http.Error(w, "the request is not one of a registered client", http.StatusBadRequest)
		return
	}
	name := rand.Text()
	p.mu.Lock()
	p.codes[name] = code{q.Get("redirect_uri"), q.Get("code_challenge"), q.Get("nonce")}
	p.mu.Unlock()
	back := url.Values{"code": {name}, "state": {q.Get("state")}}
	if p.SaysIssuer {
		back.Set("iss", p.Issuer)
	}
	http.Redirect(w, r, p.Redirect+"?"+back.Encode(), http.StatusFound)
}

// token takes a code once, from the client that knows the verifier.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	id, secret, basic := r.BasicAuth()
	id, _ = url.QueryUnescape(id)
	secret, _ = url.QueryUnescape(secret)
	p.mu.Lock()
	given, ok := p.codes[r.PostFormValue("code")]
	delete(p.codes, r.PostFormValue("code"))
	p.mu.Unlock()
	challenge := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	switch {
	case !basic || id != p.ClientID || secret != p.ClientSecret:
		answer(w, http.StatusUnauthorized, map[string]any{"error": "invalid_client"})
	case !ok || given.redirect != r.PostFormValue("redirect_uri") || given.challenge != b64(challenge[:]):
		answer(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant"})
	default:
		answer(w, 200, map[string]any{"access_token": rand.Text(), "token_type": "Bearer", "id_token": p.Token(map[string]any{"nonce": given.nonce})})
	}
}

// Token makes a token about Person for our client, with more claims.
func (p *Provider) Token(more map[string]any) string {
	now := p.Now()
	claims := map[string]any{"iss": p.Issuer, "aud": p.ClientID, "iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix()}
	maps.Copy(claims, p.Person)
	maps.Copy(claims, more)
	header := map[string]any{"alg": p.Algorithm, "typ": "JWT", "kid": map[string]string{"RS256": "rsa", "ES256": "ec"}[p.Algorithm]}
	if p.Mischief != nil {
		p.Mischief(header, claims)
	}
	return Sign(header, claims)
}

// Sign writes a token and signs it as its header says.
func Sign(header, claims map[string]any) string {
	h, err1 := json.Marshal(header)
	c, err2 := json.Marshal(claims)
	if err1 != nil || err2 != nil {
		panic("claims that are no JSON")
	}
	text := b64(h) + "." + b64(c)
	sum := sha256.Sum256([]byte(text))
	var signature []byte
	switch header["alg"] {
	case "ES256":
		r, s, err := ecdsa.Sign(rand.Reader, ecKey, sum[:])
		if err != nil {
			panic(err)
		}
		signature = make([]byte, 64)
		r.FillBytes(signature[:32])
		s.FillBytes(signature[32:])
	case "HS256": // with the public key as secret: the classic confusion
		mac := hmac.New(sha256.New, rsaKey.N.Bytes())
		mac.Write([]byte(text))
		signature = mac.Sum(nil)
	case "none":
	default:
		key := rsaKey
		if header["foreign"] == true {
			key = Foreign
		}
		var err error
		if signature, err = rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:]); err != nil {
			panic(err)
		}
	}
	return text + "." + b64(signature)
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // who asked has gone
}
