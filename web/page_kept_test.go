package web

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/kept"
)

// keptBox keeps two events, and notes what is done with them.
type keptBox struct {
	events []kept.Event
	done   []string
	again  error // what replaying comes to
}

func (b *keptBox) List(context.Context) ([]kept.Event, error) { return b.events, nil }

func (b *keptBox) Replay(_ context.Context, key string) error {
	b.done = append(b.done, "replay "+key)
	return b.again
}

func (b *keptBox) Forget(_ context.Context, key string) error {
	b.done = append(b.done, "forget "+key)
	b.events = slices.DeleteFunc(b.events, func(e kept.Event) bool { return e.Key == key })
	return nil
}

func TestKeptEventsPage(t *testing.T) {
	t.Parallel()
	box := &keptBox{events: []kept.Event{
		{Key: "aws/lambda/async/r/2026-a b", At: time.Now().Add(-time.Hour), What: `Package "<b>.zip"`, Why: "no <i>space</i> left", Tries: 3, Payload: []byte("{}")},
		{Key: "aws/lambda/e/shard/2026-b", At: time.Now().Add(-2 * time.Hour), What: "Turns of 1 deployment", Deployments: []string{"Deployments-7"}, Why: "it failed at every try", Tries: 1},
	}}
	h := newHouse(t, func(s *Settings) { s.Kept = box })
	admin := h.session("admin")
	get := func(path string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", path, nil)
		r.AddCookie(admin)
		return h.send(r)
	}
	post := func(path, key string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", path, strings.NewReader(url.Values{"event": {key}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", "http://slipway.test")
		r.AddCookie(admin)
		return h.send(r)
	}
	page := get("/kept").Body.String()
	for _, want := range []string{
		testid("kept-events"), "2 events.", "Package &#34;&lt;b&gt;.zip&#34;", "No &lt;i&gt;space&lt;/i&gt; left.", "After 3 tries.", "After 1 try.", "1 h ago",
		`href="/deployments/Deployments-7"`, `value="aws/lambda/async/r/2026-a b"`, `aria-current="page">Failed events`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s:\n%s", want, page)
		}
	}
	if n := strings.Count(page, testid("replay")); n != 1 {
		t.Errorf("%d events can be replayed, want the one that the record holds", n)
	}
	if !strings.Contains(get("/").Body.String(), `href="/kept"`) {
		t.Error("nothing leads from the dashboard to the failed events")
	}

	if w := post("/kept/replay", "aws/lambda/async/r/2026-a b"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/kept" {
		t.Errorf("replay: %d to %q, want back to the list", w.Code, w.Header().Get("Location"))
	}
	box.again = pipelines.Refuse(pipelines.Conflict, "it failed again, and is still kept: no space left")
	if w := post("/kept/replay", "aws/lambda/async/r/2026-a b"); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), testid("problems")) || !strings.Contains(w.Body.String(), "It failed again, and is still kept: no space left.") || !strings.Contains(w.Body.String(), testid("kept-events")) {
		t.Errorf("replay that fails: %d, want the reason at the list: %s", w.Code, w.Body)
	}
	box.again = errors.New("geheim")
	if w := post("/kept/replay", "x"); w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "geheim") {
		t.Errorf("replay that breaks: %d, want 500 without the reason: %s", w.Code, w.Body)
	}
	for _, key := range []string{"aws/lambda/async/r/2026-a b", "aws/lambda/e/shard/2026-b"} {
		if w := post("/kept/forget", key); w.Code != http.StatusSeeOther {
			t.Errorf("forget: %d", w.Code)
		}
	}
	if page := get("/kept").Body.String(); !strings.Contains(page, testid("empty")) {
		t.Errorf("after all is forgotten: %s", page)
	}
	want := []string{"replay aws/lambda/async/r/2026-a b", "replay aws/lambda/async/r/2026-a b", "replay x", "forget aws/lambda/async/r/2026-a b", "forget aws/lambda/e/shard/2026-b"}
	if !slices.Equal(box.done, want) {
		t.Errorf("done: %q, want %q", box.done, want)
	}
}

func TestKeptEventsAreForAdministrators(t *testing.T) {
	t.Parallel()
	box := &keptBox{events: []kept.Event{{Key: "aws/lambda/x", What: "Secretive", Payload: []byte("{}")}}}
	h := newHouse(t, func(s *Settings) { s.Kept = box })
	vera := h.session("vera")
	for _, line := range []string{"GET /kept", "POST /kept/replay", "POST /kept/forget"} {
		method, path, _ := strings.Cut(line, " ")
		r := httptest.NewRequest(method, path, strings.NewReader("event=aws%2Flambda%2Fx"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", "http://slipway.test")
		if w := h.send(r); w.Code != http.StatusSeeOther {
			t.Errorf("%s by nobody: %d, want the sign-in page", line, w.Code)
		}
		r = r.Clone(t.Context())
		r.Body = http.NoBody
		r.AddCookie(vera)
		if w := h.send(r); w.Code != http.StatusForbidden || strings.Contains(w.Body.String(), "Secretive") {
			t.Errorf("%s by a viewer: %d, want 403", line, w.Code)
		}
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.AddCookie(vera)
	if w := h.send(r); w.Code != http.StatusOK || strings.Contains(w.Body.String(), "Failed events") {
		t.Errorf("the dashboard of a viewer: %d, or it names the failed events", w.Code)
	}
	if len(box.done) != 0 {
		t.Errorf("done: %q, want nothing", box.done)
	}
}

func TestNobodyKeepsEventsHere(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	r := httptest.NewRequest("GET", "/kept", nil)
	r.AddCookie(h.session("admin"))
	if w := h.send(r); w.Code != http.StatusNotFound {
		t.Errorf("GET /kept: %d, want 404", w.Code)
	}
}
