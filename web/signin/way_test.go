package signin_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/web/oidc/oidctest"
	"slipway/web/signin"
)

// gate is a door with a provider beside it.
type gate struct {
	*door
	provider *oidctest.Provider
	admin    pipelines.Principal
}

func newGate(t *testing.T, change func(*records.Provider)) *gate {
	t.Helper()
	d := newDoor(t)
	g := &gate{d, oidctest.New(t, func() time.Time { return d.now }), d.root()}
	g.provider.Redirect = d.Redirect("acme")
	p := records.Provider{ID: "acme", Name: "Acme", Issuer: g.provider.Issuer, ClientID: g.provider.ClientID}
	if change != nil {
		change(&p)
	}
	must(t, d.SaveProvider(t.Context(), g.admin, p, g.provider.ClientSecret))
	return g
}

// goThere sets out and comes to the provider, which sends back: the address to
// come back to, and the cookies.
func (g *gate) goThere() (back string, cookies []*http.Cookie) {
	g.t.Helper()
	w := httptest.NewRecorder()
	address, err := g.SetOut(w, by("POST"), "acme", "/queue")
	must(g.t, err)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Get(address)
	must(g.t, err)
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusFound {
		g.t.Fatalf("the provider answers %s to %s", answer.Status, address)
	}
	return answer.Header.Get("Location"), w.Result().Cookies()
}

func (g *gate) comeBack(back string, cookies []*http.Cookie) (signin.Arrived, *http.Cookie, error) {
	g.t.Helper()
	u, err := url.Parse(back)
	must(g.t, err)
	r := by("GET", cookies...)
	r.URL.RawQuery = u.RawQuery
	w := httptest.NewRecorder()
	came, err := g.Arrive(w, r, "acme")
	for _, c := range w.Result().Cookies() {
		if c.Name == "slipway" && c.Value != "" {
			return came, c, err
		}
	}
	return came, nil, err
}

func (g *gate) signIn() (pipelines.Principal, error) {
	g.t.Helper()
	_, session, err := g.comeBack(g.goThere())
	if err != nil {
		return pipelines.Principal{}, err
	}
	return g.asker(session)
}

func TestSignInByProvider(t *testing.T) {
	t.Parallel()
	for _, algorithm := range []string{"RS256", "ES256"} {
		g := newGate(t, func(p *records.Provider) { p.NewUsers = true })
		g.provider.Algorithm = algorithm
		g.provider.Person = map[string]any{"sub": "p-1", "preferred_username": "nina", "name": "Nina", "email": "nina@example.org", "email_verified": true}
		back, cookies := g.goThere()
		came, session, err := g.comeBack(back, cookies)
		if err != nil || came.Next != "/queue" || came.Halfway {
			t.Fatalf("%s: Arrive() = %+v, %v", algorithm, came, err)
		}
		p, err := g.asker(session)
		if err != nil || p.Username != "nina" || len(p.Grants) > 0 || p.Admin {
			t.Errorf("%s: the session is of %+v, %v, want nina who may do nothing yet", algorithm, p, err)
		}
		if _, _, err := g.comeBack(back, cookies); pipelines.CodeOf(err) != pipelines.Unauthenticated {
			t.Errorf("%s: coming back a second time: %v", algorithm, err)
		}
		again, err := g.signIn()
		if err != nil || again.UserID != p.UserID {
			t.Errorf("%s: the second sign-in is %+v, %v, want the same person", algorithm, again, err)
		}
	}
}

func TestWaysThatEndNowhere(t *testing.T) {
	t.Parallel()
	set := func(name, value string) func(*url.Values) { return func(v *url.Values) { v.Set(name, value) } }
	for name, c := range map[string]struct {
		change    func(*url.Values)
		otherJar  bool
		mischief  func(h, c map[string]any)
		later     time.Duration
		saysIt    bool
		withoutIt bool
	}{
		"another state":             {change: set("state", "x")},
		"no state":                  {change: set("state", "")},
		"another code":              {change: set("code", "x")},
		"no code":                   {change: set("code", "")},
		"an error":                  {change: set("error", "access_denied")},
		"another browser":           {otherJar: true},
		"too late":                  {later: 10 * time.Minute},
		"a mix-up by name":          {change: set("iss", "https://evil.example.org")},
		"a mix-up without a name":   {saysIt: true, withoutIt: true},
		"wrong nonce":               {mischief: func(_, c map[string]any) { c["nonce"] = "x" }},
		"wrong audience":            {mischief: func(_, c map[string]any) { c["aud"] = "x" }},
		"wrong issuer":              {mischief: func(_, c map[string]any) { c["iss"] = "https://evil.example.org" }},
		"expired token":             {mischief: func(_, c map[string]any) { c["exp"] = 1 }},
		"algorithm none":            {mischief: func(h, _ map[string]any) { h["alg"] = "none" }},
		"signed by somebody else":   {mischief: func(h, _ map[string]any) { h["foreign"] = true }},
		"a shared secret (HS256)":   {mischief: func(h, _ map[string]any) { h["alg"] = "HS256" }},
		"a token that names no one": {mischief: func(_, c map[string]any) { delete(c, "sub") }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGate(t, func(p *records.Provider) { p.NewUsers = true })
			g.provider.Mischief = c.mischief
			if c.saysIt {
				g.provider.SaysIssuer = true
				must(t, g.Issuers.Check(t.Context(), g.provider.Issuer))
			}
			back, cookies := g.goThere()
			u, err := url.Parse(back)
			must(t, err)
			query := u.Query()
			if c.change != nil {
				c.change(&query)
			}
			if c.withoutIt {
				query.Del("iss")
			}
			u.RawQuery = query.Encode()
			if c.otherJar {
				_, cookies = g.goThere()
			}
			g.now = g.now.Add(c.later)
			_, session, err := g.comeBack(u.String(), cookies)
			if pipelines.CodeOf(err) != pipelines.Unauthenticated || session != nil {
				t.Errorf("Arrive() = %v with session %v, want a refusal", err, session)
			}
		})
	}
}

// An account is taken by mail address only where nobody can have used it.
func TestWhoseAccountSomebodyGets(t *testing.T) {
	t.Parallel()
	person := map[string]any{"sub": "p-1", "email": "nina@example.org", "email_verified": true, "preferred_username": "nina"}
	for name, c := range map[string]struct {
		change    func(*records.Provider)
		people    func(d *door)
		person    map[string]any
		want      string
		refusedAs pipelines.Code
	}{
		"unused":            {people: func(d *door) { d.newcomer(pipelines.User{Username: "n", Mail: "Nina@example.org"}) }, want: "n"},
		"unverified":        {people: func(d *door) { d.newcomer(pipelines.User{Username: "n", Mail: "nina@example.org"}) }, person: map[string]any{"sub": "p-1", "email": "nina@example.org"}, refusedAs: pipelines.Forbidden},
		"with a password":   {people: func(d *door) { d.user(pipelines.User{Username: "n", Mail: "nina@example.org"}) }, refusedAs: pipelines.Forbidden},
		"with a key":        {people: func(d *door) { d.key(d.newcomer(pipelines.User{Username: "n", Mail: "nina@example.org"}), nil) }, refusedAs: pipelines.Forbidden},
		"an administrator":  {people: func(d *door) { d.newcomer(pipelines.User{Username: "n", Mail: "nina@example.org", Admin: true}) }, refusedAs: pipelines.Forbidden},
		"a service account": {people: func(d *door) { d.newcomer(pipelines.User{Username: "n", Mail: "nina@example.org", Service: true}) }, refusedAs: pipelines.Forbidden},
		"disabled":          {people: func(d *door) { d.newcomer(pipelines.User{Username: "n", Mail: "nina@example.org", Disabled: true}) }, refusedAs: pipelines.Forbidden},
		"two with it": {people: func(d *door) {
			d.newcomer(pipelines.User{Username: "n", Mail: "nina@example.org"})
			d.newcomer(pipelines.User{Username: "m", Mail: "nina@example.org"})
		}, refusedAs: pipelines.Forbidden},
		"nobody":             {refusedAs: pipelines.Forbidden},
		"linking is off":     {change: func(p *records.Provider) { p.LinkByMail = false }, people: func(d *door) { d.newcomer(pipelines.User{Username: "n", Mail: "nina@example.org"}) }, refusedAs: pipelines.Forbidden},
		"new users are made": {change: func(p *records.Provider) { p.NewUsers = true }, people: func(d *door) { d.user(pipelines.User{Username: "nina"}) }, want: "nina-2"},
		"a name of markup":   {change: func(p *records.Provider) { p.NewUsers = true }, person: map[string]any{"sub": "p", "preferred_username": "<b>x y</b>:/"}, want: "bxyb"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGate(t, func(p *records.Provider) {
				p.LinkByMail = true
				if c.change != nil {
					c.change(p)
				}
			})
			if c.people != nil {
				c.people(g.door)
			}
			g.provider.Person = person
			if c.person != nil {
				g.provider.Person = c.person
			}
			p, err := g.signIn()
			if p.Username != c.want || pipelines.CodeOf(err) != c.refusedAs {
				t.Errorf("came in as %q, %v, want %q %q", p.Username, err, c.want, c.refusedAs)
			}
		})
	}
}

func TestGroupsAreMembershipsOfThisSignIn(t *testing.T) {
	t.Parallel()
	g := newGate(t, nil)
	for _, team := range []pipelines.Team{{Name: "Deployers", Members: []string{"bob"}}, {Name: "Readers"}, {Name: "Others", BySignIn: []string{"nina"}}} {
		changes, _, err := g.Records.NewNoun(t.Context(), records.Teams, team.Name, func(id string, _ int) any { team.ID = id; return team })
		must(t, err)
		must(t, g.Records.Write(t.Context(), changes...))
	}
	must(t, g.SaveProvider(t.Context(), g.admin, records.Provider{
		ID: "acme", Name: "Acme", Issuer: g.provider.Issuer, ClientID: g.provider.ClientID, NewUsers: true,
		Groups: []records.GroupTeam{{Group: "ops", Team: "Deployers"}, {Group: "all", Team: "Readers"}, {Group: "sre", Team: "Deployers"}},
	}, ""))
	for _, c := range []struct {
		groups any
		want   string
	}{
		{[]string{"ops", "all", "unknown"}, "Deployers Readers Others"},
		{[]string{"sre"}, "Deployers Others"},
		{"all", "Readers Others"},
		{nil, "Others"},
	} {
		g.provider.Person = map[string]any{"sub": "p-1", "preferred_username": "nina", "groups": c.groups}
		p, err := g.signIn()
		must(t, err)
		if got := strings.Join(p.Teams, " "); got != c.want {
			t.Errorf("with groups %v: teams %q, want %q", c.groups, got, c.want)
		}
	}
	teams, err := g.Records.Teams(t.Context())
	must(t, err)
	if len(teams[0].Members) != 1 || teams[0].Members[0] != "bob" {
		t.Errorf("memberships that somebody wrote down were touched: %+v", teams[0])
	}
}

func TestProvidersAreConfiguredByAdministrators(t *testing.T) {
	t.Parallel()
	g := newGate(t, nil)
	p := pipelines.Principal{UserID: "Users-9", Username: "x", Grants: []pipelines.Grant{{Permission: pipelines.ConfigureServer}, {Permission: pipelines.UserEdit}}}
	if err := g.SaveProvider(t.Context(), p, records.Provider{ID: "evil"}, ""); pipelines.CodeOf(err) != pipelines.Forbidden {
		t.Errorf("who is none saves a provider: %v", err)
	}
	for name, change := range map[string]func(*records.Provider){
		"id":     func(p *records.Provider) { p.ID = "../x" },
		"name":   func(p *records.Provider) { p.Name = "" },
		"client": func(p *records.Provider) { p.ClientID = "" },
		"http":   func(p *records.Provider) { p.Issuer = "http://login.example.org" },
		"team":   func(p *records.Provider) { p.Groups = []records.GroupTeam{{Group: "a", Team: "Nobodies"}} },
	} {
		bad := records.Provider{ID: "other", Name: "Other", Issuer: g.provider.Issuer, ClientID: "x"}
		change(&bad)
		if err := g.SaveProvider(t.Context(), g.admin, bad, ""); pipelines.CodeOf(err) != pipelines.Invalid {
			t.Errorf("a wrong %s: %v", name, err)
		}
	}
	stored, _, _, err := g.Records.Provider(t.Context(), "acme")
	must(t, err)
	if strings.Contains(string(stored.Secret.Box), g.provider.ClientSecret) || stored.Secret.By == "" {
		t.Error("the client secret is not sealed")
	}
}

// TestAServiceAccountHasNoProvider: an identity that was linked while the account
// was a person's opens nothing once it is a program's.
func TestAServiceAccountHasNoProvider(t *testing.T) {
	t.Parallel()
	g := newGate(t, func(p *records.Provider) { p.NewUsers = true })
	g.provider.Person = map[string]any{"sub": "p-1", "preferred_username": "nina"}
	p, err := g.signIn()
	must(t, err)
	u, err := g.Records.User(t.Context(), p.UserID)
	must(t, err)
	u.Noun.Service = true
	must(t, g.Records.Write(t.Context(), records.ReplaceNoun(records.Users, p.UserID, u.Noun, u.Revision)))
	if p, err := g.signIn(); pipelines.CodeOf(err) != pipelines.Forbidden {
		t.Errorf("a service account signed in: %+v, %v", p, err)
	}
}
