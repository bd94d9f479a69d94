package records_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/auditlog"
	"slipway/runner/records"
	"slipway/runner/table"
)

// longLog tells of many things, some of them rare, over some days.
func (k *kit) longLog(entries int) {
	k.t.Helper()
	for n := 0; n < entries; n += 40 {
		var told []pipelines.Event
		for i := n; i < min(n+40, entries); i++ {
			e := pipelines.Event{
				ID: fmt.Sprintf("e%06d", i), At: noon.Add(time.Duration(i) * time.Minute), Category: []string{"DeploymentQueued", "DeploymentSucceeded", "Modified"}[i%3],
				Subject: fmt.Sprint("Deployments-", i/3), Project: fmt.Sprint("Projects-", i%3), Environment: fmt.Sprint("Environments-", i/700),
				Username: fmt.Sprint("Person", i%4), UserID: fmt.Sprint("Users-", i%4), Related: []string{fmt.Sprint("Releases-", i/9)},
			}
			switch {
			case i%997 == 5:
				e.Username, e.UserID, e.Category = "Straße", "Users-99", "LoginFailed"
			case i%1503 == 7: // in the form of the first versions
				e.Project, e.Environment, e.Related = "", "", []string{"Projects-77", "Environments-77"}
			}
			told = append(told, e)
		}
		k.must(k.Tell(k.t.Context(), told))
	}
}

func (k *kit) settle(enough bool) {
	k.t.Helper()
	k.must(k.SettleAudit(k.t.Context(), k.now, func() bool { return enough }))
}

// found are the ids of what is asked for, and how many lines were read for it.
func (k *kit) found(s records.AuditSpan, asked records.AuditAsked) (ids []string, read int) {
	k.t.Helper()
	for line, err := range k.AuditLinesFor(k.t.Context(), s, asked) {
		k.must(err)
		if line.Line == nil {
			continue
		}
		read++
		var e pipelines.Event
		k.must(json.Unmarshal(line.Line, &e))
		if asked.Matches(e) && inPlaces(asked.Places, e) {
			ids = append(ids, e.ID)
		}
	}
	return ids, read
}

// foundPlainly is found without the blocks.
func (k *kit) foundPlainly(s records.AuditSpan, asked records.AuditAsked) (ids []string) {
	k.t.Helper()
	for line, err := range k.AuditLines(k.t.Context(), s) {
		k.must(err)
		var e pipelines.Event
		k.must(json.Unmarshal(line.Line, &e))
		if asked.Matches(e) && inPlaces(asked.Places, e) {
			ids = append(ids, e.ID)
		}
	}
	return ids
}

func inPlaces(places []string, e pipelines.Event) bool {
	return places == nil || slices.Contains(places, auditlog.ProjectOf(e)) || slices.Contains(places, auditlog.EnvironmentOf(e))
}

func (k *kit) blockRows() (keys []table.Key) {
	k.t.Helper()
	for item, err := range table.All(k.t.Context(), k.table, table.Range{Partition: "audit-blocks"}) {
		k.must(err)
		keys = append(keys, item.Key)
	}
	return keys
}

// TestBlocksHideNothing: whatever is asked for, of whatever span, comes out as it
// does when every entry is read.
func TestBlocksHideNothing(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	const entries = 3300
	k.longLog(entries)
	k.settle(false)
	if n := len(k.blockRows()); n < 5 {
		t.Fatalf("%d blocks", n)
	}
	dice := rand.New(rand.NewPCG(1, 2))
	perhaps := func(of ...string) string {
		if dice.IntN(2) == 0 {
			return ""
		}
		return of[dice.IntN(len(of))]
	}
	moment := func() time.Time {
		if dice.IntN(2) == 0 {
			return time.Time{}
		}
		return noon.Add(time.Duration(dice.IntN(entries)) * time.Minute)
	}
	passed := 0
	for range 150 {
		var asked records.AuditAsked
		asked.Person = perhaps("person1", "PERSON2", "Users-3", "STRAßE", "Users-99", "nobody")
		asked.Kind = perhaps("sign-in", "deployment", "LoginFailed", "Modified", "decision")
		asked.Project, asked.Environment = perhaps("Projects-1", "Projects-77", "Projects-99"), perhaps("Environments-0", "Environments-3", "Environments-77")
		asked.Subject = perhaps("Deployments-500", "Releases-1", "Projects-77", "nothing")
		if dice.IntN(4) == 0 {
			asked.Places = []string{"Projects-77", "Environments-2"}[:dice.IntN(3)]
		}
		span := records.AuditSpan{Since: moment(), Until: moment()}
		if dice.IntN(3) == 0 {
			at := dice.IntN(entries)
			span.After = noon.Add(time.Duration(at)*time.Minute).Format("2006-01-02T15:04:05.000000000Z") + fmt.Sprintf("/e%06d", at)
		}
		got, read := k.found(span, asked)
		if want := k.foundPlainly(span, asked); !slices.Equal(got, want) {
			t.Errorf("%+v in %+v: found %v, want %v", asked, span, got, want)
		}
		if read < entries/2 {
			passed++
		}
	}
	if passed == 0 {
		t.Error("nothing was ever passed by")
	}
}

// TestRareThingsAreFoundWithoutReadingTheLog, those that never met as well.
func TestRareThingsAreFoundWithoutReadingTheLog(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	const entries = 3300
	k.longLog(entries)
	k.settle(false)
	_, tail := k.found(records.AuditSpan{}, records.AuditAsked{Filter: auditlog.Filter{Person: "nobody"}})
	if tail > 1000 { // what is in no block is read by everybody
		t.Errorf("%d entries are in no block", tail)
	}
	for _, c := range []struct {
		asked  records.AuditAsked
		blocks int // at most
	}{
		{records.AuditAsked{Filter: auditlog.Filter{Kind: "package"}}, 0},
		{records.AuditAsked{Filter: auditlog.Filter{Environment: "Environments-77"}}, 2},
		{records.AuditAsked{Filter: auditlog.Filter{Subject: "Deployments-100"}}, 2}, // one of them in vain
		{records.AuditAsked{Filter: auditlog.Filter{Person: "person1", Kind: "sign-in"}}, 0},
		{records.AuditAsked{Filter: auditlog.Filter{Project: "Projects-0", Environment: "Environments-77"}}, 0},
		{records.AuditAsked{Places: []string{}}, 0},
		{records.AuditAsked{Places: []string{"Projects-77"}}, 2},
	} {
		if _, read := k.found(records.AuditSpan{}, c.asked); read > tail+500*c.blocks {
			t.Errorf("%+v: read %d entries beyond the %d that are in no block, want those of %d blocks", c.asked, read-tail, tail, c.blocks)
		}
	}
}

// TestAnEntryThatComesLateIsFound, when a clock was set back for days.
func TestAnEntryThatComesLateIsFound(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.longLog(1700)
	k.settle(false)
	before := len(k.blockRows())
	late := pipelines.Event{ID: "late", At: noon.Add(100 * time.Minute), Category: "PackagePushed", Username: "late", Subject: "Packages/x"}
	k.must(k.Tell(t.Context(), []pipelines.Event{late}))
	for _, f := range []auditlog.Filter{{Person: "late"}, {Kind: "package"}, {Subject: "Packages/x"}, {Person: "late", Kind: "package"}} {
		if got, _ := k.found(records.AuditSpan{}, records.AuditAsked{Filter: f}); !slices.Equal(got, []string{"late"}) {
			t.Errorf("%+v finds %v", f, got)
		}
	}
	if after := len(k.blockRows()); after != before {
		t.Errorf("there were %d blocks, and are %d", before, after)
	}
}

// TestBlocksAreMadeOnce by many who look at the same time, and go on where they
// were left.
func TestBlocksAreMadeOnce(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.longLog(2200)
	k.settle(true)
	if n := len(k.blockRows()); n != 1 {
		t.Fatalf("%d blocks by one who had enough at once", n)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			other := records.New(k.table, k.blobs)
			if err := other.SettleAudit(t.Context(), k.now, func() bool { return false }); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	keys := k.blockRows()
	if len(keys) != 4 {
		t.Fatalf("%d blocks of 2200 entries, want 4: what is left is too new", len(keys))
	}
	k.settle(false)
	k.settle(false)
	if got := k.blockRows(); !slices.Equal(got, keys) {
		t.Errorf("the blocks are %v, and were %v", got, keys)
	}
}

// TestADamagedBlockHidesNothing.
func TestADamagedBlockHidesNothing(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.longLog(1700)
	k.settle(false)
	for i, key := range k.blockRows() {
		k.write(table.Put(key, []byte([]string{"{broken", `{"format":9}`, `{"format":1}`}[i%3])))
	}
	asked := records.AuditAsked{Filter: auditlog.Filter{Person: "straße"}}
	if got, _ := k.found(records.AuditSpan{}, asked); len(got) != 2 {
		t.Errorf("found %v", got)
	}
	k.must(k.Tell(t.Context(), []pipelines.Event{{ID: "late", At: noon, Category: "Made", Subject: "x"}}))
}
