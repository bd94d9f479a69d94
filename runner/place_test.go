package runner_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/steps/approval"
	"slipway/pipelines/task"
	"slipway/runner/graph"
	"slipway/runner/records"
	"slipway/runner/requests"
	"slipway/runner/table"
)

func signOffStep(name string, s approval.Settings) pipelines.Step {
	s.Instructions = "Look."
	return pipelines.Step{Name: name, Action: pipelines.Action{Type: "approval", Settings: settings(s)}}
}

// chained is a server with one target, a project of these steps and a release.
func chained(t *testing.T, p pipelines.Project, dir ...string) *kit {
	t.Helper()
	k := newKit(t, append(dir, t.TempDir())[0])
	k.environments("Dev")
	k.target("web-1", []string{"web"}, "Dev")
	p.Name = "Chain"
	k.project(p)
	k.release("1.0.0")
	return k
}

func (k *kit) release(number string) {
	k.t.Helper()
	_, err := k.requests.CreateRelease(k.t.Context(), k.admin, requests.ReleaseRequest{Project: "Chain", Number: number})
	must(k.t, err)
}

func (k *kit) deployed(release string) string {
	k.t.Helper()
	d, err := k.requests.Deploy(k.t.Context(), k.admin, requests.DeployRequest{Project: "Chain", Release: release, Environment: "Dev"})
	must(k.t, err)
	return d.ID
}

func (k *kit) answer(id string) {
	k.t.Helper()
	must(k.t, k.requests.Answer(k.t.Context(), k.admin, requests.AnswerRequest{Deployment: id, Proceed: true}))
}

// TestASignOffAfterTheChangeFreesThePlace: the next one runs meanwhile, and the
// answer has the first queue again.
func TestASignOffAfterTheChangeFreesThePlace(t *testing.T) {
	t.Parallel()
	k := chained(t, pipelines.Project{Steps: []pipelines.Step{scriptStep("change", "echo 1"), signOffStep("sign off", approval.Settings{}), scriptStep("after", "sleep 300ms")}})
	first, second := k.deployed("1.0.0"), k.deployed("1.0.0")
	k.until(first, pipelines.Waiting)
	k.until(second, pipelines.Waiting)
	k.answer(second)
	k.until(second, pipelines.Running)
	k.answer(first)
	one, two := k.until(first, pipelines.Succeeded), k.until(second, pipelines.Succeeded)
	if began := one.State.Head.Steps[2].Started; began.Before(two.State.Head.Ended) {
		t.Errorf("the first went on at %s, before the second ended at %s", began, two.State.Head.Ended)
	}
	k.untilRetired()
}

// TestAGateBeforeTheFirstChangeBlocks whoever comes behind.
func TestAGateBeforeTheFirstChangeBlocks(t *testing.T) {
	t.Parallel()
	k := chained(t, pipelines.Project{Steps: []pipelines.Step{signOffStep("gate", approval.Settings{}), scriptStep("change", "echo 1")}})
	first, second := k.deployed("1.0.0"), k.deployed("1.0.0")
	k.until(first, pipelines.Waiting)
	if l := k.until(second, pipelines.Queued); !l.State.Head.Started.IsZero() {
		t.Errorf("the second began at %s", l.State.Head.Started)
	}
	k.answer(first)
	k.until(first, pipelines.Succeeded)
	k.until(second, pipelines.Waiting)
	k.answer(second)
	k.until(second, pipelines.Succeeded)
}

// TestAScheduledDeploymentStartsOnce at its time, and stands in nobody's way
// before it.
func TestAScheduledDeploymentStartsOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	k := chained(t, pipelines.Project{Steps: chain(1)}, dir)
	due := time.Now().Add(2 * time.Second).Truncate(time.Second)
	d, err := k.requests.Deploy(t.Context(), k.admin, requests.DeployRequest{Project: "Chain", Release: "1.0.0", Environment: "Dev", At: &due})
	must(t, err)
	other := k.until(k.deployed("1.0.0"), pipelines.Succeeded)
	if other.State.Head.Started.After(due) {
		t.Errorf("the other one waited until %s", other.State.Head.Started)
	}
	k.stop()
	k = newKit(t, dir)
	l := k.until(d.ID, pipelines.Succeeded)
	if l.State.Head.Started.Before(due) {
		t.Errorf("it started at %s, before %s", l.State.Head.Started, due)
	}
	if n := k.payloads(); n != 2 {
		t.Errorf("%d payloads ran, want 2", n)
	}
}

// TestSkipSuperseded: of those that wait, one is left out when its turn comes if
// a newer release waits behind it.
func TestSkipSuperseded(t *testing.T) {
	t.Parallel()
	k := chained(t, pipelines.Project{Queue: pipelines.QueueSkipSuperseded, Steps: []pipelines.Step{scriptStep("one", "sleep 400ms")}})
	for _, number := range []string{"1.0.1", "1.0.2", "1.0.3"} {
		k.release(number)
	}
	running, second, newest, older := k.deployed("1.0.3"), k.deployed("1.0.1"), k.deployed("1.0.2"), k.deployed("1.0.0")
	k.until(running, pipelines.Succeeded)
	l := k.until(second, pipelines.Cancelled)
	if want := "superseded by " + newest + " (1.0.2), which waits behind it"; l.State.Head.Message != want {
		t.Errorf("it says %q, want %q", l.State.Head.Message, want)
	}
	k.until(newest, pipelines.Succeeded)
	k.until(older, pipelines.Succeeded) // nobody newer waits behind it
	k.untilRetired()
	if n := k.payloads(); n != 3 {
		t.Errorf("%d payloads ran, want 3", n)
	}
}

// TestReplaceWaitingIsFoundWhenTheTurnComes, although whoever asked last died
// before they could tell the others.
func TestReplaceWaitingIsFoundWhenTheTurnComes(t *testing.T) {
	t.Parallel()
	f := newForgetfulOf(t, pipelines.Project{Queue: pipelines.QueueReplaceWaiting, Steps: chain(1)})
	running := f.deploy()
	must(t, f.runner().Turned(t.Context(), running.ID, 1))
	second, third := f.deploy(), f.deploy()
	row := table.Key{Partition: "place/" + second.ProjectID + "/" + second.EnvironmentID, Sort: "waiting/" + strings.Repeat("0", 9) + "2"}
	if l := f.load(second.ID); l.State.Head.Status != pipelines.Cancelled { // as asking does
		t.Errorf("the second is %s", l.State.Head.Status)
	}
	// As if it had not: the second waits still.
	must(t, f.records.Write(t.Context(), table.Put(row, []byte(`"`+second.ID+`"`)), table.Remove(table.Key{Partition: "deployment/" + second.ID, Sort: "turn/0000000001"})))
	record, err := f.records.Deployment(t.Context(), second.ID)
	must(t, err)
	record.Status, record.Finished, record.Started, record.Message = pipelines.Queued, nil, nil, ""
	must(t, f.records.Write(t.Context(), table.Put(table.Key{Partition: "deployment/" + second.ID, Sort: "record"}, settings(record))))

	f.now = f.now.Add(time.Minute)
	must(t, f.runner().Reported(t.Context(), f.report(task.Succeeded)))
	must(t, f.runner().Freed(t.Context(), second.ProjectID, second.EnvironmentID))
	if l := f.load(second.ID); l.State.Head.Status != pipelines.Cancelled || l.State.Head.Message != "replaced by "+third.ID+" (1.0.0)" {
		t.Errorf("the second is %s (%s)", l.State.Head.Status, l.State.Head.Message)
	}
	if l := f.load(third.ID); l.State.Head.Status != pipelines.Running {
		t.Errorf("the third is %s", l.State.Head.Status)
	}
}

// TestNoRulePutsAnOlderReleaseOverANewerOne also when it was asked for before
// the newer one came.
func TestNoRulePutsAnOlderReleaseOverANewerOne(t *testing.T) {
	t.Parallel()
	f := newForgetful(t, chain(1)...)
	_, err := f.requests.CreateRelease(t.Context(), f.admin, requests.ReleaseRequest{Project: "Chain", Number: "1.0.8"})
	must(t, err)
	newer, err := f.requests.Deploy(t.Context(), f.admin, requests.DeployRequest{Project: "Chain", Release: "1.0.8", Environment: "Dev"})
	must(t, err)
	must(t, f.runner().Turned(t.Context(), newer.ID, 1))
	byRule, byPerson := f.deploy(), f.deploy()
	record, err := f.records.Deployment(t.Context(), byRule.ID)
	must(t, err)
	record.Automatic = true
	must(t, f.records.Write(t.Context(), table.Put(table.Key{Partition: "deployment/" + byRule.ID, Sort: "record"}, settings(record))))
	must(t, f.runner().Reported(t.Context(), f.report(task.Failed)))
	must(t, f.runner().Freed(t.Context(), byRule.ProjectID, byRule.EnvironmentID))
	const want = "release 1.0.0 is older than 1.0.8, which is in Dev, or was last on its way there; a person can still deploy it"
	if l := f.load(byRule.ID); l.State.Head.Status != pipelines.Cancelled || l.State.Head.Message != want {
		t.Errorf("by a rule it is %s (%s)", l.State.Head.Status, l.State.Head.Message)
	}
	if l := f.load(byPerson.ID); l.State.Head.Status != pipelines.Running {
		t.Errorf("by a person it is %s", l.State.Head.Status)
	}
}

// TestTheDeathBetweenAPlaceAndItsEffects: of a later turn nobody is told, so
// something else brings the deployment back.
func TestTheDeathBetweenAPlaceAndItsEffects(t *testing.T) {
	t.Parallel()
	f := newForgetful(t, scriptStep("change", "x"), signOffStep("sign off", approval.Settings{}), scriptStep("after", "x"))
	d := f.deploy()
	must(t, f.runner().Turned(t.Context(), d.ID, 1))
	must(t, f.runner().Reported(t.Context(), f.report(task.Succeeded)))
	if l := f.load(d.ID); l.State.Head.Stands() != graph.PlaceNone {
		t.Fatalf("it stands as %q", l.State.Head.Stands())
	}
	must(t, f.requests.Answer(t.Context(), f.admin, requests.AnswerRequest{Deployment: d.ID, Proceed: true}))
	ctx, die := cancelled(t)
	r := f.runner()
	r.Records = records.New(dying{f.table, "slot", die}, f.store)
	_ = r.Freed(ctx, d.ProjectID, d.EnvironmentID)
	if l := f.load(d.ID); l.State.Head.Stands() != graph.PlaceHeld {
		t.Fatalf("it stands as %q, want it placed", l.State.Head.Stands())
	}
	f.sent("change")
	again, ok := f.alarms.set["watch-"+d.ID]
	if !ok {
		t.Fatalf("nothing looks again: %v", f.alarms.set)
	}
	f.now = again.at
	must(t, f.runner().Ring(nil)(t.Context(), "", again.payload))
	f.sent("change", "after")
}

// TestOneThatCannotBeReadHoldsNobodyElse: neither in its own queue, nor at the
// start of a process.
func TestOneThatCannotBeReadHoldsNobodyElse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	k := chained(t, pipelines.Project{Steps: []pipelines.Step{scriptStep("one", "sleep 400ms")}}, dir)
	running, second, third := k.deployed("1.0.0"), k.deployed("1.0.0"), k.deployed("1.0.0")
	must(t, k.records.Write(t.Context(), table.Put(table.Key{Partition: "deployment/" + second, Sort: "turn/0000000001"}, []byte("{"))))
	k.until(running, pipelines.Succeeded)
	k.until(third, pipelines.Succeeded)
	k.stop()
	k = newKit(t, dir)
	k.until(k.deployed("1.0.0"), pipelines.Succeeded)
	active, err := k.records.Active(t.Context())
	must(t, err)
	if !slices.Contains(active, second) {
		t.Errorf("alive are %v, want %s held among them", active, second)
	}
	must(t, k.runner.Look(t.Context(), second)) // no error, which would have it tried again and again
	_, err = k.records.Abandon(t.Context(), records.Abandonment{ID: second, Message: "given up", At: time.Now()})
	must(t, err)
	k.untilRetired()
}

// TestATargetThatCannotBeReadIsNamed by the step that needs it, and nothing is
// tried again and again.
func TestATargetThatCannotBeReadIsNamed(t *testing.T) {
	t.Parallel()
	k := chained(t, pipelines.Project{Steps: []pipelines.Step{signOffStep("gate", approval.Settings{}), scriptStep("change", "echo 1")}})
	id := k.deployed("1.0.0")
	k.until(id, pipelines.Waiting)
	must(t, k.records.Write(t.Context(), table.Put(table.Key{Partition: "config", Sort: "Machines/Machines-1"}, []byte("{"))))
	k.answer(id)
	l := k.until(id, pipelines.Failed, pipelines.Waiting)
	for deadline := time.Now().Add(2 * time.Minute); l.State.Task(1).Message == "" && time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		l = k.until(id, pipelines.Failed, pipelines.Waiting, pipelines.Running)
	}
	if x := l.State.Task(1); !strings.Contains(x.Message, "Machines-1 cannot be read") {
		t.Errorf("the task is %s (%s)", x.Status, x.Message)
	}
}

// TestAnOlderProgramLeavesWhatANewerOneWrote for that one, and comes back.
func TestAnOlderProgramLeavesWhatANewerOneWrote(t *testing.T) {
	t.Parallel()
	f := newForgetful(t, chain(1)...)
	d := f.deploy()
	must(t, f.records.Write(t.Context(), table.Put(table.Key{Partition: "deployment/" + d.ID, Sort: "turn/0000000002"}, []byte(`{"format":99,"revision":2}`))))
	must(t, f.runner().Turned(t.Context(), d.ID, 2))
	if a, ok := f.alarms.set["again-"+d.ID]; !ok || !a.at.After(f.now) {
		t.Errorf("nothing looks again: %v", f.alarms.set)
	}
	damaged := f.deploy()
	must(t, f.records.Write(t.Context(), table.Put(table.Key{Partition: "deployment/" + damaged.ID, Sort: "turn/0000000001"}, []byte("{"))))
	must(t, f.runner().Turned(t.Context(), damaged.ID, 1))
	if a, ok := f.alarms.set["again-"+damaged.ID]; !ok || a.at.Sub(f.now) < time.Hour {
		t.Errorf("what is damaged is looked at at %s, want rarely", a.at)
	}
}
