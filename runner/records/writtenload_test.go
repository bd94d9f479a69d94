package records_test

import (
	"encoding/json"
	"testing"

	"slipway/runner/graph"
	"slipway/runner/records"
	"slipway/runner/table"
)

// another are records of the same store in another process.
func (k *kit) another() *records.Records { return records.New(k.table, k.blobs) }

// stands is all that a load tells of a deployment's journal.
func (k *kit) stands(from *records.Records, id string) string {
	k.t.Helper()
	l, err := from.Load(k.t.Context(), id)
	k.must(err)
	text, err := json.Marshal([]any{l.State, l.Revision, l.Asked, l.Spent, l.Deployment})
	k.must(err)
	return string(text)
}

// Who has put a turn together loads what everybody else loads.
func TestALoadIsTheSameForAll(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	d := k.deployment(3, 2)
	for _, happening := range []graph.Happening{graph.Started{}, reported(0), reported(1), reported(2), graph.Closed{}} {
		k.turn(k.load(d.ID), happening)
		other := k.another()
		if mine, theirs := k.stands(k.Records, d.ID), k.stands(other, d.ID); mine != theirs {
			t.Errorf("after %T who wrote it loads\n%s\nand others\n%s", happening, mine, theirs)
		}
	}
}

// A turn that was put together and lost against another one is nobody's.
func TestALoadIsNeverTheTurnThatLost(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	d := k.deployment(3, 3)
	l := k.turn(k.load(d.ID), graph.Started{})
	other := k.another()
	if _, changed, err := other.Turn(t.Context(), &l, events(reported(0))); !changed || err != nil {
		t.Fatalf("the other one: %v, %v", changed, err)
	}
	if _, changed, err := k.Turn(t.Context(), &l, events(reported(1))); changed || !records.Conflict(err) {
		t.Fatalf("the slower one: %v, %v; want a conflict", changed, err)
	}
	if mine, theirs := k.stands(k.Records, d.ID), k.stands(k.another(), d.ID); mine != theirs {
		t.Errorf("who lost loads\n%s\nwant\n%s", mine, theirs)
	}
	// And the next turn goes on from there.
	k.turn(k.load(d.ID), reported(2))
	if mine, theirs := k.stands(k.Records, d.ID), k.stands(k.another(), d.ID); mine != theirs {
		t.Errorf("after the next turn: who wrote it loads\n%s\nwant\n%s", mine, theirs)
	}
}

// What is stored has the last word, also where it is another thing under the
// same key.
func TestALoadReadsWhatIsStored(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	d := k.deployment(1, 1)
	k.turn(k.load(d.ID), graph.Started{})
	k.load(d.ID)
	k.write(table.Put(table.Key{Partition: "deployment/" + d.ID, Sort: "turn/0000000001"}, []byte("{damaged")))
	if _, err := k.Load(t.Context(), d.ID); err == nil {
		t.Error("a turn that is damaged is loaded as it was before")
	}
}

// Two that load one state and go on differently do not see each other.
func TestTwoLoadsOfOneStateAreApart(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	d := k.deployment(3, 3)
	k.turn(k.load(d.ID), graph.Started{})
	k.turn(k.load(d.ID), reported(0))
	one, two := k.load(d.ID), k.load(d.ID)
	before, err := json.Marshal(two)
	k.must(err)
	k.turn(one, reported(1))
	if after, _ := json.Marshal(two); string(after) != string(before) {
		t.Errorf("a turn of one load has changed another:\n%s\nwas\n%s", after, before)
	}
	if _, changed, err := k.Turn(t.Context(), &two, events(reported(2))); changed || !records.Conflict(err) {
		t.Errorf("the slower one: %v, %v; want a conflict", changed, err)
	}
}
