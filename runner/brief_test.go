package runner_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/steps"
	"slipway/pipelines/steps/approval"
	"slipway/pipelines/task"
	"slipway/runner"
	"slipway/runner/blobs"
	"slipway/runner/bolttable"
	"slipway/runner/diskblobs"
	"slipway/runner/env"
	"slipway/runner/graph"
	"slipway/runner/hosts"
	"slipway/runner/records"
	"slipway/runner/requests"
	"slipway/runner/table"
	"slipway/runner/tasklog"
)

// The tests here play a runner that forgets everything between two events.

// afar is a host without a connection: what is sent to it is kept, and the test
// reports in its place.
type afar struct {
	hosts.Hosts
	mu      sync.Mutex
	errands []task.Errand
	down    error
}

func (a *afar) Ready(context.Context, hosts.Target) (hosts.Facts, error) {
	return hosts.Facts{OS: "linux", Arch: "amd64", ExecutorKey: make([]byte, 32)}, nil
}

func (a *afar) Dispatch(_ context.Context, _ hosts.Target, e task.Errand) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.down != nil {
		return a.down
	}
	a.errands = append(a.errands, e)
	return nil
}

func (a *afar) sent() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []string
	for _, e := range a.errands {
		name := e.Order.Step
		if e.Stop {
			name = "stop " + name
		}
		out = append(out, name)
	}
	return out
}

// alarm is a timer that was set.
type alarm struct {
	at      time.Time
	payload []byte
}

// alarms are set by effects side by side, and read by the test between looks.
type alarms struct {
	mu  sync.Mutex
	set map[string]alarm
}

func (a *alarms) Set(_ context.Context, id string, at time.Time, payload []byte) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.set[id] = alarm{at, bytes.Clone(payload)}
	return nil
}

func (a *alarms) Cancel(_ context.Context, id string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.set, id)
	return nil
}

// counting counts what a deployment writes.
type counting struct {
	table.Table
	mu                       sync.Mutex
	single, several, largest int
	fail                     error // of the next Write
}

func (c *counting) Write(ctx context.Context, changes ...table.Change) error {
	if err := c.count(changes); err != nil {
		return err
	}
	return c.Table.Write(ctx, changes...)
}

func (c *counting) count(changes []table.Change) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.fail; err != nil {
		c.fail = nil
		return err
	}
	if len(changes) == 1 {
		c.single++
		c.largest = max(c.largest, len(changes[0].Value)+len(changes[0].Key.Partition)+len(changes[0].Key.Sort))
	} else if len(changes) > 1 {
		c.several++
	}
	return nil
}

// signing signs nothing, but says so in the right form; it counts puts.
type signing struct {
	blobs.Blobs
	puts int
}

func (s *signing) Put(ctx context.Context, name string, r io.Reader) (blobs.Info, error) {
	s.puts++
	return s.Blobs.Put(ctx, name, r)
}

func (s *signing) SignGet(_ context.Context, name string, _ time.Duration) (task.Request, error) {
	return task.Request{Method: "GET", URL: "https://store/" + name}, nil
}

func (s *signing) SignPut(_ context.Context, name, _ string, _ time.Duration) (task.Request, error) {
	return task.Request{Method: "PUT", URL: "https://store/" + name}, nil
}

func (s *signing) SignForm(_ context.Context, prefix string, _ int64, _ time.Duration) (task.Form, error) {
	return task.Form{URL: "https://store/", Prefix: prefix}, nil
}

// forgetful is a stack: every event meets a runner that knows nothing.
type forgetful struct {
	t        *testing.T
	table    *counting
	store    *signing
	hosts    *afar
	alarms   *alarms
	attended []string
	now      time.Time
	records  *records.Records
	requests *requests.Requests
	admin    pipelines.Principal
}

func newForgetful(t *testing.T, process ...pipelines.Step) *forgetful {
	t.Helper()
	return newForgetfulOf(t, pipelines.Project{Steps: process})
}

func newForgetfulOf(t *testing.T, project pipelines.Project) *forgetful {
	t.Helper()
	dir := t.TempDir()
	f := &forgetful{t: t, hosts: &afar{}, alarms: &alarms{set: map[string]alarm{}}, now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC),
		admin: pipelines.Principal{UserID: "Users-1", Username: "admin", Called: "Admin", Admin: true, Via: "test"}}
	rows, err := bolttable.Open(filepath.Join(dir, "slipway.db"), time.Now)
	must(t, err)
	t.Cleanup(func() { _ = rows.Close() })
	disk, err := diskblobs.Open(filepath.Join(dir, "blobs"))
	must(t, err)
	f.table, f.store = &counting{Table: rows}, &signing{Blobs: disk}
	f.records = records.New(f.table, f.store)
	f.requests = &requests.Requests{Records: f.records, Blobs: f.store, Wake: still{}, Types: steps.Types(), Env: f.env(), BaseURL: "https://slipway.test"}
	noun := func(kind records.Kind, name string, of func(id string) any) {
		changes, _, err := f.records.NewNoun(t.Context(), kind, name, func(id string, _ int) any { return of(id) })
		must(t, err)
		must(t, f.records.Write(t.Context(), changes...))
	}
	noun(records.Environments, "Dev", func(id string) any { return pipelines.Environment{ID: id, Name: "Dev"} })
	noun(records.Targets, "web-1", func(id string) any {
		return pipelines.Target{ID: id, Name: "web-1", Roles: []string{"web"}, Environments: []string{"Dev"}, Pretend: "x"}
	})
	noun(records.Projects, "Chain", func(id string) any { project.ID, project.Name = id, "Chain"; return project })
	_, err = f.requests.CreateRelease(t.Context(), f.admin, requests.ReleaseRequest{Project: "Chain", Number: "1.0.0"})
	must(t, err)
	must(t, f.pinned())
	return f
}

func (f *forgetful) env() env.Env {
	return env.Env{Now: func() time.Time { return f.now }, Random: rand.Reader}
}

// runner is a new one each time.
func (f *forgetful) runner() *runner.Runner {
	return &runner.Runner{
		Records: f.records, Blobs: f.store, Output: tasklog.New(f.store), Timers: f.alarms, Env: f.env(), Log: slog.New(slog.DiscardHandler),
		Hosts: map[string]hosts.Hosts{"pretend": f.hosts}, BaseURL: "https://slipway.test", Next: f.requests.Next,
		Brief: &runner.Brief{Signer: f.store, Attend: func(_ context.Context, id string) error { f.attended = append(f.attended, id); return nil }},
	}
}

func (f *forgetful) deploy() pipelines.Deployment {
	f.t.Helper()
	d, err := f.requests.Deploy(f.t.Context(), f.admin, requests.DeployRequest{Project: "Chain", Release: "1.0.0", Environment: "Dev"})
	must(f.t, err)
	return d
}

// report puts an end of the newest errand where hosts put it, and gives its name.
func (f *forgetful) report(outcome task.Outcome) string {
	f.t.Helper()
	attempt := f.hosts.errands[len(f.hosts.errands)-1].Order.ID
	text, err := json.Marshal(task.Report{Attempt: attempt, Phase: task.Ended, End: &task.End{Outcome: outcome, At: f.now}})
	must(f.t, err)
	name := "reports/" + attempt + "/end"
	_, err = f.store.Blobs.Put(f.t.Context(), name, bytes.NewReader(text))
	must(f.t, err)
	return name
}

func (f *forgetful) load(id string) records.Loaded {
	f.t.Helper()
	l, err := f.records.Load(f.t.Context(), id)
	must(f.t, err)
	return l
}

func (f *forgetful) sent(want ...string) {
	f.t.Helper()
	if got := f.hosts.sent(); strings.Join(got, ", ") != strings.Join(want, ", ") {
		f.t.Errorf("sent %q, want %q", got, want)
	}
}

func chain(n int) []pipelines.Step {
	var out []pipelines.Step
	for i := range n {
		out = append(out, scriptStep(fmt.Sprintf("step %d", i+1), "echo"))
	}
	return out
}

// TestADeploymentByEvents counts what a deployment of 12 steps costs the table.
func TestADeploymentByEvents(t *testing.T) {
	t.Parallel()
	const steps = 12
	f := newForgetful(t, chain(steps)...)
	*f.table = counting{Table: f.table.Table}
	f.store.puts = 0
	d := f.deploy()
	must(t, f.runner().Turned(t.Context(), d.ID, 1))
	for range steps {
		f.now = f.now.Add(10 * time.Second)
		must(t, f.runner().Reported(t.Context(), f.report(task.Succeeded)))
	}
	if l := f.load(d.ID); l.State.Head.Status != pipelines.Succeeded || !l.State.Head.Closed {
		t.Fatalf("it is %s, closed %v", l.State.Head.Status, l.State.Head.Closed)
	}
	if n := len(f.hosts.sent()); n != steps {
		t.Errorf("%d errands, want %d", n, steps)
	}
	if f.table.single != steps+1 || f.table.several != 2 || f.table.largest > 1024 || f.store.puts > 2 {
		t.Errorf("%d single writes, the largest of %d bytes, %d transactions, %d puts; want %d of at most 1024, 2 and at most 2",
			f.table.single, f.table.largest, f.table.several, f.store.puts, steps+1)
	}
	t.Logf("%d steps: %d single-item writes, the largest of %d bytes, %d transactions, %d puts of blobs", steps, f.table.single, f.table.largest, f.table.several, f.store.puts)
	if active, err := f.records.Active(t.Context()); err != nil || len(active) != 0 {
		t.Errorf("active: %v, %v", active, err)
	}
}

// pinned pins the host's key, as checking the target does.
func (f *forgetful) pinned() error {
	target, err := f.records.Target(f.t.Context(), "Machines-1")
	if err != nil {
		return err
	}
	target.Noun.ExecutorKey = make([]byte, 32)
	return f.records.Write(f.t.Context(), records.ReplaceNoun(records.Targets, "Machines-1", target.Noun, target.Revision))
}

// A host whose key nobody knows yet is asked by a call that may wait.
func TestAFirstContactGetsACallOfItsOwn(t *testing.T) {
	t.Parallel()
	f := newForgetful(t, chain(1)...)
	target, err := f.records.Target(t.Context(), "Machines-1")
	must(t, err)
	target.Noun.ExecutorKey = nil
	must(t, f.records.Write(t.Context(), records.ReplaceNoun(records.Targets, "Machines-1", target.Noun, target.Revision)))
	d := f.deploy()
	must(t, f.runner().Turned(t.Context(), d.ID, 1))
	if f.sent(); len(f.attended) != 1 || f.attended[0] != d.ID {
		t.Fatalf("handed over %v, want %s", f.attended, d.ID)
	}
	must(t, f.runner().Look(t.Context(), d.ID))
	f.sent("step 1")
	target, err = f.records.Target(t.Context(), "Machines-1")
	must(t, err)
	if len(target.Noun.ExecutorKey) != 32 {
		t.Error("the key is not pinned")
	}
}

func TestEventsThatComeTwiceAndLate(t *testing.T) {
	t.Parallel()
	f := newForgetful(t, chain(3)...)
	d := f.deploy()
	must(t, f.runner().Turned(t.Context(), d.ID, 1))
	first := f.report(task.Succeeded)
	must(t, f.runner().Reported(t.Context(), first))
	f.sent("step 1", "step 2")
	// A second delivery finds step 2 open, and cannot know that it was sent: the
	// host's ledger does.
	must(t, f.runner().Reported(t.Context(), first))
	f.sent("step 1", "step 2", "step 2")
	if a, b := f.hosts.errands[1], f.hosts.errands[2]; a.Order.ID != b.Order.ID || a.Nonce == b.Nonce {
		t.Errorf("sent again as %s, %s before; want the same attempt and another nonce", b.Order.ID, a.Order.ID)
	}
	must(t, f.runner().Reported(t.Context(), f.report(task.Succeeded)))
	must(t, f.runner().Turned(t.Context(), d.ID, 1)) // the stream delivers again: whoever went on may have died since
	f.sent("step 1", "step 2", "step 2", "step 3", "step 3")
	must(t, f.runner().Reported(t.Context(), f.report(task.Succeeded)))
	must(t, f.runner().Reported(t.Context(), first))
	if l := f.load(d.ID); l.State.Head.Status != pipelines.Succeeded {
		t.Errorf("it is %s", l.State.Head.Status)
	}
}

// A runner that dies after its write leaves an event that comes again.
func TestDeathBetweenWriteAndErrand(t *testing.T) {
	t.Parallel()
	f := newForgetful(t, chain(2)...)
	d := f.deploy()
	must(t, f.runner().Turned(t.Context(), d.ID, 1))
	name := f.report(task.Succeeded)
	dead, die := context.WithCancel(t.Context())
	f.hosts.down = context.Canceled
	f.table.fail = nil
	die()
	if err := f.runner().Reported(dead, name); err == nil {
		t.Error("a runner without time says that all went well")
	}
	f.hosts.down = nil
	must(t, f.runner().Reported(t.Context(), name))
	f.sent("step 1", "step 2")
}

func TestAHostOutOfReachIsTriedAgainAndGivenUp(t *testing.T) {
	t.Parallel()
	f := newForgetful(t, chain(1)...)
	d := f.deploy()
	f.hosts.down = fmt.Errorf("instance is not registered: %w", hosts.ErrUnreachable)
	must(t, f.runner().Turned(t.Context(), d.ID, 1))
	rings := 0
	for ; !f.load(d.ID).State.Head.Status.Ended(); rings++ {
		a, set := f.alarms.set["later-"+d.ID+"-run-0-1"]
		if !set || rings > 20 {
			t.Fatalf("after %d rings no timer is set: %v", rings, f.alarms.set)
		}
		delete(f.alarms.set, "later-"+d.ID+"-run-0-1")
		f.now = a.at
		must(t, f.runner().Ring(nil)(t.Context(), "", a.payload))
	}
	l := f.load(d.ID)
	if s := l.State.Head.Steps[0]; !strings.Contains(s.Message, "instance is not registered") || rings < 9 || rings > 11 {
		t.Errorf("given up after %d minutes as %s: %s; want about 10 minutes", rings, s.Status, s.Message)
	}
}

// A lost report is found by the watch, which asks the host's ledger.
func TestTheWatchAsksAgain(t *testing.T) {
	t.Parallel()
	f := newForgetful(t, chain(2)...)
	d := f.deploy()
	must(t, f.runner().Turned(t.Context(), d.ID, 1))
	watch, set := f.alarms.set["watch-"+d.ID]
	if !set {
		t.Fatal("no watch is set")
	}
	delete(f.alarms.set, "watch-"+d.ID)
	must(t, f.runner().Reported(t.Context(), f.report(task.Succeeded)))
	if _, set := f.alarms.set["watch-"+d.ID]; set {
		t.Error("a second watch is set while the first will ring")
	}
	f.now = watch.at
	must(t, f.runner().Ring(nil)(t.Context(), "", watch.payload))
	f.sent("step 1", "step 2", "step 2")
	if _, set := f.alarms.set["watch-"+d.ID]; !set {
		t.Error("the watch that rang is not set again")
	}
	delete(f.alarms.set, "watch-"+d.ID)
	must(t, f.runner().Reported(t.Context(), f.report(task.Succeeded)))
	must(t, f.runner().Ring(nil)(t.Context(), "", watch.payload))
	if _, set := f.alarms.set["watch-"+d.ID]; set {
		t.Error("a watch is set over a deployment that has ended")
	}
}

func TestASignOffWakesTheNextStep(t *testing.T) {
	t.Parallel()
	ask := pipelines.Step{Name: "Sign off", Action: pipelines.Action{Type: "approval", Settings: settings(approval.Settings{Instructions: "Look at it.", Teams: []string{"Stakeholders"}})}}
	f := newForgetful(t, append(append(chain(1), ask), chain(2)[1])...)
	d := f.deploy()
	must(t, f.runner().Turned(t.Context(), d.ID, 1))
	delete(f.alarms.set, "watch-"+d.ID)
	must(t, f.runner().Reported(t.Context(), f.report(task.Succeeded)))
	f.sent("step 1")
	lead := f.admin
	lead.Teams = []string{"Stakeholders"}
	must(t, f.requests.Answer(t.Context(), lead, requests.AnswerRequest{Deployment: d.ID, Step: "Sign off", Proceed: true}))
	must(t, f.runner().Turned(t.Context(), d.ID, f.load(d.ID).Revision))
	f.sent("step 1", "step 2")
	if _, set := f.alarms.set["watch-"+d.ID]; !set {
		t.Error("no watch over what runs after the sign-off")
	}
}

func TestACancelIsSentToTheHost(t *testing.T) {
	t.Parallel()
	f := newForgetful(t, chain(2)...)
	d := f.deploy()
	must(t, f.runner().Turned(t.Context(), d.ID, 1))
	must(t, f.requests.Cancel(t.Context(), f.admin, d.ID, ""))
	must(t, f.runner().Turned(t.Context(), d.ID, f.load(d.ID).Revision))
	f.sent("step 1", "stop step 1")
	must(t, f.runner().Reported(t.Context(), f.report(task.Cancelled)))
	if l := f.load(d.ID); l.State.Head.Status != pipelines.Cancelled {
		t.Errorf("it is %s", l.State.Head.Status)
	}
}

func TestRefusedBusyAndUndelivered(t *testing.T) {
	t.Parallel()
	f := newForgetful(t, chain(1)...)
	d := f.deploy()
	must(t, f.runner().Turned(t.Context(), d.ID, 1))
	attempt := f.hosts.errands[0].Order.ID
	answer := func(a task.Answer, nonce string) string {
		a.Attempt = attempt
		text, err := json.Marshal(a)
		must(t, err)
		name := "reports/" + attempt + "/answer-" + nonce
		_, err = f.store.Blobs.Put(t.Context(), name, bytes.NewReader(text))
		must(t, err)
		return name
	}
	must(t, f.runner().Reported(t.Context(), answer(task.Answer{Busy: "other"}, "a")))
	a, set := f.alarms.set["later-"+d.ID+"-run-0-1"]
	if !set || !a.at.After(f.now) {
		t.Fatalf("a busy host is not asked later: %v", f.alarms.set)
	}
	must(t, f.runner().Ring(nil)(t.Context(), "", a.payload))
	f.sent("step 1", "step 1")
	var lostSince time.Time
	must(t, f.runner().Undelivered(t.Context(), attempt, lostSince, "delivery timed out"))
	if l := f.load(d.ID); l.State.Head.Status != pipelines.Running {
		t.Errorf("after a first silence it is %s, want running", l.State.Head.Status)
	}
	lostSince, f.now = f.now, f.now.Add(20*time.Minute)
	must(t, f.runner().Undelivered(t.Context(), attempt, lostSince, "delivery timed out"))
	if x := f.load(d.ID).State.Task(0); x.Ask != pipelines.Unknown {
		t.Errorf("after 20 minutes the task is %s (%s), want a choice about an unknown end", x.Status, x.Message)
	}
	must(t, f.requests.Decide(t.Context(), f.admin, requests.DecideRequest{Deployment: d.ID, Choice: graph.Fail}))
	must(t, f.runner().Turned(t.Context(), d.ID, f.load(d.ID).Revision))
	if l := f.load(d.ID); l.State.Head.Steps[0].Status != pipelines.Unknown {
		t.Errorf("chosen to fail, the step is %s (%s), want unknown", l.State.Head.Steps[0].Status, l.State.Head.Steps[0].Message)
	}
	second := f.deploy()
	must(t, f.runner().Turned(t.Context(), second.ID, 1))
	attempt = f.hosts.errands[len(f.hosts.errands)-1].Order.ID
	must(t, f.runner().Reported(t.Context(), answer(task.Answer{Refused: "the order has expired"}, "b")))
	if l := f.load(second.ID); l.State.Head.Status != pipelines.Failed || !strings.Contains(l.State.Head.Steps[0].Message, "expired") {
		t.Errorf("a refused errand ends as %s (%s)", l.State.Head.Status, l.State.Head.Steps[0].Message)
	}
}

// A place that becomes free is given to the next in the queue by the event of it.
func TestTheNextInTheQueueStarts(t *testing.T) {
	t.Parallel()
	f := newForgetful(t, chain(1)...)
	first, second := f.deploy(), f.deploy()
	must(t, f.runner().Turned(t.Context(), first.ID, 1))
	must(t, f.runner().Freed(t.Context(), first.ProjectID, first.EnvironmentID)) // told of the waiting row
	if l := f.load(second.ID); l.State.Head.Status != pipelines.Queued {
		t.Fatalf("the second is %s while the first runs", l.State.Head.Status)
	}
	must(t, f.runner().Reported(t.Context(), f.report(task.Succeeded)))
	for range 2 {
		must(t, f.runner().Freed(t.Context(), first.ProjectID, first.EnvironmentID))
	}
	must(t, f.runner().Turned(t.Context(), second.ID, 1)) // everybody is told of a first turn
	f.sent("step 1", "step 1")
	if l := f.load(second.ID); l.State.Head.Status != pipelines.Running {
		t.Errorf("the second is %s, want running", l.State.Head.Status)
	}
}

func TestStrangeReports(t *testing.T) {
	t.Parallel()
	f := newForgetful(t, chain(1)...)
	d := f.deploy()
	for _, name := range []string{"reports/x/end", "reports/" + d.ID + "/end", "plans/abc", "reports/Deployments-1-zz.t0.1/end"} {
		if err := f.runner().Reported(t.Context(), name); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	must(t, f.runner().Turned(t.Context(), d.ID, 1))
	stranger := strings.Replace(f.hosts.errands[0].Order.ID, d.ID+"-", d.ID+"-1", 1)
	text, err := json.Marshal(task.Report{Attempt: stranger, Phase: task.Ended, End: &task.End{Outcome: task.Failed}})
	must(t, err)
	_, err = f.store.Blobs.Put(t.Context(), "reports/"+stranger+"/end", bytes.NewReader(text))
	must(t, err)
	must(t, f.runner().Reported(t.Context(), "reports/"+stranger+"/end"))
	if l := f.load(d.ID); l.State.Head.Status != pipelines.Running {
		t.Errorf("a report of another server's attempt makes it %s", l.State.Head.Status)
	}
	if err := f.runner().Turned(t.Context(), "Deployments-99", 1); pipelines.CodeOf(err) != pipelines.NotFound {
		t.Errorf("a turn of nobody: %v", err)
	}
}

// dying is a table after whose write of a row the process is no more.
type dying struct {
	table.Table
	sort string
	die  func()
}

func (d dying) Write(ctx context.Context, changes ...table.Change) error {
	err := d.Table.Write(ctx, changes...)
	for _, c := range changes {
		if c.Key.Sort == d.sort {
			d.die()
		}
	}
	return err
}

func cancelled(t *testing.T) (context.Context, func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	return ctx, cancel
}
