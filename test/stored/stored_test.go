// Package stored holds the code to the promise that what any release has
// written is read, and carried on, by every later one. What was written stands
// in testdata/stored, a folder for each form.
package stored

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/task"
	"slipway/runner/bolttable"
	"slipway/runner/diskblobs"
	"slipway/runner/graph"
	"slipway/runner/records"
	"slipway/runner/table"
)

const root = "../../testdata/stored"

// item is one item of the table as it was stored.
type item struct {
	Partition string          `json:"partition"`
	Sort      string          `json:"sort"`
	Value     json.RawMessage `json:"value,omitempty"`
	Packed    []byte          `json:"packed,omitempty"` // in place of Value, where it was stored deflated
}

func folders(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(root, "v*"))
	if err != nil || len(found) == 0 {
		t.Fatalf("nothing stored: %v", err)
	}
	return found
}

// open puts what a folder holds into stores of today.
func open(t *testing.T, folder string) *records.Records {
	t.Helper()
	dir := t.TempDir()
	store, err := bolttable.Open(filepath.Join(dir, "slipway.db"), time.Now)
	must(t, err)
	t.Cleanup(func() { _ = store.Close() })
	blobs, err := diskblobs.Open(filepath.Join(dir, "blobs"))
	must(t, err)
	plans, err := filepath.Glob(filepath.Join(folder, "plans", "*.json"))
	must(t, err)
	for _, path := range plans {
		b, err := os.ReadFile(path)
		must(t, err)
		name := filepath.Base(path)
		_, err = blobs.Put(t.Context(), "plans/"+name[:len(name)-len(".json")], bytes.NewReader(b))
		must(t, err)
	}
	each(t, filepath.Join(folder, "items.jsonl"), func(line []byte) {
		var i item
		must(t, json.Unmarshal(line, &i))
		must(t, store.Write(t.Context(), table.Create(table.Key{Partition: i.Partition, Sort: i.Sort}, append(i.Packed, i.Value...))))
	})
	return records.New(store, blobs)
}

func each(t *testing.T, path string, do func(line []byte)) {
	t.Helper()
	f, err := os.Open(path)
	must(t, err)
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		do(lines.Bytes())
	}
	must(t, lines.Err())
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestStoredDeploymentsAreRead: each state is found as it was left, and the
// rules of today still draw the same conclusions from the events.
func TestStoredDeploymentsAreRead(t *testing.T) {
	t.Parallel()
	for _, folder := range folders(t) {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			t.Parallel()
			rec := open(t, folder)
			for id, want := range map[string]pipelines.Status{"Deployments-1": pipelines.Waiting, "Deployments-2": pipelines.Succeeded, "Deployments-3": pipelines.Cancelled} {
				l, err := rec.Load(t.Context(), id)
				must(t, err)
				if l.State.Head.Status != want || l.Plan.Deployment != id || l.Deployment.ID != id {
					t.Errorf("%s is %s with the plan of %s, want %s", id, l.State.Head.Status, l.Plan.Deployment, want)
				}
				if err := graph.Check(l.Plan, l.State); err != nil {
					t.Errorf("%s: %v", id, err)
				}
				replay(t, rec, l)
			}
		})
	}
}

func replay(t *testing.T, rec *records.Records, l records.Loaded) {
	t.Helper()
	journal, err := rec.Journal(t.Context(), l.Deployment.ID)
	must(t, err)
	state := graph.Begin(l.Plan)
	for _, turn := range journal {
		for _, e := range turn.Events {
			if state, _, err = graph.Advance(l.Plan, state, e); err != nil {
				t.Fatal(err)
			}
		}
		if got, want := text(t, wordless(state.Head)), text(t, wordless(turn.Head)); got != want {
			t.Fatalf("%s, turn %d: the events now lead to\n%s\nwant\n%s", l.Deployment.ID, turn.Revision, got, want)
		}
	}
}

// wordless is a head without its sentences: they may be worded better later.
func wordless(h graph.Head) graph.Head {
	h.Message = ""
	h.Steps = append([]graph.StepState(nil), h.Steps...)
	for i := range h.Steps {
		h.Steps[i].Message = ""
	}
	return h
}

func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	must(t, err)
	return string(b)
}

// TestAStoredDeploymentGoesOn from the sign-off it waited for to its end.
func TestAStoredDeploymentGoesOn(t *testing.T) {
	t.Parallel()
	for _, folder := range folders(t) {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			t.Parallel()
			rec := open(t, folder)
			l, err := rec.Load(t.Context(), "Deployments-1")
			must(t, err)
			if open := graph.Open(l.Plan, l.State); len(open) != 1 || open[0].ID != "ask-1" {
				t.Fatalf("open effects = %+v, want the question", open)
			}
			at := l.State.Head.Started.Add(time.Hour)
			for i, h := range []graph.Happening{
				graph.Answered{Step: 1, Proceed: true, UserID: "Users-1", Called: "Stella"},
				graph.Mailed{Step: 2, Attempt: 1, Sent: true},
				graph.Closed{},
			} {
				next, changed, err := rec.Turn(t.Context(), l, []graph.Event{{ID: "late", At: at.Add(time.Duration(i) * time.Minute), Of: h}})
				must(t, err)
				if !changed {
					t.Fatalf("nothing follows from %+v", h)
				}
				l = next
			}
			if head := l.State.Head; head.Status != pipelines.Succeeded || !head.Closed {
				t.Errorf("it ends %s, closed: %v", head.Status, head.Closed)
			}
		})
	}
}

// TestStoredOrdersFitThePlan: the host's half of what was stored.
func TestStoredOrdersFitThePlan(t *testing.T) {
	t.Parallel()
	for _, folder := range folders(t) {
		b, err := os.ReadFile(filepath.Join(folder, "order.json"))
		must(t, err)
		var o task.Order
		must(t, json.Unmarshal(b, &o))
		l, err := open(t, folder).Load(t.Context(), o.Deployment)
		must(t, err)
		step := l.Plan.Steps[0]
		if o.Work.Kind != step.Work.Kind || o.Step != step.Name || o.Target != step.Targets[0].ID {
			t.Errorf("%s: the order is for %s on %s, the plan says %s on %s", folder, o.Step, o.Target, step.Name, step.Targets[0].ID)
		}
	}
}
