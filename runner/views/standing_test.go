package views_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
	"slipway/runner/graph"
	"slipway/runner/records"
	"slipway/runner/table"
	"slipway/runner/tasklog"
	"slipway/runner/views"
)

// more stores another deployment of what deployed has stored.
func (k *kit) more(project, environment string, with func(*pipelines.Deployment, *plan.Plan)) string {
	k.t.Helper()
	ctx := k.t.Context()
	all, err := k.Records.Deployments(ctx, "Projects-"+map[string]string{"Quotes": "1", "Other": "2"}[project], 0)
	must(k.t, err)
	for _, d := range slices.Backward(all) { // the first one is as deployed made it
		if d.Environment != environment {
			continue
		}
		p, err := k.Records.Plan(ctx, d.Plan)
		must(k.t, err)
		id, take, err := k.Records.NextDeployment(ctx)
		must(k.t, err)
		d.ID, p.Deployment, d.Status, d.Started = id, id, pipelines.Queued, nil
		with(&d, &p)
		_, err = k.Records.AddDeployment(ctx, records.Request{Deployment: d, Take: take, At: noon, EventID: "e-" + id, Plan: p})
		must(k.t, err)
		return id
	}
	k.t.Fatalf("nothing of %s is in %s", project, environment)
	return ""
}

func as(*pipelines.Deployment, *plan.Plan) {}

// TestQueue: who holds each place, who waits, and who needs none now.
func TestQueue(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.more("Quotes", "Dev", as)
	k.more("Quotes", "Dev", func(d *pipelines.Deployment, p *plan.Plan) {
		at := noon.Add(time.Hour)
		d.NotBefore, p.NotBefore = &at, at
	})
	k.more("Quotes", "Dev", as)
	admin := pipelines.Principal{UserID: "a", Admin: true}
	in := func(p pipelines.Principal, project, environment string) string {
		places, err := k.Queue(t.Context(), p, project, environment)
		must(t, err)
		return said(places)
	}
	const quotes = "Quotes/Dev: Deployments-1 | Deployments-5 Deployments-7 | Deployments-6"
	for _, c := range []struct {
		who                  pipelines.Principal
		project, environment string
		want                 string
	}{
		{admin, "", "", "Other/Dev: Deployments-3 | | ; Other/Prod: Deployments-4 | | ; " + quotes + "; Quotes/Prod: Deployments-2 | | "},
		{admin, "quotes", "dev", quotes},
		{admin, "Projects-1", "Environments-2", "Quotes/Prod: Deployments-2 | | "},
		{who("Project viewer", []string{"Other"}, []string{"Dev"}), "", "", "Other/Dev: Deployments-3 | | "},
		{pipelines.Principal{}, "", "", ""},
	} {
		if got := in(c.who, c.project, c.environment); got != c.want {
			t.Errorf("Queue(%s, %q, %q) = %s, want %s", c.who.UserID, c.project, c.environment, got, c.want)
		}
	}
	_, err := k.Queue(t.Context(), admin, "", "Lab")
	_, other := k.Queue(t.Context(), admin, "None", "")
	if pipelines.CodeOf(err) != pipelines.NotFound || pipelines.CodeOf(other) != pipelines.NotFound {
		t.Errorf("names that nothing has: %v, %v", err, other)
	}

	d, err := k.Deployment(t.Context(), admin, "Deployments-7")
	must(t, err)
	if d.Holder != "Deployments-1" || d.Ahead != 1 {
		t.Errorf("the last one: behind %s and %d more", d.Holder, d.Ahead)
	}
	if d, err = k.Deployment(t.Context(), admin, "Deployments-6"); err != nil || d.Holder != "" || !d.Times().Start.Equal(noon.Add(time.Hour)) {
		t.Errorf("the scheduled one: %q, %+v, %v", d.Holder, d.Times(), err)
	}
}

func said(places []views.Place) string {
	ids := func(all []views.Deployment) string {
		var out []string
		for _, d := range all {
			out = append(out, d.Deployment.ID)
		}
		return strings.Join(out, " ")
	}
	var out []string
	for _, p := range places {
		holder := "nobody"
		if p.Holder != nil {
			holder = p.Holder.Deployment.ID
		}
		out = append(out, fmt.Sprintf("%s/%s: %s | %s| %s", p.Project, p.Environment, holder, strings.TrimPrefix(ids(p.Waiting)+" ", " "), ids(p.Without)))
	}
	return strings.Join(out, "; ")
}

// TestHeld: what cannot be read is shown as that, and hides nothing else.
func TestHeld(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	must(t, k.Records.Write(t.Context(), table.Put(table.Key{Partition: "deployment/Deployments-1", Sort: "turn/0000000001"}, []byte("{x"))))
	viewer := who("Project viewer", []string{"Quotes"}, []string{"Dev"})
	d, err := k.Deployment(t.Context(), viewer, "Deployments-1")
	must(t, err)
	if d.Deployment.Status != views.Held || d.Deployment.Project != "Quotes" || !strings.Contains(d.Held, "turn/0000000001") || !strings.Contains(d.Held, "`slipway cancel Deployments-1 --give-up`") {
		t.Errorf("Deployment = %+v, held: %q", d.Deployment, d.Held)
	}
	if _, err := k.Deployment(t.Context(), who("Project viewer", []string{"Other"}, nil), "Deployments-1"); pipelines.CodeOf(err) != pipelines.NotFound {
		t.Errorf("to somebody else: %v", err)
	}
	all, err := k.Deployments(t.Context(), viewer, "Quotes", 0)
	if err != nil || len(all) != 1 || all[0].Status != views.Held || all[0].Message != d.Held {
		t.Errorf("Deployments = %+v, %v", all, err)
	}
	rows, err := k.Dashboard(t.Context(), viewer)
	if err != nil || rows[0].Cells[0].Newest.Status != views.Held {
		t.Errorf("Dashboard = %+v, %v", rows, err)
	}
	asked := who("Project viewer", nil, nil)
	asked.Teams = []string{"Stakeholders"}
	if waiting, err := k.Waiting(t.Context(), asked); err != nil || len(waiting) != 3 {
		t.Errorf("Waiting = %d, %v, want the three others", len(waiting), err)
	}
	places, err := k.Queue(t.Context(), viewer, "", "")
	if err != nil || len(places) != 1 || places[0].Holder == nil || places[0].Holder.Held == "" {
		t.Errorf("Queue = %+v, %v, want it to hold its place", places, err)
	}
	if _, _, err := k.Log(t.Context(), viewer, "Deployments-1", "", 10); err != nil {
		t.Errorf("its log: %v", err)
	}

	_, err = k.Records.Abandon(t.Context(), records.Abandonment{ID: "Deployments-1", Message: "given up", At: noon})
	must(t, err)
	if d, err = k.Deployment(t.Context(), viewer, "Deployments-1"); err != nil || d.Held != "" || d.Deployment.Status != pipelines.Failed || d.State.Head.Status != pipelines.Failed || d.Deployment.Message != "given up" {
		t.Errorf("given up: %+v, %v", d, err)
	}
}

func TestLanes(t *testing.T) {
	t.Parallel()
	target := func(n int) plan.Target {
		return plan.Target{ID: fmt.Sprintf("Targets-%d", n), Name: fmt.Sprintf("web-%d", n)}
	}
	all := []plan.Target{target(1), target(2), target(3)}
	p := plan.Plan{Steps: []plan.Step{
		{Name: "Roll", Kind: plan.Rolling, Targets: all, Children: 2, Window: 1},
		{Name: "A", Kind: plan.OnHosts, Within: 1, Targets: all, First: 0},
		{Name: "B", Kind: plan.OnHosts, Within: 1, Targets: all[1:], First: 3},
	}}
	const pending, running, ok, failed, unknown = pipelines.Pending, pipelines.Running, pipelines.Succeeded, pipelines.Failed, pipelines.Unknown
	for _, c := range []struct {
		parent pipelines.Status
		tasks  []pipelines.Status // A on 1, 2, 3, then B on 2, 3
		want   []pipelines.Status
	}{
		{running, []pipelines.Status{ok, ok, pending, running, pending}, []pipelines.Status{ok, running, pending}},
		{running, []pipelines.Status{ok, ok, pending, pending, pending}, []pipelines.Status{ok, running, pending}},
		{running, []pipelines.Status{ok, ok, pipelines.Waiting, ok, pending}, []pipelines.Status{ok, ok, pipelines.Waiting}},
		{failed, []pipelines.Status{failed, ok, pending, unknown, pending}, []pipelines.Status{failed, unknown, pipelines.Skipped}},
	} {
		s := graph.Begin(p)
		s.Head.Steps[0].Status = c.parent
		for i, status := range c.tasks {
			s.Parts[0].Tasks[i].Status = status
		}
		for i, lane := range views.Lanes(p, s, 0) {
			if lane.Status != c.want[i] || lane.Target.Name != all[i].Name {
				t.Errorf("of tasks %v the lane on %s is %s, want %s", c.tasks, lane.Target.Name, lane.Status, c.want[i])
			}
		}
	}
}

// TestARollingStepHasItsChildrensOutput.
func TestARollingStepHasItsChildrensOutput(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	target := []plan.Target{{ID: "Targets-1", Name: "web-1"}}
	p := plan.Plan{Steps: []plan.Step{
		{Name: "Roll", Kind: plan.Rolling, Targets: target, Children: 2},
		{Name: "A", Kind: plan.OnHosts, Within: 1, Targets: target, First: 0},
		{Name: "B", Kind: plan.OnHosts, Within: 1, Targets: target, First: 1},
		{Name: "C", Kind: plan.OnHosts, Targets: target, First: 2},
	}}
	s := graph.Begin(p)
	for i := range 3 {
		s.Parts[0].Tasks[i] = graph.TaskState{Status: pipelines.Succeeded, Attempt: 1}
		w, err := k.Output.Writer("Deployments-1", tasklog.TaskID(i), fmt.Sprintf("a%d", i), 0)
		must(t, err)
		must(t, w.Append(t.Context(), task.Line{Seq: 1, At: noon, Stream: task.Stdout, Text: fmt.Sprint(i)}))
		must(t, w.Flush(t.Context()))
	}
	d := views.Deployment{Loaded: records.Loaded{Deployment: pipelines.Deployment{ID: "Deployments-1"}, Plan: p, State: s}}
	for step, want := range map[int]int{0: 2, 1: 1, 3: 1, views.EveryStep: 3} {
		lines, _, err := k.LinesAfter(t.Context(), d, views.OfStep(step), "", 10)
		must(t, err)
		n, err := k.CountLines(t.Context(), d, views.OfStep(step))
		if err != nil || len(lines) != want || n != want {
			t.Errorf("step %d has %d lines, counted %d (%v), want %d", step, len(lines), n, err, want)
		}
	}
}

// TestAChoiceWaitsForWhoMayDeploy: it stands with the sign-offs, each for those
// who can see to it.
func TestAChoiceWaitsForWhoMayDeploy(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	id := k.more("Quotes", "Dev", func(d *pipelines.Deployment, p *plan.Plan) {
		d.EnvironmentID, d.Environment, p.EnvironmentID, p.Environment = "Environments-9", "Stage", "Environments-9", "Stage"
		p.Steps = []plan.Step{{Name: "Work", Kind: plan.OnHosts, Window: 2, Targets: []plan.Target{{ID: "Targets-1", Name: "web-1"}, {ID: "Targets-2", Name: "web-2"}}}}
	})
	for n := range 2 {
		_, changed, err := k.Records.Happen(t.Context(), id, func(records.Loaded) ([]graph.Event, records.Also, error) {
			lost := graph.TaskReported{Task: n, Attempt: 1, Outcome: task.Unknown, Message: "lost"}
			return []graph.Event{{ID: fmt.Sprintf("lost-%d", n), At: noon, Of: lost}}, records.Also{}, nil
		})
		if err != nil || !changed {
			t.Fatalf("task %d is not lost: %v, %v", n, changed, err)
		}
	}
	for name, c := range map[string]struct {
		who       pipelines.Principal
		decisions int
	}{
		"who may deploy there":     {who("Deployment creator", []string{"Quotes"}, []string{"Stage"}), 2},
		"who may only look":        {who("Project viewer", nil, nil), 0},
		"who may deploy elsewhere": {who("Deployment creator", []string{"Quotes"}, []string{"Dev"}), 0},
	} {
		all, err := k.Waiting(t.Context(), c.who)
		must(t, err)
		n := 0
		for _, d := range all {
			n += d.Decisions()
			if d.Deployment.ID != id || len(d.Choices) != 2 || !d.MayChoose {
				t.Errorf("%s: %s waits for them", name, d.Deployment.ID)
			}
		}
		if n != c.decisions {
			t.Errorf("%s has %d decisions to make, want %d", name, n, c.decisions)
		}
	}
}
