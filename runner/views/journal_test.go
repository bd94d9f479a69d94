package views_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
	"slipway/runner/graph"
	"slipway/runner/records"
	"slipway/runner/replay"
)

// reported stores a deployment of one step on many targets, and a report of
// each as a turn of its own. One of them has outputs that lie in a blob.
func (k *kit) reported(targets int) string {
	k.t.Helper()
	ctx := k.t.Context()
	id, take, err := k.Records.NextDeployment(ctx)
	must(k.t, err)
	d := pipelines.Deployment{ID: id, ProjectID: "Projects-1", Project: "Quotes", ReleaseID: "Releases-1", Release: "1.0", EnvironmentID: "Environments-9", Environment: "Dev", Created: noon, Status: pipelines.Queued}
	p := plan.Plan{Format: plan.Format, Deployment: id, Project: d.Project, Environment: d.Environment, Created: noon, Steps: []plan.Step{{Name: "Build", Kind: plan.OnHosts, Window: targets}}}
	for i := range targets {
		p.Steps[0].Targets = append(p.Steps[0].Targets, plan.Target{ID: fmt.Sprintf("Machines-%d", i+1), Name: fmt.Sprintf("web-%d", i+1)})
	}
	_, err = k.Records.AddDeployment(ctx, records.Request{Deployment: d, Take: take, At: noon, EventID: "start", Plan: p})
	must(k.t, err)
	blob, err := k.Records.KeepResult(ctx, records.Result{Outputs: map[string]string{"Note": strings.Repeat("long ", 100)}, Sealed: []byte("sealed")})
	must(k.t, err)
	l, err := k.Records.Load(ctx, id)
	must(k.t, err)
	for i := range targets {
		report := graph.TaskReported{Task: i, Attempt: 1, Outcome: task.Succeeded}
		if i == 0 {
			report.Blob = blob
		}
		next, changed, err := k.Records.Turn(ctx, &l, []graph.Event{{ID: fmt.Sprint(i), At: noon.Add(time.Duration(i) * time.Second), Of: report}})
		must(k.t, err)
		if !changed {
			k.t.Fatal("nothing follows from a report")
		}
		l = *next
	}
	return id
}

// TestJournal: who may see a deployment gets all of its turns, however small the
// pieces are, and from them everything is decided the same.
func TestJournal(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	id := k.reported(70) // with a snapshot between the turns
	admin := pipelines.Principal{UserID: "Users-1", Username: "admin", Admin: true}
	for _, most := range []int{1, 2000, 1 << 20} {
		var j replay.Journal
		pieces := 0
		for after := int64(0); ; {
			page, err := k.JournalPieces(t.Context(), admin, id, after, most)
			must(t, err)
			must(t, j.Add(page))
			pieces++
			if after = page.Next; after == 0 {
				break
			}
		}
		if many := pieces > 1; many != (most < 1<<20) {
			t.Errorf("of %d bytes there are %d pieces", most, pieces)
		}
		report, err := replay.Run(j, replay.Until{})
		if err != nil || !report.Same() || report.Turns != 71 || report.State.Head.Status != pipelines.Succeeded {
			t.Errorf("pieces of %d: Run = %d turns, %s, %v, %v", most, report.Turns, report.State.Head.Status, report.Differences, err)
		}
		if len(j.Outputs) != 1 {
			t.Errorf("pieces of %d have the outputs %v", most, j.Outputs)
		}
		for _, values := range j.Outputs {
			if !strings.HasPrefix(values["Note"], "long ") || len(values) != 1 {
				t.Errorf("the outputs are %v", values)
			}
		}
	}
	if _, err := k.Journal(t.Context(), pipelines.Principal{UserID: "Users-2"}, id, 0, false); pipelines.CodeOf(err) != pipelines.NotFound {
		t.Errorf("a stranger gets %v, want that it is not there", err)
	}
	if _, err := k.Journal(t.Context(), admin, "Deployments-99", 0, false); pipelines.CodeOf(err) != pipelines.NotFound {
		t.Errorf("of a deployment that is not there: %v, want not found", err)
	}
}
