package views_test

import (
	"fmt"
	"testing"

	"slipway/pipelines"
)

// used makes releases of two projects with a version of a package: one of Quotes
// after each so many of Other.
func (k *kit) used(releases, every int) {
	k.t.Helper()
	for n := range releases {
		r := pipelines.Release{ProjectID: "Projects-2", Number: fmt.Sprintf("2.0.%d", n), Project: pipelines.Project{Name: "Other"}, Packages: []pipelines.Selected{{Package: "Web", Version: "1.0"}}}
		if n%every == every-1 {
			r.ProjectID, r.Project.Name = "Projects-1", "Quotes"
		}
		_, err := k.Records.AddRelease(k.t.Context(), r, func(pipelines.Release) []pipelines.Event { return nil })
		must(k.t, err)
	}
}

// TestReleasesWithAPackage: all of them, by pages, of the projects that may be seen,
// however many others are between.
func TestReleasesWithAPackage(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.used(700, 175)
	for _, c := range []struct {
		name string
		p    pipelines.Principal
		want int
	}{
		{"admin", pipelines.Principal{UserID: "a", Admin: true}, 700},
		{"viewer of Quotes", who("Project viewer", []string{"Quotes"}, nil), 4},
		{"viewer of Quotes in Dev", who("Project viewer", []string{"Quotes"}, []string{"Dev"}), 4},
		{"publisher", who("Package publisher", nil, nil), 0},
	} {
		for _, limit := range []int{3, 50} {
			seen, pages, before := map[string]bool{}, 0, ""
			for last := ""; ; pages++ {
				page, err := k.ReleasesBehind(t.Context(), c.p, "web", "1.0", before, limit)
				must(t, err)
				for _, u := range page.Releases {
					if last != "" && len(u.ID) > len(last) || seen[u.ID] {
						t.Fatalf("%s: %s after %s", c.name, u.ID, last)
					}
					seen[u.ID], last = true, u.ID
				}
				if len(page.Releases) > limit {
					t.Fatalf("%s: a page of %d, want at most %d", c.name, len(page.Releases), limit)
				}
				if before = page.Next; before == "" {
					break
				}
			}
			if len(seen) != c.want {
				t.Errorf("%s sees %d releases by pages of %d, want %d", c.name, len(seen), limit, c.want)
			}
			if most := c.want/limit + 4; pages > most {
				t.Errorf("%s needs %d pages of %d, want at most %d", c.name, pages, limit, most)
			}
		}
	}
	all, err := k.ReleasesWith(t.Context(), who("Project viewer", []string{"Quotes"}, nil), "Web", []string{"0.9", "1.0"}, 4)
	must(t, err)
	if len(all) != 2 || len(all[0].Releases) != 0 || all[0].Next != "" || len(all[1].Releases) == 0 || all[1].Next == "" || all[1].Releases[0].Number != "2.0.699" {
		t.Errorf("ReleasesWith = %+v", all)
	}
}
