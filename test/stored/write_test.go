package stored

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
	"slipway/runner/bolttable"
	"slipway/runner/diskblobs"
	"slipway/runner/executor/ledger"
	"slipway/runner/graph"
	"slipway/runner/records"
	"slipway/runner/table"
)

var write = flag.String("write", "", "write what today's code stores into a new folder of this name, like v2")

// TestWrite writes a new folder; one that is there is never touched.
func TestWrite(t *testing.T) {
	if *write == "" {
		t.Log("writes a new form with -write v2")
		return
	}
	writeAll(t, filepath.Join(root, *write))
}

// TestTodaysForm: what today's code writes is what the next release will find,
// so today's code itself must read it, decide it the same and go on with it.
func TestTodaysForm(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "today")
	writeAll(t, folder)
	rec, ids := open(t, folder)
	called := names(t, folder)
	var out strings.Builder
	for _, id := range ids {
		fmt.Fprintf(&out, "%s: %s\n", id, called[id])
		becomes(t, &out, "today", rec, id)
	}
	golden(t, filepath.Join("testdata", "today.golden"), out.String())
}

func writeAll(t *testing.T, folder string) {
	t.Helper()
	must(t, os.Mkdir(folder, 0o755))
	must(t, os.Mkdir(filepath.Join(folder, "plans"), 0o755))
	w := newWriter(t)
	for i, l := range lives() {
		w.life(fmt.Sprintf("Deployments-%d", i+1), l)
	}
	w.save(folder)
	w.ledger(filepath.Join(folder, "ledger"))
}

type writer struct {
	t     *testing.T
	at    time.Time
	table *bolttable.Table
	rec   *records.Records
	plans map[string][]byte
	items []item
	names map[string]string
	first plan.Plan
}

func newWriter(t *testing.T) *writer {
	t.Helper()
	dir := t.TempDir()
	store, err := bolttable.Open(filepath.Join(dir, "slipway.db"), time.Now)
	must(t, err)
	t.Cleanup(func() { _ = store.Close() })
	blobs, err := diskblobs.Open(filepath.Join(dir, "blobs"))
	must(t, err)
	return &writer{t: t, at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), table: store, rec: records.New(store, blobs), plans: map[string][]byte{}, names: map[string]string{}}
}

// life stores a deployment and everything that happens to it.
func (w *writer) life(id string, l life) {
	w.t.Helper()
	d := pipelines.Deployment{
		ID: id, ProjectID: "Projects-1", Project: "Random Quotes", ReleaseID: "Releases-1", Release: "1.0.7", EnvironmentID: strings.Replace(id, "Deployments", "Environments", 1), Environment: "Test",
		Packages: []pipelines.Selected{{Package: "RandomQuotes", Version: "1.0.7", SHA256: strings.Repeat("a1", 32)}},
		Created:  w.at, CreatedBy: "Stella", Via: "session", Status: pipelines.Queued,
	}
	p := planOf(d, l)
	if found := p.Blocked(); len(found) > 0 && l.late == nil {
		w.t.Fatal(found)
	}
	if w.first.Format == 0 {
		w.first = p
	}
	w.names[id] = l.name
	_, take, err := w.rec.NextDeployment(w.t.Context())
	must(w.t, err)
	// It joins the queue, so that its start is an event like the others.
	place := "place/" + d.ProjectID + "/" + d.EnvironmentID
	ahead := table.Key{Partition: place, Sort: "waiting/0"}
	must(w.t, w.table.Write(w.t.Context(), table.Put(ahead, []byte(`"Deployments-0"`))))
	d, err = w.rec.AddDeployment(w.t.Context(), records.Request{Deployment: d, Plan: p, Take: take, At: w.at, EventID: "start"})
	must(w.t, err)
	must(w.t, w.table.Write(w.t.Context(), table.Remove(ahead)))
	if w.plans[d.Plan], _, err = p.Encode(); err != nil {
		w.t.Fatal(err)
	}
	w.happen(id, l.happens)
	for _, partition := range []string{"deployment/" + id, place} {
		for i, err := range table.All(w.t.Context(), w.table, table.Range{Partition: partition}) {
			must(w.t, err)
			kept := item{Partition: i.Key.Partition, Sort: i.Key.Sort}
			if json.Valid(i.Value) {
				kept.Value = i.Value
			} else {
				kept.Packed = i.Value
			}
			w.items = append(w.items, kept)
		}
	}
}

func (w *writer) happen(id string, turns [][]graph.Happening) {
	w.t.Helper()
	l, err := w.rec.Load(w.t.Context(), id)
	must(w.t, err)
	n := 0
	for _, turn := range turns {
		w.at = w.at.Add(time.Minute)
		var events []graph.Event
		for _, h := range turn {
			if a, ok := h.(graph.AlarmRang); ok {
				h = due(l, a)
			}
			events = append(events, graph.Event{ID: fmt.Sprintf("event-%d", n), At: w.at, Of: h})
			n++
		}
		next, changed, err := w.rec.Turn(w.t.Context(), &l, events)
		must(w.t, err)
		if !changed {
			w.t.Fatalf("%s: nothing follows from %+v", w.names[id], turn)
		}
		l = *next
	}
}

// due is the open alarm whose name begins so.
func due(l records.Loaded, a graph.AlarmRang) graph.AlarmRang {
	for _, e := range graph.Open(l.Plan, l.State) {
		if s, ok := e.Do.(graph.SetAlarm); ok && strings.HasPrefix(s.Name, a.Name) {
			return graph.AlarmRang{Name: s.Name}
		}
	}
	return a
}

func (w *writer) save(folder string) {
	w.t.Helper()
	file := func(name string, b []byte) { must(w.t, os.WriteFile(filepath.Join(folder, name), b, 0o644)) }
	for hash, b := range w.plans {
		file(filepath.Join("plans", hash+".json"), b)
	}
	var items, reports bytes.Buffer
	for _, i := range w.items {
		items.WriteString(text(w.t, i) + "\n")
	}
	file("items.jsonl", items.Bytes())
	file("order.json", []byte(text(w.t, w.order(0))+"\n"))
	names, err := json.MarshalIndent(w.names, "", "  ")
	must(w.t, err)
	file("names.json", append(names, '\n'))
	for _, r := range someReports(w.at) {
		reports.WriteString(text(w.t, r) + "\n")
	}
	file("reports.jsonl", reports.Bytes())
}

func someReports(at time.Time) []task.Report {
	return []task.Report{
		{Attempt: "Deployments-1.t0.1", Phase: task.Waiting},
		{Attempt: "Deployments-1.t0.1", Phase: task.Running, Lines: []task.Line{
			{Seq: 1, At: at, Stream: task.Note, Text: "unpack RandomQuotes 1.0.7"}, {Seq: 2, At: at, Stream: task.Stdout, Text: "héllo"},
			{Seq: 3, At: at, Stream: task.Stderr, Text: ""}, {Seq: 4, At: at, Stream: task.Warning, Text: "port 8082 is taken"},
		}},
		{Attempt: "Deployments-1.t0.1", Phase: task.Ended, End: &task.End{Outcome: task.Failed, ExitCode: 3, Message: "the script ended with 3", Outputs: map[string]string{"Path": "/srv"}, At: at}},
		{Attempt: "Deployments-1.t9.1", Phase: task.Absent},
	}
}

// order is for a task of the first deployment.
func (w *writer) order(number int) task.Order {
	p, s := w.first, w.first.Steps[0]
	o := task.Order{
		Format: task.Format, ID: fmt.Sprintf("%s.t%d.1", p.Deployment, number), Deployment: p.Deployment, Project: p.Project, Environment: p.Environment, Release: p.Release,
		Step: s.Name, Target: s.Targets[0].ID, Created: p.Created, Expires: p.Created.Add(time.Hour), Timeout: s.Timeout, Work: *s.Work, Package: s.Package, Sealed: []byte("sealed"),
	}
	for _, v := range p.At(0, 0) {
		o.Variables = append(o.Variables, task.Variable{Name: v.Name, Value: v.Value, Secret: v.Secret != ""})
	}
	return o
}

// ledger leaves what a host keeps: an attempt that ended, one whose process is
// gone, one that was accepted, and one that is to stop.
func (w *writer) ledger(folder string) {
	w.t.Helper()
	l, err := ledger.Open(folder)
	must(w.t, err)
	now := func() time.Time { return w.at }
	gone := ledger.Process{Boot: "3f0c6f1e-0000-4000-8000-000000000000", PID: 4711, Started: "12345"}
	for number, what := range []string{"ended", "gone", "accepted", "to stop"} {
		a, err := l.Accept(w.order(number))
		must(w.t, err)
		switch what {
		case "ended", "gone":
			must(w.t, a.Begin(gone))
			out, err := a.Output(now)
			must(w.t, err)
			out.Add(task.Note, "unpack RandomQuotes 1.0.7")
			out.Add(task.Stdout, "héllo")
			must(w.t, out.Close())
			if what == "ended" {
				must(w.t, a.End(task.End{Outcome: task.Succeeded, At: w.at, Outputs: map[string]string{"Path": "/srv"}}))
			}
		case "to stop":
			must(w.t, a.AskToStop())
		}
	}
}
