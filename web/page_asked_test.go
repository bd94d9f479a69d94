package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/runner/requests/openings"
	"slipway/runner/views"
)

// Whoever is asked by a sign-off and may see nothing of the project finds what
// waits for them, decides it, and sees nothing else.
func TestWhoIsOnlyAskedFindsWhatWaits(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.person("petra", false)
	k.add(records.Teams, "Harbour", func(id string, _ int) any {
		return pipelines.Team{ID: id, Name: "Harbour", Members: []string{"petra"}}
	})
	k.asks("Harbour")
	k.push("1.0.1")
	d := k.deployTo("Test", "1.0.1")
	petra, guest := k.browser("petra"), k.browser("guest")
	inbox := petra.has("/approvals", http.StatusOK, testid("approval"), "1 decision waits for you", "RandomQuotes", "confirm it meets all the requirements")
	if strings.Contains(inbox.body, "/deployments/"+d.ID) || strings.Contains(inbox.body, "/projects/") {
		t.Errorf("the inbox leads to what Petra may not see: %s", inbox.text())
	}
	if got := guest.get("/approvals"); strings.Contains(got.body, "Random Quotes") {
		t.Errorf("somebody who is not asked reads %s", got.text())
	}
	key := "/approvals/" + d.ID + ".1"
	if got := guest.post(key+"/take", url.Values{"do": {"take"}}); got.status != http.StatusNotFound {
		t.Errorf("somebody who is not asked takes it on: %d, want 404", got.status)
	}
	for _, path := range []string{"/deployments/" + d.ID, "/deployments/" + d.ID + "/log.txt", "/projects/Projects-1", "/deployments/" + d.ID + "/values"} {
		if got := petra.get(path); got.status != http.StatusForbidden && got.status != http.StatusNotFound || strings.Contains(got.body, "Random Quotes") {
			t.Errorf("GET %s by Petra: %d %s", path, got.status, got.text())
		}
	}
	if got := petra.post(key+"/take", url.Values{"do": {"take"}}); got.status != http.StatusSeeOther || got.header.Get("Location") != "/approvals" {
		t.Fatalf("take it on: %d to %q: %s", got.status, got.header.Get("Location"), got.text())
	}
	petra.has("/approvals", http.StatusOK, "You have taken it on")
	if got := petra.post(key, url.Values{"answer": {"approve"}}); got.status != http.StatusSeeOther || got.header.Get("Location") != "/approvals" {
		t.Fatalf("approve: %d to %q: %s", got.status, got.header.Get("Location"), got.text())
	}
	k.until(d.ID, pipelines.Succeeded)
	if made := petra.has("/approvals", http.StatusOK, testid("decision-made")); strings.Contains(made.body, "/deployments/"+d.ID) {
		t.Errorf("what was decided leads to what Petra may not see: %s", made.text())
	}
}

// What is said of a decision is said to whoever reads it, and as it is now.
func TestWordsFitWhoReadsAndWhen(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.push("1.0.1")
	d := k.deployTo("Test", "1.0.1")
	token, code := k.asked("Test")
	admin := k.browser("admin").has("/deployments/"+d.ID, http.StatusOK, "You cannot answer this sign-off", "Nothing runs at this moment.", "(admin)")
	if strings.Contains(admin.body, "dmin cannot answer") || strings.Contains(admin.body, "Running steps are stopped") {
		t.Errorf("the page of a deployment that waits: %s", admin.text())
	}
	b := k.browser("")
	if got := b.post("/answer/"+token, url.Values{"answer": {"approve"}, "code": {code}}); got.status != http.StatusSeeOther {
		t.Fatalf("approve: %d %s", got.status, got.text())
	}
	k.until(d.ID, pipelines.Succeeded)
	if got := b.has("/answer/"+token, http.StatusOK, "Your approval is recorded. The deployment has succeeded."); strings.Contains(got.body, "goes on") {
		t.Errorf("after the end: %s", got.text())
	}
	for _, status := range []struct {
		pipelines.Status
		want string
	}{{pipelines.Running, "goes on"}, {pipelines.Waiting, "waits for a person"}, {pipelines.Failed, "has failed"}, {pipelines.Cancelled, "was cancelled"}, {pipelines.Cancelling, "is being cancelled"}} {
		if got := standsWord(status.Status); got != status.want {
			t.Errorf("%s: %q, want %q", status.Status, got, status.want)
		}
	}
	if got := k.browser("guest").get("/projects"); got.status != http.StatusSeeOther || got.header.Get("Location") != "/" {
		t.Errorf("GET /projects: %d to %q, want the dashboard", got.status, got.header.Get("Location"))
	}
}

// The journal tells nobody's mail address to who may not see people.
func TestTheJournalHasNoAddresses(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.push("1.0.1")
	d := k.deployTo("Test", "1.0.1")
	k.browser("stella").post("/approvals/"+d.ID+".1", url.Values{"answer": {"approve"}})
	k.until(d.ID, pipelines.Succeeded)
	v := &views.Views{Records: k.records, Output: k.output}
	viewer := pipelines.Principal{UserID: "Users-9", Username: "x", Grants: []pipelines.Grant{{Permission: pipelines.DeploymentView}}}
	for _, c := range []struct {
		by   pipelines.Principal
		told bool
	}{{viewer, false}, {k.admin, true}, {viewer, false}} {
		page, err := v.Journal(t.Context(), c.by, d.ID, 0, true)
		must(t, err)
		whole, err := json.Marshal(page)
		must(t, err)
		if got := strings.Contains(string(whole), "stella@example.org"); got != c.told {
			t.Errorf("%s reads Stella's address: %t, want %t", c.by.Username, got, c.told)
		}
		if got := strings.Contains(string(whole), "CreatedBy.EmailAddress"); got != c.told {
			t.Errorf("%s reads the variable with the address of who ordered it: %t, want %t", c.by.Username, got, c.told)
		}
	}
}

// asks has the tutorial's sign-off ask a team.
func (k *pageKit) asks(team string) {
	k.t.Helper()
	stored, err := k.records.Project(k.t.Context(), "Projects-1")
	must(k.t, err)
	stored.Noun.Steps[1].Action.Settings = settingsOf(map[string]any{"instructions": "Open the application and confirm it meets all the requirements.", "teams": []string{team}})
	must(k.t, k.records.Write(k.t.Context(), records.ReplaceNoun(records.Projects, "Projects-1", stored.Noun, stored.Revision)))
}

// TestAskedIsForThoseAsked: the read behind the inbox.
func TestAskedIsForThoseAsked(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.push("1.0.1")
	d := k.deployTo("Test", "1.0.1")
	v := &views.Views{Records: k.records, Output: k.output}
	asked := pipelines.Principal{UserID: "Users-9", Username: "x", Teams: []string{"Project Stakeholders"}}
	if got, err := v.Asked(t.Context(), asked, d.ID); err != nil || !got.AskedOnly || got.Decisions() != 1 {
		t.Errorf("one who is asked: %d decisions, %v", got.Decisions(), err)
	}
	if _, err := v.Deployment(t.Context(), asked, d.ID); pipelines.CodeOf(err) != pipelines.NotFound {
		t.Errorf("the deployment itself: %v, want that it is not there", err)
	}
	stranger := pipelines.Principal{UserID: "Users-9", Username: "x"}
	if _, err := v.Asked(t.Context(), stranger, d.ID); pipelines.CodeOf(err) != pipelines.NotFound {
		t.Errorf("one who is not asked: %v", err)
	}
	if err := openings.Seen(pipelines.Principal{}, d.ID, pipelines.Where{}); pipelines.CodeOf(err) != pipelines.Unauthenticated {
		t.Errorf("nobody: %v", err)
	}
}
