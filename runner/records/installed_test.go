package records

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
	"slipway/runner/blobs"
	"slipway/runner/bolttable"
	"slipway/runner/diskblobs"
	"slipway/runner/graph"
	"slipway/runner/table"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func stores(t testing.TB) *Records {
	t.Helper()
	dir := t.TempDir()
	rows, err := bolttable.Open(filepath.Join(dir, "slipway.db"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = rows.Close() })
	store, err := diskblobs.Open(filepath.Join(dir, "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	return New(rows, store)
}

// installing is a plan of steps that install a package each on n targets.
func installing(version string, n int, steps ...string) plan.Plan {
	var p plan.Plan
	for i, name := range steps {
		s := plan.Step{Name: name, Kind: plan.OnHosts, First: i * n, Package: &task.Package{ID: "Shop", Version: version}}
		for k := range n {
			s.Targets = append(s.Targets, plan.Target{ID: fmt.Sprintf("Machines-%d", k+1), Name: fmt.Sprintf("web-%d", k+1)})
		}
		p.Steps = append(p.Steps, s)
	}
	return p
}

func (r *Records) finishes(t testing.TB, number int, project string, p plan.Plan, tasks ...graph.TaskState) []Change {
	t.Helper()
	at := noon.AddDate(0, 0, number)
	d := pipelines.Deployment{ID: fmt.Sprintf("Deployments-%d", number), ProjectID: project, EnvironmentID: "Environments-1", Finished: &at}
	state := graph.State{}
	for left := tasks; len(left) > 0; left = left[min(len(left), graph.PartSize):] {
		state.Parts = append(state.Parts, graph.Part{Tasks: left[:min(len(left), graph.PartSize)]})
	}
	changes, err := r.installs(t.Context(), p, d, state, at)
	if err == nil {
		err = r.Write(t.Context(), changes...)
	}
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

func put(status pipelines.Status, dirs ...string) graph.TaskState {
	x := graph.TaskState{Status: status, Attempt: max(1, len(dirs))}
	for _, d := range dirs {
		x.Installed = append(x.Installed, graph.Folder{Directory: d})
	}
	return x
}

func (r *Records) laneOf(t testing.TB, step, target string) []task.Installed {
	t.Helper()
	all, err := r.Installed(t.Context(), "Projects-1", "Environments-1", Lane{Step: step, TargetID: target})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestTheJournalOfALane(t *testing.T) {
	t.Parallel()
	r := stores(t)
	if made := r.finishes(t, 1, "Projects-1", installing("1", 1, "Web"), put(pipelines.Failed)); len(made) != 0 {
		t.Errorf("nothing was installed, and %d items were written", len(made))
	}
	if made := r.finishes(t, 2, "Projects-1", installing("1", 1, "Web"), put(pipelines.Succeeded, "/1", "/1_1")); len(made) != 1 {
		t.Errorf("%d items were written, want one", len(made))
	}
	r.finishes(t, 3, "Projects-1", installing("2", 1, "web"), put(pipelines.Failed, "/2"))
	r.finishes(t, 4, "Projects-1", installing("3", 1, "Web"), put(pipelines.Unknown))
	gone := put(pipelines.Succeeded, "/4")
	gone.Retired = []string{"/1"}
	r.finishes(t, 5, "Projects-1", installing("4", 1, "Web"), gone)
	var got []string
	for _, e := range r.laneOf(t, "WEB", "Machines-1") {
		got = append(got, fmt.Sprintf("%s %s %s %v", e.Deployment, e.Version, e.Directory, e.Succeeded))
	}
	want := []string{"Deployments-5 4 /4 true", "Deployments-4 3  false", "Deployments-3 2 /2 false", "Deployments-2 1 /1_1 true"}
	if !slices.Equal(got, want) {
		t.Errorf("the lane is\n%q, want\n%q", got, want)
	}
}

// A folder's name that is free again may be another lane's by now.
func TestWhatOtherLanesHave(t *testing.T) {
	t.Parallel()
	r := stores(t)
	r.finishes(t, 1, "Projects-1", installing("1", 2, "Web", "Api"),
		put(pipelines.Succeeded, "/web"), put(pipelines.Succeeded, "/web"), put(pipelines.Succeeded, "/api"), put(pipelines.Succeeded, "/api2"))
	r.finishes(t, 2, "Projects-2", installing("1", 1, "Web"), put(pipelines.Succeeded, "/other"))
	got, err := r.Elsewhere(t.Context(), "Projects-1", "Environments-1", Lane{Step: "web", TargetID: "Machines-1"})
	if err != nil || len(got) != 2 || !got["/api"] || !got["/other"] {
		t.Errorf("others have %v, %v; want /api and /other", got, err)
	}
}

// A journal of thousands of lanes lies in a blob, which is read and decoded once, not for each order.
func TestAJournalOfMany(t *testing.T) {
	t.Parallel()
	r := stores(t)
	const targets, steps = 2000, 4
	var names []string
	for i := range steps {
		names = append(names, fmt.Sprint("Step ", i))
	}
	for number := range 2 {
		tasks := make([]graph.TaskState, targets*steps)
		for i := range tasks {
			tasks[i] = put(pipelines.Succeeded, fmt.Sprintf("/home/deploy/Applications/%x/Shop/1.0.%d_%d", sha256.Sum256(fmt.Append(nil, i)), number, i/targets))
		}
		r.finishes(t, number+1, "Projects-1", installing(fmt.Sprint(number), targets, names...), tasks...)
	}
	read := &countedGets{Blobs: r.blobs}
	later := New(r.table, read)
	for i := range 1000 {
		if n := len(later.laneOf(t, "step 3", fmt.Sprintf("Machines-%d", i+1))); n != 2 {
			t.Fatalf("a lane has %d entries, want 2", n)
		}
	}
	if n := read.gets.Load(); n != 1 {
		t.Errorf("1000 lanes took %d reads of a blob, want 1", n)
	}
}

type countedGets struct {
	blobs.Blobs
	gets atomic.Int32
}

func (c *countedGets) Get(ctx context.Context, name string) (io.ReadCloser, blobs.Info, error) {
	c.gets.Add(1)
	return c.Blobs.Get(ctx, name)
}

// However many lanes there are, a journal has its bounds, and each lane keeps its newest entries.
func TestAJournalStaysBounded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ lanes, entries, wantLanes, want int }{
		{lanes: 10, entries: 2 * mostEntries, wantLanes: 10, want: mostEntries},
		{lanes: 10_000, entries: 12, wantLanes: 10_000, want: mostInAll / 10_000},
		{lanes: 24_000, entries: 8, wantLanes: 24_000, want: fewestLane},
		{lanes: mostLanes + 1, entries: fewestLane + 1, wantLanes: mostLanes, want: fewestLane},
	} {
		j := journal{Lanes: make([]lane, c.lanes)}
		newestFirst := make([]task.Installed, c.entries)
		for i := range newestFirst {
			newestFirst[i].At = noon.Add(-time.Duration(i) * time.Hour)
		}
		for i := range j.Lanes {
			j.Lanes[i].Installed = newestFirst
		}
		j.bound()
		if got := len(j.Lanes); got != c.wantLanes {
			t.Errorf("of %d lanes %d are kept, want %d", c.lanes, got, c.wantLanes)
		}
		for _, l := range j.Lanes {
			if got := l.Installed; len(got) != c.want || !got[0].At.Equal(noon) {
				t.Fatalf("with %d lanes one keeps %d of %d entries, want the newest %d", c.lanes, len(got), c.entries, c.want)
			}
		}
	}
}

// Of two deployments that end one after the other in different processes each
// sees what the other has written.
func TestAJournalIsNotReadFromMemoryWhenItChanged(t *testing.T) {
	t.Parallel()
	r := stores(t)
	other := New(r.table, r.blobs)
	r.finishes(t, 1, "Projects-1", installing("1", 1, "Web"), put(pipelines.Succeeded, "/1"))
	r.laneOf(t, "Web", "Machines-1")
	other.finishes(t, 2, "Projects-1", installing("2", 1, "Web"), put(pipelines.Succeeded, "/2"))
	if got := r.laneOf(t, "Web", "Machines-1"); len(got) != 2 || got[0].Directory != "/2" {
		t.Errorf("the lane is %+v", got)
	}
}

// Journals of before are read as they were written.
func TestAStoredJournal(t *testing.T) {
	t.Parallel()
	r := stores(t)
	stored := `{"lanes":[{"step":"Web","target":"Machines-1","installed":[{"deployment":"Deployments-1","package":"Shop","version":"1","directory":"/1","succeeded":true,"at":"2026-03-01T12:00:00Z"}]}]}`
	if err := r.Write(t.Context(), table.Put(installedKey("Projects-1", "Environments-1"), []byte(stored))); err != nil {
		t.Fatal(err)
	}
	if got := r.laneOf(t, "web", "Machines-1"); len(got) != 1 || got[0].Directory != "/1" || !got[0].Succeeded {
		t.Errorf("the lane is %+v", got)
	}
}

// Whoever plans a deployment while something is removed plans anew.
func TestHoldDeployments(t *testing.T) {
	t.Parallel()
	r := stores(t)
	for range 2 { // before the first, and after it
		id, take, err := r.NextDeployment(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		hold, err := r.HoldDeployments(t.Context())
		if err == nil {
			err = r.Write(t.Context(), hold)
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Write(t.Context(), take); !Conflict(err) {
			t.Errorf("the id %s was taken over a removal: %v", id, err)
		}
		again, take, err := r.NextDeployment(t.Context())
		if err != nil || again != id {
			t.Errorf("the next id is %s, %v; want %s still", again, err, id)
		}
		if err := r.Write(t.Context(), take); err != nil {
			t.Error(err)
		}
	}
}
