package records_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/graph"
	"slipway/runner/records"
	"slipway/runner/table"
)

// A deployment whose place is free is stored and started by one write.
func TestAFreePlaceIsTakenAtOnce(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	d := k.asked(1, 1)
	l := k.load(d.ID)
	if l.Revision != 1 || l.State.Head.Status != pipelines.Running || !slices.Equal(l.Asked, []string{"run-0-1"}) || d.Status != pipelines.Running {
		t.Fatalf("stored as %s at revision %d, %s, asking for %v; want running, 1, run-0-1", d.Status, l.Revision, l.State.Head.Status, l.Asked)
	}
	k.holds(d, d.ID)
	k.active(d.ID)
	second := k.asked(1, 1)
	k.holds(d, d.ID, second.ID)
	if l := k.load(second.ID); l.Revision != 0 || l.State.Head.Status != pipelines.Queued {
		t.Errorf("the second is %s at revision %d, want queued, 0", l.State.Head.Status, l.Revision)
	}
	k.turn(l, reported(0))
	k.holds(d, "", second.ID)
	if third := k.asked(1, 1); k.load(third.ID).State.Head.Status != pipelines.Queued {
		t.Error("the third overtook the second, which waits")
	}
}

func TestOneOfManyTakesThePlace(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	var all sync.WaitGroup
	ids := make([]string, 20)
	for i := range ids {
		all.Go(func() { ids[i] = k.asked(1, 1).ID })
	}
	all.Wait()
	running := 0
	for _, id := range ids {
		if k.load(id).State.Head.Status == pipelines.Running {
			running++
		}
	}
	if running != 1 {
		t.Errorf("%d of %d run, want 1", running, len(ids))
	}
}

func TestOnceIsOnce(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	add := func() error {
		for {
			id, take, err := k.NextDeployment(t.Context())
			if err != nil {
				return err
			}
			d := pipelines.Deployment{ID: id, ProjectID: "Projects-1", ReleaseID: "Releases-9", EnvironmentID: "Environments-1", Environment: "Dev", Created: noon.Add(time.Duration(moments.Add(1))), Status: pipelines.Queued}
			_, err = k.AddDeployment(t.Context(), records.Request{Deployment: d, Plan: planOf(d, 1, 1), Take: take, At: noon, EventID: id, Once: true})
			if !errors.Is(err, records.ErrIDTaken) {
				return err
			}
		}
	}
	var all sync.WaitGroup
	results := make([]error, 10)
	for i := range results {
		all.Go(func() { results[i] = add() })
	}
	all.Wait()
	added := 0
	for _, err := range results {
		switch {
		case err == nil:
			added++
		case !errors.Is(err, records.ErrOnce):
			t.Error(err)
		}
	}
	if added != 1 {
		t.Errorf("added %d times, want once", added)
	}
}

// Closing is one small turn. Where a row more costs nothing, that turn takes the
// deployment off the list; elsewhere another small write does.
func TestRetiredIsNoLongerActive(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	d := k.asked(1, 1)
	l := k.turn(k.load(d.ID), reported(0))
	k.active(d.ID)
	k.turn(l, graph.Closed{})
	k.active()
	k.must(k.Retire(t.Context(), d.ID, 0))

	k.Records = records.New(struct{ table.Table }{k.table}, k.blobs)
	d = k.asked(1, 1)
	l = k.turn(k.turn(k.load(d.ID), reported(0)), graph.Closed{})
	k.active(d.ID)
	for range 2 {
		k.must(k.Retire(t.Context(), d.ID, 0))
	}
	k.active()
	if !l.State.Head.Closed {
		t.Error("not closed")
	}
}
