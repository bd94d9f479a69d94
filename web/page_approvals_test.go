package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/records"
)

// TestTakingOnAnApproval: take, taken by somebody else, take over with a word why,
// give back; and nothing for who is not asked.
func TestTakingOnAnApproval(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "/slipway")
	k.person("stan", false)
	k.add(records.Teams, "Harbour", func(id string, _ int) any {
		return pipelines.Team{ID: id, Name: "Harbour", Members: []string{"stan"}, Roles: []pipelines.RoleGrant{{Role: "Project viewer"}}}
	})
	k.person("mary", false)
	k.join("Project Stakeholders", "mary")
	k.push("1.0.1")
	d := k.deployTo("Test", "1.0.1")
	stella, stan := k.browser("stella"), k.browser("stan")
	mary := k.browser("mary")
	const inbox = "/approvals"
	take := inbox + "/" + d.ID + ".1/take"
	do := func(what, note string) url.Values {
		return url.Values{"do": {what}, "note": {note}, "from": {"inbox"}}
	}
	page := func(b *browser) string { b.k.t.Helper(); return b.has(inbox, http.StatusOK).text() }

	if got := stella.post(take, do("", "")); got.status != http.StatusUnprocessableEntity {
		t.Errorf("no button: %d, want 422", got.status)
	}
	if got := stella.post(take, do("back", "")); got.status != http.StatusConflict || !strings.Contains(got.body, "Nobody has taken on") {
		t.Errorf("give back what nobody has: %d %s", got.status, got.text())
	}
	if got := stan.post(take, do("take", "")); got.status != http.StatusForbidden {
		t.Errorf("Stan is not asked, and takes it: %d %s, want 403", got.status, got.text())
	}
	if got := k.browser("guest").post(take, do("take", "")); got.status != http.StatusNotFound {
		t.Errorf("somebody who sees no deployment takes it: %d, want 404", got.status)
	}
	if got := k.browser("").post(take, do("take", "")); got.status != http.StatusSeeOther && got.status != http.StatusUnauthorized {
		t.Errorf("nobody takes it: %d", got.status)
	}

	if got := stella.post(take, do("take", "")); got.status != http.StatusSeeOther || got.header.Get("Location") != "/slipway/approvals" {
		t.Fatalf("take: %d to %q: %s", got.status, got.header.Get("Location"), got.text())
	}
	if got := page(stella); !strings.Contains(got, "You have taken it on") || !strings.Contains(got, "1 decision waits for you.") {
		t.Errorf("Stella's inbox: %s", got)
	}
	if got := page(mary); !strings.Contains(got, "Stella has taken it on") || !strings.Contains(got, "1 decision waits for you; somebody else has taken it on.") {
		t.Errorf("the other's inbox: %s", got)
	}
	if got := mary.post(take, do("take", "")); got.status != http.StatusConflict || !strings.Contains(got.body, "Stella has taken on") {
		t.Errorf("take what Stella has: %d %s, want 409", got.status, got.text())
	}
	if got := mary.post(inbox+"/"+d.ID+".1", url.Values{"answer": {"approve"}, "from": {"inbox"}}); got.status != http.StatusConflict {
		t.Errorf("decide what Stella has: %d %s, want 409", got.status, got.text())
	}
	if got := mary.post(take, do("over", "  ")); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "Say in the note why") {
		t.Errorf("take over without a word: %d %s, want 422", got.status, got.text())
	}
	if got := mary.post(take, do("over", "Stella is at sea <b>until</b> Monday")); got.status != http.StatusSeeOther {
		t.Fatalf("take over: %d %s", got.status, got.text())
	}
	if got := stella.has(inbox, http.StatusOK, "Stella is at sea &lt;b&gt;until&lt;/b&gt; Monday").text(); !strings.Contains(got, "has taken it on") || strings.Contains(got, "You have taken it on") {
		t.Errorf("Stella's inbox after that: %s", got)
	}
	if got := stella.post(take, do("back", "")); got.status != http.StatusConflict {
		t.Errorf("give back what another has: %d, want 409", got.status)
	}
	form := do("back", "")
	form.Del("from")
	if got := mary.post(take, form); got.status != http.StatusSeeOther || got.header.Get("Location") != "/slipway/deployments/"+d.ID {
		t.Errorf("give back on the deployment's page: %d to %q: %s", got.status, got.header.Get("Location"), got.text())
	}
	if got := page(stella); strings.Contains(got, "taken it on") || !strings.Contains(got, "Assign to me") {
		t.Errorf("Stella's inbox when it is free again: %s", got)
	}
	if got := stella.post(inbox+"/"+d.ID+".1", url.Values{"answer": {"approve"}, "from": {"inbox"}, "note": {"fine"}}); got.status != http.StatusSeeOther {
		t.Errorf("approve: %d %s", got.status, got.text())
	}
	k.until(d.ID, pipelines.Succeeded)
	if got := page(stella); !strings.Contains(got, "Decided by you") || !strings.Contains(got, "Deployment Sign Off: fine") {
		t.Errorf("Stella's inbox at the end: %s", got)
	}
	events, err := k.records.AuditLog(t.Context(), time.Now().Add(time.Hour), 200)
	must(t, err)
	said := map[string]int{}
	for _, e := range events {
		said[e.Category]++
	}
	if said["InterruptionTaken"] != 2 || said["InterruptionGivenBack"] != 1 {
		t.Errorf("audit: %v, want two takings and one giving back", said)
	}
}

// join makes somebody a member of a team.
func (k *pageKit) join(team, username string) {
	k.t.Helper()
	all, err := k.records.Teams(k.t.Context())
	must(k.t, err)
	for _, t := range all {
		if t.Name == team {
			t.Members = append(t.Members, username)
			revision, err := k.records.Revision(k.t.Context(), records.Teams, t.ID)
			must(k.t, err)
			must(k.t, k.records.Write(k.t.Context(), records.ReplaceNoun(records.Teams, t.ID, t, revision)))
		}
	}
}
