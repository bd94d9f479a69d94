package web

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/web/credentials"
	"slipway/web/pages"
	"slipway/web/rest"
	"slipway/web/route"
)

func TestOnlySetUpBeforeTheFirstAdmin(t *testing.T) {
	t.Parallel()
	h := emptyHouse(t, nil)
	token := "the-one-time-token"
	h.must(h.site.Catalog.OfferSetup(t.Context(), credentials.SessionHash(token)))
	before := h.writes.Load()
	for _, r := range h.site.routes() {
		method, path := concrete(r, map[string]string{"{$}": "", "{file}": "slipway.css"})
		if strings.HasPrefix(path, "/setup/") || strings.HasPrefix(path, "/static/") {
			continue
		}
		w := h.as("", method, path, "{}")
		if strings.HasPrefix(path, "/v1/") {
			h.refused(w, 503, "set up first")
		} else if w.Code != 503 || !strings.Contains(w.Body.String(), "not set up yet") {
			t.Errorf("%s before set-up: got %d %s, want the set-up page", r.Pattern, w.Code, w.Body)
		}
	}
	if after := h.writes.Load(); after != before {
		t.Errorf("requests before set-up wrote %d times", after-before)
	}
	if w := h.as("", "GET", "/static/slipway.css", ""); w.Code != 200 {
		t.Errorf("style sheet of the set-up page: got %d", w.Code)
	}
	if w := h.as("", "GET", "/setup/"+token, ""); w.Code != 200 || !strings.Contains(w.Body.String(), `data-testid="setup-form"`) {
		t.Errorf("set-up page: got %d %s", w.Code, w.Body)
	}
	form := url.Values{"name": {"admin"}, "display": {"A"}, "mail": {"a@example.org"}, "password": {housePassword}, "again": {housePassword}}
	r := httptest.NewRequest("POST", "/setup/"+token, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if w := h.send(r); w.Code != 303 || !sessionBegun(w.Result().Cookies()) {
		t.Fatalf("set-up: got %d %s, want a session and the dashboard", w.Code, w.Body)
	}
	if w := h.as("", "GET", "/setup/"+token, ""); w.Code != 404 {
		t.Errorf("set-up page afterwards: got %d, want 404", w.Code)
	}
	h.refused(h.as("", "GET", "/v1/me", ""), 401, "sign in")
	h.ok(h.as("", "GET", "/v1/version", ""), 200, &rest.Version{})
}

func TestBelowAPrefix(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	s := h.site.Settings
	s.BaseURL = "https://example.org/deploy/slip"
	h.server = New(s)
	for _, c := range []struct {
		path, key string
		status    int
		location  string
	}{
		{"/deploy/slip/v1/me", h.key, 200, ""},
		{"/deploy/slip/v1/targets/web%201%2Fb", h.key, 405, ""},
		{"/deploy/slip/", h.key, 200, ""},
		{"/deploy/slip", "", 301, "/deploy/slip/"},
		{"/deploy/slip/", "", 303, "/deploy/slip/signin"},
		{"/deploy/slip/packages?x=1", "", 303, "/deploy/slip/signin?next=%2Fpackages%3Fx%3D1"},
		{"/deploy/slip/static/slipway.css", "", 200, ""},
		{"/deploy/slipway/", h.key, 404, ""},
		{"/v1/me", h.key, 404, ""},
		{"/", h.key, 404, ""},
	} {
		w := h.as(c.key, "GET", c.path, "")
		if w.Code != c.status || w.Header().Get("Location") != c.location {
			t.Errorf("GET %s: got %d to %q, want %d to %q", c.path, w.Code, w.Header().Get("Location"), c.status, c.location)
		}
	}
	if body := h.as(h.key, "GET", "/deploy/slip/", "").Body.String(); !strings.Contains(body, `href="/deploy/slip/static/`) || strings.Contains(body, `href="/static/`) || strings.Contains(body, `action="/signout"`) {
		t.Error("the dashboard has links that leave the prefix")
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	for _, path := range []string{"/signin", "/", "/v1/me", "/v1/version", "/nothing", "/static/slipway.css?v=" + pages.Fingerprint("slipway.css")} {
		header := h.as("", "GET", path, "").Header()
		policy := header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "style-src 'self'", "script-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("%s: policy %q lacks %q", path, policy, want)
			}
		}
		if strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q is not strict", path, policy)
		}
		cache := "no-store"
		if strings.HasPrefix(path, "/static/") {
			cache = "public, max-age=31536000, immutable"
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cache-Control": cache} {
			if got := header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
}

func TestCrossSitePostIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	post := func(change func(*http.Request)) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", "/v1/apikeys", strings.NewReader(`{"purpose": "x"}`))
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		change(r)
		return h.send(r)
	}
	cookie := h.session("admin")
	h.refused(post(func(r *http.Request) { r.AddCookie(cookie) }), 403, "another site")
	h.ok(post(func(r *http.Request) { r.AddCookie(cookie); r.Header.Set("Sec-Fetch-Site", "same-origin") }), 200, nil)
	h.ok(post(func(r *http.Request) { r.Header.Set("X-Octopus-ApiKey", h.key) }), 200, nil)
}

// broke is a site with one route that does the wrong thing.
func broke(t *testing.T, pattern string, serve http.HandlerFunc) *house {
	h := newHouse(t, nil)
	h.server = h.site.watched(h.site.mux([]route.Route{{Pattern: pattern, Public: true, Serve: serve}}))
	return h
}

func TestInternalErrorsShowOnlyAReference(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func(*site, http.ResponseWriter, *http.Request){
		"an error": func(s *site, w http.ResponseWriter, r *http.Request) {
			s.fail(w, r, errors.New("the secret inside"))
		},
		"a panic": func(*site, http.ResponseWriter, *http.Request) { panic("the secret inside") },
	} {
		for _, path := range []string{"/v1/x", "/x"} {
			t.Run(name+" at "+path, func(t *testing.T) {
				t.Parallel()
				var h *house
				h = broke(t, "GET "+path, func(w http.ResponseWriter, r *http.Request) { fail(h.site, w, r) })
				w := h.as("", "GET", path, "")
				body := w.Body.String()
				if w.Code != 500 || strings.Contains(body, "secret") {
					t.Errorf("got %d %s, want 500 without what is inside", w.Code, body)
				}
				logged := h.log.String()
				if strings.Count(logged, "the secret inside") != 1 {
					t.Errorf("logged: %s, want the cause once", logged)
				}
				_, after, _ := strings.Cut(logged, `"reference":"`)
				reference, _, _ := strings.Cut(after, `"`)
				if len(reference) != 8 || !strings.Contains(body, reference) {
					t.Errorf("reference %q is not in the answer %s", reference, body)
				}
			})
		}
	}
}

func TestPanicAfterTheAnswerBeganCutsTheConnection(t *testing.T) {
	t.Parallel()
	h := broke(t, "GET /x", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("half"))
		panic("the secret inside")
	})
	defer func() {
		if caught := recover(); caught != http.ErrAbortHandler {
			t.Errorf("got %v, want http.ErrAbortHandler", caught)
		}
		if !strings.Contains(h.log.String(), "the secret inside") {
			t.Error("the cause was not logged")
		}
	}()
	h.as("", "GET", "/x", "")
}

func TestLogShowsNoSecretAddress(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	h.as("", "GET", "/answer/hidden-token", "")
	h.as("", "GET", "/setup/hidden-token", "")
	h.as("", "GET", "/signin", "")
	if logged := h.log.String(); strings.Contains(logged, "hidden-token") || !strings.Contains(logged, `"path":"/signin","status":200`) {
		t.Errorf("logged: %s, want each request and no token", logged)
	}
}

func TestFailuresAsPages(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	nobody := h.keyFor("nobody")
	for _, c := range []struct {
		key, path string
		status    int
		words     string
	}{
		{h.key, "/nothing", 404, "Not found"},
		{nobody, "/people", 403, "UserView"},
		{h.key, "/projects/none", 404, "none"},
	} {
		w := h.as(c.key, "GET", c.path, "")
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.words) || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			t.Errorf("GET %s: got %d %s, want a page with %d and %q", c.path, w.Code, w.Body, c.status, c.words)
		}
	}
}

func TestALivePartLeavesForTheSignInForm(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	r := httptest.NewRequest("GET", "/deployments/Deployments-1/live", nil)
	r.Header.Set("HX-Request", "true")
	r.Header.Set("HX-Current-URL", "http://slipway.test/deployments/Deployments-1?tail=1")
	w := h.send(r)
	if got, want := w.Header().Get("HX-Redirect"), "/signin?next=%2Fdeployments%2FDeployments-1%3Ftail%3D1"; w.Code != 401 || got != want {
		t.Errorf("got %d to %q, want 401 to %q", w.Code, got, want)
	}
}

func TestLocalPath(t *testing.T) {
	t.Parallel()
	for next, want := range map[string]string{
		"/projects/Random%20Quotes?x=1": "/projects/Random%20Quotes?x=1",
		"/":                             "/",
		"":                              "/",
		"projects":                      "/",
		"//evil.example.org/":           "/",
		`/\evil.example.org/`:           "/",
		`/%5Cevil.example.org/`:         "/",
		"/%2Fevil.example.org/":         "/",
		"/\t/evil.example.org/":         "/",
		"https://evil.example.org/":     "/",
		"javascript:alert(1)":           "/",
		"/signout":                      "/",
		"/signout?x=1":                  "/",
	} {
		if got := localPath(next); got != want {
			t.Errorf("localPath(%q): got %q, want %q", next, got, want)
		}
	}
}

func TestStatuses(t *testing.T) {
	t.Parallel()
	for code, want := range map[pipelines.Code]int{
		pipelines.Invalid: 400, pipelines.Unauthenticated: 401, pipelines.Forbidden: 403,
		pipelines.NotFound: 404, pipelines.Conflict: 409, pipelines.Unavailable: 503, "unheard of": 500,
	} {
		if got := failureOf(pipelines.Refuse(code, "x")).status; got != want {
			t.Errorf("status of %q: got %d, want %d", code, got, want)
		}
	}
}

// sessionBegun says whether the first cookie is a session.
func sessionBegun(cookies []*http.Cookie) bool {
	return len(cookies) > 0 && cookies[0].Name == "slipway" && cookies[0].Value != ""
}

func TestRealServerHoldsTogether(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	server := httptest.NewServer(h.server)
	defer server.Close()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	form := url.Values{"name": {"admin"}, "password": {housePassword}, "next": {"//evil.example.org"}}
	answer, err := client.PostForm(server.URL+"/signin", form)
	h.must(err)
	defer answer.Body.Close()
	if answer.StatusCode != 303 || answer.Header.Get("Location") != "/" || !sessionBegun(answer.Cookies()) {
		t.Fatalf("sign in: got %d to %q with %v, want a session and the dashboard", answer.StatusCode, answer.Header.Get("Location"), answer.Cookies())
	}
	r, _ := http.NewRequest("GET", server.URL+"/v1/me", nil)
	r.AddCookie(answer.Cookies()[0])
	me, err := client.Do(r)
	h.must(err)
	defer me.Body.Close()
	if me.StatusCode != 200 {
		t.Errorf("/v1/me with the session: got %d", me.StatusCode)
	}
}
