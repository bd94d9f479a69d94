package signin_test

import (
	"context"
	"crypto/rand"
	"io"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/mail"
	"slipway/runner/records"
	"slipway/web/credentials"
	"slipway/web/signin"
)

// A key, be it without a scope, does not become the account: how one signs in is
// changed in a session, or with the password.
func TestAKeyDoesNotBecomeTheAccount(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	id := d.user(pipelines.User{Username: "ada", Mail: "ada@example.org", Admin: true})
	nina := d.newcomer(pipelines.User{Username: "nina", Mail: "nina@example.org"})
	d.enrolled(id)
	_, err := d.begin("ada", password, home)
	must(t, err)
	ctx := t.Context()
	ada, err := d.Records.Principal(ctx, id, "api key")
	must(t, err)
	ada.Credential = "APIKeys-1"
	other := pipelines.Principal{UserID: nina, Username: "nina", Via: "api key", Credential: "APIKeys-2"}
	_, others := d.EndOthers(ctx, ada)
	for what, c := range map[string]struct {
		err  error
		code pipelines.Code
	}{
		"password":          {d.ChangePassword(httptest.NewRecorder(), by("POST"), ada, "guessed", "a lantern by the quay"), pipelines.Unauthenticated},
		"mail":              {d.SaveOwn(by("POST"), ada, "Ada", "eve@example.org", "guessed"), pipelines.Unauthenticated},
		"mail, no password": {d.SaveOwn(by("POST"), other, "", "eve@example.org", ""), pipelines.Conflict},
		"factor":            {d.ResetFactor(ctx, ada, "ada"), pipelines.Conflict},
		"own sessions":      {d.EndAllOf(ctx, ada, "ada"), pipelines.Forbidden},
		"other sessions":    {others, pipelines.Forbidden},
		"one session":       {d.EndOne(ctx, ada, "Sessions-1"), pipelines.Forbidden},
		"provider":          {d.Unlink(ctx, ada, "acme"), pipelines.Forbidden},
	} {
		if pipelines.CodeOf(c.err) != c.code {
			t.Errorf("%s: %v, want %s", what, c.err, c.code)
		}
	}
	must(t, d.SaveOwn(by("POST"), ada, "Ada", "ada@lovelace.example", password))
}

// A build's key changes nothing that stays.
func TestABuildsKeyChangesNoAccount(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	root := d.root()
	d.user(pipelines.User{Username: "ada", Mail: "ada@example.org"})
	key, hash, err := credentials.NewKey(rand.Reader)
	must(t, err)
	must(t, d.Records.Write(t.Context(), records.AddPassingKey(records.APIKey{ID: "APIKeys-1", Hash: hash, UserID: root.UserID, Build: true})...))
	p, err := d.who(header("X-Slipway-ApiKey", key))
	must(t, err)
	_, invited := d.Invite(t.Context(), p, "ada")
	for what, err := range map[string]error{
		"sessions": d.EndAllOf(t.Context(), p, "ada"), "factor": d.ResetFactor(t.Context(), p, "ada"), "invitation": invited,
		"rule": d.SetSecondFactor(t.Context(), p, records.FactorEverybody), "name": d.SaveOwn(by("POST"), p, "Root", "", ""),
	} {
		if pipelines.CodeOf(err) != pipelines.Forbidden || !strings.Contains(err.Error(), "one build") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestAServiceAccountGetsNoPassword(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	id := d.newcomer(pipelines.User{Username: "bot", Service: true})
	for _, via := range []string{"session", "api key"} { // a session of before it became one
		must(t, d.Records.Write(t.Context(), records.AddSession("h"+via, records.Session{ID: "Sessions-" + via, UserID: id, Created: d.now, Expires: d.now.Add(time.Hour)})...))
		p := pipelines.Principal{UserID: id, Username: "bot", Via: via, Credential: "Sessions-" + via}
		if err := d.ChangePassword(httptest.NewRecorder(), by("POST"), p, "", "a lantern by the quay"); pipelines.CodeOf(err) != pipelines.Invalid {
			t.Errorf("by %s: %v", via, err)
		}
	}
	if hash, err := d.Records.Password(t.Context(), id); err != nil || hash != "" {
		t.Errorf("the password is %q, %v", hash, err)
	}
}

func TestNobodyTakesAnotherPersonsMailAddress(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.user(pipelines.User{Username: "ada", Mail: "ada@example.org"})
	d.user(pipelines.User{Username: "mallory", Mail: "mallory@example.org"})
	cookie, err := d.begin("mallory", password, home)
	must(t, err)
	p, err := d.asker(cookie)
	must(t, err)
	if err := d.SaveOwn(by("POST"), p, "", "ADA@example.org", password); pipelines.CodeOf(err) != pipelines.Invalid {
		t.Errorf("mallory takes ada's address: %v", err)
	}
}

// meanwhile is a source of random bytes that does something when it is first read.
type meanwhile struct{ do func() }

func (m *meanwhile) Read(p []byte) (int, error) {
	if do := m.do; do != nil {
		m.do = nil
		do()
	}
	return io.ReadFull(rand.Reader, p)
}

// Between the look at the password and the session, the password changes.
func TestNoSessionByAPasswordThatIsJustChanged(t *testing.T) {
	t.Parallel()
	for _, halfway := range []bool{false, true} {
		d := newDoor(t)
		id := d.user(pipelines.User{Username: "ada"})
		secret := []byte(nil)
		if halfway {
			secret, _ = d.enrolled(id)
		}
		d.Env.Random = &meanwhile{func() {
			must(t, d.Records.Write(t.Context(), records.SetPassword(id, "another"), records.EndSessions(id, d.now)))
		}}
		cookie, err := d.begin("ada", password, home)
		if halfway && err == nil {
			d.now = d.now.Add(time.Minute)
			cookie, err = d.finish(cookie, credentials.TOTP(secret, d.now))
		}
		if err != nil {
			continue
		}
		if p, err := d.asker(cookie); err == nil {
			t.Errorf("halfway %t: the session opens %s", halfway, p.Username)
		}
	}
}

func TestNoLinkSetsBackAPasswordThatIsJustChanged(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	id := d.newcomer(pipelines.User{Username: "ada", Mail: "ada@example.org"})
	_, err := d.Invite(t.Context(), d.root(), "ada")
	must(t, err)
	d.Passwords = credentials.NewPasswords(&meanwhile{func() {
		must(t, d.Records.Write(t.Context(), records.SetPassword(id, "another"), records.DropTickets(id)))
	}}, 2)
	if err := d.redeem(signin.Invitation, d.tokenOf(signin.Invitation), "a lantern by the quay"); pipelines.CodeOf(err) != pipelines.NotFound {
		t.Errorf("the link: %v", err)
	}
	if hash, err := d.Records.Password(t.Context(), id); err != nil || hash != "another" {
		t.Errorf("the password is %q, %v", hash, err)
	}
}

// Of several who take the same away at once, one does, and the log tells of one.
func TestWhatIsTakenAwayIsTakenAwayOnce(t *testing.T) {
	t.Parallel()
	g := newGate(t, nil)
	ada := g.user(pipelines.User{Username: "ada"})
	cookie, err := g.begin("ada", password, home)
	must(t, err)
	p, err := g.asker(cookie)
	must(t, err)
	g.enrolled(ada)
	builds, err := g.SignIn.Records.Providers(t.Context())
	must(t, err)
	must(t, g.Records.Write(t.Context(), append(records.AddIdentity(records.Identity{Issuer: builds[0].Issuer, Subject: "s", Provider: "acme", UserID: ada}),
		records.AddTrust(records.Trust{ID: "Trusts-1", UserID: ada}))...))
	must(t, g.Records.Write(t.Context(), records.AddSession("h", records.Session{ID: "Sessions-7", UserID: ada, Created: g.now, Expires: g.now.Add(time.Hour), Hash: "h"})...))
	ctx := t.Context()
	for _, c := range []struct {
		what string
		do   func() error
	}{
		{"session", func() error { return g.EndOne(ctx, p, "Sessions-7") }},
		{"identity", func() error { return g.Unlink(ctx, p, "acme") }},
		{"factor", func() error { return g.DropFactor(ctx, p) }},
		{"trust", func() error { return g.RemoveTrust(ctx, g.admin, "Trusts-1") }},
		{"provider", func() error { return g.RemoveProvider(ctx, g.admin, "acme") }},
	} {
		before := len(g.log())
		codes := together(6, func(int) error { return c.do() })
		if codes[""] != 1 || codes[pipelines.NotFound] != 5 {
			t.Errorf("%s: %v, want one done and five that find none", c.what, codes)
		}
		if n := len(g.log()) - before; n != 1 {
			t.Errorf("%s: %d entries", c.what, n)
		}
	}
}

// A sign-in by a recovery code is one entry, which says so.
func TestARecoveryCodeIsOneEntry(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	_, recovery := d.enrolled(d.user(pipelines.User{Username: "ada"}))
	before := len(d.log())
	_, err := d.finish(d.halfway("ada"), recovery[0])
	must(t, err)
	log := d.log()
	if len(log)-before != 1 || !slices.ContainsFunc(log, func(e pipelines.Event) bool {
		return e.Category == "LoginSucceeded" && strings.Contains(e.Message, "a recovery code, of which 9 are left")
	}) {
		t.Errorf("%d entries: %+v", len(log)-before, log)
	}
}

// What a provider makes of somebody says from where, and is found under the teams.
func TestEntriesOfSignInsByProviderSayAll(t *testing.T) {
	t.Parallel()
	g := newGate(t, func(p *records.Provider) { p.NewUsers = true })
	g.team(pipelines.Team{Name: "Readers", BySignIn: []string{"bob"}})
	g.team(pipelines.Team{Name: "Deployers"})
	must(t, g.SaveProvider(t.Context(), g.admin, g.settings(nil), ""))
	g.provider.Person = map[string]any{"sub": "p-1", "preferred_username": "nina", "groups": []string{"all"}}
	p, err := g.signIn()
	must(t, err)
	seen := 0
	for _, e := range g.log() {
		if e.UserID != p.UserID {
			continue
		}
		seen++
		if e.From == "" {
			t.Errorf("no address: %+v", e)
		}
	}
	teams, err := g.Records.Teams(t.Context())
	must(t, err)
	told := false
	for _, e := range g.log() {
		if at := slices.IndexFunc(teams, func(team pipelines.Team) bool { return slices.Contains(e.Related, team.ID) }); at >= 0 {
			told = strings.Contains(e.Details["members after"], "nina") && !strings.Contains(e.Details["members before"], "nina")
		}
	}
	if seen < 2 || !told {
		t.Errorf("%d entries of nina; found under the team: %t: %+v", seen, told, g.log())
	}
}

// hung is a mail server that does not answer.
type hung struct{ *signin.Here }

func (hung) Send(ctx context.Context, _ mail.Message) error {
	<-ctx.Done()
	return ctx.Err()
}

// Nobody waits long for a mail server, and the log says what became of the mail.
func TestAnInvitationThatIsNotSentSaysSo(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	root := d.root()
	d.newcomer(pipelines.User{Username: "ada", Mail: "ada@example.org"})
	says := func(want string) {
		t.Helper()
		all, err := d.Records.AuditLog(t.Context(), d.now.AddDate(1, 0, 0), 20)
		must(t, err)
		if !slices.ContainsFunc(all, func(e pipelines.Event) bool {
			return e.Category == "InvitationSent" && strings.Contains(e.Message, want)
		}) {
			t.Errorf("no entry says %q: %+v", want, all)
		}
	}
	d.down = io.ErrUnexpectedEOF
	if _, err := d.Invite(t.Context(), root, "ada"); pipelines.CodeOf(err) != pipelines.Unavailable {
		t.Errorf("a server that is down: %v", err)
	}
	says("the mail that invites ada, to ada@example.org, could not be sent: unexpected EOF")
	d.down, d.now = mail.ErrTryAgain, d.now.Add(time.Minute)
	_, _ = d.Invite(t.Context(), root, "ada")
	says("is tried again")
	d.now = d.now.Add(time.Minute)
	d.Backroom = hung{d.Backroom.(*signin.Here)}
	begun := time.Now()
	_, err := d.Invite(t.Context(), root, "ada")
	if took := time.Since(begun); pipelines.CodeOf(err) != pipelines.Unavailable || !strings.Contains(err.Error(), "within 5s") || took > 9*time.Second {
		t.Errorf("a server that says nothing: %v after %s", err, took)
	}
	says("could not be sent: the mail server did not take it within 5s")
}
