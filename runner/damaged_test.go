package runner_test

import (
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/steps/approval"
	"slipway/pipelines/task"
	"slipway/runner/records"
	"slipway/runner/requests"
	"slipway/runner/table"
)

func (f *forgetful) damage(partition, sort string) (mend func()) {
	f.t.Helper()
	k := table.Key{Partition: partition, Sort: sort}
	item, err := f.table.Get(f.t.Context(), k)
	must(f.t, err)
	must(f.t, f.records.Write(f.t.Context(), table.Put(k, []byte("{"))))
	return func() { must(f.t, f.records.Write(f.t.Context(), table.Put(k, item.Value))) }
}

// TestWhatIsMendedGoesOn where no process is started that would look: a report is
// lost on a deployment that cannot be read, and hours later it is mended.
func TestWhatIsMendedGoesOn(t *testing.T) {
	t.Parallel()
	f := newForgetful(t, chain(2)...)
	d := f.deploy()
	must(t, f.runner().Turned(t.Context(), d.ID, 1))
	mend := f.damage("deployment/"+d.ID, "turn/0000000001")
	delete(f.alarms.set, "watch-"+d.ID)
	must(t, f.runner().Reported(t.Context(), f.report(task.Succeeded)))
	ring := func() {
		t.Helper()
		a, ok := f.alarms.set["again-"+d.ID]
		if !ok {
			t.Fatalf("nobody ever looks again: timers %v", f.alarms.set)
		}
		delete(f.alarms.set, "again-"+d.ID)
		if wait := a.at.Sub(f.now); wait != time.Hour {
			t.Errorf("it is looked at after %s", wait)
		}
		f.now = a.at
		must(t, f.runner().Ring(nil)(t.Context(), "", a.payload))
	}
	ring()
	before := len(f.hosts.sent())
	mend()
	ring()
	if got := f.hosts.sent(); len(got) != before+1 {
		t.Errorf("mended, the host was asked %v", got)
	}
	if _, again := f.alarms.set["again-"+d.ID]; again {
		t.Error("mended, it is still looked at every hour")
	}
}

// TestTheDamageOfOthersIsNoHold: what is not the deployment's own is an error,
// which is tried again.
func TestTheDamageOfOthersIsNoHold(t *testing.T) {
	t.Parallel()
	f := newForgetful(t, chain(1)...)
	d := f.deploy()
	must(t, f.runner().Turned(t.Context(), d.ID, 1))
	next, err := f.requests.CreateRelease(t.Context(), f.admin, requests.ReleaseRequest{Project: "Chain"})
	must(t, err)
	waiting, err := f.requests.Deploy(t.Context(), f.admin, requests.DeployRequest{Project: "Chain", Release: next.Number, Environment: "Dev"})
	must(t, err)
	k := table.Key{Partition: "deployment/" + waiting.ID, Sort: "record"}
	item, err := f.table.Get(t.Context(), k)
	must(t, err)
	mend := f.damage("place/"+d.ProjectID+"/"+d.EnvironmentID, "slot")
	if err := f.runner().Turned(t.Context(), waiting.ID, 1); err == nil {
		t.Error("a damaged slot passes for a hold of who waits for it")
	}
	mend()
	must(t, f.records.Write(t.Context(), table.Put(k, []byte("{"))))
	if err := f.runner().Turned(t.Context(), waiting.ID, 1); err != nil {
		t.Errorf("its own record is damaged, and it is not held: %v", err)
	}
	must(t, f.records.Write(t.Context(), table.Put(k, item.Value)))
}

// TestADamagedUserKeepsNobodyFromBeingAsked, nor the end of what runs beside the
// question from being noted.
func TestADamagedUserKeepsNobodyFromBeingAsked(t *testing.T) {
	t.Parallel()
	k := newKit(t, t.TempDir())
	k.environments("Dev")
	k.target("web-1", []string{"web"}, "Dev")
	k.user("stella", "stella@example.org")
	k.user("oskar", "oskar@example.org")
	k.add(records.Teams, "QA", func(id string, _ int) any { return pipelines.Team{ID: id, Name: "QA", Members: []string{"stella"}} })
	k.add(records.Teams, "Ops", func(id string, _ int) any { return pipelines.Team{ID: id, Name: "Ops"} })
	beside := scriptStep("two", "sleep 500ms")
	beside.Start = pipelines.StartWithPrevious
	k.project(pipelines.Project{Name: "Chain", Steps: []pipelines.Step{signOffStep("one", approval.Settings{Teams: []string{"QA"}}), beside}})
	k.release("1.0.0")
	must(t, k.records.Write(t.Context(),
		table.Put(table.Key{Partition: "config", Sort: "Users/Users-2"}, []byte("{")), table.Put(table.Key{Partition: "config", Sort: "Teams/Teams-2"}, []byte("{"))))
	id := k.deployed("1.0.0")
	l := k.until(id, pipelines.Waiting)
	if got := l.State.Head.Steps[1].Status; got != pipelines.Succeeded {
		t.Errorf("the step beside the question is %s", got)
	}
	k.mails("Sign-off needed", 1)
}

// TestADamagedJournalOfInstallationsHoldsNoStep: it goes on as if it were the
// first, and what it installs is known again.
func TestADamagedJournalOfInstallationsHoldsNoStep(t *testing.T) {
	t.Parallel()
	k := newKit(t, t.TempDir())
	k.tutorial()
	_, err := k.requests.ReceivePackage(t.Context(), k.admin, nupkg(t, "RandomQuotes", "1.0.1", "hello"))
	must(t, err)
	all, err := k.records.Deployments(t.Context(), "Projects-1", 0)
	must(t, err)
	if len(all) == 0 {
		t.Fatal("nothing was deployed by itself")
	}
	k.until(all[0].ID, pipelines.Succeeded, pipelines.Waiting)
	row := table.Key{Partition: "installed", Sort: all[0].ProjectID + "/" + all[0].EnvironmentID}
	must(t, k.records.Write(t.Context(), table.Put(row, []byte("{"))))
	must(t, k.records.Write(t.Context(), table.Put(table.Key{Partition: "installed", Sort: "Projects-9/Environments-9"}, []byte("{"))))
	d, err := k.requests.Deploy(t.Context(), k.admin, requests.DeployRequest{Project: all[0].Project, Release: all[0].Release, Environment: all[0].Environment})
	must(t, err)
	l := k.until(d.ID, pipelines.Succeeded, pipelines.Waiting, pipelines.Failed)
	if l.State.Head.Status == pipelines.Failed {
		t.Fatalf("it failed: %s", l.State.Head.Message)
	}
	var step string
	for _, s := range l.Plan.Steps {
		if s.Kind == plan.OnHosts && s.Package != nil {
			step = s.Name
			lane, err := k.records.Installed(t.Context(), d.ProjectID, d.EnvironmentID, records.Lane{Step: s.Name, TargetID: s.Targets[0].ID})
			if err != nil || len(lane) != 1 || lane[0].Deployment != d.ID {
				t.Errorf("installed by %s: %+v, %v", s.Name, lane, err)
			}
		}
	}
	if step == "" {
		t.Error("no step installs a package")
	}
}
