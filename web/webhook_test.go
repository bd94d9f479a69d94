package web

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/web/rest"
)

// hooked is a house with a project that waits for Thing of the feed Drop, and the
// feed's token.
func hooked(t *testing.T) (h *house, dir, token string) {
	h = newHouse(t, nil)
	dir = h.feed()
	h.ok(h.as(h.key, "POST", "/v1/apply", `{"folder": "more", "projects": [{"name": "Waits", "triggers": [{"package": "Thing", "feed": "Drop"}], "steps": [
		{"name": "Install", "roles": ["web"], "action": {"type": "package", "settings": {"id": "Thing", "feed": "Drop"}}}]}]}`), 200, nil)
	var made rest.NewWebhook
	h.ok(h.as(h.key, "PUT", "/v1/feeds/Drop/webhook", ""), 200, &made)
	if made.URL != "http://slipway.test/v1/feeds/Feeds-1/webhook" || len(made.Token) != 43 || made.Feed != "Drop" {
		t.Fatalf("made is %+v", made)
	}
	return h, dir, made.Token
}

const thingDeployed = `{"domain": "artifact", "event_type": "deployed", "data": {"name": "Thing.1.0.0.nupkg"}}`

func (h *house) told(path, header, value, message string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", "http://slipway.test"+path, strings.NewReader(message))
	if header != "" {
		r.Header.Set(header, value)
	}
	return h.send(r)
}

func TestAWebhookMakesARelease(t *testing.T) {
	t.Parallel()
	h, dir, token := hooked(t)
	var first, again rest.Announced
	h.ok(h.told("/v1/feeds/Drop/webhook", "X-JFrog-Event-Auth", token, thingDeployed), 200, &first)
	if first.Outcome != "fetched" || len(first.Releases) != 1 || first.Releases[0] != "1.0.0" || len(first.Deployments) != 1 {
		t.Errorf("the first message: %+v", first)
	}
	for path, header := range map[string][2]string{
		"/v1/feeds/Feeds-1/webhook":       {"Authorization", "Bearer " + token},
		"/v1/feeds/drop/webhook":          {"Authorization", token},
		"/v1/feeds/Drop/webhook/" + token: {},
	} {
		h.ok(h.told(path, header[0], header[1], thingDeployed), 200, &again)
		if again.Outcome != "known" || len(again.Releases) != 0 {
			t.Errorf("%s: %+v", path, again)
		}
	}
	if w := h.told("/v1/feeds/Drop/webhook", "X-JFrog-Event-Auth", token, strings.Replace(thingDeployed, "1.0.0", "7.0.0", 1)); w.Code != 503 || !strings.Contains(w.Body.String(), "send this again in a minute") {
		t.Errorf("a version that is not there: %d %s", w.Code, w.Body)
	}
	h.must(os.WriteFile(filepath.Join(dir, "Thing.7.0.0.nupkg"), []byte("no package"), 0o600))
	if w := h.told("/v1/feeds/Drop/webhook", "X-JFrog-Event-Auth", token, strings.Replace(thingDeployed, "1.0.0", "7.0.0", 1)); w.Code != 400 || !strings.Contains(w.Body.String(), "cannot be used") {
		t.Errorf("a file that is none: %d %s", w.Code, w.Body)
	}
	var shown []rest.Feed
	h.ok(h.as(h.key, "GET", "/v1/feeds", ""), 200, &shown)
	if !shown[0].Heard.Webhook {
		t.Errorf("the feed is shown as %+v", shown[0])
	}
	if w := h.as(h.key, "GET", "/v1/feeds/Drop", ""); strings.Contains(w.Body.String(), token) {
		t.Error("the token is shown again")
	}
	if log := h.log.String(); strings.Contains(log, token) || !strings.Contains(log, "/webhook/…") {
		t.Error("the token stands in the log")
	}
}

// Who has not the token learns nothing, and makes us read nothing.
func TestAWebhookIsClosed(t *testing.T) {
	t.Parallel()
	h, _, token := hooked(t)
	old := token
	var made rest.NewWebhook
	h.ok(h.as(h.key, "PUT", "/v1/feeds/Drop/webhook", ""), 200, &made)
	h.ok(h.as(h.key, "POST", "/v1/feeds", `{"name": "Untold", "type": "folder", "url": "/tmp"}`), 200, nil)
	before := h.writes.Load()
	var answers []string
	for _, c := range []struct{ path, header, value string }{
		{"/v1/feeds/Drop/webhook", "", ""},
		{"/v1/feeds/Drop/webhook", "X-JFrog-Event-Auth", old},
		{"/v1/feeds/Drop/webhook", "X-JFrog-Event-Auth", made.Token[:42]},
		{"/v1/feeds/Drop/webhook", "Authorization", "Basic " + made.Token},
		{"/v1/feeds/Drop/webhook", "X-Slipway-ApiKey", h.key},
		{"/v1/feeds/Drop/webhook/x", "", ""},
		{"/v1/feeds/Untold/webhook", "X-JFrog-Event-Auth", made.Token},
		{"/v1/feeds/Untold/webhook", "", ""},
		{"/v1/feeds/Nexus/webhook", "X-JFrog-Event-Auth", made.Token},
		{"/v1/feeds/%20/webhook", "", ""},
		{"/v1/feeds/built-in/webhook", "X-JFrog-Event-Auth", made.Token},
	} {
		body := &untouched{}
		r := httptest.NewRequest("POST", "http://slipway.test"+c.path, body)
		if c.header != "" {
			r.Header.Set(c.header, c.value)
		}
		w := h.send(r)
		if w.Code != 401 || body.read {
			t.Errorf("%s with %s %q: got %d, read: %v; want 401 and nothing read", c.path, c.header, c.value, w.Code, body.read)
		}
		answers = append(answers, w.Body.String())
	}
	for _, a := range answers {
		if a != answers[0] {
			t.Errorf("the answers differ: %s and %s", a, answers[0])
		}
	}
	if after := h.writes.Load(); after != before {
		t.Errorf("they wrote %d times", after-before)
	}
	h.ok(h.as(h.key, "DELETE", "/v1/feeds/Drop/webhook", ""), 204, nil)
	if w := h.told("/v1/feeds/Drop/webhook", "X-JFrog-Event-Auth", made.Token, thingDeployed); w.Code != 401 {
		t.Errorf("after it was removed: %d", w.Code)
	}
}

// untouched notices that it is read.
type untouched struct{ read bool }

func (u *untouched) Read(b []byte) (int, error) {
	u.read = true
	return copy(b, "{"), nil
}

func TestHostileWebhooks(t *testing.T) {
	t.Parallel()
	h, _, token := hooked(t)
	before := h.writes.Load()
	for what, c := range map[string]struct {
		message string
		want    int
	}{
		"nothing":     {"", 400},
		"no JSON":     {"<xml/>", 400},
		"half":        {thingDeployed[:40], 400},
		"deep":        {strings.Repeat("[", 500_000), 400},
		"deep inside": {`{"domain":"artifact","event_type":"deployed","data":` + strings.Repeat(`{"a":`, 9000) + "1" + strings.Repeat("}", 9000) + "}", 400},
		"too large":   {`{"domain":"` + strings.Repeat("x", 2<<20) + `"}`, 413},
		"a path":      {strings.Replace(thingDeployed, "Thing", "../../etc/passwd", 1), 200},
		"a number":    {`{"domain":"artifact","event_type":"deployed","data":{"name":1e999}}`, 400},
		"NUL":         {strings.Replace(thingDeployed, "Thing", `\u0000`, 1), 400},
		"no UTF-8":    {strings.Replace(thingDeployed, "Thing", "\xff\xfe", 1), 200},
		"others":      {strings.Replace(thingDeployed, "deployed", "moved", 1), 204},
	} {
		if w := h.told("/v1/feeds/Drop/webhook", "X-JFrog-Event-Auth", token, c.message); w.Code != c.want {
			t.Errorf("%s: got %d %s, want %d", what, w.Code, w.Body, c.want)
		}
	}
	if after := h.writes.Load(); after != before {
		t.Errorf("they wrote %d times", after-before)
	}
}
