package records_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"

	"fmt"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
	"slipway/runner/graph"
	"slipway/runner/records"
	"slipway/runner/table"
)

// What others do between a read and a write.

func (k *kit) abandoned(id string) {
	k.t.Helper()
	_, err := k.Abandon(k.t.Context(), records.Abandonment{ID: id, Message: "given up by Ida", At: noon})
	k.must(err)
}

// TestOneGivenUpTakesNobodysPlace: its look goes on from what it knew, while
// another deployment has the place by now.
func TestOneGivenUpTakesNobodysPlace(t *testing.T) {
	t.Parallel()
	for name, happening := range map[string]graph.Happening{
		"at its end": graph.TaskReported{Task: 0, Attempt: 1, Outcome: task.Failed}, "giving it up": done(0, "/1"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKit(t)
			first := k.planned(func(d pipelines.Deployment) plan.Plan { return signOffPlan(d, "81") })
			known := k.load(first.ID)
			k.abandoned(first.ID)
			second := k.asked(1, 1)
			k.holds(second, second.ID)
			if _, changed, err := k.Turn(t.Context(), &known, events(happening)); changed || !records.Conflict(err) {
				t.Errorf("the turn of the one that was given up: %v, %v; want a conflict", changed, err)
			}
			k.holds(second, second.ID)
			k.kept(first.ID, pipelines.Failed)
			if _, changed, err := k.Turn(t.Context(), k.loaded(first.ID), events(happening)); changed || err != nil {
				t.Errorf("loaded again it goes on: %v, %v", changed, err)
			}
		})
	}
}

// TestASlotOfNobody keeps no deployment from its end: a mended table may lack it,
// have that of another, or one that cannot be read.
func TestASlotOfNobody(t *testing.T) {
	t.Parallel()
	slot := table.Key{Partition: "place/Projects-1/Environments-1", Sort: "slot"}
	for _, c := range []struct {
		change records.Change
		left   string
	}{
		{table.Remove(slot), ""}, {table.Put(slot, []byte(`"Deployments-77"`)), "Deployments-77"}, {table.Put(slot, []byte("{")), ""},
	} {
		k := newKit(t)
		d := k.asked(1, 1)
		k.write(c.change)
		k.turn(k.load(d.ID), reported(0))
		k.kept(d.ID, pipelines.Succeeded)
		k.holds(d, c.left)
	}
}

// between does something after an item was read, before the reader has it.
type between struct {
	table.Table
	key  table.Key
	do   func()
	done chan struct{} // closed after that; the journal is read later
}

func (b *between) Get(ctx context.Context, k table.Key) (table.Item, error) {
	item, err := b.Table.Get(ctx, k)
	if do := b.do; k == b.key && do != nil {
		b.do = nil
		do()
		close(b.done)
	}
	return item, err
}

func (b *between) Query(ctx context.Context, r table.Range) (table.Page, error) {
	if strings.HasPrefix(r.Prefix, "turn/") {
		<-b.done
	}
	return b.Table.Query(ctx, r)
}

// TestTakenUpWhileItIsRead: its record still has the end, its journal has not.
// That is how a deployment looks that was given up, and this one was not.
func TestTakenUpWhileItIsRead(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	d := k.asked(1, 1)
	k.happens(d.ID, 1, graph.TaskReported{Task: 0, Attempt: 1, Outcome: task.Failed})
	k.happens(d.ID, 2, graph.Closed{})
	b := &between{Table: k.table, key: table.Key{Partition: "deployment/" + d.ID, Sort: "record"}, done: make(chan struct{})}
	b.do = func() { k.happens(d.ID, 3, graph.Resumed{UserID: "Users-1"}) }
	l, err := records.New(b, k.blobs).Load(t.Context(), d.ID)
	k.must(err)
	if l.State.Head.Closed || l.State.Head.Status != pipelines.Queued || l.Deployment.Finished != nil {
		t.Errorf("it reads as %s, closed %v, finished %v", l.State.Head.Status, l.State.Head.Closed, l.Deployment.Finished)
	}
}

// stale shows a record as it was, some times.
type stale struct {
	table.Table
	old   table.Item
	times int
}

func (s *stale) Get(ctx context.Context, k table.Key) (table.Item, error) {
	if k == s.old.Key && s.times > 0 {
		s.times--
		return s.old, nil
	}
	return s.Table.Get(ctx, k)
}

// TestARecordBehindItsTurn: a store may show the turn of a write before the record.
func TestARecordBehindItsTurn(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	d := k.asked(1, 1)
	k.happens(d.ID, 1, graph.TaskReported{Task: 0, Attempt: 1, Outcome: task.Failed})
	k.happens(d.ID, 2, graph.Closed{})
	old, err := k.table.Get(t.Context(), table.Key{Partition: "deployment/" + d.ID, Sort: "record"})
	k.must(err)
	k.happens(d.ID, 3, graph.Resumed{UserID: "Users-1"})
	l, err := records.New(&stale{k.table, old, 5}, k.blobs).Load(t.Context(), d.ID)
	k.must(err)
	if l.State.Head.Closed || l.State.Head.Status != pipelines.Queued {
		t.Errorf("it reads as %s, closed %v", l.State.Head.Status, l.State.Head.Closed)
	}
	k.abandoned(d.ID)
	if l := k.load(d.ID); !l.State.Head.Closed {
		t.Errorf("taken up and then given up it reads as %s", l.State.Head.Status)
	}
}

// TestATakeupGivesWayToOneThatHasBegun between the judgement and the write. One
// that only waits is none of these.
func TestATakeupGivesWayToOneThatHasBegun(t *testing.T) {
	t.Parallel()
	for _, begins := range []bool{true, false} {
		k := newKit(t)
		first := k.asked(1, 1)
		k.happens(first.ID, 1, graph.TaskReported{Task: 0, Attempt: 1, Outcome: task.Failed})
		k.happens(first.ID, 2, graph.Closed{})
		known := k.load(first.ID)
		if begins {
			k.asked(1, 1)
		} else {
			k.deployment(1, 1)
		}
		_, changed, err := k.Turn(t.Context(), &known, []graph.Event{{ID: "e", At: noon.Add(3 * time.Minute), Of: graph.Resumed{UserID: "Users-1"}}})
		if changed == begins || records.Conflict(err) != begins {
			t.Errorf("a newer one has begun: %v; taken up %v, %v", begins, changed, err)
		}
	}
}

// released asks for a deployment of a release.
func (k *kit) released(release string, automatic bool) pipelines.Deployment {
	k.t.Helper()
	id, take, err := k.NextDeployment(k.t.Context())
	k.must(err)
	d := pipelines.Deployment{
		ID: id, ProjectID: "Projects-1", Project: "Quotes", ReleaseID: "Releases-" + release, Release: release, EnvironmentID: "Environments-1", Environment: "Dev",
		Created: noon.Add(time.Duration(moments.Add(1))), Status: pipelines.Queued, Automatic: automatic,
	}
	d, err = k.AddDeployment(k.t.Context(), records.Request{Deployment: d, Plan: planOf(d, 1, 1), Take: take, At: noon, EventID: "start-" + id})
	k.must(err)
	return d
}

// TestNoRuleBeginsAnOlderRelease at once, either: it queues, where it gives way.
func TestNoRuleBeginsAnOlderRelease(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		release   string
		automatic bool
		want      pipelines.Status
	}{
		{"1.0.7", true, pipelines.Queued}, {"1.0.7", false, pipelines.Running}, {"1.0.8", true, pipelines.Running}, {"1.0.9", true, pipelines.Running},
	} {
		k := newKit(t)
		there := k.released("1.0.8", false)
		k.turn(k.load(there.ID), reported(0))
		d := k.released(c.release, c.automatic)
		if got := k.load(d.ID).State.Head.Status; got != c.want {
			t.Errorf("%s after 1.0.8, by a rule %v: it is %s, want %s", c.release, c.automatic, got, c.want)
		}
		if c.want == pipelines.Queued {
			k.holds(d, "", d.ID)
		}
	}
}

func (k *kit) begun(want string) {
	k.t.Helper()
	if c := k.in(); c.Begun == nil || c.Begun.ID != want {
		k.t.Errorf("begun is %+v, want %s", c.Begun, want)
	}
}

// TestWhatHasBegunIsKnown also where the first step asks, so that the place is
// given up in the turn that takes it, and where a deployment was cancelled in the
// queue and taken up again.
func TestWhatHasBegunIsKnown(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	first := k.asked(1, 1)
	k.turn(k.load(first.ID), reported(0))
	gate := k.planned(func(d pipelines.Deployment) plan.Plan {
		p := signOffPlan(d, "81")
		p.Steps = p.Steps[1:]
		p.Steps[0].First, p.Steps[0].Needs, p.Steps[1].First, p.Steps[1].Needs = 0, nil, 1, []int{0}
		return p
	})
	k.holds(gate, "")
	k.begun(gate.ID)
	holder := k.asked(1, 1)
	waiting := k.asked(1, 1)
	k.begun(holder.ID)
	k.happens(waiting.ID, 1, graph.CancelAsked{UserID: "Users-1"})
	k.happens(waiting.ID, 2, graph.Closed{})
	k.begun(holder.ID)
	k.turn(k.load(holder.ID), reported(0))
	k.happens(waiting.ID, 3, graph.Resumed{UserID: "Users-1"})
	k.begun(holder.ID)
	k.happens(waiting.ID, 4, graph.Placed{})
	k.begun(waiting.ID)
	k.happens(waiting.ID, 5, graph.TaskReported{Task: 0, Attempt: 1, Outcome: task.Succeeded})
	k.happens(gate.ID, 6, graph.Answered{Step: 0, Proceed: true, UserID: "Users-1"})
	k.happens(gate.ID, 7, graph.Placed{})
	k.begun(waiting.ID) // a newer one that has begun is not hidden
}

// TestWhatWasStoppedByItsPlanHasNotBegun: nothing of it comes onto a host.
func TestWhatWasStoppedByItsPlanHasNotBegun(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	first := k.asked(1, 1)
	k.turn(k.load(first.ID), reported(0))
	k.planned(func(d pipelines.Deployment) plan.Plan {
		p := signOffPlan(d, "81")
		p.Findings = []plan.Finding{{Message: "no such secret", Blocks: true}}
		return p
	})
	k.begun(first.ID)
}

// TestNoNumberOfTakeupsOutgrowsAnItem, however much is said each time.
func TestNoNumberOfTakeupsOutgrowsAnItem(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	l := k.load(k.asked(1, 1).ID)
	const times = 150
	for n := range times {
		l = k.turn(l, graph.TaskReported{Task: 0, Attempt: n + 1, Outcome: task.Failed})
		l = k.turn(l, graph.Closed{})
		l = k.turn(l, graph.Resumed{UserID: fmt.Sprintf("Users-%d", n%30), Called: "Ida", Note: noise(1000)})
		l = k.turn(l, graph.Placed{})
	}
	if head := l.State.Head; head.TakenUp() != times || len(head.Resumed) > 40 {
		t.Errorf("taken up %d times, %d are kept", head.TakenUp(), len(head.Resumed))
	}
	k.active(l.Deployment.ID)
	l = k.turn(k.load(l.Deployment.ID), graph.TaskReported{Task: 0, Attempt: times + 1, Outcome: task.Succeeded})
	l = k.turn(l, graph.Closed{})
	k.must(k.RetireLate(t.Context(), l.Deployment.ID, l.State.Head.TakenUp()))
	k.active()
}

// noise is text that no store makes smaller.
func noise(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return base64.StdEncoding.EncodeToString(b)[:n]
}
