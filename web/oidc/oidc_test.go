package oidc_test

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/web/oidc"
	"slipway/web/oidc/oidctest"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func at(t time.Time) func() time.Time { return func() time.Time { return t } }

func TestTokensOfPeople(t *testing.T) {
	t.Parallel()
	other := oidctest.New(t, at(noon))
	for _, c := range []struct {
		name     string
		mischief func(header, claims map[string]any)
		nonce    string
		refused  string // "" where it is genuine
	}{
		{"genuine", nil, "n", ""},
		{"by an elliptic curve", func(h, _ map[string]any) { h["alg"], h["kid"] = "ES256", "ec" }, "n", ""},
		{"without a key id", func(h, _ map[string]any) { delete(h, "kid") }, "n", ""},
		{"two audiences, ours authorised", func(_, c map[string]any) { c["aud"], c["azp"] = []string{"x", "slipway"}, "slipway" }, "n", ""},
		{"just expired, within the leeway", func(_, c map[string]any) { c["exp"] = noon.Add(-30 * time.Second).Unix() }, "n", ""},
		{"wrong nonce", nil, "other", "another sign-in"},
		{"no nonce asked for", nil, "", "another sign-in"},
		{"no nonce in it", func(_, c map[string]any) { delete(c, "nonce") }, "n", "another sign-in"},
		{"wrong audience", func(_, c map[string]any) { c["aud"] = "somebody" }, "n", "another application"},
		{"no audience", func(_, c map[string]any) { delete(c, "aud") }, "n", "another application"},
		{"two audiences, nobody authorised", func(_, c map[string]any) { c["aud"] = []string{"x", "slipway"} }, "n", "another application"},
		{"another authorised", func(_, c map[string]any) { c["azp"] = "x" }, "n", "another application"},
		{"expired", func(_, c map[string]any) { c["exp"] = noon.Add(-2 * time.Minute).Unix() }, "n", "expired"},
		{"without an end", func(_, c map[string]any) { delete(c, "exp") }, "n", "expired"},
		{"with an end that is a text", func(_, c map[string]any) { c["exp"] = "tomorrow" }, "n", "no JSON Web Token"},
		{"of tomorrow", func(_, c map[string]any) { c["nbf"] = noon.Add(time.Hour).Unix() }, "n", "future"},
		{"made tomorrow", func(_, c map[string]any) { c["iat"] = noon.Add(time.Hour).Unix() }, "n", "future"},
		{"wrong issuer", func(_, c map[string]any) { c["iss"] = other.Issuer }, "n", "another issuer"},
		{"issuer with a slash", func(_, c map[string]any) { c["iss"] = c["iss"].(string) + "/" }, "n", "another issuer"},
		{"nobody", func(_, c map[string]any) { delete(c, "sub") }, "n", "nobody"},
		{"algorithm none", func(h, _ map[string]any) { h["alg"] = "none" }, "n", "signature"},
		{"a shared secret", func(h, _ map[string]any) { h["alg"] = "HS256" }, "n", "signature"},
		{"the wrong kind of key", func(h, _ map[string]any) { h["kid"] = "ec" }, "n", "signature"},
		{"an unknown key", func(h, _ map[string]any) { h["kid"] = "new" }, "n", "signature"},
		{"somebody else's key", func(h, _ map[string]any) { h["foreign"] = true }, "n", "signature"},
		{"somebody else's key, brought along", func(h, _ map[string]any) {
			h["foreign"], h["jku"] = true, other.Issuer+"/keys"
			h["jwk"] = map[string]any{"kty": "RSA", "e": "AQAB", "n": base64.RawURLEncoding.EncodeToString(oidctest.Foreign.N.Bytes())}
		}, "n", "signature"},
		{"critical extension", func(h, _ map[string]any) { h["crit"] = []string{"b64"} }, "n", "not known here"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := oidctest.New(t, at(noon))
			p.Mischief = c.mischief
			token := p.Token(map[string]any{"nonce": "n", "email": "a@example.org", "email_verified": true})
			claims, err := oidc.New(at(noon)).Verify(t.Context(), oidc.Client{Issuer: p.Issuer, ID: p.ClientID}, token, c.nonce)
			if c.refused == "" {
				if err != nil || claims.Subject != "person-1" || claims.Mail != "a@example.org" || !claims.MailVerified {
					t.Fatalf("Verify() = %+v, %v, want it accepted", claims, err)
				}
				return
			}
			if pipelines.CodeOf(err) != pipelines.Unauthenticated || !strings.Contains(err.Error(), c.refused) {
				t.Errorf("Verify() = %v, want a refusal with %q", err, c.refused)
			}
		})
	}
}

func TestTokensThatWereTouched(t *testing.T) {
	t.Parallel()
	p := oidctest.New(t, at(noon))
	token := p.Token(nil)
	parts := strings.Split(token, ".")
	i := oidc.New(at(noon))
	for name, bad := range map[string]string{
		"empty": "", "two parts": parts[0] + "." + parts[1], "four parts": token + ".x", "no base64": "!." + parts[1] + "." + parts[2],
		"padding": parts[0] + "=." + parts[1] + "." + parts[2], "no signature": parts[0] + "." + parts[1] + ".",
		"another payload": parts[0] + "." + parts[1][:10] + "A" + parts[1][11:] + "." + parts[2], "huge": strings.Repeat("a", 1<<20),
	} {
		if _, err := i.VerifyWorkload(t.Context(), p.Issuer, bad); pipelines.CodeOf(err) != pipelines.Unauthenticated {
			t.Errorf("%s: VerifyWorkload() = %v, want a refusal", name, err)
		}
	}
	if _, err := i.VerifyWorkload(t.Context(), p.Issuer, token); err != nil {
		t.Errorf("untouched: %v", err)
	}
}

func TestIssuersThatAreNone(t *testing.T) {
	t.Parallel()
	liar := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"issuer": "https://accounts.example.org", "jwks_uri": "https://accounts.example.org/keys"}`))
	}))
	t.Cleanup(liar.Close)
	plain := httptest.NewServer(nil)
	t.Cleanup(plain.Close)
	plain.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"issuer": "` + plain.URL + `", "jwks_uri": "http://keys.example.org/"}`))
	})
	inward := httptest.NewServer(nil)
	t.Cleanup(inward.Close)
	inward.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Redirect(w, &http.Request{}, "http://169.254.169.254/latest/meta-data", http.StatusFound)
	})
	for name, c := range map[string]struct{ issuer, part string }{
		"by http":                   {"http://login.example.org", "https"},
		"no address":                {"login", "https"},
		"with a query":              {"https://login.example.org?x=1", "https"},
		"who calls itself another":  {liar.URL, "calls itself"},
		"whose keys travel by http": {plain.URL, "no address with https"},
		"at the metadata address":   {"https://169.254.169.254", "only this machine"},
		"who sends on to it":        {inward.URL, "only this machine"},
		"who is not there":          {"http://127.0.0.1:1", "could not be asked"},
	} {
		if err := oidc.New(at(noon)).Check(t.Context(), c.issuer); err == nil || !strings.Contains(err.Error(), c.part) {
			t.Errorf("%s: Check() = %v, want %q", name, err, c.part)
		}
	}
}

// Whoever sends tokens with made-up key ids must not make us ask the issuer each time.
func TestKeysAreNotFetchedForEveryUnknownOne(t *testing.T) {
	t.Parallel()
	now := noon
	p := oidctest.New(t, at(noon))
	i := oidc.New(func() time.Time { return now })
	good := p.Token(nil)
	p.Mischief = func(h, _ map[string]any) { h["kid"] = "made-up" }
	bad := p.Token(nil)
	for range 50 {
		if _, err := i.VerifyWorkload(t.Context(), p.Issuer, bad); err == nil {
			t.Fatal("a token with an unknown key was accepted")
		}
	}
	if n := p.Fetches.Load(); n != 1 {
		t.Errorf("keys were fetched %d times, want once", n)
	}
	now = now.Add(time.Minute)
	if _, err := i.VerifyWorkload(t.Context(), p.Issuer, bad); err == nil || p.Fetches.Load() != 2 {
		t.Errorf("a minute later: %v after %d fetches, want one more: keys are changed", err, p.Fetches.Load())
	}
	if _, err := i.VerifyWorkload(t.Context(), p.Issuer, good); err != nil {
		t.Error(err)
	}
}

func TestMatches(t *testing.T) {
	t.Parallel()
	const main = "repo:acme/quotes:ref:refs/heads/main"
	for _, c := range []struct {
		pattern, subject string
		want             bool
	}{
		{main, main, true}, {main, main + "x", false}, {main, "x" + main, false}, {main, strings.ToUpper(main), false},
		{"repo:acme/quotes:*", main, true}, {"repo:acme/quotes:*", "repo:acme/quotes-evil:ref:refs/heads/main", false},
		{"repo:acme/*:ref:refs/heads/main", main, true}, {"repo:acme/*:ref:refs/heads/main", "repo:acme/x:ref:refs/heads/maint", false},
		{"repo:acme/*:environment:*", "repo:acme/q:environment:Prod", true}, {"a*a", "a", false}, {"a*b*c", "abc", true}, {"a*b*c", "acb", false}, {"", "", true},
	} {
		if got := oidc.Matches(c.pattern, c.subject); got != c.want {
			t.Errorf("Matches(%q, %q) = %t, want %t", c.pattern, c.subject, got, c.want)
		}
	}
}

func TestCheckPattern(t *testing.T) {
	t.Parallel()
	const github = "https://token.actions.githubusercontent.com"
	for _, c := range []struct {
		issuer, pattern string
		ok              bool
	}{
		{github, "repo:acme/quotes:ref:refs/heads/main", true}, {github, "repo:acme/*", true}, {github, "repo:acme*", false}, {github, "repo:*", false},
		{github, "*", false}, {github, "", false}, {github, " repo:acme/x", false}, {github, "rep*", false},
		{"https://vstoken.dev.azure.com/1", "sc://acme/quotes/*", true}, {"https://vstoken.dev.azure.com/1", "sc*", false},
	} {
		if err := oidc.CheckPattern(c.issuer, c.pattern); (err == nil) != c.ok {
			t.Errorf("CheckPattern(%q) = %v, want accepted: %t", c.pattern, err, c.ok)
		}
	}
}

func FuzzIssuerOf(f *testing.F) {
	f.Add("a.b.c")
	f.Add("eyJhbGciOiJub25lIn0.eyJpc3MiOiJ4Iiwic3ViIjoieSJ9.")
	f.Fuzz(func(t *testing.T, token string) {
		if issuer, err := oidc.IssuerOf(token); err == nil && issuer == "" {
			t.Error("a token of nobody")
		}
	})
}
