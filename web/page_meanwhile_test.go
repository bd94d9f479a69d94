package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/web/rest"
)

// twoAsked is a sign-off that waits for Stella and Mary.
func twoAsked(t *testing.T) (*pageKit, pipelines.Deployment) {
	t.Helper()
	k := newTutorial(t, "")
	k.person("mary", false)
	k.join("Project Stakeholders", "mary")
	k.push("1.0.1")
	return k, k.deployTo("Test", "1.0.1")
}

// TestDecidedMeanwhile: whoever has the form open when somebody else decides hears
// who it was, on each page that has one, and decides nothing.
func TestDecidedMeanwhile(t *testing.T) {
	t.Parallel()
	k, d := twoAsked(t)
	stella, mary := k.browser("stella"), k.browser("mary")
	token, code := k.asked("Test")
	link := k.browser("")
	link.has("/answer/"+token, http.StatusOK, testid("answer-form"))
	mary.has("/approvals", http.StatusOK, d.ID)
	if got := mary.post("/approvals/"+d.ID+".1", url.Values{"answer": {"approve"}, "from": {"inbox"}, "note": {"fine"}}); got.status != http.StatusSeeOther {
		t.Fatalf("Mary approves: %d %s", got.status, got.text())
	}
	k.until(d.ID, pipelines.Succeeded)
	for _, from := range []string{"inbox", ""} {
		got := stella.post("/approvals/"+d.ID+".1", url.Values{"answer": {"reject"}, "from": {from}, "note": {"no"}})
		if got.status != http.StatusConflict || !strings.Contains(got.text(), "Mary has approved it") {
			t.Errorf("Stella rejects from %q: %d, want 409 and who has decided: %s", from, got.status, got.text())
		}
	}
	got := link.post("/answer/"+token, url.Values{"answer": {"reject"}, "code": {code}})
	if got.status != http.StatusConflict || !strings.Contains(got.text(), "Mary approved it on") || strings.Contains(got.body, testid("answer-form")) {
		t.Errorf("Stella rejects by her link: %d, want 409 and who has decided: %s", got.status, got.text())
	}
	if got := link.has("/answer/"+token, http.StatusOK, "Mary approved it on"); strings.Contains(got.body, testid("answer-form")) {
		t.Error("her link still has a form")
	}
	k.until(d.ID, pipelines.Succeeded)
}

// TestWhoIsLateToTakeItOn still sees that the deployment waits for people, on the
// dashboard too, where it would otherwise look as if nobody had to do anything; who
// is at it stands beside the question.
func TestWhoIsLateToTakeItOn(t *testing.T) {
	t.Parallel()
	k, d := twoAsked(t)
	stella, mary := k.browser("stella"), k.browser("mary")
	take := url.Values{"do": {"take"}}
	if got := stella.post("/approvals/"+d.ID+".1/take", take); got.status != http.StatusSeeOther {
		t.Fatalf("Stella takes it: %d %s", got.status, got.text())
	}
	got := mary.post("/approvals/"+d.ID+".1/take", take)
	if got.status != http.StatusConflict || !strings.Contains(got.text(), "Stella has taken on") {
		t.Errorf("Mary is late: %d %s", got.status, got.text())
	}
	mary.has("/deployments/"+d.ID, http.StatusOK, "Stella has taken it on")
	for name, b := range map[string]*browser{"stella": stella, "mary": mary} {
		if page := b.has("/", http.StatusOK).text(); !strings.Contains(page, "Waiting for a person") {
			t.Errorf("the dashboard of %s does not say that it waits: %s", name, page)
		}
	}
	if got := mary.has("/approvals", http.StatusOK).text(); !strings.Contains(got, "1 decision waits for you; somebody else has taken it on.") {
		t.Errorf("Mary's inbox: %s", got)
	}
}

// TestTheAuditLogByTheNameThatIsShown: people know each other by it. A username
// goes before another's display name.
func TestTheAuditLogByTheNameThatIsShown(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	for _, u := range []pipelines.User{{Username: "gh", DisplayName: "Grace Hopper"}, {Username: "other", DisplayName: "gh"}} {
		k.add(records.Users, u.Username, func(id string, _ int) any { u.ID = id; return u })
		must(t, k.records.Tell(t.Context(), []pipelines.Event{{ID: "e-" + u.Username, At: time.Now(), Category: "Modified", Subject: "x", Username: u.Username, UserID: "Users-" + u.Username, Message: "was here as " + u.Username}}))
	}
	admin := k.browser("admin")
	for person, want := range map[string][2]string{
		"gh": {"here as gh", "here as other"}, "Grace Hopper": {"here as gh", "here as other"}, "grace HOPPER": {"here as gh", "here as other"},
		"other": {"here as other", "here as gh"}, "Grace": {"", "here as"}, "nobody": {"", "here as"},
	} {
		for _, at := range []string{"/audit?", "/v1/audit?", "/audit/export?"} {
			got := admin.get(at + url.Values{"person": {person}}.Encode())
			if got.status != http.StatusOK || !strings.Contains(got.body, want[0]) || strings.Contains(got.body, want[1]) {
				t.Errorf("%sperson=%s: %d, want %q and not %q", at, person, got.status, want[0], want[1])
			}
		}
	}
}

// TestStatusSaysWhatIsHidden: nothing there, and not to be seen, are told apart.
func TestStatusSaysWhatIsHidden(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.person("dora", false)
	k.add(records.Teams, "Dev only", func(id string, _ int) any {
		return pipelines.Team{ID: id, Name: "Dev only", Members: []string{"dora"}, Roles: []pipelines.RoleGrant{{Role: "Project viewer", Environments: []string{"Dev"}}}}
	})
	k.push("1.0.1")
	k.deployTo("Test", "1.0.1")
	for name, hides := range map[string]map[string]bool{"admin": {"Dev": false, "Test": false, "Prod": false}, "dora": {"Dev": false, "Test": true, "Prod": true}} {
		var all rest.Status
		must(t, json.Unmarshal([]byte(k.browser(name).has("/v1/status", http.StatusOK).body), &all))
		if len(all.Projects) != 1 {
			t.Fatalf("%s sees %+v", name, all)
		}
		for _, e := range all.Projects[0].Environments {
			if e.Hidden != hides[e.Environment] || e.Hidden && (e.Newest != nil || e.Live != "") {
				t.Errorf("%s sees of %s: %+v, hidden should be %t", name, e.Environment, e, hides[e.Environment])
			}
		}
	}
}
