package records_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"slipway/pipelines"
	"slipway/runner/graph"
)

func none(pipelines.Release) []pipelines.Event { return nil }

func release(number string) pipelines.Release {
	return pipelines.Release{ProjectID: "Projects-1", Number: number, Created: noon, Project: pipelines.Project{
		Name: "Quotes", Steps: []pipelines.Step{{Name: "a", Action: pipelines.Action{Type: "script", Settings: []byte(`{"body":"echo"}`)}}},
	}}
}

// TestFiftyReleasesAtOnce: numbers stay unique and ids leave no gap.
func TestFiftyReleasesAtOnce(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	const writers = 50
	ids := make([]string, writers)
	var all sync.WaitGroup
	for i := range writers {
		all.Go(func() {
			made, err := k.AddRelease(t.Context(), release(fmt.Sprint("1.0.", i)), none)
			if err != nil {
				t.Errorf("AddRelease = %v", err)
			}
			ids[i] = made.ID
		})
	}
	all.Wait()
	slices.Sort(ids)
	var want []string
	for i := range writers {
		want = append(want, fmt.Sprintf("Releases-%d", i+1))
	}
	slices.Sort(want)
	if !slices.Equal(ids, want) {
		t.Errorf("ids = %v, want 1 to %d", ids, writers)
	}
}

func TestOneNumberForOneRelease(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	var all sync.WaitGroup
	results := make([]error, 10)
	for i := range results {
		all.Go(func() { _, results[i] = k.AddRelease(t.Context(), release("1.0.0-Beta"), none) })
	}
	all.Wait()
	made := 0
	for _, err := range results {
		if err == nil {
			made++
			continue
		}
		if pipelines.CodeOf(err) != pipelines.Conflict || !strings.Contains(err.Error(), "project Quotes has a release 1.0.0-Beta already") {
			t.Errorf("AddRelease = %v", err)
		}
	}
	if made != 1 {
		t.Errorf("the number was given %d times", made)
	}
	if _, err := k.AddRelease(t.Context(), release("1.0.0-BETA"), none); pipelines.CodeOf(err) != pipelines.Conflict {
		t.Errorf("the number in other case = %v, want a conflict", err)
	}
	if _, ok, err := k.ReleaseNumbered(t.Context(), "Projects-2", "1.0.0-Beta"); ok || err != nil {
		t.Errorf("another project has the number: %v, %v", ok, err)
	}
}

func TestReleases(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	for i := range 12 {
		_, err := k.AddRelease(t.Context(), release(fmt.Sprint("1.0.", i)), func(made pipelines.Release) []pipelines.Event {
			return []pipelines.Event{{ID: made.ID, At: noon}}
		})
		k.must(err)
	}
	heads, err := k.Releases(t.Context(), "Projects-1", 3)
	k.must(err)
	if len(heads) != 3 || heads[0].Number != "1.0.11" || heads[2].Number != "1.0.9" {
		t.Errorf("Releases = %+v, want the newest three", heads)
	}
	if heads[0].Project.Steps != nil {
		t.Error("a head carries the frozen process")
	}
	whole, err := k.Release(t.Context(), heads[0].ID)
	k.must(err)
	if whole.ID != heads[0].ID || len(whole.Project.Steps) != 1 || whole.Number != "1.0.11" {
		t.Errorf("Release = %+v", whole)
	}
	if log, err := k.AuditLog(t.Context(), noon.Add(1), 100); err != nil || len(log) != 12 {
		t.Errorf("%d audit entries, %v", len(log), err)
	}
}

func TestDeploymentIDsAreUnique(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	ids := make([]string, 30)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() { ids[i] = k.asked(1, 1).ID })
	}
	all.Wait()
	slices.Sort(ids)
	if n := len(slices.Compact(ids)); n != len(ids) {
		t.Errorf("%d ids for %d deployments", n, len(ids))
	}
}

func TestDeploymentsNewestFirst(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	for range 11 {
		k.deployment(1, 1)
	}
	all, err := k.Deployments(t.Context(), "Projects-1", 2)
	k.must(err)
	if len(all) != 2 || all[0].ID != "Deployments-11" || all[1].ID != "Deployments-10" {
		t.Errorf("Deployments = %+v", all)
	}
	current, err := k.Current(t.Context(), "Projects-1")
	k.must(err)
	if len(current) != 1 || current[0].Newest.ID != "Deployments-11" || current[0].Live != nil {
		t.Errorf("Current = %+v", current)
	}
}

func TestClaimsAreHeldFromTheStart(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	d := k.deployment(2, 2)
	if held, err := k.Claims(t.Context()); err != nil || len(held) != 0 {
		t.Errorf("Claims before the start = %+v, %v", held, err)
	}
	l := k.load(d.ID)
	l.Plan.Claims = []pipelines.Claim{{Kind: "port", Value: "80", Step: "wide", Targets: []string{"Machines-1"}}}
	k.turn(l, graph.Started{})
	held, err := k.Claims(t.Context())
	k.must(err)
	if len(held) != 1 || held[0].Environment != "Dev" || len(held[0].Claims) != 1 || held[0].Claims[0].Value != "80" {
		t.Errorf("Claims = %+v", held)
	}
}

func TestProgressionFollowsTheLifecycleOfToday(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.environment("Dev", 0)
	k.environment("Test", 1)
	made, err := k.AddRelease(t.Context(), release("1.0.0"), none)
	k.must(err)
	open := func() string {
		progression, err := k.Progression(t.Context(), pipelines.Project{ID: "Projects-1"}, made)
		k.must(err)
		out := ""
		for _, p := range progression {
			if p.Open {
				out += p.Environment + " "
			}
		}
		return out
	}
	if got := open(); got != "Dev " {
		t.Errorf("open = %q", got)
	}
	d := k.deployment(1, 1) // of Releases-1 to Environments-1
	k.turn(k.turn(k.load(d.ID), graph.Started{}), reported(0))
	if got := open(); got != "Dev Test " {
		t.Errorf("open after a success = %q", got)
	}
}
