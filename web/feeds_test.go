package web

import (
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/web/rest"
)

// feed adds a folder as a feed, with one package in it.
func (h *house) feed() string {
	h.t.Helper()
	dir := h.t.TempDir()
	h.must(os.WriteFile(filepath.Join(dir, "Thing.1.0.0.nupkg"), []byte(packed(h.t, "Thing", "1.0.0", "theirs")), 0o600))
	var made rest.Feed
	h.ok(h.as(h.key, "POST", "/v1/feeds", `{"name": "Drop", "type": "folder", "url": "`+dir+`"}`), 200, &made)
	if made.ID != "Feeds-1" || made.Name != "Drop" || made.Owner != pipelines.OwnedByPages {
		h.t.Fatalf("the feed is %+v", made)
	}
	return dir
}

func TestAPIFeeds(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	dir := h.feed()
	var all []rest.Feed
	h.ok(h.as(h.key, "GET", "/v1/feeds", ""), 200, &all)
	if len(all) != 1 || all[0].URL != dir || all[0].SecretSet {
		t.Errorf("GET /v1/feeds = %+v", all)
	}
	var ids []string
	h.ok(h.as(h.key, "GET", "/v1/feeds/drop/packages?search=THI", ""), 200, &ids)
	if len(ids) != 1 || ids[0] != "Thing" {
		t.Errorf("the search found %v", ids)
	}
	var got pipelines.Package
	h.ok(h.as(h.key, "POST", "/v1/feeds/Drop/packages/Thing/1.0.0", ""), 200, &got)
	if got.Feed != "Drop" || got.FeedID != "Feeds-1" || len(got.SHA256) != 64 || got.ArrivedBy != "admin" {
		t.Errorf("fetched is %+v", got)
	}
	var versions []rest.FeedVersion
	h.ok(h.as(h.key, "GET", "/v1/feeds/Drop/packages/thing", ""), 200, &versions)
	if len(versions) != 1 || versions[0].SHA256 != got.SHA256 || versions[0].Fetched == nil {
		t.Errorf("the versions are %+v", versions)
	}
	var check rest.FeedCheck
	h.ok(h.as(h.key, "GET", "/v1/feeds/Drop/check?package=Thing", ""), 200, &check)
	if !check.Answers || check.Problem != "" || len(check.Versions) != 1 {
		t.Errorf("the check = %+v", check)
	}
	h.must(os.RemoveAll(dir))
	check = rest.FeedCheck{}
	h.ok(h.as(h.key, "GET", "/v1/feeds/Drop/check", ""), 200, &check)
	if check.Answers || !strings.Contains(check.Problem, "Drop") {
		t.Errorf("the check of a feed that is gone = %+v", check)
	}
	for _, c := range []struct {
		who, method, path, body string
		want                    int
		says                    string
	}{
		{"admin", "POST", "/v1/feeds", `{"name": "Drop", "type": "folder", "url": "/x"}`, 409, "already"},
		{"admin", "POST", "/v1/feeds", `{"name": "Bad", "type": "nuget", "url": "http://u:verysecret@host/"}`, 400, "stands in the address"},
		{"admin", "POST", "/v1/feeds", `{"id": "Feeds-9", "name": "Bad", "type": "nuget", "url": "http://host/"}`, 400, "not chosen"},
		{"admin", "POST", "/v1/feeds", `{"name": "Bad", "type": "nuget", "url": "http://host/", "password": "x"}`, 400, "unknown field"},
		{"admin", "GET", "/v1/feeds/Nexus/check", "", 404, `no feed \"Nexus\"`},
		{"admin", "GET", "/v1/feeds/Nexus/packages", "", 404, "there are: Drop"},
		{"admin", "GET", "/v1/feeds/Drop/packages?take=0", "", 400, "from 1 to"},
		{"admin", "POST", "/v1/feeds/Drop/packages/Thing/9.9.9", "", 0, "Drop"},
		{"dora", "GET", "/v1/feeds", "", 200, "Drop"},
		{"dora", "POST", "/v1/feeds", `{"name": "Mine", "type": "nuget", "url": "http://host/"}`, 403, "FeedEdit"},
		{"dora", "DELETE", "/v1/feeds/Drop", "", 403, "FeedEdit"},
		{"dora", "POST", "/v1/feeds/Drop/packages/Thing/1.0.0", "", 403, "BuiltInFeedPush"},
		{"admin", "DELETE", "/v1/feeds/Drop", "", 204, ""},
		{"admin", "DELETE", "/v1/feeds/Drop", "", 404, `no feed \"Drop\"`},
	} {
		w := h.as(h.keyFor(c.who), c.method, c.path, c.body)
		if c.want != 0 && w.Code != c.want || w.Code >= 500 && w.Code != 503 || !strings.Contains(w.Body.String(), c.says) || strings.Contains(w.Body.String(), "verysecret") {
			t.Errorf("%s %s as %s: got %d %s, want %d with %q", c.method, c.path, c.who, w.Code, w.Body, c.want, c.says)
		}
	}
}

func TestFeedPages(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	dir := h.feed()
	page := func(who, method, path string, form url.Values) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.AddCookie(h.session(who))
		return h.send(r)
	}
	has := func(path string, want ...string) {
		t.Helper()
		w := page("admin", "GET", path, nil)
		for _, text := range want {
			if w.Code != 200 || !strings.Contains(w.Body.String(), text) {
				t.Errorf("GET %s: got %d without %q:\n%s", path, w.Code, text, w.Body)
			}
		}
	}
	has("/feeds", "Drop", dir, `data-testid="check-Feeds-1"`, `data-testid="feed-form"`)
	has("/feeds/Feeds-1?check=1", "Answered in", "Thing")
	has("/feeds/Feeds-1?q=nothing", "It has no such package.")
	has("/feeds/Feeds-1?package=Thing", "1.0.0", "never")
	if w := page("admin", "GET", "/feeds/Feeds-1", nil); strings.Contains(w.Body.String(), "feed-answer") {
		t.Error("the page asks the feed though nobody wants it")
	}

	typed := func(do, address string, more ...string) url.Values {
		v := url.Values{"name": {"Nexus"}, "type": {"nuget"}, "url": {address}, "username": {"admin"}, "secret": {"yes"}, "do": {do}}
		if len(more) > 0 {
			v.Set("password", more[0])
		}
		return v
	}
	w := page("admin", "POST", "/feeds", typed("preview", "nexus"))
	if w.Code != 422 || !strings.Contains(w.Body.String(), `id="url-problem"`) {
		t.Errorf("a bad address: got %d\n%s", w.Code, w.Body)
	}
	for _, do := range []string{"preview", ""} {
		w = page("admin", "POST", "/feeds", typed(do, "http://127.0.0.1:1/nuget", "a long password"))
		if body := w.Body.String(); w.Code != 200 || !strings.Contains(body, "secret: feed-Nexus") || !strings.Contains(body, `data-testid="save"`) || strings.Contains(body, "a long password") {
			t.Errorf("what it becomes, with do=%q: got %d\n%s", do, w.Code, w.Body)
		}
	}
	w = page("admin", "POST", "/feeds", typed("change", "http://127.0.0.1:1/nuget"))
	if w.Code != 200 || !strings.Contains(w.Body.String(), `value="http://127.0.0.1:1/nuget"`) {
		t.Errorf("back to the form: got %d\n%s", w.Code, w.Body)
	}
	w = page("admin", "POST", "/feeds", typed("save", "http://127.0.0.1:1/nuget", "short"))
	if w.Code != 422 || !strings.Contains(w.Body.String(), `id="password-problem"`) {
		t.Errorf("a short password: got %d\n%s", w.Code, w.Body)
	}
	if w := page("admin", "GET", "/feeds", nil); strings.Contains(w.Body.String(), "Nexus") {
		t.Error("the feed was saved before somebody said so")
	}
	if w = page("admin", "POST", "/feeds", typed("save", "http://127.0.0.1:1/nuget", "a long password")); w.Code != 303 {
		t.Errorf("saving: got %d\n%s", w.Code, w.Body)
	}
	has("/feeds", "Nexus", ">set<")
	w = page("admin", "POST", "/feeds/Feeds-2/password", url.Values{"password": {"a long password"}})
	if w.Code != 303 || w.Header().Get("Location") != "/feeds/Feeds-2?check=1" {
		t.Errorf("the password: got %d to %q\n%s", w.Code, w.Header().Get("Location"), w.Body)
	}
	has("/feeds", "Nexus", ">set<")
	has("/feeds/Feeds-2?check=1", "is-failed", "Nexus")
	if w := page("admin", "POST", "/feeds/Feeds-1/password", url.Values{"password": {"a long password"}}); w.Code != 409 {
		t.Errorf("a password for a folder: got %d", w.Code)
	}
	if w := page("dora", "GET", "/feeds", nil); w.Code != 200 || strings.Contains(w.Body.String(), "feed-form") {
		t.Errorf("a viewer's list: got %d\n%s", w.Code, w.Body)
	}
}
