package runner_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/steps/approval"
	"slipway/pipelines/steps/email"
	"slipway/pipelines/task"
	"slipway/runner"
	"slipway/runner/blobs"
	"slipway/runner/hosts"
	"slipway/runner/mail"
	"slipway/runner/records"
	"slipway/runner/requests"
	"slipway/runner/table"
)

// The schedules here were each a way to lose a deployment, to repeat work, or to
// say something untrue.

type inbox struct {
	mu   sync.Mutex
	sent []string
}

func (z *inbox) Send(_ context.Context, m mail.Message) error {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.sent = append(z.sent, m.ID)
	return nil
}

type unsigned struct{ *signing }

func (unsigned) SignForm(context.Context, string, int64, time.Duration) (task.Form, error) {
	return task.Form{}, errors.New("throttled")
}

func mailStep(name string, run pipelines.Condition) pipelines.Step {
	return pipelines.Step{Name: name, Run: run, Action: pipelines.Action{Type: "email", Settings: settings(email.Settings{To: "a@example.org", Subject: "s", Body: "b"})}}
}

// The first turn asks for a mail; the errand of the second fails; the event comes again.
func TestATurnToldAgainPerformsWhatIsOpen(t *testing.T) {
	t.Parallel()
	f := newForgetful(t, append([]pipelines.Step{mailStep("Tell", "")}, chain(1)...)...)
	d := f.deploy()
	box := &inbox{}
	r := f.runner()
	r.Mail, r.Brief.Signer = box, unsigned{f.store}
	t.Log("first try:", r.Turned(t.Context(), d.ID, 1))
	for range 3 { // the stream repeats
		r = f.runner()
		r.Mail = box
		must(t, r.Turned(t.Context(), d.ID, 1))
	}
	l := f.load(d.ID)
	if len(f.hosts.sent()) == 0 {
		t.Errorf("LOST: revision %d, %s, sent %q, timers %v, attended %v", l.Revision, l.State.Head.Status, f.hosts.sent(), f.alarms.set, f.attended)
	}
}

// A blocked deployment at the head of the queue ends without ever having the place.
func TestAHeadThatEndsAtOnceFreesTheNext(t *testing.T) {
	t.Parallel()
	f := newForgetful(t, chain(1)...)
	first := f.deploy()
	must(t, f.runner().Turned(t.Context(), first.ID, 1))
	outlook, err := f.requests.Preview(t.Context(), f.admin, requests.DeployRequest{Project: "Chain", Release: "1.0.0", Environment: "Dev"})
	must(t, err)
	id, take, err := f.records.NextDeployment(t.Context())
	must(t, err)
	a, pl := outlook.Deployment, outlook.Plan
	a.ID, pl.Deployment = id, id
	pl.Findings = append(pl.Findings, plan.Finding{Message: "no such secret", Blocks: true})
	a, err = f.records.AddDeployment(t.Context(), records.Request{Deployment: a, Plan: pl, Take: take, At: f.now, EventID: "x"})
	must(t, err)
	b := f.deploy()
	must(t, f.runner().Reported(t.Context(), f.report(task.Succeeded)))
	must(t, f.runner().Freed(t.Context(), first.ProjectID, first.EnvironmentID)) // slot removed
	must(t, f.runner().Turned(t.Context(), a.ID, 1))
	must(t, f.runner().Turned(t.Context(), a.ID, 1))
	holder, _ := f.records.Holder(t.Context(), b)
	if l := f.load(b.ID); l.State.Head.Status == pipelines.Queued {
		t.Errorf("LOST: a is %s, b is %s, holder %q, timers %v", f.load(a.ID).State.Head.Status, l.State.Head.Status, holder, f.alarms.set)
	}
}

// The head of the queue is cancelled between Freed's query and its look.
type meanwhile struct {
	table.Table
	do func()
}

func (h *meanwhile) Query(ctx context.Context, r table.Range) (table.Page, error) {
	p, err := h.Table.Query(ctx, r)
	if do := h.do; do != nil && strings.HasPrefix(r.Partition, "place/") && strings.HasPrefix(r.Prefix, "waiting/") {
		h.do = nil
		do()
	}
	return p, err
}

func TestAHeadCancelledMeanwhileFreesTheNext(t *testing.T) {
	t.Parallel()
	f := newForgetful(t, chain(1)...)
	h := &meanwhile{Table: f.table.Table}
	f.table.Table = h
	first, a, b := f.deploy(), f.deploy(), f.deploy()
	must(t, f.runner().Turned(t.Context(), first.ID, 1))
	must(t, f.runner().Reported(t.Context(), f.report(task.Succeeded)))
	h.do = func() { must(t, f.requests.Cancel(t.Context(), f.admin, a.ID, "")) }
	must(t, f.runner().Freed(t.Context(), first.ProjectID, first.EnvironmentID))
	must(t, f.runner().Turned(t.Context(), a.ID, 1))
	if l := f.load(b.ID); l.State.Head.Status == pipelines.Queued {
		t.Errorf("LOST: a is %s, b is %s, timers %v", f.load(a.ID).State.Head.Status, l.State.Head.Status, f.alarms.set)
	}
}

// wired needs a connection.
type wired struct {
	hosts.Hosts
	mu       sync.Mutex
	entered  chan struct{}
	gate     chan struct{} // Ready of the first caller waits
	attach   chan struct{}
	ready    int
	started  []string
	stops    int
	readyErr error
	stopErr  error
}

func (z *wired) Ready(ctx context.Context, _ hosts.Target) (hosts.Facts, error) {
	if z.readyErr != nil {
		return hosts.Facts{}, z.readyErr
	}
	z.mu.Lock()
	z.ready++
	n := z.ready
	z.mu.Unlock()
	if n == 1 && z.gate != nil {
		close(z.entered)
		<-z.gate
	}
	return hosts.Facts{OS: "linux", Arch: "amd64", ExecutorKey: make([]byte, 32)}, nil
}
func (z *wired) Holds(context.Context, hosts.Target, string) (bool, error)            { return true, nil }
func (z *wired) Deliver(context.Context, hosts.Target, task.Package, io.Reader) error { return nil }
func (z *wired) Start(_ context.Context, _ hosts.Target, o task.Order) error {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.started = append(z.started, o.ID)
	return nil
}
func (z *wired) known(id string) bool {
	z.mu.Lock()
	defer z.mu.Unlock()
	for _, s := range z.started {
		if s == id {
			return true
		}
	}
	return false
}
func (z *wired) Ask(_ context.Context, _ hosts.Target, id string) (task.Report, error) {
	if z.known(id) {
		return task.Report{Attempt: id, Phase: task.Running}, nil
	}
	return task.Report{Attempt: id, Phase: task.Absent}, nil
}
func (z *wired) Attach(ctx context.Context, _ hosts.Target, id string, _ int64, to func(task.Report) error) error {
	if z.attach != nil {
		select {
		case <-z.attach:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return to(task.Report{Attempt: id, Phase: task.Ended, End: &task.End{Outcome: task.Succeeded}})
}
func (z *wired) Stop(context.Context, hosts.Target, string) error {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.stops++
	return z.stopErr
}

func (f *forgetful) over(h hosts.Hosts, box *inbox) *runner.Runner {
	r := f.runner()
	r.Mail = box
	r.Hosts = map[string]hosts.Hosts{"pretend": h}
	return r
}

// A cancel comes while the package is being delivered over SSH, and another call concludes that nothing began.
func TestACancelDuringDeliveryNeverBegins(t *testing.T) {
	t.Parallel()
	f := newForgetful(t, chain(1)...)
	z := &wired{gate: make(chan struct{}), entered: make(chan struct{})}
	box := &inbox{}
	d := f.deploy()
	must(t, f.over(z, box).Turned(t.Context(), d.ID, 1))
	t.Log("attended", f.attended)
	done := make(chan error, 1)
	go func() { done <- f.over(z, box).Look(t.Context(), d.ID) }()
	<-z.entered // delivering
	must(t, f.requests.Cancel(t.Context(), f.admin, d.ID, ""))
	must(t, f.over(z, box).Turned(t.Context(), d.ID, 2))
	t.Log("attended", f.attended)
	must(t, f.over(z, box).Look(t.Context(), d.ID))
	l := f.load(d.ID)
	t.Logf("before the first look goes on: %s, step %s (%s), closed %v", l.State.Head.Status, l.State.Head.Steps[0].Status, l.State.Task(0).Message, l.State.Head.Closed)
	close(z.gate)
	t.Log(<-done)
	if len(z.started) > 0 {
		t.Errorf("the payload of a deployment that is %s (%q) was started: %v", l.State.Head.Status, l.State.Task(0).Message, z.started)
	}
}

// Two calls that last look at one deployment: what opens later is performed by the one that writes it.
func TestTwoLongLooksMailOnce(t *testing.T) {
	t.Parallel()
	f := newForgetful(t, append(chain(1), mailStep("Tell", pipelines.RunAlways))...)
	z := &wired{attach: make(chan struct{})}
	box := &inbox{}
	d := f.deploy()
	must(t, f.over(z, box).Turned(t.Context(), d.ID, 1))
	done := make(chan error, 2)
	go func() { done <- f.over(z, box).Look(t.Context(), d.ID) }()
	for !z.known0() {
		time.Sleep(time.Millisecond)
	}
	must(t, f.requests.Cancel(t.Context(), f.admin, d.ID, ""))
	must(t, f.over(z, box).Turned(t.Context(), d.ID, 2))
	t.Log("attended", len(f.attended))
	go func() { done <- f.over(z, box).Look(t.Context(), d.ID) }()
	for {
		z.mu.Lock()
		n := z.stops
		z.mu.Unlock()
		if n >= 2 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	time.Sleep(50 * time.Millisecond)
	close(z.attach)
	t.Log(<-done, <-done)
	if len(box.sent) != 1 {
		t.Errorf("%d mails: %v", len(box.sent), box.sent)
	}
}

func (z *wired) known0() bool { z.mu.Lock(); defer z.mu.Unlock(); return len(z.started) > 0 }

// The first contact with a host that does not answer is given up in the end.
type silent struct{ wired }

func (z *silent) Dispatch(context.Context, hosts.Target, task.Errand) error { return nil }

func TestAFirstContactIsGivenUp(t *testing.T) {
	t.Parallel()
	f := newForgetful(t, chain(1)...)
	target, err := f.records.Target(t.Context(), "Machines-1")
	must(t, err)
	target.Noun.ExecutorKey = nil
	must(t, f.records.Write(t.Context(), records.ReplaceNoun(records.Targets, "Machines-1", target.Noun, target.Revision)))
	z := &silent{wired{readyErr: fmt.Errorf("silent: %w", hosts.ErrUnreachable)}}
	box := &inbox{}
	d := f.deploy()
	began := f.now
	must(t, f.over(z, box).Turned(t.Context(), d.ID, 1))
	looks := 0
	for f.now.Sub(began) < 24*time.Hour && f.load(d.ID).State.Head.Status == pipelines.Running {
		for len(f.attended) > 0 {
			f.attended = f.attended[1:]
			f.now = f.now.Add(2 * time.Minute) // the call's patience
			looks++
			must(t, f.over(z, box).Look(t.Context(), d.ID))
		}
		a, ok := f.alarms.set["later-"+d.ID+"-run-0-1"]
		if !ok {
			break
		}
		delete(f.alarms.set, "later-"+d.ID+"-run-0-1")
		f.now = a.at
		must(t, f.over(z, box).Ring(nil)(t.Context(), "", a.payload))
	}
	if l := f.load(d.ID); l.State.Head.Steps[0].Choices != 1 && !l.State.Head.Status.Ended() {
		t.Errorf("after %s and %d long looks it is still %s", f.now.Sub(began), looks, l.State.Head.Status)
	}
}

// A cancel over a host that is gone ends.
func TestACancelIsGivenUp(t *testing.T) {
	t.Parallel()
	f := newForgetful(t, chain(1)...)
	d := f.deploy()
	must(t, f.runner().Turned(t.Context(), d.ID, 1))
	f.hosts.down = fmt.Errorf("terminated: %w", hosts.ErrUnreachable)
	must(t, f.requests.Cancel(t.Context(), f.admin, d.ID, ""))
	must(t, f.runner().Turned(t.Context(), d.ID, 2))
	began, rings := f.now, 0
	for f.now.Sub(began) < 24*time.Hour && !f.load(d.ID).State.Head.Status.Ended() {
		a, ok := f.alarms.set["later-"+d.ID+"-stop-0-1"]
		if !ok {
			break
		}
		delete(f.alarms.set, "later-"+d.ID+"-stop-0-1")
		f.now = a.at
		rings++
		must(t, f.runner().Ring(nil)(t.Context(), "", a.payload))
	}
	if l := f.load(d.ID); !l.State.Head.Status.Ended() {
		t.Errorf("after %s and %d rings it is still %s", f.now.Sub(began), rings, l.State.Head.Status)
	}
}

// Trouble of the table while people are asked comes back to whoever calls again.
func TestTroubleWhileAskingIsAnError(t *testing.T) {
	t.Parallel()
	ask := pipelines.Step{Name: "Sign off", Action: pipelines.Action{Type: "approval", Settings: settings(approval.Settings{Instructions: "Look.", Teams: []string{"Stakeholders"}})}}
	f := newForgetful(t, ask)
	changes, _, err := f.records.NewNoun(t.Context(), records.Users, "u", func(id string, _ int) any {
		return pipelines.User{ID: id, Username: "u", Mail: "u@example.org"}
	})
	must(t, err)
	must(t, f.records.Write(t.Context(), changes...))
	changes, _, err = f.records.NewNoun(t.Context(), records.Teams, "Stakeholders", func(id string, _ int) any {
		return pipelines.Team{ID: id, Name: "Stakeholders", Members: []string{"u"}}
	})
	must(t, err)
	must(t, f.records.Write(t.Context(), changes...))
	d := f.deploy()
	box := &inbox{}
	f.table.fail = pipelines.Refuse(pipelines.Unavailable, "the table is throttled")
	r := f.runner()
	r.Mail = box
	err = r.Turned(t.Context(), d.ID, 1)
	if err == nil && len(box.sent) == 0 && len(f.alarms.set) == 0 {
		t.Errorf("LOST: nobody was asked, no error, no timer; status %s", f.load(d.ID).State.Head.Status)
	}
}

// The first wish to stop is lost on its way.
func TestTheWishToStopIsRepeated(t *testing.T) {
	t.Parallel()
	f := newForgetful(t, chain(1)...)
	z := &wired{attach: make(chan struct{}), stopErr: hosts.ErrUnreachable}
	box := &inbox{}
	d := f.deploy()
	done := make(chan error, 2)
	go func() { done <- f.over(z, box).Look(t.Context(), d.ID) }()
	for !z.known0() {
		time.Sleep(time.Millisecond)
	}
	must(t, f.requests.Cancel(t.Context(), f.admin, d.ID, ""))
	must(t, f.over(z, box).Turned(t.Context(), d.ID, 2))
	go func() { done <- f.over(z, box).Look(t.Context(), d.ID) }()
	time.Sleep(4500 * time.Millisecond) // twice stopAgain
	z.mu.Lock()
	n := z.stops
	z.mu.Unlock()
	if n < 3 {
		t.Errorf("asked to stop %d times in 4 s, all in vain, and never again", n)
	}
	close(z.attach)
	<-done
	<-done
	t.Log(f.load(d.ID).State.Head.Steps[0].Status)
}

// The very first errand is refused outright: nothing can have begun.
func TestAFirstErrandRefusedHasFailed(t *testing.T) {
	t.Parallel()
	f := newForgetful(t, chain(1)...)
	d := f.deploy()
	f.hosts.down = errors.New("Systems Manager refused the command: parameter too long")
	must(t, f.runner().Turned(t.Context(), d.ID, 1))
	if s := f.load(d.ID).State.Head.Steps[0]; s.Status != pipelines.Failed {
		t.Errorf("a first errand that was refused outright is %s: %s", s.Status, s.Message)
	}
}

func (f *forgetful) alsoOverSSH() {
	f.t.Helper()
	changes, _, err := f.records.NewNoun(f.t.Context(), records.Targets, "ssh-1", func(id string, _ int) any {
		return pipelines.Target{ID: id, Name: "ssh-1", Roles: []string{"wired"}, Environments: []string{"Dev"}, Local: "/x"}
	})
	must(f.t, err)
	must(f.t, f.records.Write(f.t.Context(), changes...))
}

// An attempt that reports by itself has a watch, also beside one over SSH.
func TestAWatchBesideSSH(t *testing.T) {
	t.Parallel()
	ssh := scriptStep("over ssh", "sleep")
	ssh.Roles = []string{"wired"}
	ask := pipelines.Step{Name: "Sign off", Start: pipelines.StartWithPrevious, Action: pipelines.Action{Type: "approval", Settings: settings(approval.Settings{Instructions: "Look.", Teams: []string{"Stakeholders"}})}}
	after := scriptStep("over ssm", "x")
	after.Needs = &[]string{"Sign off"}
	f := newForgetful(t, ssh, ask, after)
	f.alsoOverSSH()
	d := f.deploy()
	z := &wired{attach: make(chan struct{})}
	r := f.runner()
	r.Hosts["local"] = z
	must(t, r.Turned(t.Context(), d.ID, 1))
	lead := f.admin
	lead.Teams = []string{"Stakeholders"}
	must(t, f.requests.Answer(t.Context(), lead, requests.AnswerRequest{Deployment: d.ID, Step: "Sign off", Proceed: true}))
	r = f.runner()
	r.Hosts["local"] = z
	must(t, r.Turned(t.Context(), d.ID, 2))
	t.Log(f.hosts.sent(), f.attended)
	if _, ok := f.alarms.set["watch-"+d.ID]; !ok && len(f.hosts.sent()) > 0 {
		t.Errorf("the attempt over SSM runs without a watch: %v", f.alarms.set)
	}
}

// Who starts out of the queue is told to everybody, and performed once.
func TestTheQueueStartsOnce(t *testing.T) {
	t.Parallel()
	f := newForgetful(t, append([]pipelines.Step{mailStep("Tell", "")}, chain(1)...)...)
	box := &inbox{}
	told := func() *runner.Runner { r := f.runner(); r.Mail = box; return r }
	first, second := f.deploy(), f.deploy()
	must(t, told().Turned(t.Context(), first.ID, 1))
	must(t, told().Reported(t.Context(), f.report(task.Succeeded)))
	box.sent = nil
	must(t, told().Freed(t.Context(), first.ProjectID, first.EnvironmentID))
	if len(box.sent) != 0 || f.load(second.ID).Revision != 1 {
		t.Errorf("Freed sent %v and left revision %d, want the start and nothing more", box.sent, f.load(second.ID).Revision)
	}
	must(t, told().Turned(t.Context(), second.ID, 1))
	if len(box.sent) != 1 {
		t.Errorf("mails: %v, want one", box.sent)
	}
}

// A bucket that asks for patience does not end a step.
func TestStoreTroubleIsNoFailure(t *testing.T) {
	t.Parallel()
	f := newForgetful(t, chain(1)...)
	z := &wired{}
	d := f.deploy()
	r := f.over(z, &inbox{})
	r.Blobs = busyStore{f.store}
	ctx, stop := context.WithTimeout(t.Context(), 1500*time.Millisecond)
	defer stop()
	t.Log(r.Look(ctx, d.ID))
	if s := f.load(d.ID).State.Head.Steps[0]; s.Status == pipelines.Failed {
		t.Errorf("a bucket that asked for patience once makes the step %s: %s", s.Status, s.Message)
	}
}

type busyStore struct{ *signing }

func (busyStore) Put(context.Context, string, io.Reader) (blobs.Info, error) {
	return blobs.Info{}, pipelines.Refuse(pipelines.Unavailable, "SlowDown")
}

// The end was written, but its effects failed: told again, they are performed.
func TestAnEndToldAgain(t *testing.T) {
	t.Parallel()
	always := scriptStep("always", "x")
	always.Run = pipelines.RunAlways
	f := newForgetful(t, append(chain(1), always)...)
	d := f.deploy()
	must(t, f.runner().Turned(t.Context(), d.ID, 1))
	report := f.report(task.Failed)
	r := f.runner()
	r.Brief.Signer = unsigned{f.store}
	t.Log(r.Reported(t.Context(), report))
	for range 3 {
		must(t, f.runner().Reported(t.Context(), report))
	}
	if !slices.Contains(f.hosts.sent(), "always") {
		t.Errorf("sent %q, want always among them", f.hosts.sent())
	}
}

// A cancel ends although the target cannot be addressed any more.
func TestACancelOfATargetThatIsGone(t *testing.T) {
	t.Parallel()
	f := newForgetful(t, chain(1)...)
	d := f.deploy()
	must(t, f.runner().Turned(t.Context(), d.ID, 1))
	must(t, f.requests.Cancel(t.Context(), f.admin, d.ID, ""))
	r := f.runner()
	delete(f.alarms.set, "watch-"+d.ID) // it rings:
	r.Hosts = map[string]hosts.Hosts{}
	must(t, r.Turned(t.Context(), d.ID, 2))
	r = f.runner()
	r.Hosts = map[string]hosts.Hosts{}
	must(t, r.Ring(nil)(t.Context(), "", []byte(`{"deployment":"`+d.ID+`"}`)))
	if l := f.load(d.ID); l.State.Head.Status != pipelines.Cancelled || l.State.Head.Steps[0].Status != pipelines.Unknown {
		t.Errorf("it is %s, its step %s; want cancelled and unknown", l.State.Head.Status, l.State.Head.Steps[0].Status)
	}
}

// Patience counts from the attempt, not from the step's begin.
func TestAYoungAttemptIsAskedFirst(t *testing.T) {
	t.Parallel()
	s := chain(1)
	s[0].Retries = 2
	f := newForgetful(t, s...)
	d := f.deploy()
	must(t, f.runner().Turned(t.Context(), d.ID, 1))
	f.now = f.now.Add(20 * time.Minute) // a long first attempt that fails
	must(t, f.runner().Reported(t.Context(), f.report(task.Failed)))
	for id, a := range f.alarms.set {
		if id != "watch-"+d.ID {
			f.now = a.at
			must(t, f.runner().Ring(nil)(t.Context(), "", a.payload))
		}
	}
	f.now = f.now.Add(5 * time.Second)
	must(t, f.runner().Undelivered(t.Context(), f.hosts.errands[len(f.hosts.errands)-1].Order.ID, time.Time{}, "Unsure"))
	if x := f.load(d.ID).State.Task(0); x.Status == pipelines.Unknown {
		t.Errorf("attempt %d, five seconds old, is unknown without a question: %s", x.Attempt, x.Message)
	}
}

// One of two branches failed to go on; the other goes on, and the event of the first comes again.
func TestNoBranchIsLost(t *testing.T) {
	t.Parallel()
	ssm := scriptStep("long", "x")
	tell := mailStep("Tell", "")
	tell.Start = pipelines.StartWithPrevious
	after := scriptStep("after", "x")
	after.Needs = &[]string{"Tell"}
	f := newForgetful(t, ssm, tell, after)
	d := f.deploy()
	box := &inbox{}
	r := f.runner()
	r.Mail, r.Brief.Signer = box, unsigned{f.store}
	t.Log(r.Turned(t.Context(), d.ID, 1))
	t.Log("revision", f.load(d.ID).Revision, box.sent)
	for range 3 {
		r = f.runner()
		r.Mail = box
		must(t, r.Turned(t.Context(), d.ID, 1))
	}
	must(t, f.runner().Reported(t.Context(), f.report(task.Succeeded)))
	l := f.load(d.ID)
	if !slices.Contains(f.hosts.sent(), "after") {
		t.Errorf("LOST: %s, steps %v %v %v; sent %v; timers %d", l.State.Head.Status, l.State.Head.Steps[0].Status, l.State.Head.Steps[1].Status, l.State.Head.Steps[2].Status, f.hosts.sent(), len(f.alarms.set))
	}
	for k := range f.alarms.set {
		t.Log(k)
	}
}

// No message was ever taken for the host: the step has failed, and is not unknown.
func TestNeverTakenHasFailed(t *testing.T) {
	t.Parallel()
	f := newForgetful(t, chain(1)...)
	d := f.deploy()
	f.hosts.down = fmt.Errorf("not registered: %w", hosts.ErrUnreachable)
	must(t, f.runner().Turned(t.Context(), d.ID, 1))
	for !f.load(d.ID).State.Head.Status.Ended() {
		a := f.alarms.set["later-"+d.ID+"-run-0-1"]
		f.now = a.at
		must(t, f.runner().Ring(nil)(t.Context(), "", a.payload))
	}
	if s := f.load(d.ID).State.Head.Steps[0]; s.Status != pipelines.Failed {
		t.Errorf("the step is %s (%s), want failed", s.Status, s.Message)
	}
}
