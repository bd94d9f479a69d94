package requests_test

import (
	"strings"
	"sync"
	"testing"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/runner/requests"
)

func TestCreateRelease(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.places()
	project := k.project(pipelines.Project{Name: "Chain", Steps: []pipelines.Step{runs("one", "echo 1")}})
	ask := func(number string) (pipelines.Release, error) {
		return k.CreateRelease(t.Context(), k.admin, requests.ReleaseRequest{Project: "chain", Number: number, Notes: "n"})
	}
	if r := k.release("Chain"); r.Number != "0.0.1" || r.CreatedBy != "Admin" || r.ProjectID != project {
		t.Errorf("the first release = %+v", r)
	}
	r, err := ask("2.3.4")
	must(t, err)
	if number, err := k.ProposeNumber(t.Context(), k.admin, "Chain", ""); number != "2.3.5" || err != nil {
		t.Errorf("ProposeNumber = %s, %v", number, err)
	}
	_, err = ask("2.3.4")
	refused(t, "a number twice", err, pipelines.Conflict, "numbers are never used twice")
	_, err = ask("1.0 beta")
	refused(t, "no number", err, pipelines.Invalid, "is no release number")
	_, err = k.CreateRelease(t.Context(), k.admin, requests.ReleaseRequest{Project: "Nope"})
	refused(t, "no project", err, pipelines.NotFound, "there are: Chain")
	_, err = k.CreateRelease(t.Context(), k.admin, requests.ReleaseRequest{Project: "Chain", Packages: map[string]string{"X": "1"}})
	refused(t, "a package nobody installs", err, pipelines.Invalid, `no step of Chain installs a package "X"`)
	viewer := k.user("viewer", pipelines.RoleGrant{Role: "Project viewer"})
	_, err = k.CreateRelease(t.Context(), viewer, requests.ReleaseRequest{Project: "Chain"})
	refused(t, "without the right", err, pipelines.Forbidden, "ReleaseCreate")

	k.change(project, func(p *pipelines.Project) { p.Steps[0] = runs("two", "echo 2") })
	frozen, err := k.Records.Release(t.Context(), r.ID)
	must(t, err)
	if frozen.Project.Steps[0].Name != "one" || frozen.Notes != "n" {
		t.Errorf("the release has become %+v by a later edit", frozen.Project.Steps)
	}
	k.change(project, func(p *pipelines.Project) { p.Steps = nil })
	_, err = ask("")
	refused(t, "no steps", err, pipelines.Conflict, "a release would deploy nothing")
}

func TestCreateReleaseChoosesPackages(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.places()
	k.project(pipelines.Project{Name: "Quotes", Steps: []pipelines.Step{installs("Install", "Quotes")}})
	create := func(versions map[string]string) (pipelines.Release, error) {
		return k.CreateRelease(t.Context(), k.admin, requests.ReleaseRequest{Project: "Quotes", Packages: versions})
	}
	_, err := create(nil)
	refused(t, "nothing pushed", err, pipelines.NotFound, "package Quotes has no version yet")
	k.push("Quotes", "2.0.0-beta", "b")
	_, err = create(nil)
	refused(t, "only a pre-release", err, pipelines.Conflict, "has only pre-releases (the newest is 2.0.0-beta)")
	k.push("Quotes", "1.0.9", "9")
	k.push("Quotes", "1.0.10", "10")
	if r := k.release("Quotes"); r.Number != "1.0.10" || r.Packages[0].Version != "1.0.10" {
		t.Errorf("the newest that is no pre-release: %+v", r.Packages)
	}
	r, err := create(map[string]string{"quotes": "2.0.0-BETA"})
	must(t, err)
	if r.Number != "2.0.0-beta" || r.Packages[0].Version != "2.0.0-beta" {
		t.Errorf("a pre-release by name: %s %+v", r.Number, r.Packages)
	}
	_, err = create(map[string]string{"Quotes": "3.0.0"})
	refused(t, "a version that is not there", err, pipelines.NotFound, "there is no version 3.0.0 of package Quotes")
}

func TestCreateReleaseRefusesACertainTie(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.places()
	k.project(pipelines.Project{Name: "P", Steps: []pipelines.Step{runs("one", "echo")}, Variables: []pipelines.Variable{
		{Name: "X", Value: "1"}, {Name: "X", Value: "2", Scope: pipelines.Scope{Environments: []string{"Dev"}}},
		{Name: "X", Value: "3", Scope: pipelines.Scope{Environments: []string{"Dev", "Prod"}}},
	}})
	_, err := k.CreateRelease(t.Context(), k.admin, requests.ReleaseRequest{Project: "P"})
	refused(t, "a tie", err, pipelines.Conflict, `variable "X" has two values that fit environment Dev equally well`)
	if strings.Contains(err.Error(), "environment Prod") {
		t.Errorf("there is no tie in Prod: %v", err)
	}
}

func TestCreateReleaseRefusesATieOfSets(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.places()
	for name, value := range map[string]string{"One": "1", "Two": "2"} {
		k.add(records.VariableSets, name, func(id string) any {
			return pipelines.VariableSet{ID: id, Name: name, Variables: []pipelines.Variable{{Name: "X", Value: pipelines.Text(value)}}}
		})
	}
	project := k.project(pipelines.Project{Name: "P", VariableSets: []string{"One", "Two"}, Steps: []pipelines.Step{runs("one", "echo")}})
	_, err := k.CreateRelease(t.Context(), k.admin, requests.ReleaseRequest{Project: "P"})
	refused(t, "a tie of two sets", err, pipelines.Conflict, `variable "X" has two values that fit everywhere they apply equally well: "1" (set One) and "2" (set Two)`)
	k.change(project, func(p *pipelines.Project) { p.VariableSets = []string{"Two"} })
	if r := k.release("P"); len(r.Sets) != 1 || r.Sets[0].Name != "Two" {
		t.Errorf("the release froze %+v, want the one set that the project includes", r.Sets)
	}
}

// Who names no number is not told that somebody was quicker: they get the next one.
func TestReleasesAtOnceGetNumbersOfTheirOwn(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.places()
	k.project(pipelines.Project{Name: "Chain", Steps: []pipelines.Step{runs("one", "echo 1")}})
	var mu sync.Mutex
	numbers := map[string]bool{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			r, err := k.CreateRelease(t.Context(), k.admin, requests.ReleaseRequest{Project: "Chain"})
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			numbers[r.Number] = true
		})
	}
	wg.Wait()
	if len(numbers) != 8 {
		t.Errorf("%d different numbers, want 8: %v", len(numbers), numbers)
	}
}
