package signin_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/catalog"
	"slipway/runner/records"
	"slipway/web/credentials"
	"slipway/web/oidc/oidctest"
	"slipway/web/signin"
)

// Everything by which somebody comes in, tried while the account is there, while
// it is disabled, and once it is enabled again.
func TestNothingOfADisabledAccountOpensAnything(t *testing.T) {
	t.Parallel()
	g := newGate(t, nil)
	builds := oidctest.New(t, func() time.Time { return g.now })
	store := &catalog.Catalog{Records: g.Records, Env: g.Env}
	ada := g.user(pipelines.User{Username: "ada", Mail: "ada@example.org"})
	ci := g.newcomer(pipelines.User{Username: "ci", Service: true})
	must(t, g.Records.Write(t.Context(), records.AddIdentity(records.Identity{Issuer: g.provider.Issuer, Subject: "p-1", Provider: "acme", UserID: ada})...))
	_, err := g.AddTrust(t.Context(), g.admin, "ci", records.Trust{Issuer: builds.Issuer, Subject: onMain, Audience: "https://deploy.example.org"})
	must(t, err)
	set := func(disabled bool) {
		g.now = g.now.Add(time.Minute)
		for _, name := range []string{"ada", "ci"} {
			must(t, store.ChangeUser(t.Context(), g.admin, name, false, func(u *pipelines.User) { u.Disabled = disabled }))
		}
		g.now = g.now.Add(time.Minute)
	}

	session, err := g.begin("ada", password, home)
	must(t, err)
	key, serviceKey := g.key(ada, nil), g.key(ci, nil)
	_, err = g.Invite(t.Context(), g.admin, "ada")
	must(t, err)
	invitation := g.tokenOf(signin.Invitation)
	g.provider.Person = map[string]any{"sub": "p-1"}
	back, cookies := g.goThere()
	secret, _ := g.enrolled(ada)
	halfway := g.halfway("ada")

	ways := []struct {
		name  string
		try   func() error
		again bool // it works once the account is enabled again
	}{
		{"session", func() error { _, err := g.asker(session); return err }, false},
		{"key", func() error { _, err := g.who(header("X-Slipway-ApiKey", key)); return err }, true},
		{"key of a service account", func() error { _, err := g.who(header("X-NuGet-ApiKey", serviceKey)); return err }, true},
		{"second step", func() error {
			return g.Finish(httptest.NewRecorder(), by("POST", halfway), credentials.TOTP(secret, g.now))
		}, false},
		{"invitation", func() error { _, err := g.Opened(t.Context(), signin.Invitation, invitation); return err }, false},
		{"way to a provider", func() error { _, _, err := g.comeBack(back, cookies); return err }, false}, // it is used up
		{"token of a build", func() error {
			_, _, err := g.Exchange(fresh(g.door), builds.Token(map[string]any{"sub": onMain, "aud": "https://deploy.example.org", "jti": g.Env.NewID()}), "")
			return err
		}, true},
		{"password", func() error { _, err := g.Begin(httptest.NewRecorder(), fresh(g.door), "ada", password); return err }, true},
		{"password of a program", func() error {
			_, err := g.Login(fresh(g.door), "ada", password, credentials.TOTP(secret, g.now))
			return err
		}, true},
	}
	set(true)
	for _, way := range ways {
		if code := pipelines.CodeOf(way.try()); code != pipelines.Unauthenticated && code != pipelines.NotFound {
			t.Errorf("%s of a disabled account: %q, want a refusal", way.name, code)
		}
	}
	sent := len(g.mails)
	if must(t, g.MailReset(t.Context(), "ada", "192.0.2.9")); len(g.mails) > sent {
		t.Error("a disabled account is mailed a link to a new password")
	}
	set(false)
	for _, way := range ways {
		if err := way.try(); (err == nil) != way.again {
			t.Errorf("%s of an account that is enabled again: %v, want that it works: %t", way.name, err, way.again)
		}
	}
}
