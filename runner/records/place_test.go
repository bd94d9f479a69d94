package records_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
	"slipway/runner/graph"
	"slipway/runner/records"
	"slipway/runner/table"
)

// signOffPlan changes a host, asks people, and changes it again.
func signOffPlan(d pipelines.Deployment, version string) plan.Plan {
	host := func(name string, first int, needs ...int) plan.Step {
		return plan.Step{
			Name: name, Type: "script", Kind: plan.OnHosts, Needs: needs, First: first, Window: 1,
			Targets: []plan.Target{{ID: "Machines-1", Name: "web-1"}}, Package: &task.Package{ID: "Shop", Version: version},
		}
	}
	return plan.Plan{
		Format: plan.Format, Deployment: d.ID, ProjectID: d.ProjectID, Project: d.Project, EnvironmentID: d.EnvironmentID, Environment: d.Environment,
		Steps: []plan.Step{
			host("before", 0), {Name: "sign off", Kind: plan.Ask, Needs: []int{0}, First: 1, Question: &plan.Question{}}, host("after", 2, 1),
		},
		Claims: []pipelines.Claim{{Kind: "port", Value: version, Targets: []string{"Machines-1"}}},
	}
}

// planned stores a deployment with a plan of its own.
func (k *kit) planned(of func(pipelines.Deployment) plan.Plan) pipelines.Deployment {
	k.t.Helper()
	id, take, err := k.NextDeployment(k.t.Context())
	k.must(err)
	d := pipelines.Deployment{
		ID: id, ProjectID: "Projects-1", Project: "Quotes", ReleaseID: "Releases-1", Release: "1.0.0",
		EnvironmentID: "Environments-1", Environment: "Dev", Created: noon.Add(time.Duration(moments.Add(1))), Status: pipelines.Queued,
	}
	d, err = k.AddDeployment(k.t.Context(), records.Request{Deployment: d, Plan: of(d), Take: take, At: noon, EventID: "start-" + id})
	k.must(err)
	return d
}

// happens writes one turn at a minute after noon.
func (k *kit) happens(id string, minute int, h graph.Happening) records.Loaded {
	k.t.Helper()
	l := k.load(id)
	after, changed, err := k.Turn(k.t.Context(), &l, []graph.Event{{ID: fmt.Sprint(id, "-", l.Revision), At: noon.Add(time.Duration(minute) * time.Minute), Of: h}})
	k.must(err)
	if !changed {
		k.t.Fatalf("nothing followed from %T for %s, which is %s", h, id, l.State.Head.Status)
	}
	return *after
}

func done(number int, dir string) graph.TaskReported {
	return graph.TaskReported{Task: number, Attempt: 1, Outcome: task.Succeeded, Installed: &graph.Folder{Directory: dir}}
}

func (k *kit) in() records.Current {
	k.t.Helper()
	c, err := k.In(k.t.Context(), "Projects-1", "Environments-1")
	k.must(err)
	return c
}

// dirs are what is known of a lane, newest first.
func (k *kit) dirs(step string) (out []string) {
	k.t.Helper()
	lane, err := k.Installed(k.t.Context(), "Projects-1", "Environments-1", records.Lane{Step: step, TargetID: "Machines-1"})
	k.must(err)
	for _, e := range lane {
		out = append(out, fmt.Sprintf("%s %v", e.Directory, e.Succeeded))
	}
	return out
}

func (k *kit) claimed() (out []string) {
	k.t.Helper()
	holders, err := k.Claims(k.t.Context())
	k.must(err)
	for _, h := range holders {
		for _, c := range h.Claims {
			out = append(out, c.Value)
		}
	}
	slices.Sort(out)
	return out
}

func (k *kit) kept(id string, status pipelines.Status) pipelines.Deployment {
	k.t.Helper()
	d, err := k.Deployment(k.t.Context(), id)
	k.must(err)
	if d.Status != status {
		k.t.Errorf("the record of %s is %s, want %s", id, d.Status, status)
	}
	return d
}

// TestAPlaceIsGivenUpAndTakenAgain follows two deployments that share a place
// while the first waits for people, and what others are told at each step.
func TestAPlaceIsGivenUpAndTakenAgain(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	first := k.planned(func(d pipelines.Deployment) plan.Plan { return signOffPlan(d, "81") })
	second := k.planned(func(d pipelines.Deployment) plan.Plan { return signOffPlan(d, "82") })
	k.holds(first, first.ID, second.ID)
	if c := k.in(); c.Begun == nil || c.Begun.ID != first.ID {
		t.Errorf("begun is %+v, want the first", c.Begun)
	}

	k.happens(first.ID, 1, done(0, "/1"))
	k.holds(first, "", second.ID)
	k.kept(first.ID, pipelines.Waiting)
	if got := k.dirs("before"); !slices.Equal(got, []string{"/1 true"}) {
		t.Errorf("whoever comes next sees %v installed", got)
	}
	if got := k.claimed(); !slices.Equal(got, []string{"81"}) {
		t.Errorf("claimed: %v", got)
	}

	k.happens(second.ID, 2, graph.Started{})
	k.happens(second.ID, 3, done(0, "/2"))
	k.happens(second.ID, 4, graph.Answered{Step: 1, Proceed: true, UserID: "Users-1"})
	k.holds(first, "", second.ID)
	k.kept(second.ID, pipelines.Queued)
	k.happens(first.ID, 5, graph.Answered{Step: 1, Proceed: true, UserID: "Users-1"})
	k.holds(first, "", first.ID, second.ID)
	k.kept(first.ID, pipelines.Queued)

	k.happens(second.ID, 6, graph.Placed{})
	k.holds(first, second.ID, first.ID)
	k.happens(second.ID, 7, done(2, "/2b"))
	k.holds(first, "", first.ID)
	if got := k.claimed(); !slices.Equal(got, []string{"82"}) {
		t.Errorf("after the second has succeeded claimed are %v", got)
	}
	k.happens(first.ID, 8, graph.Placed{})
	if got := k.claimed(); !slices.Equal(got, []string{"81", "82"}) {
		t.Errorf("while the first is on the hosts again claimed are %v", got)
	}
	k.happens(first.ID, 9, done(2, "/1b"))
	k.holds(first, "")
	if got := k.dirs("before"); !slices.Equal(got, []string{"/2 true", "/1 true"}) {
		t.Errorf("before: %v", got)
	}
	if got := k.dirs("after"); !slices.Equal(got, []string{"/1b true", "/2b true"}) {
		t.Errorf("after: %v", got)
	}
	if c := k.in(); c.Live.ID != first.ID || c.Newest.ID != second.ID {
		t.Errorf("live is %s, newest %s", c.Live.ID, c.Newest.ID)
	}
	if got := k.claimed(); !slices.Equal(got, []string{"81"}) {
		t.Errorf("in the end claimed are %v", got)
	}
	third := k.planned(func(d pipelines.Deployment) plan.Plan { return signOffPlan(d, "83") })
	if clash, _, err := k.Clash(t.Context(), third, k.load(third.ID).Plan, noon); err != nil || clash != "" {
		t.Errorf("the third clashes: %q, %v", clash, err)
	}
}

// TestTheOneTouchedLaterIsLive: the first ends last, but the second was on the
// hosts after it.
func TestTheOneTouchedLaterIsLive(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	short := func(version string) func(pipelines.Deployment) plan.Plan {
		return func(d pipelines.Deployment) plan.Plan {
			p := signOffPlan(d, version)
			p.Steps = p.Steps[:2]
			return p
		}
	}
	first, second := k.planned(short("81")), k.planned(short("82"))
	k.happens(first.ID, 1, done(0, "/1"))
	k.happens(second.ID, 2, graph.Started{})
	k.happens(second.ID, 3, done(0, "/2"))
	k.happens(second.ID, 4, graph.Answered{Step: 1, Proceed: true, UserID: "Users-1"})
	k.happens(first.ID, 5, graph.Answered{Step: 1, Proceed: true, UserID: "Users-1"})
	k.kept(first.ID, pipelines.Succeeded)
	if c := k.in(); c.Live.ID != second.ID {
		t.Errorf("live is %s, want %s, which was touched later", c.Live.ID, second.ID)
	}
	if got := k.claimed(); !slices.Contains(got, "82") {
		t.Errorf("claimed are %v: what is on the hosts must be among them", got)
	}
}

// TestAScheduledOneJoinsNoQueue until its time has come.
func TestAScheduledOneJoinsNoQueue(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	due := noon.Add(time.Hour)
	d := k.planned(func(d pipelines.Deployment) plan.Plan {
		p := signOffPlan(d, "81")
		p.NotBefore = due
		return p
	})
	k.holds(d, "")
	k.active(d.ID)
	k.kept(d.ID, pipelines.Queued)
	l := k.load(d.ID)
	if l.Revision != 1 || !slices.Equal(l.Asked, []string{"alarm-start"}) {
		t.Errorf("at revision %d it asks for %v, want its alarm in a first turn", l.Revision, l.Asked)
	}
	other := k.planned(func(d pipelines.Deployment) plan.Plan { return signOffPlan(d, "82") })
	k.holds(d, other.ID)
	if _, changed, err := k.Turn(t.Context(), &l, []graph.Event{{ID: "e", At: due.Add(-time.Second), Of: graph.AlarmRang{Name: "start"}}}); changed || err != nil {
		t.Errorf("a ring too early: %v, %v", changed, err)
	}
	k.happens(d.ID, 60, graph.AlarmRang{Name: "start"})
	k.holds(d, other.ID, d.ID)
}

// TestTakenUpAgain: the record, the queue and the list of those alive know of it,
// and whoever takes the former end off the list late hides nothing.
func TestTakenUpAgain(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	d := k.planned(func(d pipelines.Deployment) plan.Plan { return signOffPlan(d, "81") })
	k.happens(d.ID, 1, graph.TaskReported{Task: 0, Attempt: 1, Outcome: task.Failed, Message: "no", Installed: &graph.Folder{Directory: "/1"}})
	if back := k.kept(d.ID, pipelines.Failed); back.Finished == nil || back.Touched == nil {
		t.Errorf("after the end it is kept as %+v", back)
	}
	k.happens(d.ID, 2, graph.Closed{})
	l := k.happens(d.ID, 3, graph.Resumed{UserID: "Users-1", Called: "Ida"})
	k.must(k.Retire(t.Context(), d.ID, 0))
	k.active(d.ID)
	k.holds(d, "", d.ID)
	if back := k.kept(d.ID, pipelines.Queued); back.Finished != nil || back.Message != "" {
		t.Errorf("taken up again it is kept as %+v", back)
	}
	listed, err := k.Deployments(t.Context(), d.ProjectID, 0)
	k.must(err)
	if listed[0].Status != pipelines.Queued || k.in().Newest.Status != pipelines.Queued {
		t.Errorf("listed as %s, newest %s; want queued", listed[0].Status, k.in().Newest.Status)
	}
	k.happens(d.ID, 4, graph.Placed{})
	k.happens(d.ID, 5, graph.TaskReported{Task: 0, Attempt: 2, Outcome: task.Failed, Message: "no", Installed: &graph.Folder{Directory: "/1_1"}})
	if got := k.dirs("before"); !slices.Equal(got, []string{"/1_1 false", "/1 false"}) {
		t.Errorf("installed: %v", got)
	}
	k.happens(d.ID, 6, graph.Closed{})
	k.write(table.Put(table.Key{Partition: "active", Sort: d.ID}, []byte(`"`+d.ID+`"`))) // whoever was to take it away died
	k.must(k.Retire(t.Context(), d.ID, len(l.State.Head.Resumed)))
	k.must(k.RetireLate(t.Context(), d.ID, len(l.State.Head.Resumed)))
	k.active()
}

// TestSweep takes away only what stands in the way of others for nothing.
func TestSweep(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	running := k.asked(1, 1)
	waiting := k.asked(1, 1)
	for _, id := range []string{running.ID, waiting.ID, "Deployments-77"} {
		if swept, err := k.Sweep(t.Context(), running, id); swept || err != nil {
			t.Errorf("Sweep(%s) = %v, %v", id, swept, err)
		}
	}
	k.holds(running, running.ID, waiting.ID)
	k.turn(k.load(running.ID), reported(0))
	place := "place/" + running.ProjectID + "/" + running.EnvironmentID
	k.write(table.Put(table.Key{Partition: place, Sort: "slot"}, []byte(`"`+running.ID+`"`)), table.Put(table.Key{Partition: place, Sort: "waiting/0000000000"}, []byte(`"Deployments-0"`)))
	for _, id := range []string{running.ID, "Deployments-0"} {
		if swept, err := k.Sweep(t.Context(), running, id); !swept || err != nil {
			t.Errorf("Sweep(%s) = %v, %v; want it swept", id, swept, err)
		}
	}
	k.holds(running, "", waiting.ID)
}
