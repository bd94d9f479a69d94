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
	"slipway/pipelines/steps"
	"slipway/pipelines/task"
	"slipway/runner/bolttable"
	"slipway/runner/diskblobs"
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
	folder := filepath.Join(root, *write)
	must(t, os.Mkdir(folder, 0o755))
	must(t, os.Mkdir(filepath.Join(folder, "plans"), 0o755))
	w := newWriter(t)
	w.life("Deployments-1", begun()...)
	w.life("Deployments-2", append(begun(),
		graph.Answered{Step: 1, Proceed: true, UserID: "Users-1", Called: "Stella", Mail: "stella@example.org", Note: "looks good", Via: "mail link"},
		graph.Mailed{Step: 2, Attempt: 1, Message: "451 try later"}, graph.TimerRang{Task: 3, Attempt: 1}, graph.Mailed{Step: 2, Attempt: 2, Sent: true},
		graph.Closed{})...)
	w.life("Deployments-3", graph.Started{}, graph.CancelAsked{UserID: "Users-1", Called: "Stella", Note: "wrong one"},
		graph.TaskReported{Task: 0, Attempt: 1, Outcome: task.Cancelled}, graph.TaskReported{Task: 1, Attempt: 1, Outcome: task.Unknown, Message: "lost"},
		graph.Mailed{Step: 2, Attempt: 1, Sent: true}, graph.Closed{})
	w.save(folder)
}

// begun is a deployment up to its sign-off, with one attempt that failed.
func begun() []graph.Happening {
	outputs := map[string]string{"Package.InstallationDirectoryPath": "/home/deploy/Applications/Test/RandomQuotes/1.0.7"}
	return []graph.Happening{
		graph.Started{},
		graph.TaskReported{Task: 0, Attempt: 1, Outcome: task.Failed, Exit: 3, Message: "nginx refused the configuration"},
		graph.TimerRang{Task: 0, Attempt: 1},
		graph.TaskReported{Task: 1, Attempt: 1, Outcome: task.Succeeded, Outputs: outputs},
		graph.TaskReported{Task: 0, Attempt: 2, Outcome: task.Succeeded, Outputs: outputs},
	}
}

type writer struct {
	t     *testing.T
	at    time.Time
	table *bolttable.Table
	rec   *records.Records
	plans map[string][]byte
	items []item
	plan  plan.Plan // the newest
}

func newWriter(t *testing.T) *writer {
	t.Helper()
	dir := t.TempDir()
	store, err := bolttable.Open(filepath.Join(dir, "slipway.db"), time.Now)
	must(t, err)
	t.Cleanup(func() { _ = store.Close() })
	blobs, err := diskblobs.Open(filepath.Join(dir, "blobs"))
	must(t, err)
	return &writer{t: t, at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), table: store, rec: records.New(store, blobs), plans: map[string][]byte{}}
}

// life stores a deployment and everything that happens to it.
func (w *writer) life(id string, happenings ...graph.Happening) {
	w.t.Helper()
	d := pipelines.Deployment{
		ID: id, ProjectID: "Projects-1", Project: "Random Quotes", ReleaseID: "Releases-1", Release: "1.0.7", EnvironmentID: strings.Replace(id, "Deployments", "Environments", 1), Environment: "Test",
		Packages: []pipelines.Selected{{Package: "RandomQuotes", Version: "1.0.7", SHA256: strings.Repeat("a1", 32)}},
		Created:  w.at, CreatedBy: "Stella", Via: "session", Status: pipelines.Queued,
	}
	w.plan = planOf(d)
	if found := w.plan.Blocked(); len(found) > 0 {
		w.t.Fatal(found)
	}
	_, take, err := w.rec.NextDeployment(w.t.Context())
	must(w.t, err)
	// It joins the queue, so that its start is an event like the others.
	ahead := table.Key{Partition: "place/" + d.ProjectID + "/" + d.EnvironmentID, Sort: "waiting/0"}
	must(w.t, w.table.Write(w.t.Context(), table.Put(ahead, []byte(`"Deployments-0"`))))
	d, err = w.rec.AddDeployment(w.t.Context(), records.Request{Deployment: d, Plan: w.plan, Take: take, At: w.at, EventID: "start"})
	must(w.t, err)
	must(w.t, w.table.Write(w.t.Context(), table.Remove(ahead)))
	if w.plans[d.Plan], _, err = w.plan.Encode(); err != nil {
		w.t.Fatal(err)
	}
	l, err := w.rec.Load(w.t.Context(), id)
	must(w.t, err)
	for i, h := range happenings {
		w.at = w.at.Add(time.Minute)
		next, changed, err := w.rec.Turn(w.t.Context(), l, []graph.Event{{ID: fmt.Sprintf("event-%d", i), At: w.at, Of: h}})
		must(w.t, err)
		if !changed {
			w.t.Fatalf("nothing follows from %+v", h)
		}
		l = next
	}
	for i, err := range table.All(w.t.Context(), w.table, table.Range{Partition: "deployment/" + id}) {
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

func planOf(d pipelines.Deployment) plan.Plan {
	web := func(n string) pipelines.Target {
		return pipelines.Target{ID: "Machines-" + n, Name: "web-" + n, Roles: []string{"web"}, Environments: []string{"Test"}, SSH: &pipelines.SSHAddress{Host: "web-" + n + ".example.org", User: "deploy"}}
	}
	action := func(kind, settings string) pipelines.Action {
		return pipelines.Action{Type: kind, Settings: json.RawMessage(settings)}
	}
	return plan.Make(plan.Input{
		Deployment: d, Environment: pipelines.Environment{ID: d.EnvironmentID, Name: d.Environment, SortOrder: 1}, Targets: []pipelines.Target{web("1"), web("2")},
		CreatedBy: pipelines.User{ID: "Users-1", Username: "stella", DisplayName: "Stella", Mail: "stella@example.org"}, Types: steps.Types(), BaseURL: "https://slipway.example.org",
		Packages:      []task.Package{{ID: "RandomQuotes", Version: "1.0.7", FileName: "RandomQuotes.1.0.7.nupkg", SHA256: strings.Repeat("a1", 32), Size: 4711}},
		SecretVersion: func(string) (int, bool) { return 2, true },
		Release: pipelines.Release{ID: "Releases-1", Number: "1.0.7", Created: d.Created, Packages: d.Packages, Project: pipelines.Project{
			Name: d.Project,
			Variables: []pipelines.Variable{
				{Name: "Nginx Port", Value: "8082", Scope: pipelines.Scope{Environments: []string{"Test"}}}, {Name: "Password", Secret: "db"},
				{Name: "Greeting", Value: "second", Scope: pipelines.Scope{Targets: []string{"web-2"}}}, {Name: "Greeting", Value: "Hello"},
			},
			Steps: []pipelines.Step{
				{Name: "Deploy web app to Nginx", Roles: []string{"web"}, Window: "100%", Retries: 2, Timeout: pipelines.Duration(10 * time.Minute), Action: action("nginx",
					`{"package":"RandomQuotes","bindings":[{"port":"#{Nginx Port}"}],"locations":[{"path":"/","directives":[{"root":"#{Octopus.Action.Package.InstallationDirectoryPath}/lib/public"}]}],"post-deploy":"echo #{Greeting}\n","services":["RandomQuotes-#{Octopus.Environment.Name}"]}`)},
				{Name: "Deployment Sign Off", Action: action("approval", `{"instructions":"Look at it.","teams":["Project Stakeholders"]}`)},
				{Name: "Tell", Run: pipelines.RunAlways, Action: action("email", `{"to":"team@example.org","subject":"status","body":"#{each step in Octopus.Step}#{step} #{step.Status.Code}\n#{/each}"}`)},
			},
		}},
	})
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
	file("order.json", []byte(text(w.t, w.order())+"\n"))
	at := w.at
	for _, r := range []task.Report{
		{Attempt: "Deployments-3.t0.1", Phase: task.Waiting},
		{Attempt: "Deployments-3.t0.1", Phase: task.Running, Lines: []task.Line{
			{Seq: 1, At: at, Stream: task.Note, Text: "unpack RandomQuotes 1.0.7"}, {Seq: 2, At: at, Stream: task.Stdout, Text: "héllo"},
			{Seq: 3, At: at, Stream: task.Stderr, Text: ""}, {Seq: 4, At: at, Stream: task.Warning, Text: "port 8082 is taken"},
		}},
		{Attempt: "Deployments-3.t0.1", Phase: task.Ended, End: &task.End{Outcome: task.Failed, ExitCode: 3, Message: "the script ended with 3", Outputs: map[string]string{"Path": "/srv"}, At: at}},
		{Attempt: "Deployments-3.t9.1", Phase: task.Absent},
	} {
		reports.WriteString(text(w.t, r) + "\n")
	}
	file("reports.jsonl", reports.Bytes())
}

// order is the first task's of the newest deployment.
func (w *writer) order() task.Order {
	p, s := w.plan, w.plan.Steps[0]
	o := task.Order{
		Format: task.Format, ID: p.Deployment + ".t0.1", Deployment: p.Deployment, Project: p.Project, Environment: p.Environment, Release: p.Release,
		Step: s.Name, Target: s.Targets[0].ID, Created: p.Created, Expires: p.Created.Add(time.Hour), Timeout: s.Timeout, Work: *s.Work, Package: s.Package, Sealed: []byte("sealed"),
	}
	for _, v := range p.At(0, 0) {
		o.Variables = append(o.Variables, task.Variable{Name: v.Name, Value: v.Value, Secret: v.Secret != ""})
	}
	return o
}
