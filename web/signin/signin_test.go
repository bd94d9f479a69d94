package signin_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/bolttable"
	"slipway/runner/diskblobs"
	"slipway/runner/env"
	"slipway/runner/keyfilesecrets"
	"slipway/runner/mail"
	"slipway/runner/records"
	"slipway/web/credentials"
	"slipway/web/oidc"
	"slipway/web/signin"
)

const password = "correct horse battery"

// hashed is the password's hash, made once for all tests.
var hashed = sync.OnceValues(func() (string, error) {
	return credentials.NewPasswords(rand.Reader, 1).Hash(context.Background(), password)
})

// door is a SignIn over a store in a temporary folder, with a clock of its own.
type door struct {
	*signin.SignIn
	t     *testing.T
	now   time.Time
	mails []mail.Message
	down  error // why no mail goes out
	from  int
}

// Send takes the mails that go out.
func (d *door) Send(_ context.Context, m mail.Message) error {
	m.From = "slipway@example.org"
	if err := m.Check(); err != nil {
		return err
	}
	if d.down == nil {
		d.mails = append(d.mails, m)
	}
	return d.down
}

func newDoor(t *testing.T) *door {
	t.Helper()
	d := &door{t: t, now: time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)}
	e := env.Env{Now: func() time.Time { return d.now }, Random: rand.Reader}
	dir := t.TempDir()
	table, err := bolttable.Open(filepath.Join(dir, "slipway.db"), e.Now)
	must(t, err)
	t.Cleanup(func() { _ = table.Close() })
	blobs, err := diskblobs.Open(filepath.Join(dir, "blobs"))
	must(t, err)
	keeper, err := keyfilesecrets.Create(filepath.Join(dir, "key"), rand.Reader)
	must(t, err)
	rec, issuers := records.New(table, blobs), oidc.New(e.Now)
	d.SignIn = &signin.SignIn{Records: rec, Passwords: credentials.NewPasswords(rand.Reader, 2), Env: e, Sealer: keeper, Issuers: issuers, BaseURL: "https://deploy.example.org/slip"}
	d.Backroom = &signin.Here{Records: rec, Opener: keeper, Mail: d, Now: e.Now, Log: slog.New(slog.DiscardHandler), Issuers: issuers, SignIn: d.SignIn}
	return d
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// user adds somebody with the password.
func (d *door) user(u pipelines.User) string {
	d.t.Helper()
	ctx := d.t.Context()
	hash, err := hashed()
	must(d.t, err)
	changes, id, err := d.Records.NewNoun(ctx, records.Users, u.Username, func(id string, _ int) any { u.ID = id; return u })
	must(d.t, err)
	must(d.t, d.Records.Write(ctx, append(changes, records.SetPassword(id, hash))...))
	return id
}

// key gives the user an API key.
func (d *door) key(userID string, expires *time.Time) string {
	d.t.Helper()
	key, hash, err := credentials.NewKey(rand.Reader)
	must(d.t, err)
	must(d.t, d.Records.Write(d.t.Context(), records.AddAPIKey(records.APIKey{ID: hash[:8], Hash: hash, UserID: userID, Purpose: "test", Expires: expires})...))
	return key
}

// begin signs in from an address and returns the session's cookie.
func (d *door) begin(username, password, from string) (*http.Cookie, error) {
	w, r := httptest.NewRecorder(), httptest.NewRequest("POST", "/signin", nil)
	r.RemoteAddr = from
	_, err := d.Begin(w, r, username, password)
	cookies := w.Result().Cookies()
	if len(cookies) == 0 {
		return nil, err
	}
	return cookies[0], err
}

// who asks as a handler behind Recognise does.
func (d *door) who(change func(*http.Request)) (p pipelines.Principal, err error) {
	r := httptest.NewRequest("GET", "/", nil)
	change(r)
	d.Recognise(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { p, err = d.Who(r) })).ServeHTTP(httptest.NewRecorder(), r)
	return p, err
}

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

const home = "192.0.2.1:4711"

func TestWho(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	ada := d.user(pipelines.User{Username: "ada"})
	gone := d.user(pipelines.User{Username: "gone", Disabled: true})
	past, future := d.now, d.now.Add(time.Second)
	key, expired, fresh, disabled, orphan := d.key(ada, nil), d.key(ada, &past), d.key(ada, &future), d.key(gone, nil), d.key("Users-99", nil)
	cookie, err := d.begin("ADA", password, home)
	must(t, err)
	for _, c := range []struct {
		name    string
		request func(*http.Request)
		want    string // username and via
		refused string // part of the message
	}{
		{"nobody", func(*http.Request) {}, " ", ""},
		{"our header", header("X-Slipway-ApiKey", key), "ada api key", ""},
		{"Octopus's header", header("X-Octopus-ApiKey", key), "ada api key", ""},
		{"NuGet's header", header("X-NuGet-ApiKey", key), "ada api key", ""},
		{"basic", func(r *http.Request) { r.SetBasicAuth("any", key) }, "ada api key", ""},
		{"a password is no key", func(r *http.Request) { r.SetBasicAuth("ada", password) }, " ", "not known"},
		{"session", func(r *http.Request) { r.AddCookie(cookie) }, "ada session", ""},
		{"a wrong key beside a session", func(r *http.Request) { r.AddCookie(cookie); r.Header.Set("X-Slipway-ApiKey", "API-WRONG") }, " ", "not known"},
		{"a session is no key", header("X-Slipway-ApiKey", cookie.Value), " ", "not known"},
		{"unknown key", header("X-Slipway-ApiKey", "API-"+strings.Repeat("A", 32)), " ", "not known"},
		{"expired key", header("X-Slipway-ApiKey", expired), " ", "expired"},
		{"key that expires later", header("X-Slipway-ApiKey", fresh), "ada api key", ""},
		{"disabled account", header("X-Slipway-ApiKey", disabled), " ", "disabled"},
		{"removed account", header("X-Slipway-ApiKey", orphan), " ", "removed"},
		{"unknown session", func(r *http.Request) { r.AddCookie(&http.Cookie{Name: cookie.Name, Value: "x"}) }, " ", "has ended"},
	} {
		p, err := d.who(c.request)
		if got := p.Username + " " + p.Via; got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
		if c.refused == "" && err != nil || c.refused != "" && (pipelines.CodeOf(err) != pipelines.Unauthenticated || !strings.Contains(err.Error(), c.refused)) {
			t.Errorf("%s: got error %v, want one with %q", c.name, err, c.refused)
		}
	}
}

func TestRightsAreReadOnEachRequest(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	key := d.key(d.user(pipelines.User{Username: "ada"}), nil)
	team := pipelines.Team{Name: "Stakeholders", Members: []string{"ada"}}
	changes, id, err := d.Records.NewNoun(t.Context(), records.Teams, team.Name, func(id string, _ int) any { team.ID = id; return team })
	must(t, err)
	must(t, d.Records.Write(t.Context(), changes...))
	for _, want := range []int{1, 0} {
		p, err := d.who(header("X-Slipway-ApiKey", key))
		if err != nil || len(p.Teams) != want {
			t.Errorf("teams: got %v and %v, want %d", p.Teams, err, want)
		}
		team.Members = nil
		revision, err := d.Records.Revision(t.Context(), records.Teams, id)
		must(t, err)
		must(t, d.Records.Write(t.Context(), records.ReplaceNoun(records.Teams, id, team, revision)))
	}
}

func TestSession(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.user(pipelines.User{Username: "ada"})
	known := func(c *http.Cookie) bool {
		p, _ := d.who(func(r *http.Request) { r.AddCookie(c) })
		return p.Known()
	}
	first, err := d.begin("ada", password, home)
	must(t, err)
	if _, there, _ := d.Records.Session(t.Context(), first.Value); there {
		t.Error("the session is stored under its own token, want a hash")
	}
	second, err := d.begin("ada", password, home)
	must(t, err)
	if first.Value == second.Value || !known(first) || !known(second) {
		t.Errorf("two browsers: got %t and %t, want two sessions that both hold", known(first), known(second))
	}
	w, r := httptest.NewRecorder(), httptest.NewRequest("POST", "/signout", nil)
	r.AddCookie(first)
	must(t, d.End(w, r))
	if known(first) || !known(second) {
		t.Errorf("after signing out of the first: got %t and %t, want false and true", known(first), known(second))
	}
	if c := w.Result().Cookies()[0]; c.Value != "" || c.MaxAge >= 0 {
		t.Errorf("cookie after signing out: got %v, want one that is taken away", c)
	}
	for range 7*24*2 - 1 { // used every half hour, day and night
		d.now = d.now.Add(30 * time.Minute)
		if !known(second) {
			t.Fatal("the session ended before 7 days")
		}
	}
	d.now = d.now.Add(30 * time.Minute)
	if known(second) {
		t.Error("the session holds after 7 days")
	}
}

func TestSigningInAgainEndsTheSessionInTheCookie(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.user(pipelines.User{Username: "ada"})
	old, err := d.begin("ada", password, home)
	must(t, err)
	r := httptest.NewRequest("POST", "/signin", nil)
	r.AddCookie(old)
	_, err = d.Begin(httptest.NewRecorder(), r, "ada", password)
	must(t, err)
	if p, _ := d.who(func(r *http.Request) { r.AddCookie(old) }); p.Known() {
		t.Error("the former session still holds")
	}
}

func TestCookie(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		base       string
		secure     bool
		name, path string
	}{
		{"", true, "__Host-slipway", "/"},
		{"", false, "slipway", "/"},
		{"/deploy/slip", true, "__Secure-slipway", "/deploy/slip"},
		{"/deploy/slip", false, "slipway", "/deploy/slip"},
	} {
		d := newDoor(t)
		d.BasePath, d.Secure = c.base, c.secure
		d.user(pipelines.User{Username: "ada"})
		got, err := d.begin("ada", password, home)
		must(t, err)
		if got.Name != c.name || got.Path != c.path || got.Secure != c.secure || !got.HttpOnly || got.SameSite != http.SameSiteLaxMode || got.Domain != "" {
			t.Errorf("cookie at %q, secure %t: got %v, want %s at %s", c.base, c.secure, got, c.name, c.path)
		}
	}
}

func TestFailuresAreOneAnswerAndAudited(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.user(pipelines.User{Username: "ada"})
	d.user(pipelines.User{Username: "gone", Disabled: true})
	_, wrong := d.begin("ada", "wrong password", home)
	_, unknown := d.begin("nobody", password, home)
	if pipelines.CodeOf(wrong) != pipelines.Unauthenticated || wrong.Error() != unknown.Error() {
		t.Errorf("wrong password: %v, unknown user: %v; want the same", wrong, unknown)
	}
	if _, err := d.begin("gone", password, home); err == nil || !strings.Contains(err.Error(), "disabled") {
		t.Errorf("disabled account with its password: got %v, want that it is disabled", err)
	}
	if _, err := d.begin("gone", "wrong password", home); err.Error() != wrong.Error() {
		t.Errorf("disabled account without its password: got %v, want what everybody gets", err)
	}
	if _, err := d.begin("ada", password, home); err != nil {
		t.Errorf("right password after wrong ones: %v", err)
	}
	log, err := d.Records.AuditLog(t.Context(), time.Time{}, 10)
	must(t, err)
	seen := map[string]int{}
	for _, e := range log {
		seen[e.Category+" "+e.Username+" "+e.Subject]++
	}
	want := map[string]int{"LoginFailed ada Users-1": 1, "LoginFailed nobody Users-Nobody": 1, "LoginFailed gone Users-2": 2, "LoginSucceeded ada Users-1": 1}
	for entry, n := range want {
		if seen[entry] != n {
			t.Errorf("audit entries: got %v, want %v", seen, want)
		}
	}
}

func TestLoginBeginsNoSession(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.user(pipelines.User{Username: "ada"})
	p, err := d.Login(httptest.NewRequest("POST", "/v1/login", nil), "ada", password, "")
	if err != nil || p.Username != "ada" || p.Via != "password" {
		t.Errorf("Login: got %+v and %v, want ada by password", p, err)
	}
	if _, err := d.Login(httptest.NewRequest("POST", "/v1/login", nil), "ada", "wrong password", ""); pipelines.CodeOf(err) != pipelines.Unauthenticated {
		t.Errorf("Login with a wrong password: got %v, want unauthenticated", err)
	}
}
