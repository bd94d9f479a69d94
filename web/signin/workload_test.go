package signin_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/web/oidc/oidctest"
)

const onMain = "repo:acme/random-quotes:ref:refs/heads/main"

func TestBuildsSignInWithoutAKey(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	github, other := oidctest.New(t, func() time.Time { return d.now }), oidctest.New(t, func() time.Time { return d.now })
	admin := d.root()
	d.newcomer(pipelines.User{Username: "ci", Service: true})
	d.user(pipelines.User{Username: "ada"})
	rule := records.Trust{Issuer: github.Issuer, Subject: onMain, Audience: "https://deploy.example.org", Minutes: 20}
	made, err := d.AddTrust(t.Context(), admin, "ci", rule)
	must(t, err)
	token := func(p *oidctest.Provider, more map[string]any) string {
		claims := map[string]any{"sub": onMain, "aud": "https://deploy.example.org", "jti": d.Env.NewID()}
		for name, value := range more {
			claims[name] = value
		}
		return p.Token(claims)
	}
	good := token(github, nil)
	key, stored, err := d.Exchange(by("POST"), good, "")
	must(t, err)
	if stored.Expires.Sub(d.now) != 20*time.Minute {
		t.Errorf("the key lasts until %s, want 20 minutes", stored.Expires)
	}
	if p, err := d.who(header("X-Slipway-ApiKey", key)); err != nil || p.Username != "ci" {
		t.Errorf("the key is of %+v, %v", p, err)
	}
	for name, c := range map[string]struct{ token, account string }{
		"replayed":         {good, ""},
		"another branch":   {token(github, map[string]any{"sub": onMain + "tenance"}), ""},
		"another repo":     {token(github, map[string]any{"sub": "repo:evil/random-quotes:ref:refs/heads/main"}), ""},
		"another audience": {token(github, map[string]any{"aud": "https://other.example.org"}), ""},
		"no audience":      {token(github, map[string]any{"aud": nil}), ""},
		"expired":          {token(github, map[string]any{"exp": d.now.Add(-2 * time.Minute).Unix()}), ""},
		"another issuer":   {token(other, nil), ""},
		"in its name":      {token(other, map[string]any{"iss": github.Issuer, "kid": "rsa2"}) + "x", ""},
		"another account":  {token(github, nil), "ada"},
		"unknown account":  {token(github, nil), "nobody"},
		"no token":         {"x", ""},
	} {
		if _, _, err := d.Exchange(fresh(d), c.token, c.account); pipelines.CodeOf(err) != pipelines.Unauthenticated && pipelines.CodeOf(err) != pipelines.Forbidden {
			t.Errorf("%s: Exchange() = %v, want a refusal", name, err)
		}
	}
	if other.Fetches.Load() > 0 {
		t.Error("an issuer that nobody trusts was asked")
	}
	d.now = d.now.Add(20 * time.Minute)
	if _, err := d.who(header("X-Slipway-ApiKey", key)); err == nil {
		t.Error("the key holds after its time")
	}
	must(t, d.RemoveTrust(t.Context(), admin, made.ID))
	if _, _, err := d.Exchange(fresh(d), token(github, nil), ""); err == nil {
		t.Error("a build signs in after its trust was taken back")
	}
}

func TestATokenWithoutAnIdWorksOnce(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	ado := oidctest.New(t, func() time.Time { return d.now })
	d.newcomer(pipelines.User{Username: "ci", Service: true})
	_, err := d.AddTrust(t.Context(), d.root(), "ci", records.Trust{Issuer: ado.Issuer, Subject: "sc://acme/*", Audience: "api://AzureADTokenExchange"})
	must(t, err)
	token := ado.Token(map[string]any{"sub": "sc://acme/quotes/slipway", "aud": "api://AzureADTokenExchange"})
	_, _, err = d.Exchange(by("POST"), token, "ci")
	must(t, err)
	// The same token is written in other ways: with a line break, and with other
	// bits where the last character of a part has some to spare.
	for name, again := range map[string]string{
		"as it was": token, "with a line break": token[:20] + "\n" + token[20:], "with a space behind": token + " ",
		"with an unused bit of the signature": spare(token),
	} {
		if _, _, err := d.Exchange(fresh(d), again, "ci"); pipelines.CodeOf(err) != pipelines.Unauthenticated {
			t.Errorf("the second time, %s: %v", name, err)
		}
	}
}

// spare is the token with another last character that stands for the same bytes.
func spare(token string) string {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(digits, token[len(token)-1])
	return token[:len(token)-1] + string(digits[last^1])
}

func TestWhatMayBeTrusted(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	issuer := oidctest.New(t, func() time.Time { return d.now }).Issuer
	admin := d.root()
	d.newcomer(pipelines.User{Username: "ci", Service: true})
	d.user(pipelines.User{Username: "ada"})
	keeper := pipelines.Principal{UserID: "Users-9", Username: "k", Grants: []pipelines.Grant{{Permission: pipelines.UserEdit}, {Permission: pipelines.ConfigureServer}}}
	for name, c := range map[string]struct {
		by      pipelines.Principal
		account string
		rule    records.Trust
		want    pipelines.Code
	}{
		"whole":          {admin, "ci", records.Trust{Issuer: issuer, Subject: onMain}, ""},
		"by a keeper":    {keeper, "ci", records.Trust{Issuer: issuer, Subject: onMain}, pipelines.Forbidden},
		"a person":       {admin, "ada", records.Trust{Issuer: issuer, Subject: onMain}, pipelines.Invalid},
		"nobody":         {admin, "nobody", records.Trust{Issuer: issuer, Subject: onMain}, pipelines.NotFound},
		"empty subject":  {admin, "ci", records.Trust{Issuer: issuer}, pipelines.Invalid},
		"everybody":      {admin, "ci", records.Trust{Issuer: issuer, Subject: "*"}, pipelines.Invalid},
		"all of GitHub":  {admin, "ci", records.Trust{Issuer: "https://token.actions.githubusercontent.com", Subject: "repo:*"}, pipelines.Invalid},
		"all of GitLab":  {admin, "ci", records.Trust{Issuer: "https://gitlab.com", Subject: "project_path:*"}, pipelines.Invalid},
		"half an owner":  {admin, "ci", records.Trust{Issuer: "https://gitlab.com", Subject: "project_path:ac*"}, pipelines.Invalid},
		"by http":        {admin, "ci", records.Trust{Issuer: "http://token.example.org", Subject: onMain}, pipelines.Invalid},
		"for a day":      {admin, "ci", records.Trust{Issuer: issuer, Subject: onMain, Minutes: 1440}, pipelines.Invalid},
		"for one minute": {admin, "ci", records.Trust{Issuer: issuer, Subject: onMain, Minutes: 1}, pipelines.Invalid},
	} {
		if _, err := d.AddTrust(t.Context(), c.by, c.account, c.rule); pipelines.CodeOf(err) != c.want {
			t.Errorf("%s: AddTrust() = %v, want %q", name, err, c.want)
		}
	}
	all, err := d.Records.Trusts(t.Context())
	if err != nil || len(all) != 1 || !strings.HasPrefix(all[0].Audience, "https://deploy.example.org") {
		t.Errorf("rules: %+v, %v, want the one, made for this server", all, err)
	}
}

// fresh comes from an address of its own, so that the brake is not what refuses.
func fresh(d *door) *http.Request {
	d.from++
	r := by("POST")
	r.RemoteAddr = fmt.Sprintf("198.51.100.%d:1", d.from)
	return r
}

// Wrong tokens wait after a while, and a good one of the same address does not.
func TestWrongTokensKeepNoBuildWaiting(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	github := oidctest.New(t, func() time.Time { return d.now })
	d.newcomer(pipelines.User{Username: "ci", Service: true})
	_, err := d.AddTrust(t.Context(), d.root(), "ci", records.Trust{Issuer: github.Issuer, Subject: onMain, Audience: "https://deploy.example.org"})
	must(t, err)
	for range 20 {
		_, _, err = d.Exchange(by("POST"), "rubbish", "")
	}
	if pipelines.CodeOf(err) != pipelines.Unavailable {
		t.Errorf("the twentieth wrong token: %v, want a wait", err)
	}
	good := github.Token(map[string]any{"sub": onMain, "aud": "https://deploy.example.org", "jti": d.Env.NewID()})
	if _, _, err := d.Exchange(by("POST"), good, ""); err != nil {
		t.Errorf("a good one from the same address: %v", err)
	}
}
