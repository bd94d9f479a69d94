package requests_test

import (
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/graph"
	"slipway/runner/records"
	"slipway/runner/requests"
)

// ordered is Deploy of Chain 0.0.1 to Dev with what a person may add.
func (k *kit) ordered(with func(*requests.DeployRequest)) (pipelines.Deployment, error) {
	in := requests.DeployRequest{Project: "Chain", Release: "0.0.1", Environment: "Dev"}
	with(&in)
	return k.Deploy(k.t.Context(), k.admin, in)
}

func TestStepsThatAreLeftOut(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.places()
	must1, child := runs("Must", "echo"), runs("Child", "echo")
	must1.Required, child.Required = true, true
	k.project(pipelines.Project{Name: "Chain", Steps: []pipelines.Step{
		must1, runs("Smoke", "exit 1"), asks("Look"), {Name: "Roll", Roles: []string{"web"}, Steps: []pipelines.Step{child}},
	}})
	k.release("Chain")
	skip := func(names ...string) (pipelines.Deployment, error) {
		return k.ordered(func(in *requests.DeployRequest) { in.Skip = names })
	}
	for name, c := range map[string]struct {
		code  pipelines.Code
		words string
	}{
		"must": {pipelines.Conflict, `step "Must" is required and cannot be left out: deploy Chain with it`},
		"look": {pipelines.Conflict, `step "Look" is a sign-off and cannot be left out`},
		"Roll": {pipelines.Conflict, `step "Roll" cannot be left out, since its child step "Child" is required`},
		"None": {pipelines.Invalid, `Chain has no step "None" to leave out; there are: Must, Smoke, Look, Roll, Child`},
	} {
		_, err := skip("Smoke", name)
		refused(t, "without "+name, err, c.code, c.words)
	}
	d, err := skip("smoke", "SMOKE")
	must(t, err)
	if len(d.Skip) != 1 || d.Skip[0] != "Smoke" {
		t.Errorf("Skip = %q, want the step once as the process calls it", d.Skip)
	}
	k.until(d.ID, pipelines.Waiting)
	must(t, k.Answer(t.Context(), k.admin, requests.AnswerRequest{Deployment: d.ID, Proceed: true}))
	l := k.until(d.ID, pipelines.Succeeded)
	if s := l.State.Head.Steps[1]; s.Status != pipelines.Skipped || !strings.Contains(s.Message, "left out by Admin") {
		t.Errorf("the step is %s (%s)", s.Status, s.Message)
	}
	if entry := k.audited("DeploymentQueued", d.ID); !strings.Contains(entry.Message, "without Smoke") {
		t.Errorf("the audit log says %q", entry.Message)
	}
}

// audited is the newest audit entry of a category about something.
func (k *kit) audited(category, subject string) pipelines.Event {
	k.t.Helper()
	log, err := k.Records.AuditLog(k.t.Context(), time.Time{}, 200)
	must(k.t, err)
	for _, e := range log {
		if e.Category == category && e.Subject == subject {
			return e
		}
	}
	k.t.Errorf("the audit log has no %s of %s", category, subject)
	return pipelines.Event{}
}

func TestScheduled(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.places()
	k.project(pipelines.Project{Name: "Chain", Steps: []pipelines.Step{runs("one", "echo")}})
	k.release("Chain")
	at := func(ahead time.Duration) (pipelines.Deployment, error) {
		when := time.Now().Add(ahead)
		return k.ordered(func(in *requests.DeployRequest) { in.At = &when })
	}
	_, err := at(-2 * time.Minute)
	refused(t, "yesterday", err, pipelines.Invalid, "is over: name a time that is to come")
	_, err = at(400 * 24 * time.Hour)
	refused(t, "in two years", err, pipelines.Invalid, "more than a year away")
	d, err := at(-10 * time.Second)
	must(t, err)
	if d.NotBefore != nil {
		t.Errorf("what was typed a moment ago waits until %s", d.NotBefore)
	}
	k.until(d.ID, pipelines.Succeeded)

	later, err := at(24 * time.Hour)
	must(t, err)
	if later.NotBefore == nil || later.Status != pipelines.Queued {
		t.Errorf("Deploy at a time = %+v", later)
	}
	// One that is not due is in nobody's way.
	now, err := at(0)
	must(t, err)
	k.until(now.ID, pipelines.Succeeded)
	if l, err := k.Records.Load(t.Context(), later.ID); err != nil || l.State.Head.Stands() != graph.PlaceNone || !l.State.Head.Started.IsZero() {
		t.Errorf("a scheduled one stands as %q, begun %s (%v)", l.State.Head.Stands(), l.State.Head.Started, err)
	}
	soon, err := at(1200 * time.Millisecond)
	must(t, err)
	l := k.until(soon.ID, pipelines.Succeeded)
	if soon.NotBefore == nil || l.State.Head.Started.Before(*soon.NotBefore) {
		t.Errorf("it began at %s, want not before %v", l.State.Head.Started, soon.NotBefore)
	}
	must(t, k.Cancel(t.Context(), k.admin, later.ID, ""))
	k.until(later.ID, pipelines.Cancelled)
}

func TestWhoAskedIsKept(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.quotes()
	push := k.push("Quotes", "1.0.0", "one")
	byRule := k.until(push.Deployments[0].ID, pipelines.Succeeded).Deployment
	byPerson, err := k.Deploy(t.Context(), k.admin, requests.DeployRequest{Project: "Quotes", Release: "1.0.0", Environment: "Dev", Comment: "again"})
	must(t, err)
	if !byRule.Automatic || byRule.CreatedByID != "" || byPerson.Automatic || byPerson.CreatedByID != k.admin.UserID || byPerson.Comment != "again" {
		t.Errorf("by a rule %+v, by a person %+v", byRule, byPerson)
	}
	if l := k.until(byPerson.ID, pipelines.Succeeded); l.Plan.RequestedBy != k.admin.UserID {
		t.Errorf("the plan is asked for by %q", l.Plan.RequestedBy)
	}
}

// TestARuleNeverGoesBack: what is newer stays, and whoever pushed hears why.
func TestARuleNeverGoesBack(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.quotes()
	k.until(k.push("Quotes", "1.0.8", "new").Deployments[0].ID, pipelines.Succeeded)
	got := k.push("Quotes", "1.0.7", "old")
	const why = "Quotes 1.0.7 was not sent to Dev: release 1.0.7 is older than 1.0.8, which is in Dev, or was last on its way there; a person can still deploy it"
	if len(got.Releases) != 1 || len(got.Deployments) != 0 || len(got.NotSent) != 1 || got.NotSent[0] != why {
		t.Errorf("pushing an older version: %+v", got)
	}
	if entry := k.audited("DeploymentNotCreated", "Projects-1"); entry.Message != why || entry.Via != "trigger: package Quotes pushed by admin" {
		t.Errorf("the audit log says %+v", entry)
	}
	d := k.deploy("Quotes", "1.0.7", "Dev") // a person can
	k.until(d.ID, pipelines.Succeeded)
}

// TestAMadeReleaseSaysWhereItDoesNotGo: the lifecycle's rule by itself.
func TestAMadeReleaseSaysWhereItDoesNotGo(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.places()
	k.add(records.Lifecycles, "L", func(id string) any {
		return pipelines.Lifecycle{ID: id, Name: "L", Phases: []pipelines.Phase{{Name: "Dev", Environments: []string{"Dev"}, Automatic: true}}}
	})
	k.project(pipelines.Project{Name: "Chain", Lifecycle: "L", Steps: []pipelines.Step{runs("one", "echo")}})
	release := func(number string) requests.Followed {
		_, followed, err := k.MakeRelease(t.Context(), k.admin, requests.ReleaseRequest{Project: "Chain", Number: number})
		must(t, err)
		return followed
	}
	first := release("2.0.0")
	if len(first.Deployments) != 1 || len(first.NotSent) != 0 {
		t.Fatalf("the first release: %+v", first)
	}
	k.until(first.Deployments[0].ID, pipelines.Succeeded)
	if older := release("1.0.0"); len(older.Deployments) != 0 || len(older.NotSent) != 1 || !strings.Contains(older.NotSent[0], "was not sent to Dev") {
		t.Errorf("an older release: %+v", older)
	}
}

func TestReplaceWaiting(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.places()
	gate := asks("Gate")
	k.project(pipelines.Project{Name: "Chain", Queue: pipelines.QueueReplaceWaiting, Steps: []pipelines.Step{gate, runs("one", "echo")}})
	k.release("Chain")
	any := func(*requests.DeployRequest) {}
	var ids []string
	for range 4 {
		d, err := k.ordered(any)
		must(t, err)
		ids = append(ids, d.ID)
	}
	// The first has the place, as a gate before the first change keeps it.
	k.until(ids[0], pipelines.Waiting)
	for i, by := range map[int]string{1: ids[2], 2: ids[3]} {
		l := k.until(ids[i], pipelines.Cancelled)
		if want := "replaced by " + by + " (0.0.1)"; !strings.Contains(l.State.Head.Message, want) {
			t.Errorf("%s ended with %q, want %q", ids[i], l.State.Head.Message, want)
		}
	}
	must(t, k.Answer(t.Context(), k.admin, requests.AnswerRequest{Deployment: ids[0], Proceed: true}))
	k.until(ids[0], pipelines.Succeeded)
	k.until(ids[3], pipelines.Waiting)
}
