package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/catalog"
	"slipway/runner/records"
	"slipway/runner/requests"
	"slipway/runner/table"
)

// What a page reads does not grow with what has happened: a house with ten times
// the releases, deployments and audit entries costs it the same.
func TestPagesReadNoMoreOfALongHistory(t *testing.T) {
	t.Parallel()
	short := houseSize{projects: 8, releases: 7 * 60, deployments: 7 * 120, audited: 2_000, targets: 8, users: 10, packages: 4}
	long := short
	long.releases, long.deployments, long.audited = 10*short.releases, 10*short.deployments, 10*short.audited
	few, many := readsOf(t, short), readsOf(t, long)
	for path, n := range many {
		if strings.HasPrefix(path, "/audit?") {
			continue // it looks for so long, and says how far it came
		}
		least := few[path]
		if n.calls > least.calls+3 || n.items > least.items*11/10+10 {
			t.Errorf("GET %s reads %+v, and %+v of a house with ten times the history", path, least, n)
		}
	}
	if len(many) < 60 {
		t.Errorf("%d pages were looked at", len(many))
	}
}

type pageReads struct{ calls, items int }

func readsOf(t *testing.T, size houseSize) map[string]pageReads {
	t.Helper()
	k := newTutorial(t, "")
	fill(k, size)
	cookies := cookiesOf(k.browser("admin"))
	out := map[string]pageReads{}
	for name, path := range everyPage(k) {
		k.ask(path, cookies) // an index that is made on its first use is made once
		for try := range 3 { // the server reads for itself meanwhile, as for the log's anchors
			k.reads.since()
			if got := k.ask(path, cookies); got.Code >= 500 {
				t.Errorf("GET %s: %d", path, got.Code)
			}
			calls, items := k.reads.since()
			if least := out[name]; try == 0 || items < least.items {
				out[name] = pageReads{calls, items}
			}
		}
	}
	k.sharedIsAsStored()
	return out
}

// sharedIsAsStored: nobody who was given what others hold too has changed it.
func (k *pageKit) sharedIsAsStored() {
	k.t.Helper()
	shown, err := k.records.Shared().Projects(k.t.Context())
	must(k.t, err)
	known := map[string]pipelines.Project{}
	for _, p := range shown {
		known[p.ID] = p
		current, err := k.records.Shared().Current(k.t.Context(), p.ID)
		must(k.t, err)
		stored, err := k.records.Current(k.t.Context(), p.ID)
		must(k.t, err)
		heads, err := k.records.Shared().Releases(k.t.Context(), p.ID, 3)
		must(k.t, err)
		all, err := k.records.Releases(k.t.Context(), p.ID, 3)
		must(k.t, err)
		if !reflect.DeepEqual(current, stored) || !reflect.DeepEqual(heads, all) {
			k.t.Errorf("what is kept of %s was changed", p.Name)
		}
	}
	for item, err := range table.All(k.t.Context(), k.reads.Table, table.Range{Partition: "config", Prefix: "Projects/"}) {
		must(k.t, err)
		var stored pipelines.Project
		must(k.t, json.Unmarshal(item.Value, &stored))
		if !reflect.DeepEqual(known[stored.ID], stored) {
			k.t.Errorf("what is kept of %s was changed", stored.Name)
		}
	}
}

// An open dashboard on which nothing moves costs a few reads, however much is
// there, and each change is on it when it asks next.
func TestAnOpenDashboard(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	fill(k, houseSize{projects: 40, releases: 39 * 3, deployments: 39 * 6, audited: 100, targets: 5, users: 10, packages: 2})
	cookies := cookiesOf(k.browser("admin"))
	for _, c := range dashboardChanges(k) {
		path := stillPath(k, cookies)
		k.reads.since()
		if got := k.ask(path, cookies); got.Code != http.StatusNoContent {
			t.Fatalf("before %s: %d, want nothing new", c.what, got.Code)
		}
		calls, items := k.reads.since()
		t.Logf("before %s: %d reads of %d items", c.what, calls, items)
		if calls >= fewReads || items > 3*fewReads {
			t.Errorf("before %s: %d reads of %d items, want few", c.what, calls, items)
		}
		c.do()
		if got := k.ask(path, cookies); got.Code != http.StatusOK {
			t.Errorf("after %s: %d, want the grid", c.what, got.Code)
		}
	}
}

type dashboardChange struct {
	what string
	do   func()
}

func dashboardChanges(k *pageKit) []dashboardChange {
	ctx := k.t.Context()
	var waits, rejected pipelines.Deployment
	answer := func(id, how string, want pipelines.Status) {
		got := k.browser("stella").post("/approvals/"+id+".1", url.Values{"answer": {how}, "note": {"said"}})
		if got.status != http.StatusSeeOther {
			k.t.Fatalf("%s: %d %s", how, got.status, got.text())
		}
		k.until(id, want)
	}
	save := func(kind records.Kind, id string, revision int64, noun any) {
		_, err := k.catalog.SaveNoun(ctx, k.admin, catalog.NounEdit{Kind: kind, ID: id, Revision: revision, Noun: noun})
		must(k.t, err)
	}
	return []dashboardChange{
		{"a package made a release", func() { k.push("1.0.1") }},
		{"a deployment waits for a person", func() { waits = k.deployTo("Test", "1.0.1") }},
		{"a person has answered", func() { answer(waits.ID, "approve", pipelines.Succeeded) }},
		{"a release was made, for which there is a button", func() {
			_, err := k.requests.CreateRelease(ctx, k.admin, requests.ReleaseRequest{Project: "Random Quotes", Number: "1.0.2"})
			must(k.t, err)
		}},
		{"a deployment has failed", func() {
			rejected = k.deployTo("Prod", "1.0.1")
			answer(rejected.ID, "reject", pipelines.Failed)
		}},
		{"it was taken up again, and is over", func() {
			must(k.t, k.requests.Resume(ctx, k.admin, rejected.ID, ""))
			k.until(rejected.ID, pipelines.Waiting)
			answer(rejected.ID, "approve", pipelines.Succeeded)
		}},
		{"a lifecycle opens a phase", func() {
			all, err := k.records.Lifecycles(ctx)
			must(k.t, err)
			revision, err := k.records.Revision(ctx, records.Lifecycles, all[0].ID)
			must(k.t, err)
			all[0].Phases[1].Optional = true
			save(records.Lifecycles, all[0].ID, revision, all[0])
		}},
		{"an environment has another place", func() { must(k.t, k.catalog.MoveEnvironment(ctx, k.admin, "Environments-1", false)) }},
		{"an environment is new", func() { save(records.Environments, "", 0, pipelines.Environment{Name: "Stage"}) }},
		{"a project is new", func() {
			k.add(records.Projects, "Another", func(id string, _ int) any { return pipelines.Project{ID: id, Name: "Another"} })
		}},
		{"the time is said in other words", func() { k.ahead.Add(int64(26 * time.Hour)) }},
	}
}

// A right that somebody was given is on their dashboard when it asks next.
func TestAnOpenDashboardAndAChangedRight(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.push("1.0.1")
	cookies := cookiesOf(k.browser("stella"))
	for _, roles := range [][]pipelines.RoleGrant{{{Role: "Project viewer"}, {Role: "Deployment creator", Environments: []string{"Test"}}}, {{Role: "Project viewer", Environments: []string{"Test"}}}} {
		path := stillPath(k, cookies)
		stored, err := k.records.Team(t.Context(), "Teams-1")
		must(t, err)
		stored.Noun.Roles = roles
		_, err = k.catalog.SaveNoun(t.Context(), k.admin, catalog.NounEdit{Kind: records.Teams, ID: "Teams-1", Revision: stored.Revision, Noun: stored.Noun})
		must(t, err)
		if got := k.ask(path, cookies); got.Code != http.StatusOK {
			t.Errorf("with %+v: %d, want the grid", roles, got.Code)
		}
	}
}
