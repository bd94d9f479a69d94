package requests_test

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
	"sync/atomic"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/steps"
	"slipway/pipelines/steps/approval"
	"slipway/pipelines/steps/email"
	"slipway/pipelines/steps/nginx"
	"slipway/pipelines/steps/script"
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
	"slipway/runner/tabletimers"
	"slipway/runner/tasklog"
)

// kit is requests with a runner behind them, on pretend hosts.
type kit struct {
	*requests.Requests
	t     *testing.T
	mail  *heldmail.Box
	ahead atomic.Int64 // how far the clock of requests is ahead, in ns
	admin pipelines.Principal
}

func newKit(t *testing.T) *kit {
	t.Helper()
	dir := t.TempDir()
	e := env.Env{Now: time.Now, Random: rand.Reader}
	table, err := bolttable.Open(filepath.Join(dir, "slipway.db"), e.Now)
	must(t, err)
	store, err := diskblobs.Open(filepath.Join(dir, "blobs"))
	must(t, err)
	box := heldmail.New(store)
	rec := records.New(table, store)
	run := &runner.Runner{
		Records: rec, Blobs: store, Output: tasklog.New(store), Mail: box, Env: e,
		Hosts: map[string]hosts.Hosts{"pretend": pretendhosts.New(pretendhosts.Settings{Dir: filepath.Join(dir, "pretend"), Now: e.Now})},
		Log:   slog.New(slog.DiscardHandler), BaseURL: "http://slipway.test", From: "slipway@example.org", Patience: 3 * time.Second,
	}
	wake := localwake.New(run.Look, rec.Active, localwake.Options{})
	nudged := run.Nudged(wake)
	timers := tabletimers.New(table, run.Ring(nudged.Wake), e.Now, tabletimers.Options{})
	run.Timers = timers
	k := &kit{t: t, mail: box, admin: pipelines.Principal{UserID: "Users-99", Username: "admin", Called: "Admin", Admin: true, Via: "test"}}
	later := env.Env{Now: func() time.Time { return time.Now().Add(time.Duration(k.ahead.Load())) }, Random: rand.Reader}
	k.Requests = &requests.Requests{Records: rec, Blobs: store, Wake: nudged, Types: steps.Types(), Env: later, BaseURL: run.BaseURL}
	run.Next = k.Next
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{}, 2)
	go func() { _ = wake.Run(ctx); done <- struct{}{} }()
	go func() { _ = timers.Run(ctx); done <- struct{}{} }()
	t.Cleanup(func() {
		cancel()
		<-done
		<-done
		must(t, table.Close())
	})
	return k
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// refused checks that an error is a refusal of a kind that says why.
func refused(t *testing.T, what string, err error, code pipelines.Code, words string) {
	t.Helper()
	if pipelines.CodeOf(err) != code || !strings.Contains(err.Error(), words) {
		t.Errorf("%s = %v (%q), want %q with %q", what, err, pipelines.CodeOf(err), code, words)
	}
}

func (k *kit) add(kind records.Kind, name string, with func(id string) any) string {
	k.t.Helper()
	changes, id, err := k.Records.NewNoun(k.t.Context(), kind, name, func(id string, _ int) any { return with(id) })
	must(k.t, err)
	must(k.t, k.Records.Write(k.t.Context(), changes...))
	return id
}

// change edits a project as configuration would.
func (k *kit) change(id string, edit func(*pipelines.Project)) {
	k.t.Helper()
	p, err := k.Records.Project(k.t.Context(), id)
	must(k.t, err)
	edit(&p.Noun)
	must(k.t, k.Records.Write(k.t.Context(), records.ReplaceNoun(records.Projects, id, p.Noun, p.Revision)))
}

func settings(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

func runs(name, body string) pipelines.Step {
	return pipelines.Step{Name: name, Roles: []string{"web"}, Action: pipelines.Action{Type: "script", Settings: settings(script.Settings{Body: pipelines.Text(body)})}}
}

func asks(name string, teams ...string) pipelines.Step {
	return pipelines.Step{Name: name, Action: pipelines.Action{Type: "approval", Settings: settings(approval.Settings{Instructions: "look", Teams: teams})}}
}

func installs(name, id string) pipelines.Step {
	return pipelines.Step{Name: name, Roles: []string{"web"}, Action: pipelines.Action{Type: "nginx", Settings: settings(nginx.Settings{
		Package: id, Bindings: []nginx.Binding{{Port: "8080"}}, Locations: []nginx.Location{{Path: "/"}},
	})}}
}

func mailsAlways(subject string) pipelines.Step {
	return pipelines.Step{Name: "Tell", Run: pipelines.RunAlways, Action: pipelines.Action{Type: "email", Settings: settings(email.Settings{
		To: "team@example.org", Subject: subject, Body: "#{Octopus.Deployment.Error}",
	})}}
}

// places makes the environments Dev, Test and Prod with one machine for all.
func (k *kit) places() {
	for i, n := range []string{"Dev", "Test", "Prod"} {
		k.add(records.Environments, n, func(id string) any { return pipelines.Environment{ID: id, Name: n, SortOrder: i} })
	}
	k.add(records.Targets, "web-1", func(id string) any {
		return pipelines.Target{ID: id, Name: "web-1", Roles: []string{"web"}, Environments: []string{"Dev", "Test", "Prod"}, Pretend: "x"}
	})
}

func (k *kit) project(p pipelines.Project) string {
	return k.add(records.Projects, p.Name, func(id string) any { p.ID = id; return p })
}

// user makes one with rights, and gives who they are when they sign in.
func (k *kit) user(name string, roles ...pipelines.RoleGrant) pipelines.Principal {
	id := k.add(records.Users, name, func(id string) any { return pipelines.User{ID: id, Username: name, Mail: name + "@example.org"} })
	k.add(records.Teams, "of "+name, func(id string) any {
		return pipelines.Team{ID: id, Name: "of " + name, Members: []string{name}, Roles: roles}
	})
	return k.signIn(id)
}

func (k *kit) signIn(id string) pipelines.Principal {
	p, err := k.Records.Principal(k.t.Context(), id, "session")
	must(k.t, err)
	return p
}

func (k *kit) release(project string) pipelines.Release {
	k.t.Helper()
	r, err := k.CreateRelease(k.t.Context(), k.admin, requests.ReleaseRequest{Project: project})
	must(k.t, err)
	return r
}

func (k *kit) deploy(project, release, environment string) pipelines.Deployment {
	k.t.Helper()
	d, err := k.Deploy(k.t.Context(), k.admin, requests.DeployRequest{Project: project, Release: release, Environment: environment})
	must(k.t, err)
	return d
}

// until waits for a state of a deployment.
func (k *kit) until(id string, want pipelines.Status) records.Loaded {
	k.t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for {
		l, err := k.Records.Load(k.t.Context(), id)
		must(k.t, err)
		head := l.State.Head
		if head.Status == want && (!want.Ended() || head.Closed) {
			return l
		}
		if head.Status.Ended() && head.Closed || time.Now().After(deadline) {
			k.t.Fatalf("%s is %s (%s), want %s; steps %+v", id, head.Status, head.Message, want, head.Steps)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// untilSo waits until something is so of a deployment.
func (k *kit) untilSo(id, what string, so func(records.Loaded) bool) records.Loaded {
	k.t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for {
		l, err := k.Records.Load(k.t.Context(), id)
		must(k.t, err)
		if so(l) {
			return l
		}
		if time.Now().After(deadline) {
			k.t.Fatalf("it is not so of %s that %s: it is %s (%s); steps %+v", id, what, l.State.Head.Status, l.State.Head.Message, l.State.Head.Steps)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// mailed waits for the n-th mail with a subject.
func (k *kit) mailed(subject string, n int) []heldmail.Kept {
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
		time.Sleep(2 * time.Millisecond)
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
	_, after, _ := strings.Cut(text, "Your code:")
	line, _, _ := strings.Cut(after, "\n")
	for _, r := range line {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' {
			code += string(r)
		}
	}
	return token, code
}

// nupkg is a small package.
func nupkg(t *testing.T, id, version, content string) requests.Upload {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range [][2]string{
		{id + ".nuspec", fmt.Sprintf(`<?xml version="1.0"?><package xmlns="http://schemas.microsoft.com/packaging/2010/07/nuspec.xsd"><metadata><id>%s</id><version>%s</version><authors>a</authors><description>d</description></metadata></package>`, id, version)},
		{"lib/public/index.html", content},
	} {
		w, err := z.Create(f[0])
		must(t, err)
		_, err = w.Write([]byte(f[1]))
		must(t, err)
	}
	must(t, z.Close())
	return requests.Upload{FileName: id + "." + version + ".nupkg", Content: bytes.NewReader(b.Bytes()), Size: int64(b.Len())}
}

func (k *kit) push(id, version, content string) requests.Received {
	k.t.Helper()
	r, err := k.ReceivePackage(k.t.Context(), k.admin, nupkg(k.t, id, version, content))
	must(k.t, err)
	return r
}
