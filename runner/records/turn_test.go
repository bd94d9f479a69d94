package records_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/task"
	"slipway/runner/graph"
	"slipway/runner/records"
	"slipway/runner/table"
)

func TestADeploymentFromQueueToEnd(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	d := k.deployment(1, 1)
	if l := k.load(d.ID); l.Revision != 0 || l.State.Head.Status != pipelines.Queued || l.Plan.Tasks() != 1 {
		t.Fatalf("before the first turn: %+v", l)
	}
	k.holds(d, "", d.ID)
	l := k.turn(k.load(d.ID), graph.Started{})
	k.holds(d, d.ID)
	if back, err := k.Deployment(t.Context(), d.ID); err != nil || back.Status != pipelines.Running || back.Started == nil || !back.Started.Equal(l.State.Head.Started) {
		t.Errorf("after the start it is kept as %+v (%v)", back, err)
	}
	l = k.turn(l, reported(0))
	k.holds(d, "")
	back, err := k.Deployment(t.Context(), d.ID)
	if err != nil || back.Status != pipelines.Succeeded || back.Finished == nil {
		t.Errorf("after the end it is kept as %+v (%v)", back, err)
	}
	succeeded, err := k.Succeeded(t.Context(), d.ReleaseID)
	k.must(err)
	if !succeeded[d.EnvironmentID] || len(succeeded) != 1 {
		t.Errorf("Succeeded = %v", succeeded)
	}
	current, err := k.Current(t.Context(), d.ProjectID)
	k.must(err)
	if len(current) != 1 || current[0].Newest.Status != pipelines.Succeeded || current[0].Live == nil || current[0].Live.ID != d.ID {
		t.Errorf("Current = %+v", current)
	}
	k.active(d.ID)
	k.turn(l, graph.Closed{})
	if l := k.load(d.ID); l.Revision != 3 || !l.State.Head.Closed {
		t.Errorf("loaded at revision %d, closed %v", l.Revision, l.State.Head.Closed)
	}
}

func (k *kit) holds(d pipelines.Deployment, holder string, queue ...string) {
	k.t.Helper()
	gotHolder, err := k.Holder(k.t.Context(), d)
	k.must(err)
	gotQueue, err := k.Queue(k.t.Context(), d)
	k.must(err)
	if gotHolder != holder || !slices.Equal(gotQueue, queue) {
		k.t.Errorf("place of %s: held by %q with %v waiting, want %q and %v", d.ID, gotHolder, gotQueue, holder, queue)
	}
}

func (k *kit) active(want ...string) {
	k.t.Helper()
	if got, err := k.Active(k.t.Context()); err != nil || !slices.Equal(got, want) {
		k.t.Errorf("Active = %v (%v), want %v", got, err, want)
	}
}

func TestAFailureReplacesNothing(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	good, bad := k.deployment(1, 1), k.deployment(1, 1)
	k.turn(k.turn(k.turn(k.load(good.ID), graph.Started{}), reported(0)), graph.Closed{})
	k.turn(k.turn(k.load(bad.ID), graph.Started{}), graph.TaskReported{Task: 0, Attempt: 1, Outcome: task.Failed, Message: "no"})
	current, err := k.Current(t.Context(), good.ProjectID)
	k.must(err)
	if current[0].Newest.ID != bad.ID || current[0].Newest.Status != pipelines.Failed || current[0].Live.ID != good.ID {
		t.Errorf("Current = %+v, want %s live and %s the newest", current[0], good.ID, bad.ID)
	}
}

// TestACancelInTheQueueTakesNoPlace: it never held one, so it frees none.
func TestACancelInTheQueueTakesNoPlace(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	first, second := k.deployment(1, 1), k.deployment(1, 1)
	k.turn(k.load(first.ID), graph.Started{})
	k.turn(k.load(second.ID), graph.CancelAsked{Called: "Stella"})
	k.holds(first, first.ID)
	if l := k.load(second.ID); l.State.Head.Status != pipelines.Cancelled {
		t.Errorf("the second is %s", l.State.Head.Status)
	}
}

func TestTwoRaceForOnePlace(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	var loaded []records.Loaded
	for range 8 {
		loaded = append(loaded, k.load(k.deployment(1, 1).ID))
	}
	var won atomic.Int32
	var all sync.WaitGroup
	for _, l := range loaded {
		all.Go(func() {
			_, changed, err := k.Turn(t.Context(), &l, events(graph.Started{}))
			if err == nil && changed {
				won.Add(1)
			} else if !records.Conflict(err) {
				t.Errorf("Turn = %v, %v; want a conflict", changed, err)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 {
		t.Errorf("%d deployments took one place", won.Load())
	}
}

func TestTwoWritersOneWins(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	d := k.deployment(4, 4)
	l := k.turn(k.load(d.ID), graph.Started{})
	first, second := k.load(d.ID), k.load(d.ID)
	k.turn(first, reported(0))
	after, changed, err := k.Turn(t.Context(), &second, events(reported(1)))
	if !records.Conflict(err) || changed || after.Revision != l.Revision {
		t.Errorf("the slower writer: %v, revision %d, %v; want a conflict and the state it had", changed, after.Revision, err)
	}
	if l := k.load(d.ID); l.Revision != 2 || l.State.Head.Steps[0].Done != 1 {
		t.Errorf("revision %d with %d done, want 2 with 1", l.Revision, l.State.Head.Steps[0].Done)
	}
}

func TestATurnFromWhichNothingFollowsIsNotWritten(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	d := k.deployment(2, 2)
	l := k.turn(k.turn(k.load(d.ID), graph.Started{}), reported(0))
	also := records.Also{Changes: []records.Change{records.SetPassword("Users-1", "written")}}
	if _, changed, err := k.Turn(t.Context(), &l, events(reported(0)), also); changed || err != nil {
		t.Errorf("a report that came twice: %v, %v", changed, err)
	}
	if hash, err := k.Password(t.Context(), "Users-1"); hash != "" || err != nil {
		t.Errorf("what should go with the turn was written without it: %q, %v", hash, err)
	}
	if _, changed, err := k.Turn(t.Context(), &l, nil); changed || err != nil {
		t.Errorf("no event: %v, %v", changed, err)
	}
	k.turn2(l, also)
}

// turn2 writes a turn together with another change.
func (k *kit) turn2(l records.Loaded, also records.Also) {
	k.t.Helper()
	_, changed, err := k.Turn(k.t.Context(), &l, events(reported(1)), also)
	k.must(err)
	if hash, _ := k.Password(k.t.Context(), "Users-1"); !changed || hash != "written" {
		k.t.Errorf("the change beside the turn is %q", hash)
	}
}

func TestHappenTriesAgain(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	const targets = 12
	d := k.deployment(targets, targets)
	k.turn(k.load(d.ID), graph.Started{})
	var all sync.WaitGroup
	for number := range targets {
		all.Go(func() {
			_, changed, err := k.Happen(t.Context(), d.ID, func(records.Loaded) ([]graph.Event, records.Also, error) {
				return events(reported(number)), records.Also{}, nil
			})
			if err != nil || !changed {
				t.Errorf("Happen = %v, %v", changed, err)
			}
		})
	}
	all.Wait()
	if l := k.load(d.ID); l.State.Head.Steps[0].Done != targets || l.State.Head.Status != pipelines.Succeeded {
		t.Errorf("%d done, %s", l.State.Head.Steps[0].Done, l.State.Head.Status)
	}
	refused := errors.New("no")
	if _, changed, err := k.Happen(t.Context(), d.ID, func(records.Loaded) ([]graph.Event, records.Also, error) { return nil, records.Also{}, refused }); err != refused || changed {
		t.Errorf("Happen = %v, %v; want the refusal", changed, err)
	}
	if _, _, err := k.Happen(t.Context(), "Deployments-99", nil); pipelines.CodeOf(err) != pipelines.NotFound {
		t.Errorf("Happen to nothing = %v", err)
	}
	_, _, err := k.Happen(t.Context(), d.ID, func(l records.Loaded) ([]graph.Event, records.Also, error) {
		return events(graph.Closed{}), records.Also{Changes: []records.Change{table.Create(table.Key{Partition: "deployment/" + d.ID, Sort: "record"}, []byte("1"))}}, nil
	})
	if pipelines.CodeOf(err) != pipelines.Unavailable {
		t.Errorf("Happen that never succeeds = %v, want unavailable", err)
	}
}

// TestLoadIsTheReplayOfTheJournal compares, at every turn of a long deployment,
// what Load finds with advancing everything from the beginning.
func TestLoadIsTheReplayOfTheJournal(t *testing.T) {
	t.Parallel()
	for _, turns := range []int{70, 210} {
		t.Run(fmt.Sprint(turns, " turns"), func(t *testing.T) {
			t.Parallel()
			k := newKit(t)
			d := k.deployment(turns+5, 3)
			l := k.turn(k.load(d.ID), graph.Started{})
			replayed := graph.Begin(l.Plan)
			replayed = advance(t, l, replayed, events(graph.Started{}))
			for number := range turns {
				l = k.turn(l, reported(number))
				replayed = advance(t, l, replayed, events(reported(number)))
				k.same(l, replayed)
			}
			journal, err := k.Journal(t.Context(), d.ID)
			k.must(err)
			again := graph.Begin(l.Plan)
			for i, turn := range journal {
				if turn.Revision != int64(i+1) {
					t.Fatalf("turn %d of the journal has revision %d", i, turn.Revision)
				}
				again = advance(t, l, again, turn.Events)
			}
			k.same(l, again)
			k.losing(l)
		})
	}
}

// losing takes parts of the newest snapshot away, as a crash in the middle
// would, and loads again.
func (k *kit) losing(l records.Loaded) {
	k.t.Helper()
	newest := l.Revision / 64 * 64
	prefix := fmt.Sprintf("turn/%010d/part/", newest)
	page, err := k.table.Query(k.t.Context(), table.Range{Partition: "deployment/" + l.Deployment.ID, Prefix: prefix})
	k.must(err)
	if len(page.Items) != len(l.State.Parts) {
		k.t.Fatalf("the snapshot at turn %d has %d parts, want %d", newest, len(page.Items), len(l.State.Parts))
	}
	for _, item := range page.Items {
		k.must(k.table.Write(k.t.Context(), table.Remove(item.Key)))
		k.same(l, l.State)
	}
}

func advance(t *testing.T, l records.Loaded, s graph.State, events []graph.Event) graph.State {
	t.Helper()
	for _, e := range events {
		next, _, err := graph.Advance(l.Plan, s, e)
		if err != nil {
			t.Fatal(err)
		}
		s = next
	}
	return s
}

// same loads and compares with a state, as it would be stored.
func (k *kit) same(l records.Loaded, want graph.State) {
	k.t.Helper()
	got := k.load(l.Deployment.ID)
	if got.Revision != l.Revision {
		k.t.Fatalf("loaded revision %d, want %d", got.Revision, l.Revision)
	}
	for _, pair := range [][2]any{{got.State.Head, want.Head}, {got.State.Parts, want.Parts}} {
		a, err := json.Marshal(pair[0])
		k.must(err)
		b, err := json.Marshal(pair[1])
		k.must(err)
		if !reflect.DeepEqual(a, b) {
			k.t.Fatalf("at revision %d Load gives\n%s\nwant\n%s", got.Revision, a, b)
		}
	}
}

// TestItemsStaySmallAtFullWidth runs a step on 2,000 targets in windows of 200,
// reports coming in together, and looks at everything that was stored.
func TestItemsStaySmallAtFullWidth(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	const targets, window = 2000, 200
	d := k.deployment(targets, window)
	l := k.turn(k.load(d.ID), graph.Started{})
	for from := 0; from < targets; from += window {
		var together []graph.Happening
		for number := from; number < from+window; number++ {
			together = append(together, reported(number))
		}
		l = k.turn(l, together...)
	}
	if l.State.Head.Status != pipelines.Succeeded {
		t.Fatalf("the deployment is %s", l.State.Head.Status)
	}
	k.same(l, l.State)
	largest := 0
	for item, err := range table.All(t.Context(), k.table, table.Range{Partition: "deployment/" + d.ID}) {
		k.must(err)
		largest = max(largest, len(item.Value))
	}
	t.Logf("largest item at %d targets: %d bytes", targets, largest)
	if largest > table.MaxItem {
		t.Errorf("an item has %d bytes, the most is %d", largest, table.MaxItem)
	}
}

func TestATurnOfANewerProgramIsRefused(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	d := k.deployment(1, 1)
	k.must(k.table.Write(t.Context(), table.Create(table.Key{Partition: "deployment/" + d.ID, Sort: "turn/0000000001"}, []byte(`{"format":2,"revision":1}`))))
	if _, err := k.Load(context.Background(), d.ID); pipelines.CodeOf(err) != pipelines.Unavailable || !strings.Contains(err.Error(), "use the newer program") {
		t.Errorf("Load = %v", err)
	}
}
