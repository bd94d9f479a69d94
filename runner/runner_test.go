package runner_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/steps"
	"slipway/pipelines/steps/approval"
	"slipway/pipelines/steps/deploypackage"
	"slipway/pipelines/steps/email"
	"slipway/pipelines/steps/nginx"
	"slipway/runner"
	"slipway/runner/bolttable"
	"slipway/runner/diskblobs"
	"slipway/runner/env"
	"slipway/runner/heldmail"
	"slipway/runner/hosts"
	"slipway/runner/hosts/pretendhosts"
	"slipway/runner/localwake"
	"slipway/runner/records"
	"slipway/runner/requests"
	"slipway/runner/tableblobs"
	"slipway/runner/tabletimers"
	"slipway/runner/tasklog"
)

// kit is a whole server without its web half, on pretend hosts.
type kit struct {
	t        *testing.T
	dir      string
	rows     *noting
	records  *records.Records
	requests *requests.Requests
	runner   *runner.Runner
	mail     *heldmail.Box
	hosts    *pretendhosts.Hosts
	admin    pipelines.Principal
	stop     func()
}

func newKit(t *testing.T, dir string, before ...func(*kit)) *kit {
	t.Helper()
	e := env.Env{Now: time.Now, Random: rand.Reader}
	bolt, err := bolttable.Open(filepath.Join(dir, "slipway.db"), e.Now)
	must(t, err)
	table := &noting{Table: bolt}
	files, err := diskblobs.Open(filepath.Join(dir, "blobs"))
	must(t, err)
	store := tableblobs.New(bolt, files, tasklog.Below, e.Now) // what it writes is not noted: the counts are of turns
	box := heldmail.New(store)
	rec := records.New(table, store)
	pretend := pretendhosts.New(pretendhosts.Settings{Dir: filepath.Join(dir, "pretend"), Now: e.Now})
	run := &runner.Runner{
		Records: rec, Blobs: store, Output: tasklog.New(store), Mail: box, Env: e,
		Hosts: map[string]hosts.Hosts{"pretend": pretend},
		Log:   slog.New(slog.DiscardHandler), BaseURL: "http://slipway.test", From: "slipway@example.org", Patience: 3 * time.Second,
	}
	wake := localwake.New(run.Look, rec.Active, localwake.Options{})
	nudged := run.Nudged(wake)
	timers := tabletimers.New(table, run.Ring(nudged.Wake), e.Now, tabletimers.Options{})
	run.Timers = timers
	req := &requests.Requests{Records: rec, Blobs: store, Wake: nudged, Types: steps.Types(), Env: e, BaseURL: run.BaseURL}
	run.Next = req.Next
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{}, 2)
	k := &kit{t: t, dir: dir, rows: table, records: rec, requests: req, runner: run, mail: box, hosts: pretend,
		admin: pipelines.Principal{UserID: "Users-1", Username: "admin", Called: "Admin", Admin: true, Via: "test"}}
	for _, prepare := range before {
		prepare(k)
	}
	go func() { _ = wake.Run(ctx); done <- struct{}{} }()
	go func() { _ = timers.Run(ctx); done <- struct{}{} }()
	stopped := false
	k.stop = func() {
		if !stopped {
			stopped = true
			cancel()
			<-done
			<-done
			must(t, bolt.Close())
		}
	}
	t.Cleanup(k.stop)
	return k
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// add stores a noun as configuration would.
func (k *kit) add(kind records.Kind, name string, with func(id string, n int) any) {
	k.t.Helper()
	changes, _, err := k.records.NewNoun(k.t.Context(), kind, name, with)
	must(k.t, err)
	must(k.t, k.records.Write(k.t.Context(), changes...))
}

func settings(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

func (k *kit) environments(names ...string) {
	for i, n := range names {
		k.add(records.Environments, n, func(id string, _ int) any { return pipelines.Environment{ID: id, Name: n, SortOrder: i} })
	}
}

func (k *kit) target(name string, roles []string, environments ...string) {
	k.add(records.Targets, name, func(id string, _ int) any {
		return pipelines.Target{ID: id, Name: name, Roles: roles, Environments: environments, Pretend: "x"}
	})
}

func (k *kit) user(username, mail string) {
	k.add(records.Users, username, func(id string, _ int) any { return pipelines.User{ID: id, Username: username, Mail: mail} })
}

func (k *kit) project(p pipelines.Project) {
	k.add(records.Projects, p.Name, func(id string, _ int) any { p.ID = id; return p })
}

// tutorial is the configuration of the Ruby tutorial.
func (k *kit) tutorial() {
	k.environments("Dev", "Test", "Prod")
	k.add(records.Lifecycles, "Dev, Test, and Prod", func(id string, _ int) any {
		return pipelines.Lifecycle{ID: id, Name: "Dev, Test, and Prod", Phases: []pipelines.Phase{
			{Name: "Dev", Environments: []string{"Dev"}, Optional: true},
			{Name: "Test", Environments: []string{"Test"}}, {Name: "Prod", Environments: []string{"Prod"}},
		}}
	})
	k.target("web-1", []string{"web"}, "Dev", "Test", "Prod")
	k.user("stella", "stella@example.org")
	k.user("oskar", "oskar@example.org")
	k.user("guest", "guest@example.org")
	k.add(records.Teams, "Project Stakeholders", func(id string, _ int) any {
		return pipelines.Team{ID: id, Name: "Project Stakeholders", Members: []string{"stella", "oskar"}}
	})
	port := func(value string, environment string) pipelines.Variable {
		return pipelines.Variable{Name: "Nginx Port", Value: pipelines.Text(value), Scope: pipelines.Scope{Environments: []string{environment}}}
	}
	k.project(pipelines.Project{
		Name: "Random Quotes", Lifecycle: "Dev, Test, and Prod", Triggers: []pipelines.Trigger{{Package: "RandomQuotes"}},
		Variables: []pipelines.Variable{port("8081", "Dev"), port("8082", "Test"), port("8083", "Prod")},
		Steps: []pipelines.Step{
			{Name: "Deploy web app to Nginx", Roles: []string{"web"}, Action: pipelines.Action{Type: "nginx", Settings: settings(nginx.Settings{
				Package: "RandomQuotes", Bindings: []nginx.Binding{{Port: "#{NGINX Port}"}},
				Locations:    []nginx.Location{{Path: "/", Directives: []nginx.Directive{{"root": "#{Octopus.Action.Package.InstallationDirectoryPath}/lib/public"}}}},
				Installation: deploypackage.Installation{PostDeploy: `APPNAME=#{Octopus.Action[Deploy web app to Nginx].Package.PackageId | Replace "[^a-zA-Z0-9]" -}-#{Octopus.Environment.Name}`},
			})}},
			{Name: "Deployment Sign Off", SkipEnvironments: []string{"Dev"}, Action: pipelines.Action{Type: "approval", Settings: settings(approval.Settings{
				Instructions: "Open the application and confirm it meets all the requirements.", Teams: []string{"Project Stakeholders"},
			})}},
			{Name: "Random quotes deployment status", Run: pipelines.RunAlways, SkipEnvironments: []string{"Dev"}, Action: pipelines.Action{Type: "email", Settings: settings(email.Settings{
				To: "team@example.org", Subject: "Random quotes deployment status",
				Body: "Deployment to #{Octopus.Environment.Name}\n#{each step in Octopus.Step}\nStepName: #{step}\nStatus: #{step.Status.Code}\n#{/each}",
			})}},
		},
	})
}

// nupkg is a small package.
func nupkg(t *testing.T, id, version, content string) requests.Upload {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range map[string]string{
		id + ".nuspec":          fmt.Sprintf(`<?xml version="1.0"?><package xmlns="http://schemas.microsoft.com/packaging/2010/07/nuspec.xsd"><metadata><id>%s</id><version>%s</version><authors>a</authors><description>d</description></metadata></package>`, id, version),
		"lib/public/index.html": content,
	} {
		w, err := z.Create(name)
		must(t, err)
		_, err = w.Write([]byte(text))
		must(t, err)
	}
	must(t, z.Close())
	return requests.Upload{FileName: id + "." + version + ".nupkg", Content: bytes.NewReader(b.Bytes()), Size: int64(b.Len())}
}

// until waits for a state of a deployment.
func (k *kit) until(id string, want ...pipelines.Status) records.Loaded {
	k.t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for {
		l, err := k.records.Load(k.t.Context(), id)
		must(k.t, err)
		for _, w := range want {
			if l.State.Head.Status == w && (!w.Ended() || l.State.Head.Closed) {
				return l
			}
		}
		if l.State.Head.Status.Ended() && l.State.Head.Closed || time.Now().After(deadline) {
			k.t.Fatalf("%s is %s (%s), want %v; steps %+v", id, l.State.Head.Status, l.State.Head.Message, want, l.State.Head.Steps)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// mails waits for the n-th mail with a subject and gives its text.
func (k *kit) mails(subject string, n int) []heldmail.Kept {
	k.t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for {
		all, err := k.mail.List(k.t.Context())
		must(k.t, err)
		var out []heldmail.Kept
		for _, m := range all {
			if strings.Contains(m.Subject, subject) {
				full, err := k.mail.Get(k.t.Context(), m.Key)
				must(k.t, err)
				out = append(out, full)
			}
		}
		if len(out) >= n {
			return out
		}
		if time.Now().After(deadline) {
			k.t.Fatalf("%d mails with subject %q, want %d", len(out), subject, n)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func TestTheTutorialFromUploadToProduction(t *testing.T) {
	t.Parallel()
	k := newKit(t, t.TempDir())
	k.tutorial()
	received, err := k.requests.ReceivePackage(t.Context(), k.admin, nupkg(t, "RandomQuotes", "1.0.1", "hello"))
	must(t, err)
	if len(received.Deployments) != 1 || received.Deployments[0].Environment != "Dev" {
		t.Fatalf("deployments = %+v, want one to Dev", received.Deployments)
	}
	dev := k.until(received.Deployments[0].ID, pipelines.Succeeded)
	if got := dev.State.Head.Steps[1].Status; got != pipelines.Skipped {
		t.Errorf("sign-off in Dev is %s, want skipped", got)
	}

	_, err = k.requests.Deploy(t.Context(), k.admin, requests.DeployRequest{Project: "random quotes", Release: "1.0.1", Environment: "prod"})
	if pipelines.CodeOf(err) != pipelines.Conflict || !strings.Contains(err.Error(), "phase Test needs 1 success, has 0") {
		t.Fatalf("Prod before Test: %v, want a conflict that names the rule", err)
	}

	for i, environment := range []string{"Test", "Prod"} {
		d, err := k.requests.Deploy(t.Context(), k.admin, requests.DeployRequest{Project: "Random Quotes", Release: "1.0.1", Environment: environment})
		must(t, err)
		k.until(d.ID, pipelines.Waiting)
		asked := k.mails("Sign-off needed: Random Quotes 1.0.1 to "+environment, 2)
		if environment == "Test" {
			if err := k.requests.Answer(t.Context(), pipelines.Principal{UserID: "Users-3", Username: "guest"}, requests.AnswerRequest{Deployment: d.ID, Proceed: true}); pipelines.CodeOf(err) != pipelines.NotFound {
				t.Errorf("an answer by somebody whom it does not concern: %v, want that there is no such deployment", err)
			}
		}
		token, code := linkOf(t, asked[0].Text)
		if _, err := k.requests.AnswerByLink(t.Context(), token, code, requests.AnswerRequest{Proceed: true, Note: "looks good"}); err != nil {
			t.Fatal(err)
		}
		l := k.until(d.ID, pipelines.Succeeded)
		if l.Deployment.Packages[0].SHA256 != received.Package.SHA256 {
			t.Errorf("%s names the package %s, want %s", environment, l.Deployment.Packages[0].SHA256, received.Package.SHA256)
		}
		if _, err := k.requests.AnswerByLink(t.Context(), token, code, requests.AnswerRequest{Proceed: false}); pipelines.CodeOf(err) != pipelines.Conflict {
			t.Errorf("the link a second time: %v, want a conflict", err)
		}
		status := k.mails("Random quotes deployment status", i+1)
		want := "Deployment to " + environment + "\n\nStepName: Deploy web app to Nginx\nStatus: Succeeded\n\nStepName: Deployment Sign Off\nStatus: Succeeded\n"
		if status[0].Text != want {
			t.Errorf("status mail = %q, want %q", status[0].Text, want)
		}
	}
}

// linkOf reads token and code from a sign-off mail.
func linkOf(t *testing.T, text string) (token, code string) {
	t.Helper()
	_, rest, ok := strings.Cut(text, "/answer/")
	if !ok {
		t.Fatalf("no link in %q", text)
	}
	token, _, _ = strings.Cut(rest, "?")
	for line := range strings.Lines(text) {
		if _, after, ok := strings.Cut(line, "Your code:"); ok {
			code = strings.Map(func(r rune) rune {
				if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' {
					return r
				}
				return -1
			}, after)
		}
	}
	return token, code
}
