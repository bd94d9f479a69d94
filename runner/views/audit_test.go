package views_test

import (
	"slices"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/auditlog"
	"slipway/runner/views"
)

// told are entries about every place there is, and about none.
func (k *kit) told() {
	k.t.Helper()
	for i, e := range []pipelines.Event{
		{Subject: "Projects-1", Project: "Projects-1"}, {Subject: "Projects-2", Project: "Projects-2"}, {Subject: "Projects-3", Project: "Projects-3"},
		{Subject: "Deployments-1", Project: "Projects-1", Environment: "Environments-1"}, {Subject: "Deployments-2", Project: "Projects-1", Environment: "Environments-2"},
		{Subject: "Deployments-3", Project: "Projects-2", Environment: "Environments-1"}, {Subject: "Environments-1"}, {Subject: "Environments-2"},
		{Subject: "Users-1"}, {Subject: "old", Related: []string{"Projects-1", "Environments-1"}}, {Subject: "mentions", Message: "of Projects-1", Related: []string{"Releases-1"}},
	} {
		e.ID, e.At, e.Category = string(rune('a'+i)), noon.Add(time.Duration(i)*time.Second), "Told"
		must(k.t, k.Records.Tell(k.t.Context(), []pipelines.Event{e}))
	}
}

// TestWhoSeesWhichEntries: those about a place where one may, and about no other.
func TestWhoSeesWhichEntries(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.told()
	for _, c := range []struct {
		name string
		p    pipelines.Principal
		want string
	}{
		{"auditor", who("Auditor", nil, nil), "kjihgfedcba"},
		{"auditor of a project", who("Auditor", []string{"quotes"}, nil), "jeda"},
		{"auditor of an environment", who("Auditor", nil, []string{"Dev"}), "jgfd"},
		{"auditor of a project in an environment", who("Auditor", []string{"Quotes"}, []string{"Dev"}), "jd"},
		{"auditor of a project that was removed", who("Auditor", []string{"Gone"}, nil), ""},
		{"nobody", who("Project viewer", nil, nil), "refused"},
	} {
		page, err := k.Audit(t.Context(), c.p, views.AuditQuery{Filter: auditlog.Filter{Kind: "Told"}})
		got := ""
		for _, e := range page.Entries {
			got += e.ID
		}
		if pipelines.CodeOf(err) == pipelines.Forbidden {
			got, err = "refused", nil
		}
		if got != c.want || err != nil {
			t.Errorf("%s sees %q, %v; want %q", c.name, got, err, c.want)
		}
	}
}

// TestALookEndsWhenItsTimeIsOver, says how far it came, and goes on from there.
func TestALookEndsWhenItsTimeIsOver(t *testing.T) {
	t.Parallel()
	const entries = 2300
	v := longLog(t, entries)
	now := noon
	v.Env.Now = func() time.Time { now = now.Add(100 * time.Millisecond); return now }
	auditor := pipelines.Principal{UserID: "Users-1", Username: "auditor", Grants: []pipelines.Grant{{Permission: pipelines.EventView}}}
	var found []string
	pages, looked := 0, time.Now()
	for q := (views.AuditQuery{Filter: auditlog.Filter{Person: "rarely"}}); ; {
		page, err := v.Audit(t.Context(), auditor, q)
		must(t, err)
		for _, e := range page.Entries {
			found = append(found, e.Message)
		}
		pages++
		if page.Next == "" {
			break
		}
		if !page.Short || !page.LookedTo.Before(looked) {
			t.Fatalf("page %d is short: %v, and has looked to %s after %s", pages, page.Short, page.LookedTo, looked)
		}
		looked, q.After = page.LookedTo, page.Next
	}
	if pages < 2 || pages > 6 || !slices.Equal(found, []string{longLogEntry(77, noon).Message}) {
		t.Errorf("%d pages find %q", pages, found)
	}
}
