package runner_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/steps/approval"
	"slipway/pipelines/task"
	"slipway/runner/graph"
	"slipway/runner/mail"
	"slipway/runner/records"
	"slipway/runner/requests"
	"slipway/runner/table"
)

// automatic makes a deployment one of a rule, though a person has asked for it.
func (f *forgetful) automatic(id string) {
	f.t.Helper()
	record, err := f.records.Deployment(f.t.Context(), id)
	must(f.t, err)
	record.Automatic = true
	must(f.t, f.records.Write(f.t.Context(), table.Put(table.Key{Partition: "deployment/" + id, Sort: "record"}, settings(record))))
}

// of deploys a release of its own.
func (f *forgetful) of(number string) pipelines.Deployment {
	f.t.Helper()
	_, err := f.requests.CreateRelease(f.t.Context(), f.admin, requests.ReleaseRequest{Project: "Chain", Number: number})
	must(f.t, err)
	d, err := f.requests.Deploy(f.t.Context(), f.admin, requests.DeployRequest{Project: "Chain", Release: number, Environment: "Dev"})
	must(f.t, err)
	return d
}

func (f *forgetful) freed(d pipelines.Deployment) {
	f.t.Helper()
	must(f.t, f.runner().Freed(f.t.Context(), d.ProjectID, d.EnvironmentID))
}

// TestNoRulePutsAnOlderReleaseOverANewerOneAfterASignOff: that nobody answered is
// no decision; that somebody did, is.
func TestNoRulePutsAnOlderReleaseOverANewerOneAfterASignOff(t *testing.T) {
	t.Parallel()
	for name, answered := range map[string]bool{"nobody answered": false, "a person approved": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			no := false
			f := newPeopled(t, pipelines.Project{Steps: []pipelines.Step{
				signOffStep("gate", approval.Settings{Blocks: &no, Timeout: duration(time.Hour), OnTimeout: approval.Approve}), scriptStep("change", "x"),
			}})
			older := f.deploy() // 1.0.0
			f.automatic(older.ID)
			f.told(older.ID)
			newer := f.of("1.0.8")
			f.told(newer.ID)
			must(t, f.requests.Answer(t.Context(), f.admin, requests.AnswerRequest{Deployment: newer.ID, Proceed: true}))
			f.told(newer.ID)
			f.freed(newer)
			f.sent("change")
			f.reports(task.Succeeded)
			if answered {
				must(t, f.requests.Answer(t.Context(), f.admin, requests.AnswerRequest{Deployment: older.ID, Proceed: true}))
				f.told(older.ID)
				f.freed(newer)
				f.sent("change", "change")
				return
			}
			f.rings(older.ID, "expire-0-0")
			f.freed(newer)
			f.sent("change")
			if l := f.load(older.ID); l.State.Head.Status != pipelines.Failed || !strings.HasPrefix(l.State.Head.Message, "release 1.0.0 is older than 1.0.8, which is in Dev") {
				t.Errorf("1.0.0 is %s (%s)", l.State.Head.Status, l.State.Head.Message)
			}
		})
	}
}

// TestNobodyGivesWayToOneThatGivesWayItself: what a person asked for is done,
// though a rule sends a newer release behind it that is older than what is there.
func TestNobodyGivesWayToOneThatGivesWayItself(t *testing.T) {
	t.Parallel()
	f := newForgetfulOf(t, pipelines.Project{Queue: pipelines.QueueSkipSuperseded, Steps: chain(1)})
	running := f.of("1.1.0")
	must(t, f.runner().Turned(t.Context(), running.ID, 1))
	person, rule := f.deploy(), f.of("1.0.5") // the first one is 1.0.0
	f.automatic(rule.ID)
	must(t, f.runner().Reported(t.Context(), f.report(task.Succeeded)))
	f.freed(person)
	if h := f.load(person.ID).State.Head; h.Status != pipelines.Running {
		t.Errorf("the person's is %s (%s)", h.Status, h.Message)
	}
}

// TestNobodyGivesWayToOneThatCannotBeRead: that one is held, and takes no turn.
func TestNobodyGivesWayToOneThatCannotBeRead(t *testing.T) {
	t.Parallel()
	f := newForgetfulOf(t, pipelines.Project{Queue: pipelines.QueueSkipSuperseded, Steps: chain(1)})
	running := f.of("1.1.0")
	must(t, f.runner().Turned(t.Context(), running.ID, 1))
	good, bad := f.of("1.1.1"), f.of("1.1.2")
	must(t, f.records.Write(t.Context(), table.Put(table.Key{Partition: "deployment/" + bad.ID, Sort: "turn/0000000001"}, []byte("{"))))
	must(t, f.runner().Reported(t.Context(), f.report(task.Succeeded)))
	f.freed(good)
	if h := f.load(good.ID).State.Head; h.Status != pipelines.Running {
		t.Errorf("the one that can be read is %s (%s)", h.Status, h.Message)
	}
}

// TestTheDeathAfterGivingWay: also one that had a turn before is closed.
func TestTheDeathAfterGivingWay(t *testing.T) {
	t.Parallel()
	f := newForgetfulOf(t, pipelines.Project{Queue: pipelines.QueueSkipSuperseded, Steps: chain(1)})
	d, newer := f.scheduledBehind("1.0.8")
	must(t, f.runner().Reported(t.Context(), f.report(task.Succeeded)))
	l := f.load(d.ID)
	ctx, die := cancelled(t)
	r := f.runner()
	r.Records = records.New(dying{f.table, fmt.Sprintf("turn/%010d", l.Revision+1), die}, f.store)
	_ = r.Freed(ctx, d.ProjectID, d.EnvironmentID)
	f.freed(d) // the stream tells it again
	if l = f.load(d.ID); l.State.Head.Status != pipelines.Cancelled || l.State.Head.Closed {
		t.Fatalf("it is %s (%s), closed %v", l.State.Head.Status, l.State.Head.Message, l.State.Head.Closed)
	}
	if h := f.load(newer.ID).State.Head; h.Status != pipelines.Running {
		t.Errorf("the newer one is %s", h.Status)
	}
	again, ok := f.alarms.set["watch-"+d.ID]
	if !ok {
		t.Fatalf("nothing looks again: %v", f.alarms.set)
	}
	f.now = again.at
	must(t, f.runner().Ring(nil)(t.Context(), "", again.payload))
	if active, err := f.records.Active(t.Context()); err != nil || len(active) != 1 || !f.load(d.ID).State.Head.Closed {
		t.Errorf("alive are %v, %v; want %s alone", active, err, newer.ID)
	}
}

// scheduledBehind is a deployment whose time came while another one ran, and one
// of a newer release that was asked for behind it.
func (f *forgetful) scheduledBehind(release string) (d, newer pipelines.Deployment) {
	f.t.Helper()
	due := f.now.Add(time.Hour)
	d, err := f.requests.Deploy(f.t.Context(), f.admin, requests.DeployRequest{Project: "Chain", Release: "1.0.0", Environment: "Dev", At: &due})
	must(f.t, err)
	must(f.t, f.runner().Turned(f.t.Context(), d.ID, 1))
	holder := f.deploy()
	must(f.t, f.runner().Turned(f.t.Context(), holder.ID, 1))
	a := f.alarms.set[d.ID+"-alarm-start"]
	f.now = a.at
	must(f.t, f.runner().Ring(nil)(f.t.Context(), "", a.payload))
	delete(f.alarms.set, d.ID+"-alarm-start")
	return d, f.of(release)
}

// busyMail is a mail server that asks for patience.
type busyMail chan<- struct{}

func (b busyMail) Send(context.Context, mail.Message) error {
	select {
	case b <- struct{}{}:
	default:
	}
	return fmt.Errorf("451 later: %w", mail.ErrTryAgain)
}

// TestAPlaceGivenUpBesideALongLook: whoever waits need not wait for a mail server
// that asks for patience.
func TestAPlaceGivenUpBesideALongLook(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	tried := make(chan struct{}, 1)
	k := newKit(t, t.TempDir(), func(k *kit) { k.runner.Mail = busyMail(tried) })
	k.environments("Dev")
	k.target("web-1", []string{"web"}, "Dev")
	k.user("stella", "stella@example.org")
	k.add(records.Teams, "QA", func(id string, _ int) any { return pipelines.Team{ID: id, Name: "QA", Members: []string{"stella"}} })
	two := signOffStep("two", approval.Settings{Blocks: &no, Teams: []string{"QA"}})
	two.Start = pipelines.StartWithPrevious
	k.project(pipelines.Project{Name: "Chain", Steps: []pipelines.Step{signOffStep("one", approval.Settings{Blocks: &yes}), two, scriptStep("after", "echo")}})
	k.release("1.0.0")
	first := k.deployed("1.0.0")
	k.until(first, pipelines.Waiting)
	<-tried
	second := k.deployed("1.0.0")
	must(t, k.requests.Answer(t.Context(), k.admin, requests.AnswerRequest{Deployment: first, Step: "one", Proceed: true}))
	if l := k.until(second, pipelines.Waiting); l.State.Head.Stands() != graph.PlaceHeld {
		t.Errorf("the second stands as %q", l.State.Head.Stands())
	}
}
