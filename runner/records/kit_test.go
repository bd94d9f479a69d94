package records_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/steps"
	"slipway/pipelines/task"
	"slipway/runner/bolttable"
	"slipway/runner/diskblobs"
	"slipway/runner/graph"
	"slipway/runner/records"
	"slipway/runner/table"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// kit is records over real stores in a folder of the test's own.
type kit struct {
	*records.Records
	t     testing.TB
	table *bolttable.Table
	blobs *diskblobs.Store
	now   time.Time
	later atomic.Int64 // how much later than now it is for the table
}

func newKit(t testing.TB) *kit {
	t.Helper()
	dir := t.TempDir()
	k := &kit{t: t, now: noon}
	rows, err := bolttable.Open(filepath.Join(dir, "slipway.db"), func() time.Time { return k.now.Add(time.Duration(k.later.Load())) })
	k.must(err)
	t.Cleanup(func() { _ = rows.Close() })
	store, err := diskblobs.Open(filepath.Join(dir, "blobs"))
	k.must(err)
	k.table, k.blobs, k.Records = rows, store, records.New(rows, store)
	return k
}

func (k *kit) must(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
}

// write does changes that must succeed.
func (k *kit) write(changes ...records.Change) {
	k.t.Helper()
	k.must(k.Write(k.t.Context(), changes...))
}

func (k *kit) add(kind records.Kind, name string, with func(id string) any) string {
	k.t.Helper()
	changes, id, err := k.NewNoun(k.t.Context(), kind, name, func(id string, _ int) any { return with(id) })
	k.must(err)
	k.write(changes...)
	return id
}

// deployment stores one of a script step on n targets. It waits for its place,
// which somebody ahead of it has just left.
func (k *kit) deployment(n, window int) pipelines.Deployment {
	k.t.Helper()
	ahead := table.Key{Partition: "place/Projects-1/Environments-1", Sort: "waiting/0"}
	k.write(table.Put(ahead, []byte(`"Deployments-0"`)))
	d := k.asked(n, window)
	k.write(table.Remove(ahead))
	return d
}

// moments keep apart what is asked for at the same time.
var moments atomic.Int64

// asked stores a deployment as requests do.
func (k *kit) asked(n, window int) pipelines.Deployment {
	k.t.Helper()
	for {
		id, take, err := k.NextDeployment(k.t.Context())
		k.must(err)
		d := pipelines.Deployment{
			ID: id, ProjectID: "Projects-1", Project: "Quotes", ReleaseID: "Releases-1", Release: "1.0.0",
			EnvironmentID: "Environments-1", Environment: "Dev", Created: noon.Add(time.Duration(moments.Add(1))), Status: pipelines.Queued,
		}
		d, err = k.AddDeployment(k.t.Context(), records.Request{Deployment: d, Plan: planOf(d, n, window), Take: take, At: noon, EventID: "start-" + id})
		if errors.Is(err, records.ErrIDTaken) {
			continue
		}
		k.must(err)
		return d
	}
}

func planOf(d pipelines.Deployment, n, window int) plan.Plan {
	in := plan.Input{
		Deployment: d, Environment: pipelines.Environment{ID: d.EnvironmentID, Name: d.Environment}, Types: steps.Types(),
		Release: pipelines.Release{ID: d.ReleaseID, Number: d.Release, Project: pipelines.Project{Name: d.Project, Steps: []pipelines.Step{{
			Name: "wide", Roles: []string{"web"}, Window: fmt.Sprint(window), Action: pipelines.Action{Type: "script", Settings: []byte(`{"body":"echo"}`)},
		}}}},
	}
	for i := range n {
		in.Targets = append(in.Targets, pipelines.Target{ID: fmt.Sprintf("Machines-%d", i+1), Name: fmt.Sprintf("web-%04d", i+1), Roles: []string{"web"}, Environments: []string{d.Environment}, Pretend: "x"})
	}
	return plan.Make(in)
}

func (k *kit) load(id string) records.Loaded {
	k.t.Helper()
	l, err := k.Load(k.t.Context(), id)
	k.must(err)
	return l
}

func (k *kit) loaded(id string) *records.Loaded {
	k.t.Helper()
	l := k.load(id)
	return &l
}

// turn writes one turn that must be written.
func (k *kit) turn(l records.Loaded, happenings ...graph.Happening) records.Loaded {
	k.t.Helper()
	after, changed, err := k.Turn(k.t.Context(), &l, events(happenings...))
	k.must(err)
	if !changed {
		k.t.Fatalf("nothing followed from %+v", happenings)
	}
	return *after
}

func events(happenings ...graph.Happening) []graph.Event {
	var out []graph.Event
	for i, h := range happenings {
		out = append(out, graph.Event{ID: fmt.Sprint("e", i), At: noon.Add(time.Minute), Of: h})
	}
	return out
}

func reported(number int) graph.TaskReported {
	return graph.TaskReported{Task: number, Attempt: 1, Outcome: task.Succeeded, Outputs: map[string]string{"Path": "/srv/app/" + strings.Repeat("x", 20)}}
}
