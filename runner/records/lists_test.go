package records_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/runner/table"
)

// The newest version told from keys is the first of all versions read.
func TestNewestPackageIsTheFirstOfAll(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	random := rand.New(rand.NewPCG(7, 7))
	for n := range 20 {
		id := fmt.Sprintf("Package%d", n)
		for range random.IntN(8) {
			version := fmt.Sprintf("%d.%d.%d", random.IntN(3), random.IntN(12), random.IntN(12))
			if random.IntN(3) == 0 {
				version += []string{"-RC.1", "-beta.2", "-beta.10", "-x+meta"}[random.IntN(4)]
			}
			_ = k.Write(t.Context(), records.AddPackage(pipelines.Package{ID: id, Version: version})...) // the same twice is refused
		}
		all, err := k.Packages(t.Context(), id)
		k.must(err)
		newest, count, err := k.NewestPackage(t.Context(), strings.ToUpper(id))
		k.must(err)
		if count != len(all) || count > 0 && newest.Version != all[0].Version {
			t.Errorf("NewestPackage = %s of %d, want the first of %v", newest.Version, count, all)
		}
	}
}

func TestProjectNamed(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	id := k.add(records.Projects, "Random Quotes", func(id string) any { return pipelines.Project{ID: id, Name: "Random Quotes"} })
	for name, want := range map[string]bool{id: true, "Random Quotes": true, "random QUOTES": true, "Random": false, "": false, "Projects-9": false, strings.Repeat("x", 5000): false, "a\x00b": false} {
		got, there, err := k.ProjectNamed(t.Context(), name)
		if err != nil || there != want || there && got.ID != id {
			t.Errorf("ProjectNamed(%.20q) = %s, %t, %v; want it there: %t", name, got.ID, there, err, want)
		}
	}
	// What it gives is what stands there now.
	stored, err := k.Project(t.Context(), id)
	k.must(err)
	stored.Noun.Description = "changed"
	k.write(records.ReplaceNoun(records.Projects, id, stored.Noun, stored.Revision))
	if got, _, err := k.ProjectNamed(t.Context(), "random quotes"); err != nil || got.Description != "changed" {
		t.Errorf("after a change: %q, %v", got.Description, err)
	}
	k.write(records.RemoveNounAt(records.Projects, id, "Random Quotes", stored.Revision+1)...)
	if _, there, err := k.ProjectNamed(t.Context(), "random quotes"); err != nil || there {
		t.Errorf("after its removal it is there: %t, %v", there, err)
	}
}

// None that was asked for since then is missing, whatever the number before it.
func TestDeploymentsSince(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	const all = 130
	for n := range all {
		d := pipelines.Deployment{ID: fmt.Sprintf("Deployments-%d", n+1), ProjectID: "Projects-1", Created: noon.Add(time.Duration(n) * time.Hour)}
		k.write(table.Put(table.Key{Partition: "project/Projects-1", Sort: fmt.Sprintf("deployment/%010d", n+1)}, []byte(fmt.Sprintf(`{"id":%q,"created":%q}`, d.ID, d.Created.Format(time.RFC3339)))))
	}
	for _, from := range []int{0, 1, 49, 50, 51, 100, all - 1, all} {
		got, err := k.DeploymentsSince(t.Context(), "Projects-1", noon.Add(time.Duration(from)*time.Hour))
		k.must(err)
		if least := all - from; len(got) < least || len(got) > least+1 || least > 0 && got[0].ID != fmt.Sprintf("Deployments-%d", all) {
			t.Errorf("since the one with number %d: %d deployments, want %d or one more, newest first", from+1, len(got), least)
		}
	}
}
