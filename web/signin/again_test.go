package signin_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/records"
)

// A browser left open is not enough to change how its owner signs in.
func TestAgain(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.user(pipelines.User{Username: "ada"})
	nina := d.newcomer(pipelines.User{Username: "nina"})
	cookie, err := d.begin("ada", password, home)
	must(t, err)
	ada, err := d.asker(cookie)
	must(t, err)
	if err := d.Again(by("POST"), ada, "not the password"); pipelines.CodeOf(err) != pipelines.Unauthenticated {
		t.Errorf("with a wrong password: %v", err)
	}
	must(t, d.Again(by("POST"), ada, password))

	// Who has no password has signed in a moment ago.
	p := pipelines.Principal{UserID: nina, Username: "nina", Via: "session", Credential: "Sessions-1"}
	must(t, d.Records.Write(t.Context(), records.AddSession("hash", records.Session{ID: "Sessions-1", UserID: nina, Created: d.now, Expires: d.now.Add(time.Hour)})...))
	must(t, d.Again(by("POST"), p, ""))
	d.now = d.now.Add(20 * time.Minute)
	for what, who := range map[string]pipelines.Principal{"a session of before": p, "an API key": {UserID: nina, Username: "nina", Via: "api key", Credential: "APIKeys-1"}} {
		if err := d.Again(by("POST"), who, ""); pipelines.CodeOf(err) != pipelines.Conflict {
			t.Errorf("%s: %v, want that one signs in again first", what, err)
		}
		if err := d.ChangePassword(httptest.NewRecorder(), by("POST"), who, "", "a lantern by the quay"); pipelines.CodeOf(err) != pipelines.Conflict {
			t.Errorf("%s sets the first password: %v", what, err)
		}
	}
	if hash, err := d.Records.Password(t.Context(), nina); err != nil || hash != "" {
		t.Errorf("nina has a password now: %v", err)
	}
}

// Who may not come in leaves an entry, be the password right.
func TestARightPasswordOfAClosedAccountIsTold(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	id := d.user(pipelines.User{Username: "ada", Disabled: true})
	if _, err := d.begin("ada", password, home); pipelines.CodeOf(err) != pipelines.Unauthenticated {
		t.Fatalf("a disabled account: %v", err)
	}
	if got := d.last(); got.Category != "LoginFailed" || got.Subject != id || !strings.Contains(got.Message, "disabled") || got.From == "" {
		t.Errorf("the log says %+v", got)
	}
}

// What was done with an API key says with which.
func TestTheEntrySaysByWhichKey(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	root := d.root()
	root.Via, root.Credential = "api key", "APIKeys-7"
	must(t, d.SetSecondFactor(t.Context(), root, records.FactorAdministrators))
	if got := d.last(); got.Credential != "APIKeys-7" {
		t.Errorf("the entry says it was done with %q", got.Credential)
	}
	root.Via, root.Credential = "session", "Sessions-7"
	d.now = d.now.Add(time.Minute)
	must(t, d.SetSecondFactor(t.Context(), root, records.FactorEverybody))
	if got := d.last(); got.Credential != "" {
		t.Errorf("the entry names the session %q", got.Credential)
	}
}

// What a provider asks for beside a password is its business; who has set up a
// second factor here gives it all the same.
func TestSignInByProviderOwesTheFactorThatIsSetUp(t *testing.T) {
	t.Parallel()
	g := newGate(t, func(p *records.Provider) { p.NewUsers = true })
	must(t, g.SetSecondFactor(t.Context(), g.admin, records.FactorEverybody))
	g.provider.Person = map[string]any{"sub": "p-1", "preferred_username": "nina"}
	came, session, err := g.comeBack(g.goThere())
	if err != nil || came.Halfway || session == nil {
		t.Fatalf("without a factor: %+v, %v", came, err)
	}
	nina, err := g.asker(session)
	must(t, err)
	g.enrolled(nina.UserID)
	came, session, err = g.comeBack(g.goThere())
	if err != nil || !came.Halfway || session != nil {
		t.Errorf("with a factor: %+v, session %v, %v, want the second step", came, session, err)
	}
}

// The words are those of what was tried.
func TestTokensOfBuildsAreBrakedInTheirOwnWords(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	for range 5 {
		_, _, _ = d.Exchange(by("POST"), "no token", "")
	}
	_, _, err := d.Exchange(by("POST"), "no token", "")
	if err == nil || !strings.Contains(err.Error(), "tokens of builds") || strings.Contains(err.Error(), "password") {
		t.Errorf("the sixth: %v", err)
	}
	d.user(pipelines.User{Username: "ada"})
	if _, err := d.begin("ada", password, by("GET").RemoteAddr); err != nil {
		t.Errorf("a person from the same address: %v", err)
	}
}
