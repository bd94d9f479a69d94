package web

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/steps"
	"slipway/pipelines/steps/approval"
	"slipway/pipelines/steps/email"
	"slipway/pipelines/steps/nginx"
	"slipway/runner"
	"slipway/runner/bolttable"
	"slipway/runner/catalog"
	"slipway/runner/diskblobs"
	"slipway/runner/env"
	"slipway/runner/heldmail"
	"slipway/runner/hosts"
	"slipway/runner/hosts/pretendhosts"
	"slipway/runner/keyfilesecrets"
	"slipway/runner/links"
	"slipway/runner/localwake"
	"slipway/runner/mailroom"
	"slipway/runner/records"
	"slipway/runner/requests"
	"slipway/runner/table"
	"slipway/runner/tabletimers"
	"slipway/runner/tasklog"
	"slipway/runner/views"
	"slipway/web/credentials"
	"slipway/web/oidc"
	"slipway/web/signin"
)

// pageKit is a whole server on pretend hosts, with a browser for each person.
type pageKit struct {
	t        testing.TB
	records  *records.Records
	requests *requests.Requests
	catalog  *catalog.Catalog
	output   *tasklog.Log
	mail     *heldmail.Box
	room     *mailroom.Room
	server   *httptest.Server
	base     string // path prefix
	admin    pipelines.Principal
	reads    *countedReads
	ahead    atomic.Int64                // how much later it is on the pages
	facts    func() (hosts.Facts, error) // what a look at a target finds
}

// countedReads counts what is read of a table.
type countedReads struct {
	*bolttable.Table
	calls, items atomic.Int64
}

func (c *countedReads) Get(ctx context.Context, k table.Key) (table.Item, error) {
	c.calls.Add(1)
	c.items.Add(1)
	return c.Table.Get(ctx, k)
}

func (c *countedReads) Query(ctx context.Context, r table.Range) (table.Page, error) {
	page, err := c.Table.Query(ctx, r)
	c.calls.Add(1)
	c.items.Add(int64(len(page.Items)))
	return page, err
}

// since counts anew, and gives what was counted before.
func (c *countedReads) since() (calls, items int) {
	return int(c.calls.Swap(0)), int(c.items.Swap(0))
}

const password = "a lantern by the quay"

func newPageKit(t testing.TB, base string) *pageKit {
	t.Helper()
	dir := t.TempDir()
	e := env.Env{Now: time.Now, Random: rand.Reader}
	rows, err := bolttable.Open(filepath.Join(dir, "slipway.db"), e.Now)
	must(t, err)
	store, err := diskblobs.Open(filepath.Join(dir, "blobs"))
	must(t, err)
	box := heldmail.New(store)
	quiet := slog.New(slog.DiscardHandler)
	reads := &countedReads{Table: rows}
	rec, output := records.New(reads, store), tasklog.New(store)
	run := &runner.Runner{
		Records: rec, Blobs: store, Output: output, Mail: box, Env: e, Log: quiet, From: "slipway@example.org", Patience: 3 * time.Second,
		Hosts: map[string]hosts.Hosts{"pretend": pretendhosts.New(pretendhosts.Settings{Dir: filepath.Join(dir, "pretend"), Now: e.Now})},
	}
	wake := localwake.New(run.Look, rec.Active, localwake.Options{})
	nudged := run.Nudged(wake)
	timers := tabletimers.New(rows, run.Ring(nudged.Wake), e.Now, tabletimers.Options{})
	run.Timers = timers
	req := &requests.Requests{Records: rec, Blobs: store, Wake: nudged, Types: steps.Types(), Env: e}
	run.Next = req.Next
	passwords := credentials.NewPasswords(e.Random, 2)
	cat := &catalog.Catalog{Records: rec, Types: steps.Types(), Env: e, HashPassword: passwords.Hash}

	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	keeper, err := keyfilesecrets.Create(filepath.Join(dir, "key"), e.Random)
	must(t, err)
	who := &signin.SignIn{Records: rec, Passwords: passwords, Env: e, BasePath: base, BaseURL: server.URL + base, Sealer: keeper, Issuers: oidc.New(e.Now)}
	who.Backroom = &signin.Here{Records: rec, Opener: keeper, Mail: heldSender{box}, Now: e.Now, Log: quiet, Issuers: who.Issuers, SignIn: who}
	cat.Sealer = keeper
	room := &mailroom.Room{Records: rec, Secrets: keeper, Env: e, Log: quiet, Held: box, HeldFrom: "slipway@example.org"}
	run.BaseURL, req.BaseURL = server.URL+base, server.URL+base
	k := &pageKit{t: t, records: rec, requests: req, catalog: cat, output: output, mail: box, room: room, server: server, base: base, reads: reads,
		admin: pipelines.Principal{UserID: "Users-1", Username: "admin", Called: "Ada Lovelace", Admin: true, Via: "test"}}
	k.facts = func() (hosts.Facts, error) { return hosts.Facts{}, nil }
	mux.Handle("/", New(Settings{
		CheckTarget: func(context.Context, pipelines.Target) (hosts.Facts, error) { return k.facts() },
		Requests:    req, Catalog: cat, Views: &views.Views{Records: rec, Output: output, Env: e},
		SignIn: who, HeldMail: box, MailRoom: room, Instructions: run.Instructions,
		BaseURL: server.URL + base, Version: "test", Now: func() time.Time { return e.Now().Add(time.Duration(k.ahead.Load())) }, Log: quiet,
	}))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{}, 2)
	go func() { _ = wake.Run(ctx); done <- struct{}{} }()
	go func() { _ = timers.Run(ctx); done <- struct{}{} }()
	t.Cleanup(func() {
		server.Close()
		cancel()
		<-done
		<-done
		must(t, rows.Close())
	})
	return k
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (k *pageKit) add(kind records.Kind, name string, with func(id string, n int) any) {
	k.t.Helper()
	changes, _, err := k.records.NewNoun(k.t.Context(), kind, name, with)
	must(k.t, err)
	must(k.t, k.records.Write(k.t.Context(), changes...))
}

// person makes a user who can sign in.
func (k *pageKit) person(username string, admin bool) {
	k.t.Helper()
	k.add(records.Users, username, func(id string, _ int) any {
		return pipelines.User{ID: id, Username: username, DisplayName: strings.ToUpper(username[:1]) + username[1:], Mail: username + "@example.org", Admin: admin}
	})
	must(k.t, k.catalog.SetPassword(k.t.Context(), k.admin, username, password))
}

func settingsOf(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// newTutorial is a server with the Ruby tutorial, set up for an admin, a member
// of Project Stakeholders and somebody without any right.
func newTutorial(t testing.TB, base string) *pageKit {
	t.Helper()
	k := newPageKit(t, base)
	k.person("admin", true)
	k.person("stella", false)
	k.person("guest", false)
	must(t, k.records.Write(t.Context(), records.SetSetup(records.Setup{Done: true}, 0)))
	for i, name := range []string{"Dev", "Test", "Prod"} {
		k.add(records.Environments, name, func(id string, _ int) any {
			return pipelines.Environment{ID: id, Name: name, SortOrder: i, Address: "https://" + strings.ToLower(name) + ".example.org"}
		})
	}
	k.add(records.Lifecycles, "Dev, Test, and Prod", func(id string, _ int) any {
		return pipelines.Lifecycle{ID: id, Name: "Dev, Test, and Prod", Phases: []pipelines.Phase{
			{Name: "Dev", Environments: []string{"Dev"}, Optional: true},
			{Name: "Test", Environments: []string{"Test"}}, {Name: "Prod", Environments: []string{"Prod"}},
		}}
	})
	k.add(records.Targets, "web-1", func(id string, _ int) any {
		return pipelines.Target{ID: id, Name: "web-1", Roles: []string{"web"}, Environments: []string{"Dev", "Test", "Prod"}, Pretend: "x"}
	})
	k.add(records.Teams, "Project Stakeholders", func(id string, _ int) any {
		return pipelines.Team{ID: id, Name: "Project Stakeholders", Members: []string{"stella"}, Roles: []pipelines.RoleGrant{{Role: "Project viewer"}}}
	})
	port := func(value, environment string) pipelines.Variable {
		return pipelines.Variable{Name: "Nginx Port", Value: pipelines.Text(value), Scope: pipelines.Scope{Environments: []string{environment}}}
	}
	k.add(records.Projects, "Random Quotes", func(id string, _ int) any {
		return pipelines.Project{
			ID: id, Name: "Random Quotes", Description: `Quotes & <script>alert("x")</script>`,
			Lifecycle: "Dev, Test, and Prod", Triggers: []pipelines.Trigger{{Package: "RandomQuotes"}},
			Variables: []pipelines.Variable{port("8081", "Dev"), port("8082", "Test"), port("8083", "Prod")},
			Steps: []pipelines.Step{
				{Name: "Deploy web app to Nginx", Roles: []string{"web"}, Action: pipelines.Action{Type: "nginx", Settings: settingsOf(nginx.Settings{
					Package: "RandomQuotes", Bindings: []nginx.Binding{{Port: "#{NGINX Port}"}},
					Locations: []nginx.Location{{Path: "/", Directives: []nginx.Directive{{"root": "#{Octopus.Action.Package.InstallationDirectoryPath}/lib/public"}}}},
				})}},
				{Name: "Deployment Sign Off", SkipEnvironments: []string{"Dev"}, Action: pipelines.Action{Type: "approval", Settings: settingsOf(approval.Settings{
					Instructions: "Open the application and confirm it meets all the requirements.", Teams: []string{"Project Stakeholders"},
				})}},
				{Name: "Random quotes deployment status", Run: pipelines.RunAlways, SkipEnvironments: []string{"Dev"}, Action: pipelines.Action{Type: "email", Settings: settingsOf(email.Settings{
					To: "team@example.org", Subject: "Random quotes deployment status", Body: "Deployment to #{Octopus.Environment.Name}",
				})}},
			},
		}
	})
	return k
}

// push sends a package in; the project makes a release and deploys it to Dev.
func (k *pageKit) push(version string) pipelines.Deployment {
	k.t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range map[string]string{
		"RandomQuotes.nuspec":   fmt.Sprintf(`<?xml version="1.0"?><package xmlns="http://schemas.microsoft.com/packaging/2010/07/nuspec.xsd"><metadata><id>RandomQuotes</id><version>%s</version><authors>a</authors><description>d</description></metadata></package>`, version),
		"lib/public/index.html": version,
	} {
		w, err := z.Create(name)
		must(k.t, err)
		_, err = io.WriteString(w, text)
		must(k.t, err)
	}
	must(k.t, z.Close())
	in, err := k.requests.ReceivePackage(k.t.Context(), k.admin, requests.Upload{FileName: "RandomQuotes." + version + ".nupkg", Content: bytes.NewReader(b.Bytes()), Size: int64(b.Len())})
	must(k.t, err)
	k.until(in.Deployments[0].ID, pipelines.Succeeded)
	return in.Deployments[0]
}

// deployTo orders a deployment and waits until it asks for its sign-off.
func (k *pageKit) deployTo(environment, version string) pipelines.Deployment {
	k.t.Helper()
	d, err := k.requests.Deploy(k.t.Context(), k.admin, requests.DeployRequest{Project: "Random Quotes", Release: version, Environment: environment})
	must(k.t, err)
	k.until(d.ID, pipelines.Waiting)
	return d
}

func (k *pageKit) until(id string, want pipelines.Status) records.Loaded {
	k.t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for {
		l, err := k.records.Load(k.t.Context(), id)
		must(k.t, err)
		if l.State.Head.Status == want && (!want.Ended() || l.State.Head.Closed) {
			return l
		}
		if time.Now().After(deadline) || l.State.Head.Closed {
			k.t.Fatalf("%s is %s (%s), want %s", id, l.State.Head.Status, l.State.Head.Message, want)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// asked waits for the sign-off mail to somebody and reads its link and code.
func (k *pageKit) asked(environment string) (token, code string) {
	k.t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for time.Now().Before(deadline) {
		all, err := k.mail.List(k.t.Context())
		must(k.t, err)
		for _, m := range all {
			if strings.Contains(m.Subject, "to "+environment) {
				full, err := k.mail.Get(k.t.Context(), m.Key)
				must(k.t, err)
				token, code = linkOf(k.t, full.Text)
				if _, _, ok, err := k.records.LinkOwner(k.t.Context(), links.Key(token)); err == nil && ok {
					return token, code
				}
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	k.t.Fatalf("nobody was asked by mail about %s", environment)
	return "", ""
}

func linkOf(t testing.TB, text string) (token, code string) {
	t.Helper()
	link := regexp.MustCompile(`/answer/([A-Za-z0-9_-]+)\?`).FindStringSubmatch(text)
	typed := regexp.MustCompile(`Your code:\s*([0-9A-Z ]+)`).FindStringSubmatch(text)
	if link == nil || typed == nil {
		t.Fatalf("no link or no code in %q", text)
	}
	return link[1], strings.ReplaceAll(typed[1], " ", "")
}

// browser is one person's; nobody's where there is no name.
type browser struct {
	k      *pageKit
	client *http.Client
}

func (k *pageKit) browser(username string) *browser {
	k.t.Helper()
	jar, err := cookiejar.New(nil)
	must(k.t, err)
	b := &browser{k, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if username != "" {
		if got := b.post("/signin", url.Values{"name": {username}, "password": {password}}); got.status != http.StatusSeeOther {
			k.t.Fatalf("sign in as %s: status %d: %s", username, got.status, got.text())
		}
	}
	return b
}

// answered is what came back.
type answered struct {
	status int
	header http.Header
	body   string
}

func (b *browser) get(path string) answered {
	b.k.t.Helper()
	return b.do(http.MethodGet, path, "", nil)
}

func (b *browser) post(path string, form url.Values) answered {
	b.k.t.Helper()
	return b.do(http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

func (b *browser) do(method, path, kind string, body io.Reader) answered {
	b.k.t.Helper()
	r, err := http.NewRequestWithContext(b.k.t.Context(), method, b.k.server.URL+b.k.base+path, body)
	must(b.k.t, err)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Origin", b.k.server.URL)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	resp, err := b.client.Do(r)
	must(b.k.t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	must(b.k.t, err)
	return answered{resp.StatusCode, resp.Header, string(text)}
}

// has asks for a status and for what must stand in the page.
func (b *browser) has(path string, status int, wants ...string) answered {
	b.k.t.Helper()
	got := b.get(path)
	if got.status != status {
		b.k.t.Fatalf("GET %s: status %d, want %d: %s", path, got.status, status, got.text())
	}
	for _, want := range wants {
		if !strings.Contains(got.body, want) {
			b.k.t.Errorf("GET %s: no %q in: %s", path, want, got.text())
		}
	}
	return got
}

var tags = regexp.MustCompile(`(?s)<svg.*?</svg>|<[^>]*>|\s+`)

// text is the page without markup, for messages.
func (a answered) text() string { return strings.TrimSpace(tags.ReplaceAllString(a.body, " ")) }

// value is the value of a hidden or visible input.
func (a answered) value(t testing.TB, name string) string {
	t.Helper()
	found := regexp.MustCompile(`name="` + name + `"[^>]*value="([^"]*)"`).FindStringSubmatch(a.body)
	if found == nil {
		t.Fatalf("no input %q in: %s", name, a.text())
	}
	return found[1]
}
