package bench

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/steps"
	"slipway/pipelines/steps/script"
	"slipway/runner"
	"slipway/runner/bolttable"
	"slipway/runner/diskblobs"
	"slipway/runner/env"
	"slipway/runner/heldmail"
	"slipway/runner/hosts"
	"slipway/runner/hosts/pretendhosts"
	"slipway/runner/keyfilesecrets"
	"slipway/runner/localwake"
	"slipway/runner/records"
	"slipway/runner/requests"
	"slipway/runner/tableblobs"
	"slipway/runner/tabletimers"
	"slipway/runner/tasklog"
)

// What is measured: so many deployments at once, each of so many steps.
const (
	atOnce    = 100
	stepsEach = 10
)

// variant is a way to measure the engine.
type variant struct {
	name   string
	script string // what a step runs
	onDisk bool   // the pretend hosts keep their ledgers on our disk, as in the demo; real ones have disks of their own
}

var variants = []variant{
	{name: "engine", script: "exit 0"},
	{name: "engine, a line of output a step", script: "echo done"},
	{name: "engine, hosts on the same disk", script: "exit 0", onDisk: true},
}

// engine is a server as `slipway serve` makes it, on one disk, without its web half.
type engine struct {
	b        *testing.B
	records  *records.Records
	requests *requests.Requests
	admin    pipelines.Principal
	ended    chan string // a deployment that needs nothing more
	table    *bolttable.Table
	run      *runner.Runner
	used     time.Duration // processor time while it was measured
}

func newEngine(b *testing.B, v variant) *engine {
	b.Helper()
	dir := b.TempDir()
	e := env.Env{Now: time.Now, Random: rand.Reader}
	table, err := bolttable.Open(filepath.Join(dir, "slipway.db"), e.Now)
	must(b, err)
	b.Cleanup(func() { must(b, table.Close()) })
	files, err := diskblobs.Open(filepath.Join(dir, "blobs"))
	must(b, err)
	store := tableblobs.New(table, files, tasklog.Below, e.Now)
	pretend := ""
	if v.onDisk {
		pretend = filepath.Join(dir, "pretend")
	}
	k := &engine{
		b: b, records: records.New(table, store), ended: make(chan string, 10_000), table: table,
		admin: pipelines.Principal{UserID: "Users-1", Username: "admin", Called: "Admin", Admin: true, Via: "test"},
	}
	k.run = &runner.Runner{
		Records: k.records, Blobs: store, Output: tasklog.New(store), Mail: heldmail.New(store), Env: e,
		Hosts: map[string]hosts.Hosts{"pretend": pretendhosts.New(pretendhosts.Settings{Dir: pretend, Now: e.Now})},
		Log:   slog.New(slog.DiscardHandler), BaseURL: "http://slipway.test", From: "slipway@example.org",
	}
	keeper, err := keyfilesecrets.Create(filepath.Join(dir, "key"), e.Random)
	must(b, err)
	k.run.Secrets = keeper
	k.requests = &requests.Requests{Records: k.records, Blobs: store, Types: steps.Types(), Env: e, BaseURL: k.run.BaseURL}
	k.run.Next = k.requests.Next
	k.configure(v.script)
	return k
}

// configure makes an environment, 100 targets, and a project of ten steps for each of them, with a release.
func (k *engine) configure(body string) {
	k.requests.Wake = k.run.Nudged(localwake.New(k.run.Look, k.records.Active, localwake.Options{}))
	k.add(records.Environments, "Test", func(id string) any { return pipelines.Environment{ID: id, Name: "Test"} })
	k.add(records.Lifecycles, "All", func(id string) any {
		return pipelines.Lifecycle{ID: id, Name: "All", Phases: []pipelines.Phase{{Name: "Test", Environments: []string{"Test"}}}}
	})
	for i := range atOnce {
		role := fmt.Sprintf("role-%d", i)
		k.add(records.Targets, target(i), func(id string) any {
			return pipelines.Target{ID: id, Name: target(i), Roles: []string{role}, Environments: []string{"Test"}, Pretend: "x"}
		})
		k.add(records.Projects, project(i), func(id string) any {
			p := pipelines.Project{ID: id, Name: project(i), Lifecycle: "All"}
			for s := range stepsEach {
				p.Steps = append(p.Steps, pipelines.Step{
					Name: fmt.Sprintf("Step %d", s+1), Roles: []string{role},
					Action: pipelines.Action{Type: "script", Settings: settings(script.Settings{Body: pipelines.Text(body)})},
				})
			}
			return p
		})
		_, err := k.requests.CreateRelease(k.b.Context(), k.admin, requests.ReleaseRequest{Project: project(i), Number: "1.0.0"})
		must(k.b, err)
	}
}

func project(i int) string { return fmt.Sprintf("Project %d", i) }
func target(i int) string  { return fmt.Sprintf("host-%d", i) }

func (k *engine) add(kind records.Kind, name string, with func(id string) any) {
	k.b.Helper()
	changes, _, err := k.records.NewNoun(k.b.Context(), kind, name, func(id string, _ int) any { return with(id) })
	must(k.b, err)
	must(k.b, k.records.Write(k.b.Context(), changes...))
}

func settings(v any) json.RawMessage {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}

// measure asks for a deployment of each of the first n projects, which plans, stores and starts them, and then measures
// how long the runner takes to bring all of them to their end and off the list of those that are alive.
func (k *engine) measure(n int) {
	k.b.Helper()
	k.b.StopTimer()
	wake := k.wake()
	var ids []string
	for i := range n {
		ids = append(ids, k.ask(i))
	}
	before := processor()
	k.b.StartTimer()
	stop := k.serve(wake)
	for range ids {
		<-k.ended
	}
	k.b.StopTimer()
	k.used += processor() - before
	stop()
	k.check(ids)
	k.b.StartTimer()
}

// busy reports the processor time of a step, which other work on the machine changes less than its speed.
func (k *engine) busy(steps int) {
	k.b.ReportMetric(float64(k.used.Microseconds())/float64(k.b.N*steps), "cpu-us/step")
}

// serve looks at deployments as the server does, until the returned func is called. Wake-ups that came before wait.
func (k *engine) serve(wake *localwake.Wake) (stop func()) {
	timers := tabletimers.New(k.table, k.run.Ring(wake.Wake), time.Now, tabletimers.Options{})
	k.run.Timers = timers
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{}, 2)
	go func() { _ = wake.Run(ctx); done <- struct{}{} }()
	go func() { _ = timers.Run(ctx); done <- struct{}{} }()
	return func() {
		cancel()
		<-done
		<-done
	}
}

// wake is the server's, that tells of each look that has ended well.
func (k *engine) wake() *localwake.Wake {
	look := func(ctx context.Context, id string) error {
		err := k.run.Look(ctx, id)
		if err == nil {
			k.ended <- id
		}
		return err
	}
	none := func(context.Context) ([]string, error) { return nil, nil }
	wake := localwake.New(look, none, localwake.Options{})
	k.requests.Wake = k.run.Nudged(wake)
	return wake
}

// ask asks for a deployment of project i, which is stored and started when it returns.
func (k *engine) ask(i int) string {
	k.b.Helper()
	d, err := k.requests.Deploy(k.b.Context(), k.admin, requests.DeployRequest{Project: project(i), Release: "1.0.0", Environment: "Test"})
	must(k.b, err)
	return d.ID
}

// check fails unless the deployments have succeeded.
func (k *engine) check(ids []string) {
	k.b.Helper()
	for _, id := range ids {
		l, err := k.records.Load(k.b.Context(), id)
		must(k.b, err)
		if head := l.State.Head; head.Status != pipelines.Succeeded || !head.Closed {
			k.b.Fatalf("%s is %s (%s), want it to have succeeded", id, head.Status, head.Message)
		}
	}
}

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
