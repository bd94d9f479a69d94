package runner_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/steps/nginx"
	"slipway/runner/graph"
	"slipway/runner/hosts"
	"slipway/runner/hosts/pretendhosts"
	"slipway/runner/records"
	"slipway/runner/requests"
)

var web1 = hosts.Target{ID: "Machines-1", Name: "web-1", Address: "x"}

func unreachable(k *kit) { must(k.t, k.hosts.Fault(web1, pretendhosts.Fault{Unreachable: true})) }

func reachable(k *kit) { must(k.t, k.hosts.Fault(web1, pretendhosts.Fault{})) }

// oneProject is a project of one step on one target, and its first release.
func (k *kit) oneProject(name string, step pipelines.Step) {
	k.project(pipelines.Project{Name: name, Steps: []pipelines.Step{step}})
	_, err := k.requests.CreateRelease(k.t.Context(), k.admin, requests.ReleaseRequest{Project: name, Number: "1.0.0"})
	must(k.t, err)
}

func (k *kit) deploy(name string) string {
	d, err := k.requests.Deploy(k.t.Context(), k.admin, requests.DeployRequest{Project: name, Release: "1.0.0", Environment: "Dev"})
	must(k.t, err)
	return d.ID
}

func (k *kit) payloads() int {
	b, _ := os.ReadFile(filepath.Join(k.dir, "pretend", "Machines-1", "payload.log")) // none yet: no payload
	return strings.Count(string(b), "\n")
}

func (k *kit) untilPayloads(n int) {
	k.t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); k.payloads() < n; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			k.t.Fatalf("%d payloads ran, want %d", k.payloads(), n)
		}
	}
}

// TestWhatMayHaveBegunIsNeverRepeated: the runner is replaced while a payload
// runs, and the host does not answer the new one. Nobody knows how it ended, so
// it is unknown, and a retry is out of the question.
func TestWhatMayHaveBegunIsNeverRepeated(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	k := newKit(t, dir)
	k.environments("Dev")
	k.target("web-1", []string{"web"}, "Dev")
	step := scriptStep("one", "echo begun\nsleep 5m")
	step.Retries = 2
	k.oneProject("Chain", step)
	id := k.deploy("Chain")
	k.untilPayloads(1)
	k.stop()
	k = newKit(t, dir, unreachable)
	l := k.until(id, pipelines.Waiting)
	if got := l.State.Task(0).Ask; got != pipelines.Unknown {
		t.Errorf("the task asks about %q (%s), want unknown", got, l.State.Task(0).Message)
	}
	must(t, k.requests.Decide(t.Context(), k.admin, requests.DecideRequest{Deployment: id, Choice: graph.Fail}))
	l = k.until(id, pipelines.Failed)
	if got := l.State.Head.Steps[0].Status; got != pipelines.Unknown {
		t.Errorf("the step is %s (%s), want unknown", got, l.State.Head.Steps[0].Message)
	}
	reachable(k)
	if k.payloads() != 1 {
		t.Errorf("%d payloads ran, want 1", k.payloads())
	}
}

// TestACancelledAttemptNeverBegins: it waits for a target that another project
// holds when somebody cancels it.
func TestACancelledAttemptNeverBegins(t *testing.T) {
	t.Parallel()
	k := newKit(t, t.TempDir())
	k.environments("Dev")
	k.target("web-1", []string{"web"}, "Dev")
	k.oneProject("First", scriptStep("one", "sleep 1500ms"))
	k.oneProject("Second", scriptStep("one", "echo never"))
	first := k.deploy("First")
	k.untilPayloads(1)
	second := k.deploy("Second")
	k.until(second, pipelines.Running)
	must(t, k.requests.Cancel(t.Context(), k.admin, second, ""))
	l := k.until(second, pipelines.Cancelled)
	if got := l.State.Head.Steps[0].Status; got != pipelines.Cancelled {
		t.Errorf("the step is %s, want cancelled", got)
	}
	k.until(first, pipelines.Succeeded)
	if k.payloads() != 1 {
		t.Errorf("%d payloads ran, want only the first's", k.payloads())
	}
}

// TestAStopIsRepeatedUntilItIsHeard: the host is away when the cancel comes.
func TestAStopIsRepeatedUntilItIsHeard(t *testing.T) {
	t.Parallel()
	k := newKit(t, t.TempDir(), func(k *kit) { k.runner.Patience = time.Minute })
	k.environments("Dev")
	k.target("web-1", []string{"web"}, "Dev")
	k.oneProject("Chain", scriptStep("one", "echo begun\nsleep 5m"))
	id := k.deploy("Chain")
	k.untilPayloads(1)
	unreachable(k)
	must(t, k.requests.Cancel(t.Context(), k.admin, id, ""))
	k.until(id, pipelines.Cancelling)
	reachable(k)
	k.until(id, pipelines.Cancelled)
}

// still is a wake that wakes nobody: the test looks itself.
type still struct{}

func (still) Wake(context.Context, string) error { return nil }

// sites is a kit in which projects with a site each, all at one port, are made.
func sites(t *testing.T) (k *kit, site func(name string, allow ...string)) {
	t.Helper()
	k = newKit(t, t.TempDir(), func(k *kit) { k.requests.Wake = still{} })
	k.environments("Dev")
	k.target("web-1", []string{"web"}, "Dev")
	_, err := k.requests.ReceivePackage(t.Context(), k.admin, nupkg(t, "App", "1.0.0", "hello"))
	must(t, err)
	return k, func(name string, allow ...string) {
		k.oneProject(name, pipelines.Step{Name: "site", Roles: []string{"web"}, Allow: allow, Action: pipelines.Action{Type: "nginx", Settings: settings(nginx.Settings{
			Package: "App", Bindings: []nginx.Binding{{Port: "8081"}}, Locations: []nginx.Location{{Path: "/", Directives: []nginx.Directive{{"root": "/srv"}}}},
		})}})
	}
}

// overtaken plans deployments of the projects Second and First, of which Second
// has to wait for its place although it was asked for earlier.
func (k *kit) overtaken() (second, first string) {
	k.t.Helper()
	var ahead records.Change // somebody is just leaving Second's place
	ahead.Key.Partition, ahead.Key.Sort, ahead.Value = "place/Projects-2/Environments-1", "waiting/0", []byte(`"Deployments-0"`)
	must(k.t, k.records.Write(k.t.Context(), ahead))
	second, first = k.deploy("Second"), k.deploy("First")
	ahead.Do, ahead.Value = 1, nil
	must(k.t, k.records.Write(k.t.Context(), ahead))
	return second, first
}

// TestAPortTakenMeanwhileStopsTheSecond: both plans were made while the port
// was free, but the second had to wait for its place.
func TestAPortTakenMeanwhileStopsTheSecond(t *testing.T) {
	t.Parallel()
	k, site := sites(t)
	site("First")
	site("Second")
	second, first := k.overtaken()
	must(t, k.runner.Look(t.Context(), first))
	must(t, k.runner.Look(t.Context(), second))
	k.until(first, pipelines.Succeeded)
	l := k.until(second, pipelines.Failed)
	if !strings.Contains(l.State.Head.Message, "port 8081 is held by First/Dev") {
		t.Errorf("message = %q", l.State.Head.Message)
	}
	_, err := k.requests.Deploy(t.Context(), k.admin, requests.DeployRequest{Project: "Second", Release: "1.0.0", Environment: "Dev"})
	if pipelines.CodeOf(err) != pipelines.Conflict || !strings.Contains(err.Error(), "First/Dev") {
		t.Errorf("a new request = %v, want a conflict that names the holder", err)
	}

	site("Third", "port")
	third := k.deploy("Third")
	must(t, k.runner.Look(t.Context(), third))
	l = k.until(third, pipelines.Succeeded)
	const taken = "port 8081 on target web-1 is held by First/Dev, and the step allows that: it takes it over"
	if got := l.Plan.Allowed(); !slices.Equal(got, []string{taken}) {
		t.Errorf("the plan allows %q", got)
	}
	events, err := k.records.AuditLog(t.Context(), time.Now().Add(time.Hour), 1000)
	must(t, err)
	if !slices.ContainsFunc(events, func(e pipelines.Event) bool {
		return e.Category == "DeploymentQueued" && e.Subject == third && e.Details["allowed"] == taken
	}) {
		t.Errorf("nothing in the audit log says that %s: %+v", taken, events)
	}
}

// TestAPortTakenMeanwhileByLeaveIsToldOf: the plan of the second says nothing,
// since the port was free when it was made, so the audit log must.
func TestAPortTakenMeanwhileByLeaveIsToldOf(t *testing.T) {
	t.Parallel()
	k, site := sites(t)
	site("First")
	site("Second", "port")
	second, first := k.overtaken()
	must(t, k.runner.Look(t.Context(), first))
	k.until(first, pipelines.Succeeded)
	must(t, k.runner.Look(t.Context(), second))
	k.until(second, pipelines.Succeeded)
	third := k.deploy("Second") // its plan tells of it
	must(t, k.runner.Look(t.Context(), third))
	k.until(third, pipelines.Succeeded)
	events, err := k.records.AuditLog(t.Context(), time.Now().Add(time.Hour), 1000)
	must(t, err)
	var told []string
	for _, e := range events {
		if e.Category == "DeploymentTookOver" {
			told = append(told, e.Subject+": "+e.Details["allowed"])
		}
	}
	want := second + ": port 8081 is held by First/Dev since this deployment was asked for, and step site allows that: it takes it over"
	if !slices.Equal(told, []string{want}) {
		t.Errorf("the audit log tells of %q, want %q", told, want)
	}
}

// TestALargeOutputTravels: a step's output beyond what a state holds reaches the
// next step all the same.
func TestALargeOutputTravels(t *testing.T) {
	t.Parallel()
	k := newKit(t, t.TempDir())
	k.environments("Dev")
	k.target("web-1", []string{"web"}, "Dev")
	large := strings.Repeat("0123456789", 2000)
	k.project(pipelines.Project{Name: "Chain", Steps: []pipelines.Step{
		scriptStep("one", "output X="+large), scriptStep("two", "echo #{Octopus.Action[one].Output.X}"),
	}})
	_, err := k.requests.CreateRelease(t.Context(), k.admin, requests.ReleaseRequest{Project: "Chain", Number: "1.0.0"})
	must(t, err)
	l := k.until(k.deploy("Chain"), pipelines.Succeeded)
	if x := l.State.Task(0); x.Blob == "" || len(x.Outputs) > 0 {
		t.Errorf("the output stands in the state: %d values, blob %q", len(x.Outputs), x.Blob)
	}
	order, err := k.runner.OutputsFor(t.Context(), &l, 1, 0)
	must(t, err)
	found := false
	for _, v := range order {
		found = found || v.Name == "Octopus.Action[one].Output.X" && v.Value == large
	}
	if !found {
		t.Errorf("the second step does not get the output: %d variables", len(order))
	}
}

// TestAutomaticOnce: what happens by itself happens once for a release and an
// environment, also when two ask at the same moment.
func TestAutomaticOnce(t *testing.T) {
	t.Parallel()
	k := newKit(t, t.TempDir())
	k.tutorial()
	results := make(chan error, 8)
	for range cap(results) {
		go func() {
			_, err := k.requests.ReceivePackage(t.Context(), k.admin, nupkg(t, "RandomQuotes", "1.0.1", "hello"))
			results <- err
		}()
	}
	for range cap(results) {
		if err := <-results; err != nil && pipelines.CodeOf(err) == "" {
			t.Error(err)
		}
	}
	all, err := k.records.Deployments(t.Context(), "Projects-1", 0)
	must(t, err)
	if len(all) != 1 {
		t.Errorf("%d deployments, want one: %+v", len(all), all)
	}
}
