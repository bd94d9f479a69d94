package web

import (
	"encoding/json"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/task"
	"slipway/runner/graph"
	"slipway/runner/mail"
	"slipway/runner/table"
	"slipway/web/feed"
	"slipway/web/rest"
	"slipway/web/route"
)

var wildcard = regexp.MustCompile(`\{[^}]*\}`)

// concrete makes a request's method and path of a pattern, with what is there.
func concrete(r route.Route, there map[string]string) (method, path string) {
	method, path, _ = strings.Cut(r.Pattern, " ")
	return method, wildcard.ReplaceAllStringFunc(path, func(w string) string { return there[w] })
}

// furnished is a house with one of everything, and how it is addressed.
func furnished(t *testing.T) (*house, map[string]string) {
	h := newHouse(t, nil)
	h.ok(h.as(h.key, "PUT", "/v1/packages/Thing.1.0.0.nupkg", packed(t, "Thing", "1.0.0", "hello")), 200, nil)
	h.feed()
	d := h.deployment()
	h.must(h.box.Send(t.Context(), mail.Message{ID: "1", From: "a@example.org", To: []string{"b@example.org"}, Subject: "s", Text: "t", HTML: "<p>t", Date: time.Now()}))
	kept, err := h.box.List(t.Context())
	h.must(err)
	var project string
	projects, err := h.records.Projects(t.Context())
	h.must(err)
	project = projects[0].ID
	return h, map[string]string{
		"{$}": "", "{file}": "slipway.css", "{token}": "x", "{provider}": "acme", "{session}": "Sessions-x", "{trust}": "Trusts-x", "{project}": project, "{release}": "1.0.0", "{environment}": "Dev",
		"{deployment}": d.ID, "{id}": d.ID, "{approval}": d.ID, "{package}": "Thing", "{name}": "web%201%2Fa", "{username}": "vera", "{sha256}": strings.Repeat("0", 64),
		"{set}": "Shared", "{feed}": "Feeds-1", "{version}": "1.0.0", "{variable}": "Greeting",
		"{artifact}": "0-0", "{key}": kept[0].Key, "{mail}": kept[0].Key, "{target}": "Machines-1", "{user}": "Users-1", "{team}": "Teams-1",
		"{role}": "Project%20viewer", "{lifecycle}": "Lifecycles-Default", "{type}": "script",
	}
}

func TestEveryRouteIsClosed(t *testing.T) {
	t.Parallel()
	h, there := furnished(t)
	nobody := h.keyFor("nobody")
	closed := 0
	for _, r := range h.site.routes() {
		if r.Public {
			continue
		}
		closed++
		method, path := concrete(r, there)
		before := h.writes.Load()
		w := h.as("", method, path, "{}")
		switch {
		case strings.HasPrefix(path, "/v1/"):
			h.refused(w, 401, "sign in")
		case w.Code != 303 || !strings.HasPrefix(w.Header().Get("Location"), "/signin"):
			t.Errorf("%s without credentials: got %d to %q, want the sign-in form", r.Pattern, w.Code, w.Header().Get("Location"))
		}
		if r.Needs != pipelines.Own {
			if w := h.as(nobody, method, path, "{}"); w.Code != 403 {
				t.Errorf("%s without the permission %s: got %d %s, want 403", r.Pattern, r.Needs, w.Code, w.Body)
			}
		}
		if after := h.writes.Load(); after != before {
			t.Errorf("%s: a refused request wrote %d times", r.Pattern, after-before)
		}
	}
	if closed < 40 {
		t.Errorf("only %d routes are closed: the walk has lost some", closed)
	}
}

// What is open to everybody is a decision: this list says so aloud.
func TestPublicRoutes(t *testing.T) {
	t.Parallel()
	want := map[string]bool{
		"GET /static/{file}": true, "GET /v1/version": true, "POST /v1/login": true,
		"GET /signin": true, "POST /signin": true, "POST /signout": true, "GET /signin/second": true, "POST /signin/second": true, "POST /signin/second/new": true,
		"POST /signin/oidc/{provider}": true, "GET /signin/oidc/{provider}/callback": true,
		"GET /forgot": true, "POST /forgot": true, "GET /invitation/{token}": true, "POST /invitation/{token}": true, "GET /reset/{token}": true, "POST /reset/{token}": true,
		// A build proves itself by a token of its own.
		"POST /v1/token":     true,
		"GET /setup/{token}": true, "POST /setup/{token}": true, "GET /answer/{token}": true, "POST /answer/{token}": true,
		// A feed proves itself by a token of its own.
		"POST /v1/feeds/{feed}/webhook": true, "POST /v1/feeds/{feed}/webhook/{token}": true,
	}
	for _, r := range (&feed.Feed{}).Routes() {
		want[r.Pattern] = true // what they lead to is closed by the feed's own lines
	}
	for _, r := range emptyHouse(t, nil).site.routes() {
		if r.Public && !want[r.Pattern] {
			t.Errorf("%s is public", r.Pattern)
		}
	}
}

// writtenDown are the readings that leave an entry in the audit log: of mails, which
// may hold links, and of the log itself, which ends in an anchor.
var writtenDown = []string{"GET /mail/{mail}", "GET /v1/mail/{key}", "GET /audit/export", "GET /v1/audit/export"}

func TestNoGETChangesAnything(t *testing.T) {
	t.Parallel()
	h, there := furnished(t)
	before := h.writes.Load()
	for _, r := range h.site.routes() {
		method, path := concrete(r, there)
		if method != "GET" {
			continue
		}
		switch path {
		case "/v1/packages/" + there["{id}"]:
			path = "/v1/packages/Thing"
		case "/v1/deployments":
			path += "?project=Random+Quotes"
		case "/v1/packages/" + there["{id}"] + "/1.0.0/build-information":
			continue // nothing is known of where it comes from
		}
		w := h.as(h.key, method, path, "")
		if want := status(path); w.Code != want {
			t.Errorf("%s as admin: got %d, want %d: %s", path, w.Code, want, w.Body)
		}
		after := h.writes.Load()
		if writes := after != before; writes != slices.Contains(writtenDown, r.Pattern) {
			t.Errorf("GET %s wrote %d times", path, after-before)
		}
		before = after
	}
}

// status is what an admin gets: who has signed in needs no form.
func status(path string) int {
	if strings.HasSuffix(path, "/artifacts/0-0") {
		return 404 // nothing is kept there
	}
	if strings.HasSuffix(path, "/Lifecycles-Default/edit") || strings.HasSuffix(path, "/roles/Project%20viewer/edit") {
		return 409 // it is built in
	}
	switch path {
	case "/signin", "/library", "/projects":
		return 303
	case "/signin/second", "/signin/oidc/acme/callback":
		return 401 // nobody stands halfway, nobody comes back
	case "/v1/audit/key": // nothing is signed here
		return 404
	case "/setup/x", "/answer/x", "/invitation/x", "/reset/x", "/settings/sign-in/providers/acme":
		return 404
	}
	return 200
}

// The same thing is asked by people with different rights.
func TestPermissions(t *testing.T) {
	t.Parallel()
	h, _ := furnished(t)
	for _, c := range []struct {
		who, method, path, body string
		want                    int
	}{
		{"vera", "GET", "/v1/deployments/Deployments-1", "", 200},         // a viewer of Dev
		{"vera", "GET", "/v1/projects/Random%20Quotes/releases", "", 200}, // which takes the project with it
		{"vera", "GET", "/v1/deployments/Deployments-1/values", "", 200},
		{"nobody", "GET", "/v1/deployments/Deployments-1/values", "", 403},
		{"vera", "POST", "/v1/deployments", `{"project": "Random Quotes", "release": "1.0.0", "environment": "Dev"}`, 403},
		{"vera", "PUT", "/v1/secrets/x", "long enough", 403},
		{"vera", "GET", "/v1/projects/Random%20Quotes/variables?environment=Dev", "", 200},
		{"vera", "GET", "/v1/projects/Random%20Quotes/variables/Greeting/reach", "", 200},
		{"vera", "PUT", "/v1/projects/Random%20Quotes/variables", `{"revision": 1, "variables": []}`, 403},
		{"vera", "GET", "/v1/variable-sets", "", 200},
		{"vera", "GET", "/v1/variable-sets/Shared/variables", "", 403}, // sets belong to no environment
		{"dora", "GET", "/v1/variable-sets/Shared/variables", "", 200},
		{"dora", "PUT", "/v1/variable-sets/Shared/variables", `{"revision": 1, "variables": []}`, 403},
		{"vera", "POST", "/v1/targets/web%201%2Fa/check", "", 403},
		{"dora", "GET", "/v1/targets", "", 200},
		{"dora", "POST", "/v1/targets/web%201%2Fa/check", "", 403}, // it is in Test, too
		{"dora", "DELETE", "/v1/targets/web%201%2Fa", "", 403},
		{"vera", "GET", "/v1/mail", "", 403},
		{"vera", "GET", "/v1/me", "", 200},
		{"vera", "PUT", "/v1/users/vera/password", `{"password": "another long one"}`, 409}, // the first one, by a key
		{"vera", "PUT", "/v1/users/admin/password", `{"password": "another long one"}`, 403},
		{"vera", "POST", "/v1/apply", `{"folder": "x", "environments": [{"name": "Mine"}]}`, 403},
		{"stella", "POST", "/v1/deployments/Deployments-1/answer", `{"proceed": true}`, 409}, // may, but it does not wait yet
		{"stella", "POST", "/v1/deployments/Deployments-1/cancel", `{}`, 403},
		{"vera", "GET", "/v1/queue", "", 200},
		{"nobody", "GET", "/v1/queue", "", 403},
		{"vera", "POST", "/v1/deployments/Deployments-1/decide", `{"choice": "fail"}`, 403},
		{"vera", "POST", "/v1/deployments/Deployments-1/retry", `{}`, 403},
		{"admin", "POST", "/v1/deployments/Deployments-1/decide", `{"choice": "fail"}`, 409}, // may, but nothing waits for it
		{"admin", "POST", "/v1/deployments/Deployments-1/retry", `{}`, 409},                  // may, but it has not ended
		{"nobody", "POST", "/v1/deployments/Deployments-1/cancel", `{"giveUp": true}`, 403},
		{"admin", "POST", "/v1/deployments/Deployments-1/cancel", `{"giveUp": true}`, 409}, // may, but it can be read
		{"admin", "PUT", "/v1/users/vera/password", `{"password": "another long one"}`, 204},
		{"vera", "PUT", "/v1/users/vera/password", `{"password": "a third long one"}`, 401},                                     // own, without the one of now
		{"vera", "PUT", "/v1/users/vera/password", `{"password": "a third long one", "current": "` + housePassword + `"}`, 204}, // the one password of this house
		{"admin", "POST", "/v1/deployments/Deployments-1/cancel", `{"note": "not today"}`, 204},
	} {
		if w := h.as(h.keyFor(c.who), c.method, c.path, c.body); w.Code != c.want {
			t.Errorf("%s %s as %s: got %d %s, want %d", c.method, c.path, c.who, w.Code, w.Body, c.want)
		}
	}
}

func TestAPIAccount(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	var v rest.Version
	h.ok(h.as("", "GET", "/v1/version", ""), 200, &v)
	if v != (rest.Version{Version: "1.2.3", Ready: true}) {
		t.Errorf("version: got %+v", v)
	}
	var made rest.NewKey
	h.ok(h.as("", "POST", "/v1/login", `{"username": "Admin", "password": "`+housePassword+`", "purpose": "laptop"}`), 200, &made)
	var me rest.Me
	h.ok(h.as(made.Secret, "GET", "/v1/me", ""), 200, &me)
	if me.Username != "admin" || !me.Admin || me.Teams == nil {
		t.Errorf("me: got %+v, want admin", me)
	}
	var keys []rest.Key
	h.ok(h.as(made.Secret, "GET", "/v1/apikeys", ""), 200, &keys)
	if len(keys) != 2 || !strings.HasPrefix(made.Secret, strings.TrimSuffix(made.Hint, "…")) {
		t.Errorf("keys: got %+v, want two of which one is %+v", keys, made)
	}
	h.ok(h.as(made.Secret, "DELETE", "/v1/apikeys/"+made.ID, ""), 204, nil)
	h.refused(h.as(made.Secret, "GET", "/v1/me", ""), 401, "not known")
	h.refused(h.as("", "POST", "/v1/login", `{"username": "admin", "password": "wrong"}`), 401, "is wrong")
}

func TestAPIBrake(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	wrong := func() *httptest.ResponseRecorder {
		return h.as("", "POST", "/v1/login", `{"username": "admin", "password": "wrong"}`)
	}
	for range 5 {
		h.refused(wrong(), 401, "is wrong")
	}
	w := wrong()
	h.refused(w, 429, "too many wrong passwords")
	if w.Header().Get("Retry-After") == "" {
		t.Error("429 without Retry-After")
	}
	h.refused(h.as("", "POST", "/v1/login", `{"username": "admin", "password": "`+housePassword+`"}`), 429, "too many")
}

func TestAPIShapes(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	d := h.deployment()
	if d.Address != "http://slipway.test/deployments/"+d.ID || d.Ended || d.Environment != "Dev" {
		t.Errorf("deployment: got %+v", d)
	}
	h.ok(h.as(h.key, "GET", "/v1/deployments/"+d.ID, ""), 200, &d)
	if len(d.Steps) != 2 || d.Steps[0].Targets[0].Target != "web 1/a" || d.Steps[0].Targets[0].Status != pipelines.Running || d.Steps[1].Instructions != "Look." || d.Steps[1].Teams[0] != "Stakeholders" {
		t.Errorf("steps: got %+v", d.Steps)
	}
	var all []rest.Deployment
	h.ok(h.as(h.key, "GET", "/v1/deployments?project=Random+Quotes&take=1", ""), 200, &all)
	if len(all) != 1 || all[0].ID != d.ID {
		t.Errorf("deployments: got %+v", all)
	}
	var releases []rest.Release
	h.ok(h.as(h.key, "GET", "/v1/projects/Random%20Quotes/releases", ""), 200, &releases)
	if len(releases) != 1 || releases[0].Project != "Random Quotes" || len(releases[0].Progression) != 2 || !releases[0].Progression[0].Open || releases[0].Progression[1].Rule == "" {
		t.Errorf("releases: got %+v", releases)
	}
	var status rest.Status
	h.ok(h.as(h.key, "GET", "/v1/status", ""), 200, &status)
	if cell := status.Projects[0].Environments[0]; cell.Environment != "Dev" || cell.Newest == nil || cell.Newest.ID != d.ID || cell.Live != "" {
		t.Errorf("status: got %+v", status)
	}
	var changes rest.Changes
	h.ok(h.as(h.key, "POST", "/v1/diff", strings.Replace(configuration, "echo hello", "echo bye", 1)), 200, &changes)
	if len(changes.Changes) != 1 || changes.Changes[0].Name != "Random Quotes" || len(changes.Changes[0].Lines) == 0 {
		t.Errorf("diff: got %+v", changes)
	}
	var secret rest.Secret
	h.ok(h.as(h.key, "PUT", "/v1/secrets/key%2Fweb", "long enough"), 200, &secret)
	if secret.Name != "key/web" || secret.Version != 1 || secret.By != "admin" {
		t.Errorf("secret: got %+v", secret)
	}
	h.refused(h.as(h.key, "PUT", "/v1/secrets/pin", "1234"), 400, "--unmasked-risk")
	h.ok(h.as(h.key, "PUT", "/v1/secrets/pin?unmasked-risk=true", "1234"), 200, nil)
	w := h.as(h.key, "GET", "/v1/secrets", "")
	var secrets []rest.Secret
	h.ok(w, 200, &secrets)
	if len(secrets) != 2 || strings.Contains(w.Body.String(), "sealed") {
		t.Errorf("secrets: got %s, want two without a value", w.Body)
	}
}

// What is asked for beside the release, who stands where, and one that cannot be
// read.
func TestAPIStanding(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	first := h.deployment()
	order := func(with string) (d rest.Deployment) {
		t.Helper()
		h.ok(h.as(h.key, "POST", "/v1/deployments", `{"project": "Random Quotes", "release": "1.0.0", "environment": "Dev"`+with+`}`), 200, &d)
		return d
	}
	at := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	scheduled := order(`, "at": "` + at.Format(time.RFC3339) + `", "skip": ["say"], "comment": "by night", "guidedFailure": true`)
	if scheduled.NotBefore == nil || !scheduled.NotBefore.Equal(at) || scheduled.Skip[0] != "Say" || scheduled.Comment != "by night" || scheduled.CreatedByID == "" {
		t.Errorf("a scheduled one: %+v", scheduled)
	}
	waits := order("")
	for id, want := range map[string]graph.Place{first.ID: graph.PlaceHeld, scheduled.ID: graph.PlaceNone, waits.ID: graph.PlaceWanted} {
		var d rest.Deployment
		h.ok(h.as(h.key, "GET", "/v1/deployments/"+id, ""), 200, &d)
		if d.Place != want || (d.Holder == first.ID) != (want == graph.PlaceWanted) {
			t.Errorf("%s: place %q, held by %q; want %q", id, d.Place, d.Holder, want)
		}
	}
	var q rest.Queue
	h.ok(h.as(h.key, "GET", "/v1/queue?project=random+quotes&environment=dev", ""), 200, &q)
	place := q.Places[0]
	if len(q.Places) != 1 || place.Policy != pipelines.QueueWait || place.Holder.ID != first.ID || place.Waiting[0].ID != waits.ID || place.Waiting[0].Behind != first.ID ||
		place.Without[0].ID != scheduled.ID || !place.Without[0].NotBefore.Equal(at) {
		t.Errorf("queue: got %+v", q)
	}
	h.ok(h.as(h.key, "GET", "/v1/queue?environment=Test", ""), 200, &q)
	if q.Places == nil || len(q.Places) != 0 {
		t.Errorf("an empty queue: got %+v", q)
	}

	turn := table.Key{Partition: "deployment/" + first.ID, Sort: "turn/0000000001"}
	h.must(h.records.Write(t.Context(), table.Put(turn, []byte("{damaged"))))
	var d rest.Deployment
	h.ok(h.as(h.key, "GET", "/v1/deployments/"+first.ID, ""), 200, &d)
	if d.Status != rest.Held || d.Ended || len(d.Steps) != 0 || !strings.Contains(d.Message, "--give-up") {
		t.Errorf("one that cannot be read: got %+v", d)
	}
	h.ok(h.as(h.key, "GET", "/v1/status", ""), 200, nil)
	h.ok(h.as(h.key, "POST", "/v1/deployments/"+first.ID+"/cancel", `{"giveUp": true, "note": "gone"}`), 204, nil)
	h.ok(h.as(h.key, "GET", "/v1/deployments/"+first.ID, ""), 200, &d)
	if d.Status != pipelines.Failed || !d.Ended || !strings.Contains(d.Message, "given up by admin") {
		t.Errorf("given up: got %+v", d)
	}
}

func TestAPIRefusals(t *testing.T) {
	t.Parallel()
	h, _ := furnished(t)
	for _, c := range []struct {
		method, path, body string
		status             int
		words              string
	}{
		{"POST", "/v1/releases", `{"project": "Random Quotes", "nubmer": "1"}`, 400, `unknown field "nubmer"`},
		{"POST", "/v1/releases", `{"project": "Random Quotes"} {}`, 400, "more after its end"},
		{"POST", "/v1/releases", ``, 400, "it is empty"},
		{"POST", "/v1/releases", `{"project": 1}`, 400, "project"},
		{"POST", "/v1/releases", `{"project": "None"}`, 404, `no project "None"`},
		{"POST", "/v1/releases", `{"project": "Random Quotes", "number": "1.0.0"}`, 409, "1.0.0"},
		{"POST", "/v1/releases", `{"project": "` + strings.Repeat("x", 1<<20) + `"}`, 413, "too large"},
		{"POST", "/v1/deployments", `{"project": "Random Quotes", "release": "1.0.0", "environment": "Test"}`, 409, "Test"},
		{"GET", "/v1/deployments", "", 400, "?project=NAME"},
		{"GET", "/v1/deployments?project=x&take=0", "", 400, "take"},
		{"GET", "/v1/deployments/Deployments-9", "", 404, "Deployments-9"},
		{"GET", "/v1/deployments/Deployments-1/log?after=nonsense", "", 400, "place in the log"},
		{"GET", "/v1/deployments/Deployments-1/log?wait=soon", "", 400, "5s"},
		{"POST", "/v1/deployments/Deployments-1/answer", `{"deployment": "Deployments-2", "proceed": true}`, 400, "Deployments-2"},
		{"POST", "/v1/deployments/Deployments-1/answer", `{"proceed": true}`, 409, "does not wait"},
		{"POST", "/v1/deployments/Deployments-1/decide", `{"choice": "maybe"}`, 400, "retry (try it again)"},
		{"POST", "/v1/deployments/Deployments-1/decide", `{"deployment": "Deployments-2", "choice": "fail"}`, 400, "Deployments-2"},
		{"POST", "/v1/deployments/Deployments-1/decide", `{"choice": "fail"}`, 409, "nothing of Deployments-1 waits for a choice"},
		{"POST", "/v1/deployments/Deployments-9/retry", `{}`, 404, "Deployments-9"},
		{"POST", "/v1/deployments/Deployments-1/retry", `{"nope": 1}`, 400, `unknown field "nope"`},
		{"POST", "/v1/deployments", `{"project": "Random Quotes", "release": "1.0.0", "environment": "Dev", "skip": ["None"]}`, 400, "there are: Say, Sign Off"},
		{"POST", "/v1/deployments", `{"project": "Random Quotes", "release": "1.0.0", "environment": "Dev", "at": "2020-01-01T00:00:00Z"}`, 400, "is over"},
		{"POST", "/v1/deployments", `{"project": "Random Quotes", "release": "1.0.0", "environment": "Dev", "at": "soon"}`, 400, "soon"},
		{"GET", "/v1/queue?project=None", "", 404, `no project "None"`},
		{"GET", "/v1/queue?environment=None", "", 404, `no environment "None"`},
		{"POST", "/v1/targets", `{"name": "x", "executorKey": "eA=="}`, 400, "not chosen"},
		{"POST", "/v1/targets/none/check", "", 404, "none"},
		{"PUT", "/v1/packages/a.txt", "x", 400, ""},
		{"POST", "/v1/packages", "x", 400, "multipart"},
		{"GET", "/v1/mail/none", "", 404, "none"},
		{"GET", "/v1/projects/None/variables", "", 404, `no project "None"`},
		{"GET", "/v1/projects/Random%20Quotes/variables?environment=Tset", "", 404, "there is: Dev, Test"},
		{"GET", "/v1/projects/Random%20Quotes/variables?name=None", "", 404, `no variable "None"`},
		{"GET", "/v1/projects/Random%20Quotes/variables/None/reach", "", 404, `no variable "None"`},
		{"PUT", "/v1/projects/Random%20Quotes/variables", `{"revision": 99, "variables": []}`, 409, "changed by somebody else"},
		{"PUT", "/v1/projects/Random%20Quotes/variables", `{"revison": 99}`, 400, `unknown field "revison"`},
		{"GET", "/v1/variable-sets/None/variables", "", 404, "there is: Shared"},
		{"PUT", "/v1/variable-sets/Shared/variables", `{"revision": 1, "variables": [{"name": "A", "steps": ["Say"]}], "takeOver": true}`, 400, "belong to one"},
		{"GET", "/v1/nothing", "", 404, "/v1/nothing"},
		{"PATCH", "/v1/me", "", 405, "GET"},
	} {
		before := h.writes.Load()
		h.refused(h.as(h.key, c.method, c.path, c.body), c.status, c.words)
		if after := h.writes.Load(); after != before {
			t.Errorf("%s %s: a refusal wrote %d times", c.method, c.path, after-before)
		}
	}
}

func TestAPILogWaits(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	d := h.deployment()
	path := "/v1/deployments/" + d.ID + "/log"
	var log rest.Log
	h.ok(h.as(h.key, "GET", path, ""), 200, &log)
	if log.Lines == nil || len(log.Lines) != 0 || log.Ended {
		t.Errorf("log at first: got %+v, want no line", log)
	}
	answer := make(chan *httptest.ResponseRecorder)
	go func() { answer <- h.as(h.key, "GET", path+"?wait=20s", "") }()
	writer, err := h.output.Writer(d.ID, "T-0", "A-1", 0)
	h.must(err)
	h.must(writer.Append(t.Context(), task.Line{Seq: 1, At: time.Now(), Stream: task.Stdout, Text: "hello"}))
	h.must(writer.Flush(t.Context()))
	h.ok(<-answer, 200, &log)
	if len(log.Lines) != 1 || log.Lines[0].Text != "hello" || log.Next == "" {
		t.Errorf("log after waiting: got %+v, want the line", log)
	}
	h.ok(h.as(h.key, "GET", path+"?after="+log.Next, ""), 200, &log)
	if len(log.Lines) != 0 {
		t.Errorf("log after its last line: got %+v", log)
	}
}

func TestErrorsCarryTheirProblems(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	w := h.as(h.key, "POST", "/v1/apply", `{"folder": "x", "teams": [{"name": "A", "members": ["none"]}, {"name": "", "members": []}]}`)
	e := h.refused(w, 400, "")
	if len(e.Problems) < 2 || e.Code != pipelines.Invalid {
		text, _ := json.Marshal(e)
		t.Errorf("two mistakes: got %s, want a problem for each", text)
	}
}
