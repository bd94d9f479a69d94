package records_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/auditlog"
	"slipway/runner/graph"
	"slipway/runner/records"
	"slipway/runner/table"
)

// told are some entries about a subject.
func told(subject string, n int) []pipelines.Event {
	var out []pipelines.Event
	for i := range n {
		out = append(out, pipelines.Event{ID: fmt.Sprint("e", moments.Add(1)), At: noon.Add(time.Duration(i) * time.Second), Category: "Made", Subject: subject})
	}
	return out
}

// chain are a subject's entries by number. Each must belong to the one before.
func (k *kit) chain(subject string) []pipelines.Event {
	k.t.Helper()
	byNumber := map[int64]pipelines.Event{}
	for item, err := range table.All(k.t.Context(), k.table, table.Range{Partition: "audit"}) {
		k.must(err)
		var e pipelines.Event
		k.must(json.Unmarshal(item.Value, &e))
		if e.Subject != subject {
			continue
		}
		if claimed, has := auditlog.Claimed(item.Value); claimed != has || claimed != e.Hash || e.Hash == "" {
			k.t.Errorf("entry %s claims the hash %q and has %q", e.ID, claimed, has)
		}
		if _, twice := byNumber[e.Number]; twice {
			k.t.Errorf("two entries of %s have the number %d", subject, e.Number)
		}
		byNumber[e.Number] = e
	}
	var out []pipelines.Event
	for n := range int64(len(byNumber)) {
		e, there := byNumber[n+1]
		if !there || n > 0 && e.Previous != out[n-1].Hash || n == 0 && e.Previous != "" {
			k.t.Errorf("entry %d of %s is there: %v, behind %q", n+1, subject, there, e.Previous)
		}
		out = append(out, e)
	}
	return out
}

func TestEntriesStandInChains(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.must(k.Tell(t.Context(), told("Projects-1", 1)))
	k.must(k.Tell(t.Context(), append(told("Projects-1", 2), told("Users-1", 1)...), records.SetPassword("Users-1", "x")))
	k.must(k.Tell(t.Context(), told("Projects-1", 1)))
	k.must(k.Tell(t.Context(), nil, records.SetPassword("Users-2", "x")))
	for subject, want := range map[string]int{"Projects-1": 4, "Users-1": 1, "Users-2": 0} {
		if got := len(k.chain(subject)); got != want {
			t.Errorf("the chain of %s has %d entries, want %d", subject, got, want)
		}
	}
}

// TestAnySubjectHasAChain: what a subject is may have been typed by anybody.
func TestAnySubjectHasAChain(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	for _, subject := range []string{"", "packages/a b.zip", strings.Repeat("long", 500), "a\x00b", "sha256:x", "ü/../.."} {
		k.must(k.Tell(t.Context(), told(subject, 1)[:1:1]))
		k.must(k.Tell(t.Context(), []pipelines.Event{{ID: fmt.Sprint("second-", moments.Add(1)), At: noon, Subject: subject}}))
		if got := len(k.chain(subject)); got != 2 {
			t.Errorf("the chain of %.20q has %d entries, want 2", subject, got)
		}
	}
}

// TestManyTellOfOneSubject at the same moment: nobody is turned away, and no two
// entries stand at one place.
func TestManyTellOfOneSubject(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	const people, each = 20, 5
	var all sync.WaitGroup
	for range people {
		all.Go(func() {
			for range each {
				if err := k.Tell(t.Context(), []pipelines.Event{{ID: fmt.Sprint("e", moments.Add(1)), At: noon, Subject: "Users-Nobody"}}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if got := len(k.chain("Users-Nobody")); got != people*each {
		t.Errorf("the chain has %d entries, want %d", got, people*each)
	}
}

// TestAConflictOfTheActIsTheActs: it goes to the caller, and nothing is told.
func TestAConflictOfTheActIsTheActs(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.must(k.Tell(t.Context(), told("Projects-1", 1)))
	taken := records.APIKey{ID: "k", Hash: "h", UserID: "Users-1"}
	k.write(records.AddAPIKey(taken)...)
	if err := k.Tell(t.Context(), told("Projects-1", 1), records.AddAPIKey(taken)...); !records.Conflict(err) {
		t.Errorf("an act that somebody else has done = %v, want a conflict", err)
	}
	if got := len(k.chain("Projects-1")); got != 1 {
		t.Errorf("the chain has %d entries, want 1", got)
	}
}

// TestADeploymentIsOneChain from what was asked to its end.
func TestADeploymentIsOneChain(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	id, take, err := k.NextDeployment(t.Context())
	k.must(err)
	d := pipelines.Deployment{
		ID: id, ProjectID: "Projects-1", Project: "Quotes", ReleaseID: "Releases-1", Release: "1.0.0",
		EnvironmentID: "Environments-1", Environment: "Dev", Created: noon, Status: pipelines.Queued,
	}
	_, err = k.AddDeployment(t.Context(), records.Request{
		Deployment: d, Plan: planOf(d, 1, 1), Take: take, At: noon, EventID: "start",
		Told: []pipelines.Event{{ID: "queued", At: noon, Category: "DeploymentQueued", Subject: id}},
	})
	k.must(err)
	k.must(k.Tell(t.Context(), []pipelines.Event{{ID: "refused", At: noon, Category: "Refused", Subject: id}}))
	_, changed, err := k.Turn(t.Context(), k.loaded(id), []graph.Event{{ID: "end", At: noon.Add(time.Minute), Of: reported(0)}},
		records.Also{Told: []pipelines.Event{{ID: "beside", At: noon, Category: "Beside", Subject: "Projects-1"}}})
	if err != nil || !changed {
		t.Fatalf("Turn = %v, %v", changed, err)
	}
	var got []string
	for _, e := range k.chain(id) {
		got = append(got, e.Category)
	}
	if want := "DeploymentQueued DeploymentStarted Refused DeploymentSucceeded"; strings.Join(got, " ") != want {
		t.Errorf("the deployment's chain is %s, want %s", got, want)
	}
	if len(k.chain("Projects-1")) != 1 {
		t.Error("what was told with the turn is not there")
	}
}

// TestAnEffectIsNotBeforeItsCause: what a write brings to one chain is dated in its
// order, though the order was noted a moment later than what came of it.
func TestAnEffectIsNotBeforeItsCause(t *testing.T) {
	t.Parallel()
	for _, noted := range []time.Duration{0, 8 * time.Microsecond, time.Second} {
		k := newKit(t)
		id, take, err := k.NextDeployment(t.Context())
		k.must(err)
		d := pipelines.Deployment{
			ID: id, ProjectID: "Projects-1", Project: "Quotes", ReleaseID: "Releases-1", Release: "1.0.0",
			EnvironmentID: "Environments-1", Environment: "Dev", Created: noon, Status: pipelines.Queued,
		}
		_, err = k.AddDeployment(t.Context(), records.Request{
			Deployment: d, Plan: planOf(d, 1, 1), Take: take, At: noon, EventID: "start",
			Told: []pipelines.Event{{ID: "queued", At: noon.Add(noted), Category: "DeploymentQueued", Subject: id}},
		})
		k.must(err)
		listed, err := k.AuditLog(t.Context(), time.Time{}, 10)
		k.must(err)
		var got []string
		for _, e := range listed {
			got = append(got, fmt.Sprint(e.Number, " ", e.Category))
		}
		if want := "2 DeploymentStarted, 1 DeploymentQueued"; strings.Join(got, ", ") != want {
			t.Errorf("noted %s later: newest first the log is %s, want %s", noted, strings.Join(got, ", "), want)
		}
	}
}

// TestEntriesFromBeforeTheChains are read as ever, in the form in which they
// were stored then; what comes after them begins the chain.
func TestEntriesFromBeforeTheChains(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	const stored = `{"id":"old","at":"2026-03-01T11:30:00Z","category":"Modified","subject":"Projects-1","userId":"Users-1","username":"anna","via":"session","message":"changed project \u003cWeb\u003e","related":["Projects-1"],"details":{"lines":"+ a"}}`
	k.write(table.Create(table.Key{Partition: "audit", Sort: "2026-03-01T11:30:00.000000000Z/old"}, []byte(stored)))
	k.must(k.Tell(t.Context(), []pipelines.Event{{ID: "new", At: noon, Subject: "Projects-1"}}))
	log, err := k.AuditLog(t.Context(), time.Time{}, 10)
	k.must(err)
	if len(log) != 2 || log[1].Message != "changed project <Web>" || log[1].Number != 0 || log[1].Hash != "" || log[0].Number != 1 || log[0].Previous != "" {
		t.Errorf("the log is %+v", log)
	}
}
