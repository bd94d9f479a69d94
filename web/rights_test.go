package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/auditkey"
	"slipway/runner/hosts"
	"slipway/runner/mail"
	"slipway/runner/mailroom"
	"slipway/runner/records"
	"slipway/runner/secrets"
	"slipway/web/rest"
	"slipway/web/route"
)

// What stands in the foreign project and environment, and in nothing else: who
// has no right there reads it nowhere.
const (
	foreignProject = "Xyzzy"
	foreignPlace   = "plugh"
	// valueForProd is what a variable of ours is in Prod only.
	valueForProd = "frotz"
)

const rightsFolder = `{"folder": "rights",
	"environments": [{"name": "Dev"}, {"name": "Prod"}, {"name": "Elsewhere"}],
	"lifecycles": [
		{"name": "Ours", "phases": [{"name": "Dev", "environments": ["Dev", "Prod"]}]},
		{"name": "Theirs", "phases": [{"name": "All", "environments": ["Dev", "Elsewhere"]}]}],
	"users": [{"username": "newcomer"}, {"username": "viewer"}, {"username": "devviewer"}, {"username": "devonlyviewer"}, {"username": "devdeployer"}, {"username": "proddeployer"},
		{"username": "lead"}, {"username": "otherlead"}, {"username": "stakeholder"}, {"username": "auditor"}, {"username": "usermanager"}, {"username": "teammanager"}, {"username": "envmanager"},
		{"username": "sysmanager"}, {"username": "admin2"}, {"username": "own"}, {"username": "bot", "service": true}, {"username": "gone", "disabled": true}, {"username": "publisher"}, {"username": "bystander"}],
	"user-roles": [{"name": "Watch", "permissions": ["ProjectView", "DeploymentView", "ReleaseView"]}],
	"teams": [
		{"name": "Viewers", "members": ["viewer", "bot", "gone"], "roles": [{"role": "Project viewer", "projects": ["Alpha"]}]},
		{"name": "Viewers of Dev", "members": ["devviewer"], "roles": [{"role": "Project viewer", "projects": ["Alpha"], "environments": ["Dev"]}]},
		{"name": "Viewers of Dev only", "members": ["devonlyviewer"], "roles": [{"role": "Project viewer", "environments": ["Dev"]}]},
		{"name": "Internal", "members": ["devdeployer"], "roles": [{"role": "Deployment creator", "projects": ["Alpha"], "environments": ["Dev"]}, {"role": "Project viewer", "projects": ["Alpha"]}]},
		{"name": "Production", "members": ["proddeployer"], "roles": [{"role": "Deployment creator", "projects": ["Alpha"], "environments": ["Prod"]}, {"role": "Project viewer", "projects": ["Alpha"]}]},
		{"name": "Leads", "members": ["lead"], "roles": [{"role": "Project lead", "projects": ["Alpha"]}]},
		{"name": "Other leads", "members": ["otherlead"], "roles": [{"role": "Project lead", "projects": ["Xyzzy"]}]},
		{"name": "Stakeholders", "members": ["stakeholder"]},
		{"name": "Auditors", "members": ["auditor"], "roles": [{"role": "Auditor", "projects": ["Alpha"]}]},
		{"name": "User managers", "members": ["usermanager"], "roles": [{"role": "User manager"}]},
		{"name": "Team managers", "members": ["teammanager"], "roles": [{"role": "Team manager"}]},
		{"name": "Environment managers", "members": ["envmanager"], "roles": [{"role": "Environment manager", "projects": ["Alpha"], "environments": ["Dev"]}]},
		{"name": "System managers", "members": ["sysmanager"], "roles": [{"role": "System manager"}]},
		{"name": "Administrators", "members": ["admin2"], "roles": [{"role": "System administrator"}]},
		{"name": "Publishers", "members": ["publisher"], "roles": [{"role": "Package publisher"}]},
		{"name": "Watchers", "members": ["own"], "roles": [{"role": "Watch", "projects": ["Alpha"]}]}],
	"targets": [
		{"name": "web-dev", "environments": ["Dev"], "roles": ["web"], "pretend": "x"},
		{"name": "web-prod", "environments": ["Prod"], "roles": ["web"], "pretend": "x"},
		{"name": "plugh-1", "environments": ["Elsewhere"], "roles": ["web"], "pretend": "x"}],
	"variable-sets": [{"name": "Shared", "variables": [{"name": "Greeting", "value": "hello"}]}],
	"feeds": [{"name": "Theirs", "type": "nuget", "url": "http://127.0.0.1:1/", "username": "x", "secret": "feed"}],
	"projects": [
		{"name": "Alpha", "lifecycle": "Ours", "variable-sets": ["Shared"], "variables": [{"name": "Greeting", "value": "hi"}, {"name": "Greeting", "value": "frotz", "environments": ["Prod"]}], "steps": [
			{"name": "Say", "roles": ["web"], "action": {"type": "script", "settings": {"body": "echo hello"}}},
			{"name": "Ask", "action": {"type": "approval", "settings": {"instructions": "Look.", "teams": ["Stakeholders"]}}}]},
		{"name": "Xyzzy", "description": "xyzzy here", "lifecycle": "Theirs", "variables": [{"name": "Greeting", "value": "xyzzy value"}, {"name": "Xyzzy.Name", "value": "1"}], "steps": [
			{"name": "Say", "roles": ["web"], "action": {"type": "script", "settings": {"body": "echo xyzzy"}}}]}]}`

// someone is one of those who ask.
type someone struct {
	name  string
	user  string                  // "" is nobody
	scope *pipelines.KeyScope     // of the key, nil for none
	from  func(k *records.APIKey) // what else is odd about the key
}

func everyone() []someone {
	longAgo := time.Now().Add(-time.Hour)
	return []someone{
		{name: "nobody"},
		{name: "newcomer", user: "newcomer"},
		{name: "viewer of Alpha", user: "viewer"},
		{name: "viewer of Alpha in Dev", user: "devviewer"},
		{name: "viewer of Dev", user: "devonlyviewer"},
		{name: "deployer to Dev", user: "devdeployer"},
		{name: "deployer to Prod", user: "proddeployer"},
		{name: "lead of Alpha", user: "lead"},
		{name: "lead of Xyzzy", user: "otherlead"},
		{name: "stakeholder", user: "stakeholder"},
		{name: "auditor of Alpha", user: "auditor"},
		{name: "user manager", user: "usermanager"},
		{name: "team manager", user: "teammanager"},
		{name: "environment manager of Dev", user: "envmanager"},
		{name: "package publisher", user: "publisher"},
		{name: "system manager", user: "sysmanager"},
		{name: "administrator", user: "admin"},
		{name: "administrator by role", user: "admin2"},
		{name: "watcher by an own role", user: "own"},
		{name: "service account", user: "bot"},
		{name: "key for Alpha", user: "admin", scope: &pipelines.KeyScope{Projects: []string{"alpha"}}},
		{name: "key for Alpha to Dev as deployer", user: "admin", scope: &pipelines.KeyScope{Projects: []string{"Alpha"}, Environments: []string{"Dev"}, Roles: []string{"Deployment creator"}}},
		{name: "key of a lead as build server", user: "lead", scope: &pipelines.KeyScope{Roles: []string{"Build server"}}},
		{name: "expired key", user: "admin", from: func(k *records.APIKey) { k.Expires = &longAgo }},
		{name: "disabled user", user: "gone"},
	}
}

// world is a house with things of ours and things of others.
type world struct {
	*house
	own, prod, foreign spot
}

// spot is a project with an environment, and how its things are addressed.
type spot struct {
	name  string
	at    pipelines.Where
	names map[string]string
}

func newWorld(t *testing.T) *world {
	h := emptyHouse(t, withEveryRoute)
	admin, err := h.site.Catalog.FirstAdminHere(t.Context(), pipelines.User{Username: "admin"}, housePassword)
	h.must(err)
	h.key = h.keyOf(admin.ID)
	h.ok(h.as(h.key, "POST", "/v1/apply", rightsFolder), 200, nil)
	h.ok(h.as(h.key, "PUT", "/v1/packages/Thing.1.0.0.nupkg", packed(t, "Thing", "1.0.0", "hello")), 200, nil)
	h.must(h.box.Send(t.Context(), mail.Message{ID: "1", From: "a@example.org", To: []string{"b@example.org"}, Subject: "xyzzy plugh", Text: "xyzzy", HTML: "<p>xyzzy", Date: time.Now()}))
	h.facts = func() (hosts.Facts, error) { return hosts.Facts{}, nil }
	w := &world{house: h}
	w.own = w.spot("own", "Alpha", "Dev", "web-dev", "", "ours")
	w.prod = w.spot("own project, other environment", "Alpha", "Prod", "web-prod", w.own.names["{release}"], "ours")
	w.foreign = w.spot("foreign", foreignProject, "Elsewhere", "plugh-1", "", "xyzzy plugh")
	return w
}

// withEveryRoute adds what some routes are there for only.
func withEveryRoute(s *Settings) {
	s.MailRoom = &mailroom.Room{Records: s.Requests.Records, Secrets: s.SignIn.Sealer.(secrets.Keeper), Env: s.SignIn.Env, Log: s.Log, Held: s.HeldMail, HeldFrom: "slipway@example.org"}
	s.Kept = &keptBox{}
	s.Requests.Signer = &auditkey.Key{Records: s.Requests.Records, Sealer: s.SignIn.Sealer, Random: s.SignIn.Env.Random, Opener: s.SignIn.Sealer.(secrets.Keeper)}
}

// spot releases, deploys, and finds out how all there is addressed.
func (w *world) spot(name, project, environment, target, release, note string) spot {
	w.t.Helper()
	if release == "" {
		release = "1.0.0-" + strings.ToLower(project)
		w.ok(w.as(w.key, "POST", "/v1/releases", `{"project": "`+project+`", "number": "`+release+`", "notes": "`+strings.ToLower(project)+`"}`), 200, nil)
	}
	var d rest.Deployment
	w.ok(w.as(w.key, "POST", "/v1/deployments", `{"project": "`+project+`", "release": "`+release+`", "environment": "`+environment+`", "comment": "`+note+`"}`), 200, &d)
	kept, err := w.box.List(w.t.Context())
	w.must(err)
	names := map[string]string{
		"{$}": "", "{file}": "slipway.css", "{token}": "x", "{project}": d.ProjectID, "{release}": release, "{environment}": environment,
		"{deployment}": d.ID, "{id}": d.ID, "{approval}": d.ID + ".1", "{package}": "Thing", "{version}": "1.0.0", "{sha256}": strings.Repeat("0", 64),
		"{set}": "VariableSets-1", "{feed}": "Feeds-1", "{variable}": "Greeting", "{artifact}": "0-0", "{key}": "APIKeys-none", "{mail}": kept[0].Key,
		"{target}": target, "{name}": target, "{user}": "", "{username}": "bystander", "{team}": "", "{role}": "Project%20viewer", "{lifecycle}": "Lifecycles-1",
		"{type}": "script", "{provider}": "none", "{trust}": "none", "{session}": "none", "{release-id}": d.ReleaseID, "{environment-id}": d.EnvironmentID,
	}
	users, err := w.records.Users(w.t.Context())
	w.must(err)
	for _, u := range users {
		if u.Username == "bystander" {
			names["{user}"] = u.ID
		}
	}
	teams, err := w.records.Teams(w.t.Context())
	w.must(err)
	names["{team}"] = teams[0].ID
	targets, err := w.records.Targets(w.t.Context())
	w.must(err)
	for _, m := range targets {
		if m.Name == target {
			names["{target}"] = m.ID
		}
	}
	return spot{name: name, at: pipelines.Where{Project: project, Environment: environment}, names: names}
}

// asker gives the key of somebody, and what they may do.
func (w *world) asker(who someone) (string, pipelines.Principal) {
	w.t.Helper()
	if who.user == "" {
		return "", pipelines.Principal{}
	}
	users, err := w.records.Users(w.t.Context())
	w.must(err)
	i := slices.IndexFunc(users, func(u pipelines.User) bool { return u.Username == who.user })
	text, stored := w.newKeyOf(users[i].ID)
	if who.scope != nil {
		stored.Scope = *who.scope
	}
	if who.from != nil {
		who.from(&stored)
	}
	w.must(w.records.Write(w.t.Context(), records.AddAPIKey(stored)...))
	p, err := w.records.KeyPrincipal(w.t.Context(), stored, "test")
	if err != nil || stored.Expires != nil {
		return text, pipelines.Principal{} // not let in at all
	}
	return text, p
}

// address is the request that a line of the surface stands for, at a spot.
func (s spot) address(pattern string) (method, path, body string) {
	method, path, _ = strings.Cut(pattern, " ")
	names := s.names
	id := func(name string) string { return url.PathEscape(names[name]) }
	switch {
	case strings.HasPrefix(path, "/v1/releases/{id}"):
		path = strings.ReplaceAll(path, "{id}", id("{release-id}"))
	case strings.HasPrefix(path, "/v1/packages/{id}"):
		path = strings.ReplaceAll(path, "{id}", "Thing")
	case strings.HasPrefix(path, "/environments/{environment}"):
		path = strings.ReplaceAll(path, "{environment}", id("{environment-id}"))
	case strings.HasPrefix(path, "/v1/teams/{team}"):
		path = strings.ReplaceAll(path, "{team}", "Publishers")
	case strings.HasPrefix(path, "/v1/mail/{key}"):
		path = strings.ReplaceAll(path, "{key}", id("{mail}"))
	case pattern == "PUT /v1/packages/{file}":
		path = "/v1/packages/Thing.1.0.0.nupkg"
	case strings.HasPrefix(path, "/nuget/"), strings.HasPrefix(path, "/api/v2/"):
		path = inFeed.Replace(path)
	}
	path = wildcard.ReplaceAllStringFunc(path, func(w string) string { return names[w] })
	return method, path, s.body(pattern)
}

// inFeed is what the feed's lines are asked for, the one package there is.
var inFeed = strings.NewReplacer("v3/content/{id}/{version}/{file}", "v3/content/thing/1.0.0/thing.1.0.0.nupkg", "v3/content/{id}", "v3/content/thing",
	"v3/registration/{id}/{leaf}", "v3/registration/thing/index.json", "v3/registration/{id}/page/{page}", "v3/registration/thing/page/0.json",
	"{id}", "Thing", "{version}", "1.0.0", "{entry}", "Packages(Id='Thing',Version='1.0.0')", "{rest...}", "Thing/1.0.0")

// body is what goes with a request whose place stands in it.
func (s spot) body(pattern string) string {
	named := `{"project": "` + s.at.Project + `", "release": "` + s.names["{release}"] + `", "environment": "` + s.at.Environment + `"}`
	switch pattern {
	case "POST /v1/deployments", "POST /v1/deployments/preview":
		return named
	case "POST /v1/releases":
		return `{"project": "` + s.at.Project + `", "number": "` + s.names["{release}"] + `"}`
	case "POST /targets/new":
		return url.Values{"name": {"new"}, "environments": {s.at.Environment}, "roles": {"web"}, "way": {"pretend"}}.Encode()
	case "POST /v1/targets":
		return `{"name": "new", "environments": ["` + s.at.Environment + `"], "roles": ["web"], "pretend": "x"}`
	case "POST /v1/deployments/{id}/decide":
		return `{"choice": "fail", "step": "Say", "target": "x", "attempt": 1}`
	case "POST /deployments/{deployment}/decide":
		return "choice=fail&step=Say&target=x&attempt=1"
	case "POST /v1/deployments/{id}/answer":
		return `{"proceed": true}`
	case "POST /v1/users":
		return `{"username": "x y"}`
	case "POST /v1/teams":
		return `{"name": ""}`
	case "POST /v1/teams/{team}/members":
		return `{"username": "none"}`
	case "POST /v1/teams/{team}/roles":
		return `{"role": "None"}`
	case "PUT /v1/secrets/{name}", "PUT /v1/users/{username}/password":
		return `{"password": "short"}`
	}
	return "{}"
}

// query is what a list is asked for.
func (s spot) query(pattern string) string {
	switch pattern {
	case "GET /v1/deployments":
		return "?project=" + url.QueryEscape(s.names["{project}"])
	case "GET /search", "GET /v1/search":
		return "?q=" + map[bool]string{true: "yzz", false: "lph"}[s.name == "foreign"]
	}
	return ""
}

// TestAuthorisation: every route, asked by everybody, for what is theirs and
// what is not.
func TestAuthorisation(t *testing.T) {
	t.Parallel()
	lines := append(expectations(t, surface), expectations(t, feedLines)...)
	site := emptyHouse(t, withEveryRoute).site
	everyRouteHasALine(t, append(site.routes(), site.feed().Lines()...), lines)
	// What is asked changes less than what is done, and what goes is gone.
	order := map[string]int{"GET": 0, "PUT": 1, "POST": 2, "DELETE": 3}
	slices.SortStableFunc(lines, func(a, b expected) int {
		return order[strings.Fields(a.pattern)[0]] - order[strings.Fields(b.pattern)[0]]
	})
	var cells atomic.Int64
	t.Run("everybody", func(t *testing.T) {
		for _, who := range everyone() {
			t.Run(who.name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				key, p := w.asker(who)
				for _, e := range lines {
					method, path, body := w.own.address(e.pattern)
					for i, at := range []spot{w.own, w.prod, w.foreign} {
						if m, p, b := at.address(e.pattern); i > 0 && m == method && p == path && b == body {
							continue // the same for all places
						}
						cells.Add(1)
						w.cell(who, key, p, e, at)
					}
				}
			})
		}
	})
	if n := cells.Load(); n < 3000 {
		t.Errorf("only %d cells were looked at", n)
	} else {
		t.Logf("%d cells: %d lines, %d who ask, at up to 3 places", n, len(lines), len(everyone()))
	}
}

// everyRouteHasALine, and every line a route: the feed's own lines are routes like
// those by which it is reached.
func everyRouteHasALine(t *testing.T, routes []route.Route, lines []expected) {
	t.Helper()
	there, known := map[string]bool{}, map[string]bool{}
	for _, r := range routes {
		there[r.Pattern] = true
	}
	for _, e := range lines {
		pattern, _, _ := strings.Cut(e.pattern, "?")
		known[pattern] = true
		if !there[pattern] {
			t.Errorf("%s stands in the surface and is no route: nobody asks for it", pattern)
		}
	}
	for pattern := range there {
		if !known[pattern] {
			t.Errorf("%s stands in no line of the surface: say in rights_surface_test.go who gets through, and where", pattern)
		}
	}
}

// cell asks once and holds the answer against its line.
func (w *world) cell(who someone, key string, p pipelines.Principal, e expected, at spot) {
	method, path, body := at.address(e.pattern)
	path += at.query(e.pattern)
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if key != "" {
		r.Header.Set("X-Slipway-ApiKey", key)
	}
	if !strings.HasPrefix(path, "/v1/") && method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	got := w.send(r)
	through := e.allows(p, at.at)
	sees := p.Allows(pipelines.DeploymentView, at.at) || slices.Contains(p.Teams, "Stakeholders")
	if !e.fits(got, through, p.Known(), sees) {
		w.t.Errorf("%s %s (%s) by %s: got %d %.200s; want it %s by the line %s %s %s", method, path, at.name, who.name, got.Code, shortBody(got), map[bool]string{true: "let through", false: "refused"}[through], e.pattern, e.needs, e.place)
	}
	if seen := strings.ToLower(got.Body.String()); !mayReadOf(p, path) {
		for _, marker := range []string{strings.ToLower(foreignProject), foreignPlace, valueForProd} {
			if i := strings.Index(seen, marker); i >= 0 && !mayRead(p, marker) && !strings.Contains(strings.ToLower(path+body), marker) {
				w.t.Errorf("%s %s (%s) by %s (%d) tells of what is foreign: …%s…", method, path, at.name, who.name, got.Code, strings.Join(strings.Fields(seen[max(0, i-80):min(len(seen), i+80)]), " "))
				return
			}
		}
	}
}

// mayRead says whether somebody may know of the foreign things.
func mayRead(p pipelines.Principal, marker string) bool {
	if marker == valueForProd {
		there := pipelines.Where{Project: "Alpha", Environment: "Prod"}
		return p.Allows(pipelines.ProjectView, there) || p.Allows(pipelines.ProjectEdit, there) || p.Allows(pipelines.DeploymentView, there) ||
			p.Allows(pipelines.EventView, there) // what was changed is told to who reads the log of the project
	}
	if marker == foreignPlace {
		there := pipelines.Where{Project: foreignProject, Environment: "Elsewhere"}
		return p.Allows(pipelines.DeploymentView, there) || p.Allows(pipelines.MachineView, pipelines.Where{Environment: "Elsewhere"})
	}
	for _, permission := range []pipelines.Permission{pipelines.ProjectView, pipelines.ReleaseView, pipelines.DeploymentView, pipelines.DeploymentCreate, pipelines.ReleaseCreate, pipelines.ProjectEdit} {
		if p.AllowsIn(permission, foreignProject) {
			return true
		}
	}
	return false
}

// mayReadOf: who keeps the mails reads them, and whoever reads all of the audit
// log reads all of it.
func mayReadOf(p pipelines.Principal, path string) bool {
	return strings.Contains(path, "audit") && p.Allows(pipelines.EventView, pipelines.Where{})
}

// fits: who gets through is answered, in one way or another; who does not is
// asked to sign in, refused, or told that there is nothing. How a deployment stands
// is told only to those who see it or are asked.
func (e expected) fits(w *httptest.ResponseRecorder, through, known, sees bool) bool {
	toSignIn := w.Code == http.StatusSeeOther && strings.HasPrefix(w.Header().Get("Location"), "/signin")
	switch {
	case w.Code >= 500 && w.Code != http.StatusServiceUnavailable && w.Code != http.StatusNotImplemented:
		return false
	case e.place == "public":
		return true
	case through:
		return !toSignIn && w.Code != http.StatusUnauthorized && w.Code != http.StatusForbidden && (e.missing || w.Code != http.StatusNotFound)
	case !known:
		return toSignIn || w.Code == http.StatusUnauthorized
	case e.place == "asked" && sees && w.Code == http.StatusConflict:
		return true // nobody is asked yet, which is told before who would be
	}
	return w.Code == http.StatusForbidden || w.Code == http.StatusNotFound
}

var markup = regexp.MustCompile(`(?s)<style.*?</style>|<[^>]*>|\s+`)

func shortBody(w *httptest.ResponseRecorder) string {
	text := w.Body.String()
	if i := strings.Index(text, "<main"); i >= 0 {
		text = text[i:]
	}
	return strings.TrimSpace(markup.ReplaceAllString(text, " ")) + " " + w.Header().Get("Location")
}
