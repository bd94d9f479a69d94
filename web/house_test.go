package web

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/packagefile"
	"slipway/pipelines/steps"
	"slipway/runner/blobs"
	"slipway/runner/bolttable"
	"slipway/runner/catalog"
	"slipway/runner/diskblobs"
	"slipway/runner/env"
	"slipway/runner/feeds"
	"slipway/runner/heldmail"
	"slipway/runner/hosts"
	"slipway/runner/keyfilesecrets"
	"slipway/runner/records"
	"slipway/runner/requests"
	"slipway/runner/table"
	"slipway/runner/tasklog"
	"slipway/runner/views"
	"slipway/web/credentials"
	"slipway/web/oidc"
	"slipway/web/rest"
	"slipway/web/signin"
)

// house is a whole web half over real stores in a temporary folder, without a
// runner behind it: what is asked for is stored and stays as it is.
type house struct {
	t       *testing.T
	server  http.Handler
	site    *site
	records *records.Records
	output  *tasklog.Log
	blobs   blobs.Blobs
	box     *heldmail.Box
	writes  *atomic.Int64 // to the table and to the blobs
	log     *lockedBuffer
	facts   func() (hosts.Facts, error)
	key     string // of the admin
}

const housePassword = "correct horse battery"

var houseHash = sync.OnceValues(func() (string, error) {
	return credentials.NewPasswords(rand.Reader, 1).Hash(context.Background(), housePassword)
})

// emptyHouse is one that is not set up.
func emptyHouse(t *testing.T, change func(*Settings)) *house {
	t.Helper()
	h := &house{t: t, writes: &atomic.Int64{}, log: &lockedBuffer{}}
	e := env.Env{Now: time.Now, Random: rand.Reader}
	dir := t.TempDir()
	file, err := bolttable.Open(filepath.Join(dir, "slipway.db"), e.Now)
	h.must(err)
	t.Cleanup(func() { _ = file.Close() })
	store, err := diskblobs.Open(filepath.Join(dir, "blobs"))
	h.must(err)
	h.box = heldmail.New(store)
	keeper, err := keyfilesecrets.Create(filepath.Join(dir, "key"), e.Random)
	h.must(err)
	h.blobs = countedBlobs{store, h.writes}
	h.records, h.output = records.New(countedTable{file, h.writes}, h.blobs), tasklog.New(h.blobs)
	passwords := credentials.NewPasswords(e.Random, 2)
	s := Settings{
		Requests: &requests.Requests{Records: h.records, Blobs: h.blobs, Wake: asleep{}, Types: steps.Types(), Env: e, Feeds: &requests.FeedsHere{
			Records: h.records, Blobs: h.blobs, Env: e, Open: func(_ context.Context, f pipelines.Feed) (feeds.Source, error) { return feeds.Open(f, feeds.Access{}) },
		}},
		Catalog: &catalog.Catalog{Records: h.records, Types: steps.Types(), Env: e, Sealer: keeper, HashPassword: func(context.Context, string) (string, error) {
			return houseHash()
		}},
		Views:    &views.Views{Records: h.records, Output: h.output, Env: e},
		SignIn:   &signin.SignIn{Records: h.records, Passwords: passwords, Env: e, Sealer: keeper, BaseURL: "http://slipway.test", Issuers: oidc.New(e.Now)},
		HeldMail: h.box, BaseURL: "http://slipway.test", Version: "1.2.3", Now: e.Now, TempDir: t.TempDir(),
		CheckTarget: func(context.Context, pipelines.Target) (hosts.Facts, error) { return h.facts() },
		Log:         slog.New(slog.NewJSONHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	s.SignIn.Backroom = &signin.Here{Records: h.records, Opener: keeper, Mail: h.box, Now: e.Now, Log: s.Log, Issuers: s.SignIn.Issuers, SignIn: s.SignIn}
	if change != nil {
		change(&s)
	}
	h.site, h.server = newSite(s), New(s)
	return h
}

// newHouse has an admin, three environments, a target and a project.
func newHouse(t *testing.T, change func(*Settings)) *house {
	t.Helper()
	h := emptyHouse(t, change)
	admin, err := h.site.Catalog.FirstAdminHere(t.Context(), pipelines.User{Username: "admin"}, housePassword)
	h.must(err)
	h.key = h.keyOf(admin.ID)
	h.ok(h.as(h.key, "POST", "/v1/apply", configuration), 200, nil)
	return h
}

const configuration = `{"folder": "test",
	"environments": [{"name": "Dev"}, {"name": "Test"}],
	"users": [{"username": "stella"}, {"username": "vera"}, {"username": "dora"}, {"username": "nobody"}],
	"teams": [
		{"name": "Stakeholders", "members": ["stella"]},
		{"name": "Viewers of Dev", "members": ["vera"], "roles": [{"role": "Project viewer", "environments": ["Dev"]}]},
		{"name": "Keepers of Dev", "members": ["dora"], "roles": [{"role": "Project viewer"}, {"role": "Environment manager", "environments": ["Dev"]}]}],
	"targets": [{"name": "web 1/a", "environments": ["Dev", "Test"], "roles": ["web"], "pretend": "x"}],
	"variable-sets": [{"name": "Shared", "variables": [{"name": "Greeting", "value": "hello"}]}],
	"projects": [{"name": "Random Quotes", "triggers": [{"package": "RandomQuotes"}], "variable-sets": ["Shared"], "steps": [
		{"name": "Say", "roles": ["web"], "action": {"type": "script", "settings": {"body": "echo hello"}}},
		{"name": "Sign Off", "action": {"type": "approval", "settings": {"instructions": "Look.", "teams": ["Stakeholders"]}}}]}]}`

// asleep hears of deployments and does nothing.
type asleep struct{}

func (asleep) Wake(context.Context, string) error { return nil }

// countedTable counts what is written.
type countedTable struct {
	table.Table
	n *atomic.Int64
}

func (c countedTable) Write(ctx context.Context, changes ...table.Change) error {
	if slices.ContainsFunc(changes, changesSomething) {
		c.n.Add(1)
	}
	return c.Table.Write(ctx, changes...)
}

// changesSomething: that somebody asked, and did not get it, is told in the log
// and at the key that was used, and changes nothing.
func changesSomething(c table.Change) bool {
	told := strings.HasPrefix(c.Key.Partition, "audit") || strings.HasPrefix(c.Key.Sort, "audit") || strings.Contains(c.Key.String(), "keyuse/")
	return !told
}

type countedBlobs struct {
	blobs.Blobs
	n *atomic.Int64
}

func (c countedBlobs) Put(ctx context.Context, name string, from io.Reader) (blobs.Info, error) {
	c.n.Add(1)
	return c.Blobs.Put(ctx, name, from)
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) keyOf(userID string) string {
	h.t.Helper()
	text, key := h.newKeyOf(userID)
	h.must(h.records.Write(h.t.Context(), records.AddAPIKey(key)...))
	// It was used just now, so that looking at a page writes nothing.
	h.must(h.records.SeeKey(h.t.Context(), key, time.Now(), "test", func() pipelines.Event { return pipelines.Event{ID: key.ID, At: time.Now(), Subject: userID} }))
	return text
}

// newKeyOf makes a key that is not stored yet.
func (h *house) newKeyOf(userID string) (string, records.APIKey) {
	h.t.Helper()
	text, hash, err := credentials.NewKey(rand.Reader)
	h.must(err)
	return text, records.APIKey{ID: "APIKeys-" + hash[:8], Hash: hash, UserID: userID, Purpose: "test", Created: time.Now()}
}

// keyFor is a key of the user with that name.
func (h *house) keyFor(username string) string {
	h.t.Helper()
	users, err := h.records.Users(h.t.Context())
	h.must(err)
	for _, u := range users {
		if u.Username == username {
			return h.keyOf(u.ID)
		}
	}
	h.t.Fatalf("there is no user %s", username)
	return ""
}

// session is the cookie of somebody who has signed in at the form.
func (h *house) session(username string) *http.Cookie {
	h.t.Helper()
	users, err := h.records.Users(h.t.Context())
	h.must(err)
	for _, u := range users {
		if u.Username == username {
			token, hash, err := credentials.NewSession(rand.Reader)
			h.must(err)
			h.must(h.records.Write(h.t.Context(), records.AddSession(hash, records.Session{UserID: u.ID, Created: time.Now(), Expires: time.Now().Add(time.Hour)})...))
			return &http.Cookie{Name: "slipway", Value: token}
		}
	}
	h.t.Fatalf("there is no user %s", username)
	return nil
}

// as asks with an API key ("": as nobody).
func (h *house) as(key, method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if key != "" {
		r.Header.Set("X-Slipway-ApiKey", key)
	}
	return h.send(r)
}

func (h *house) send(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.server.ServeHTTP(w, r)
	return w
}

// ok wants the status and reads the body into out, unless that is nil.
func (h *house) ok(w *httptest.ResponseRecorder, status int, out any) {
	h.t.Helper()
	if w.Code != status {
		h.t.Fatalf("got %d %s, want %d", w.Code, w.Body, status)
	}
	if out == nil {
		return
	}
	if err := json.Unmarshal(w.Body.Bytes(), out); err != nil {
		h.t.Fatalf("%v in %s", err, w.Body)
	}
}

// refused wants an error in JSON with the status and the words.
func (h *house) refused(w *httptest.ResponseRecorder, status int, words string) rest.Error {
	h.t.Helper()
	var e rest.Error
	if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || w.Code != status || !strings.Contains(e.Message, words) || w.Header().Get("Content-Type") != "application/json; charset=utf-8" {
		h.t.Errorf("got %d %s (%s), want %d as JSON with %q", w.Code, w.Body, w.Header().Get("Content-Type"), status, words)
	}
	return e
}

// deployment asks for a release and its deployment to Dev.
func (h *house) deployment() rest.Deployment {
	h.t.Helper()
	h.ok(h.as(h.key, "POST", "/v1/releases", `{"project": "random quotes", "number": "1.0.0"}`), 200, nil)
	var d rest.Deployment
	h.ok(h.as(h.key, "POST", "/v1/deployments", `{"project": "Random Quotes", "release": "1.0.0", "environment": "Dev"}`), 200, &d)
	return d
}

// packed is a small package.
func packed(t *testing.T, id, version, content string) string {
	t.Helper()
	var b bytes.Buffer
	in := packagefile.PackInput{ID: id, Version: version, Format: packagefile.Nupkg, Files: fstest.MapFS{"index.html": {Data: []byte(content)}}}
	if err := packagefile.Pack(&b, in); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
