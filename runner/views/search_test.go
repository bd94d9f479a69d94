package views_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/runner/views"
)

// answered writes what was found as one line.
func answered(all []views.FoundGroup) string {
	var out []string
	for _, g := range all {
		var names []string
		for _, f := range g.Items {
			names = append(names, f.Name)
		}
		line := string(g.Kind) + ": " + strings.Join(names, ", ")
		if g.More > 0 {
			line += fmt.Sprintf(" +%d", g.More)
		}
		out = append(out, line)
	}
	return strings.Join(out, "; ")
}

func TestSearch(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	admin := pipelines.Principal{UserID: "Users-1", Username: "root", Admin: true}
	viewsOther := pipelines.Principal{UserID: "Users-2", Username: "eve", Grants: []pipelines.Grant{
		{Permission: pipelines.ProjectView, Projects: []string{"Other"}}, {Permission: pipelines.ReleaseView, Projects: []string{"Other"}},
		{Permission: pipelines.DeploymentView, Projects: []string{"Other"}, Environments: []string{"Dev"}}, {Permission: pipelines.EnvironmentView, Environments: []string{"Dev"}},
	}}
	nobody := pipelines.Principal{UserID: "Users-3", Username: "new"}
	k.add(records.Users, "otherwise", func(id string) any { return pipelines.User{ID: id, Username: "otherwise", DisplayName: "O. Wise"} })
	k.add(records.VariableSets, "Shared", func(id string) any {
		return pipelines.VariableSet{ID: id, Name: "Shared", Variables: []pipelines.Variable{{Name: "Mail Server"}, {Name: "mail server"}}}
	})
	k.add(records.Lifecycles, "Dev, Test, and Prod", func(id string) any { return pipelines.Lifecycle{ID: id, Name: "Dev, Test, and Prod"} })
	for _, c := range []struct {
		who         pipelines.Principal
		query, want string
	}{
		{admin, "other", "project: Other; user: O. Wise; release: Other 1.0"},
		{admin, "  QUOTES ", "project: Quotes; release: Quotes 1.0"},
		{admin, "1.0", "release: Other 1.0, Quotes 1.0"},
		{admin, "quotes 1.0", "release: Quotes 1.0"},
		{admin, "1.0 quotes", "release: Quotes 1.0"},
		{admin, "quotes 1.", "release: Quotes 1.0"},
		{admin, "deployments-1", "deployment: Deployments-1"},
		{admin, "4", "deployment: Deployments-4"},
		{admin, "web-1", "target: web-1"},
		{admin, "prod", "environment: Prod; lifecycle: Dev, Test, and Prod"},
		{admin, "mail server", "variable: Mail Server"},
		{admin, "iis", "step type: Deploy to IIS"},
		{admin, "", ""}, {admin, "   ", ""}, {admin, "no such name", ""},
		{viewsOther, "other", "project: Other; release: Other 1.0"},
		{viewsOther, "quotes", ""}, {viewsOther, "1.0", "release: Other 1.0"},
		{viewsOther, "prod", ""}, {viewsOther, "dev", "environment: Dev"},
		{viewsOther, "3", "deployment: Deployments-3"}, {viewsOther, "4", ""}, {viewsOther, "1", ""},
		{nobody, "other", ""}, {nobody, "1.0", ""}, {nobody, "web-1", ""}, {nobody, "mail server", ""},
	} {
		found, err := k.Search(t.Context(), c.who, c.query)
		must(t, err)
		if got := answered(found); got != c.want {
			t.Errorf("Search(%s, %q) = %q, want %q", c.who.Username, c.query, got, c.want)
		}
	}
	for i := range 14 {
		name := fmt.Sprintf("Zone %02d", i)
		k.add(records.Environments, name, func(id string) any { return pipelines.Environment{ID: id, Name: name} })
	}
	found, err := k.Search(t.Context(), admin, "zone")
	must(t, err)
	if got := answered(found); !strings.HasSuffix(got, "Zone 09 +4") {
		t.Errorf("of 14 names that fit, Search gives %q, want ten and 4 more", got)
	}
	for _, hostile := range []string{strings.Repeat("x ", 100_000), "\x00\xff", "\u202e", "<script>", strings.Repeat("1.0 ", 5000)} {
		began := time.Now()
		if _, err := k.Search(t.Context(), admin, hostile); err != nil || time.Since(began) > time.Second {
			t.Errorf("Search(%.10q…) took %s: %v", hostile, time.Since(began), err)
		}
	}
}

// A search in a large house: 100 projects with 100 releases each.
func BenchmarkSearch(b *testing.B) {
	k := largeHouse(b)
	admin := pipelines.Principal{UserID: "Users-1", Username: "root", Admin: true}
	for _, query := range []string{"project", "1.0.57", "project 42 1.0", "nginx port", "deployments-7", "zebra"} {
		b.Run(strings.ReplaceAll(query, " ", "_"), func(b *testing.B) {
			for b.Loop() {
				if _, err := k.Search(b.Context(), admin, query); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
