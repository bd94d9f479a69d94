package web

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/web/credentials"
	"slipway/web/oidc/oidctest"
)

// mailTo waits for a mail to an address and gives its text.
func (k *pageKit) mailTo(address string) string {
	k.t.Helper()
	for range 400 {
		all, err := k.mail.List(k.t.Context())
		must(k.t, err)
		for _, m := range all {
			full, err := k.mail.Get(k.t.Context(), m.Key)
			must(k.t, err)
			if len(full.To) == 1 && full.To[0] == address {
				return full.Text
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	k.t.Fatalf("no mail came to %s", address)
	return ""
}

// pathIn is the page that a mail leads to, below the base.
func (k *pageKit) pathIn(text, purpose string) string {
	k.t.Helper()
	found := regexp.MustCompile(regexp.QuoteMeta(k.server.URL+k.base) + `(/` + purpose + `/\S+)`).FindStringSubmatch(text)
	if found == nil {
		k.t.Fatalf("no link to %s below the configured address in %q", purpose, text)
	}
	return found[1]
}

func TestForgottenPasswordByPages(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "/slip")
	nobody := k.browser("")
	nobody.has("/signin", 200, `data-testid="forgot"`)
	known := nobody.forged("/forgot", url.Values{"name": {"stella"}})
	unknown := nobody.forged("/forgot", url.Values{"name": {"nobody at all"}})
	if known.status != 200 || known.body != unknown.body {
		t.Fatalf("forgot answers %d %s for somebody and %d %s for nobody: want the same", known.status, known.text(), unknown.status, unknown.text())
	}
	text := k.mailTo("stella@example.org")
	if strings.Contains(text, "evil.example") {
		t.Fatalf("the link begins with the forged host: %s", text)
	}
	path := k.pathIn(text, "reset")
	nobody.has(path, 200, `data-testid="ticket-form"`)
	if got := nobody.post(path, url.Values{"password": {"a new lantern"}, "again": {"another lantern"}}); got.status != 422 {
		t.Errorf("two passwords that differ: %d", got.status)
	}
	if got := nobody.post(path, url.Values{"password": {"a new lantern"}, "again": {"a new lantern"}}); got.status != 303 || got.header.Get("Location") != "/slip/" {
		t.Fatalf("setting the password: %d to %s: %s", got.status, got.header.Get("Location"), got.text())
	}
	nobody.has("/profile", 200, "stella")
	k.browser("").has(path, 404, "does not work")
}

// forged posts as somebody does who claims another host.
func (b *browser) forged(path string, form url.Values) answered {
	b.k.t.Helper()
	r, err := http.NewRequestWithContext(b.k.t.Context(), http.MethodPost, b.k.server.URL+b.k.base+path, strings.NewReader(form.Encode()))
	must(b.k.t, err)
	r.Host = "evil.example"
	r.Header.Set("X-Forwarded-Host", "evil.example")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.sent(r)
}

func TestInvitationByPages(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.add(records.Users, "nina", func(id string, _ int) any {
		return pipelines.User{ID: id, Username: "nina", Mail: "nina@example.org"}
	})
	if got := k.browser("guest").post("/people/users/nina/invite", nil); got.status != 403 {
		t.Errorf("somebody without the right invites: %d", got.status)
	}
	if got := k.browser("admin").post("/people/users/nina/invite", nil); got.status != 303 {
		t.Fatalf("inviting: %d %s", got.status, got.text())
	}
	b := k.browser("")
	if got := b.post(k.pathIn(k.mailTo("nina@example.org"), "invitation"), url.Values{"password": {"a lantern of mine"}, "again": {"a lantern of mine"}}); got.status != 303 {
		t.Fatalf("choosing a password: %d %s", got.status, got.text())
	}
	b.has("/profile", 200, "nina")
}

func TestProfileByPages(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	b, other := k.browser("stella"), k.browser("stella")
	b.has("/profile", 200, `data-testid="here"`, `data-testid="end-others"`)
	if got := b.post("/profile", url.Values{"display": {`<script>alert(1)</script>`}, "mail": {"new@example.org"}}); got.status != 422 || strings.Contains(got.body, "<script>alert") {
		t.Errorf("another mail address without the password: %d", got.status)
	}
	if got := b.post("/profile", url.Values{"display": {"Stella"}, "mail": {"new@example.org"}, "password": {password}}); got.status != 303 {
		t.Errorf("with it: %d %s", got.status, got.text())
	}
	if got := b.post("/profile/sessions/end-others", nil); got.status != 303 {
		t.Errorf("ending other sessions: %d", got.status)
	}
	if got := other.get("/profile"); got.status != 303 || !strings.HasPrefix(got.header.Get("Location"), "/signin") {
		t.Errorf("the other browser: %d, want to be signed out", got.status)
	}
	if got := b.post("/profile/password", url.Values{"old": {password}, "new": {"another lantern"}, "again": {"another lantern"}}); got.status != 303 {
		t.Errorf("changing the password: %d %s", got.status, got.text())
	}
	b.has("/profile", 200)
	if got := b.post("/profile", url.Values{"display": {strings.Repeat("x", 10<<20)}}); got.status != 413 {
		t.Errorf("ten megabytes of a name: %d, want 413", got.status)
	}
}

// A disabled account is closed from the next request on, by whatever way it
// comes, and what it had open stays closed when it is enabled again.
func TestADisabledAccountIsClosedAtOnce(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	b, idle := k.browser("stella"), k.browser("stella")
	all, err := k.records.Users(t.Context())
	must(t, err)
	text, hash, err := credentials.NewKey(rand.Reader)
	must(t, err)
	for _, u := range all {
		if u.Username == "stella" {
			must(t, k.records.Write(t.Context(), records.AddAPIKey(records.APIKey{ID: "APIKeys-1", Hash: hash, UserID: u.ID, Purpose: "test", Created: time.Now()})...))
		}
	}
	byKey := func(path string) answered {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, k.server.URL+path, http.NoBody)
		must(t, err)
		r.Header.Set("X-Slipway-ApiKey", text)
		return k.browser("").sent(r)
	}
	b.has("/profile", 200, "stella")
	if got := byKey("/v1/me"); got.status != 200 {
		t.Fatalf("the key before: %d %s", got.status, got.body)
	}
	set := func(disabled bool) {
		must(t, k.catalog.ChangeUser(t.Context(), k.admin, "stella", false, func(u *pipelines.User) { u.Disabled = disabled }))
	}
	set(true)
	if got := b.get("/profile"); got.status != 303 || !strings.HasPrefix(got.header.Get("Location"), "/signin") {
		t.Errorf("a page after: %d, want the sign-in form", got.status)
	}
	for _, path := range []string{"/v1/me", "/v1/status"} {
		if got := byKey(path); got.status != 401 {
			t.Errorf("%s by a key after: %d, want 401", path, got.status)
		}
	}
	if got := byKey("/v1/me"); got.status != 401 || !strings.Contains(got.body, "disabled") {
		t.Errorf("the key after: %d %s, want 401 that says why", got.status, got.body)
	}
	if got := k.browser("").post("/signin", url.Values{"name": {"stella"}, "password": {password}}); got.status != 401 {
		t.Errorf("signing in after: %d, want 401", got.status)
	}
	set(false)
	if got := idle.get("/profile"); got.status != 303 {
		t.Errorf("enabled again, a session of before that nobody used meanwhile: %d, want the sign-in form", got.status)
	}
	k.browser("stella").has("/profile", 200, "stella")
}

// Who is in a team by the groups of a provider is shown, and that it is so.
func TestTeamsShowWhoIsInThemBySignIn(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.add(records.Teams, "Deployers", func(id string, _ int) any {
		return pipelines.Team{ID: id, Name: "Deployers", Members: []string{"stella"}, BySignIn: []string{"guest"}}
	})
	admin := k.browser("admin")
	admin.has("/people/teams", 200, "Guest (by sign-in)")
	teams, err := k.records.Teams(t.Context())
	must(t, err)
	for _, team := range teams {
		if team.Name == "Deployers" {
			admin.has("/people/teams/"+team.ID, 200, "Guest (by sign-in)", "Stella")
		}
	}
}

func TestSecondFactorByPages(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	b := k.browser("stella")
	if got := b.post("/profile/factor/new", url.Values{"factor-password": {"not it"}}); got.status != 422 {
		t.Errorf("setting it up without the password: %d", got.status)
	}
	offer := b.post("/profile/factor/new", url.Values{"factor-password": {password}})
	if offer.status != 200 || !strings.Contains(offer.body, `data-testid="qr"`) {
		t.Fatalf("the picture: %d %s", offer.status, offer.text())
	}
	text := offer.value(t, "secret")
	secret, ok := credentials.ParseFactor(text)
	if !ok {
		t.Fatalf("%q is no secret", text)
	}
	codes := b.post("/profile/factor", url.Values{"secret": {text}, "code": {credentials.TOTP(secret, time.Now())}})
	recovery := regexp.MustCompile(`[a-z2-7]{4}(-[a-z2-7]{4}){5}`).FindAllString(codes.body, -1)
	if codes.status != 200 || len(recovery) != 10 {
		t.Fatalf("recovery codes: %d %v", codes.status, recovery)
	}
	again := k.browser("")
	got := again.post("/signin", url.Values{"name": {"stella"}, "password": {password}, "next": {"//evil.example"}})
	if got.status != 303 || got.header.Get("Location") != "/signin/second?next=%2F" {
		t.Fatalf("the first step: %d to %s", got.status, got.header.Get("Location"))
	}
	if got := again.get("/profile"); got.status != 303 {
		t.Errorf("a page halfway: %d, want the sign-in form", got.status)
	}
	again.has("/signin/second", 200, `data-testid="second-form"`)
	if got := again.post("/signin/second", url.Values{"code": {"000000"}}); got.status != 401 {
		t.Errorf("a wrong code: %d", got.status)
	}
	if got := again.post("/signin/second", url.Values{"code": {recovery[0]}, "next": {"/queue"}}); got.status != 303 || got.header.Get("Location") != "/queue" {
		t.Errorf("a recovery code: %d to %s", got.status, got.header.Get("Location"))
	}
	again.has("/profile", 200, "9 recovery codes are left")
}

func TestSignInByProviderOnPages(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	provider := oidctest.New(t, time.Now)
	provider.Redirect = k.server.URL + "/signin/oidc/acme/callback"
	provider.Person = map[string]any{"sub": "p-1", "preferred_username": "nina"}
	admin := k.browser("admin")
	if got := admin.post("/settings/sign-in/providers", url.Values{"id": {"acme"}, "name": {"Acme"}, "issuer": {provider.Issuer}, "client-id": {"slipway"}, "secret": {provider.ClientSecret}, "new-users": {"yes"}}); got.status != 303 {
		t.Fatalf("saving the provider: %d %s", got.status, got.text())
	}
	if got := admin.get("/settings/sign-in/providers/acme"); got.status != 200 || strings.Contains(got.body, provider.ClientSecret) {
		t.Errorf("the provider's page: %d, and no secret may stand in it", got.status)
	}
	b := k.browser("")
	b.has("/signin", 200, "Sign in with Acme")
	for next, want := range map[string]string{"/queue": "/queue", "https://evil.example/": "/", `/\evil.example`: "/"} {
		b = k.browser("")
		out := b.post("/signin/oidc/acme", url.Values{"next": {next}})
		_, address, ok := strings.Cut(out.header.Get("Refresh"), "url=")
		if out.status != 200 || !ok {
			t.Fatalf("setting out: %d %s", out.status, out.text())
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
		must(t, err)
		back, err := url.Parse(b.sent(r).header.Get("Location"))
		must(t, err)
		got := b.get(back.RequestURI())
		if got.status != 303 || got.header.Get("Location") != want {
			t.Errorf("back with next %q: %d to %s, want %s", next, got.status, got.header.Get("Location"), want)
		}
		b.has("/profile", 200, "nina")
	}
}

// sent does a request as this browser.
func (b *browser) sent(r *http.Request) answered {
	b.k.t.Helper()
	resp, err := b.client.Do(r)
	must(b.k.t, err)
	defer resp.Body.Close()
	var text strings.Builder
	_, err = resp.Body.Read(nil)
	if err == nil {
		buf := make([]byte, 64<<10)
		for {
			n, err := resp.Body.Read(buf)
			text.Write(buf[:n])
			if err != nil {
				break
			}
		}
	}
	return answered{resp.StatusCode, resp.Header, text.String()}
}
