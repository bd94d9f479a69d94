// Package stored holds the code to the promise that what any release has
// written is read, and carried on, by every later one. What was written stands
// in testdata/stored, a folder for each form; what becomes of it today in
// testdata here, a file for each of them.
package stored

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/bolttable"
	"slipway/runner/diskblobs"
	"slipway/runner/graph"
	"slipway/runner/records"
	"slipway/runner/replay"
	"slipway/runner/table"
)

const root = "../../testdata/stored"

var update = flag.Bool("update", false, "write what becomes of the stored deployments today into the golden files")

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

// open puts what a folder holds into stores of today, and names its deployments
// in their order.
func open(t *testing.T, folder string) (*records.Records, []string) {
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
	var ids []string
	each(t, filepath.Join(folder, "items.jsonl"), func(line []byte) {
		var i item
		must(t, json.Unmarshal(line, &i))
		must(t, store.Write(t.Context(), table.Create(table.Key{Partition: i.Partition, Sort: i.Sort}, append(i.Packed, i.Value...))))
		if i.Sort == "record" {
			ids = append(ids, strings.TrimPrefix(i.Partition, "deployment/"))
		}
	})
	return records.New(store, blobs), ids
}

// names says what each deployment of a folder is; the first folder has none.
func names(t *testing.T, folder string) map[string]string {
	t.Helper()
	var out map[string]string
	b, err := os.ReadFile(filepath.Join(folder, "names.json"))
	if err == nil {
		must(t, json.Unmarshal(b, &out))
	}
	return out
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

func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	must(t, err)
	return string(b)
}

// TestStoredDeployments: each is found as it was left, is replayed with the
// rules of today, and goes on to its end. What is decided otherwise today stands
// in the golden file with the reason.
func TestStoredDeployments(t *testing.T) {
	t.Parallel()
	for _, folder := range folders(t) {
		name := filepath.Base(folder)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rec, ids := open(t, folder)
			called := names(t, folder)
			var out strings.Builder
			for _, id := range ids {
				fmt.Fprintf(&out, "%s", id)
				if called[id] != "" {
					fmt.Fprintf(&out, ": %s", called[id])
				}
				out.WriteString("\n")
				becomes(t, &out, name, rec, id)
			}
			golden(t, filepath.Join("testdata", name+".golden"), out.String())
		})
	}
}

// becomes replays one deployment and brings it to its end.
func becomes(t *testing.T, out *strings.Builder, folder string, rec *records.Records, id string) {
	t.Helper()
	l, err := rec.Load(t.Context(), id)
	must(t, err)
	if l.Plan.Deployment != id || l.Deployment.ID != id {
		t.Errorf("%s has the plan of %s", id, l.Plan.Deployment)
	}
	if err := graph.Check(l.Plan, l.State); err != nil {
		t.Errorf("%s: %v", id, err)
	}
	j := journalOf(t, rec, l)
	report, err := replay.Run(j, replay.Until{})
	must(t, err)
	if int64(report.Turns) != l.Revision || text(t, report.State.Head.Steps) != text(t, l.State.Head.Steps) {
		t.Errorf("%s: the replay of %d turns leads to\n%s\nstored is\n%s", id, report.Turns, text(t, report.State.Head), text(t, l.State.Head))
	}
	fmt.Fprintf(out, "  %s after %d turns\n", l.State.Head.Status, report.Turns)
	if report.Same() {
		out.WriteString("  decided the same today\n")
	}
	told, because := int64(0), ""
	for _, d := range report.Differences {
		if d.Revision != told {
			fmt.Fprintf(out, "  revision %d: %s\n", d.Revision, d.Event)
			told, because = d.Revision, ""
		}
		why := reasonFor(folder, id, d)
		if why == "" {
			t.Errorf("%s, %s: today's code decides otherwise, and no reason is known for it: %s", folder, id, d)
		}
		if why != because {
			fmt.Fprintf(out, "    since %s:\n", why)
			because = why
		}
		fmt.Fprintf(out, "      %s\n", d)
	}
	if !l.State.Head.Closed {
		fmt.Fprintf(out, "  goes on 90 days later: %s\n", goOn(t, rec, l))
	}
}

// journalOf is a journal as it is taken from a server, through its file form.
func journalOf(t *testing.T, rec *records.Records, l records.Loaded) replay.Journal {
	t.Helper()
	turns, err := rec.Journal(t.Context(), l.Deployment.ID)
	must(t, err)
	j := replay.Journal{Deployment: l.Deployment, Plan: l.Plan, Newest: l.Revision}
	recorder := replay.NewRecorder(l.Plan)
	for _, turn := range turns {
		j.Turns = append(j.Turns, recorder.Turn(turn.Format, turn.Revision, turn.Events, turn.Head, turn.Parts, turn.Effects))
	}
	var file bytes.Buffer
	must(t, replay.Write(&file, j))
	read, err := replay.Read(&file)
	must(t, err)
	return read
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	must(t, err)
	if got != string(want) {
		t.Errorf("%s is now\n%s\nwant\n%s", path, got, want)
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
		rec, _ := open(t, folder)
		l, err := rec.Load(t.Context(), o.Deployment)
		must(t, err)
		step := l.Plan.Steps[0]
		if o.Work.Kind != step.Work.Kind || o.Step != step.Name || o.Target != step.Targets[0].ID {
			t.Errorf("%s: the order is for %s on %s, the plan says %s on %s", folder, o.Step, o.Target, step.Name, step.Targets[0].ID)
		}
	}
}
