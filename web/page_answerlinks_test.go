package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/steps/approval"
	"slipway/runner/records"
	"slipway/runner/requests"
)

// TestALinkOfADisabledPerson sends nobody to be added to a team they are in.
func TestALinkOfADisabledPerson(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.push("1.0.1")
	k.deployTo("Test", "1.0.1")
	token, _ := k.asked("Test")
	stella, err := k.records.User(t.Context(), k.idOf("stella"))
	must(t, err)
	stella.Noun.Disabled = true
	must(t, k.records.Write(t.Context(), records.ReplaceNoun(records.Users, stella.Noun.ID, stella.Noun, stella.Revision)))
	got := k.browser("").has("/answer/"+token, http.StatusOK, testid("answer-disabled"), "open your account again")
	if strings.Contains(got.text(), "to the team") {
		t.Errorf("the advice is about the team: %s", got.text())
	}
}

// TestOneOfTwoApprovalsByLink: the link has done its work, and nothing is over.
func TestOneOfTwoApprovalsByLink(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.person("stan", false)
	k.join("Project Stakeholders", "stan")
	both := 2
	k.edit(func(p *pipelines.Project) {
		p.Steps[1].Action.Settings = settingsOf(approval.Settings{Instructions: "Look.", Teams: []string{"Project Stakeholders"}, Approvals: &both})
	})
	k.push("1.0.1")
	k.deployTo("Test", "1.0.1")
	token, code := k.asked("Test")
	b := k.browser("")
	if got := b.post("/answer/"+token, url.Values{"answer": {"approve"}, "code": {code}}); got.status != http.StatusSeeOther {
		t.Fatalf("approve: %d %s", got.status, got.text())
	}
	b.has("/answer/"+token, http.StatusOK, testid("answer-approved"), "1 more must approve before the deployment goes on.")
}

// TestALinkFromBeforeARetry leads to the newest mail: the question is open again.
func TestALinkFromBeforeARetry(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.push("1.0.1")
	d := k.deployTo("Test", "1.0.1")
	token, code := k.asked("Test")
	b := k.browser("")
	if got := b.post("/answer/"+token, url.Values{"answer": {"reject"}, "code": {code}}); got.status != http.StatusSeeOther {
		t.Fatalf("reject: %d %s", got.status, got.text())
	}
	k.until(d.ID, pipelines.Failed)
	must(t, k.requests.Resume(t.Context(), k.admin, d.ID, ""))
	k.until(d.ID, pipelines.Waiting)
	b.has("/answer/"+token, http.StatusOK, testid("answer-replaced"), "A newer mail has taken its place")
}

// TestWhatTheApproverReads: why it is deployed, the release's notes as they look on
// its page, and that steps have run where no deployment has succeeded.
func TestWhatTheApproverReads(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.edit(func(p *pipelines.Project) {
		p.Steps[0] = pipelines.Step{Name: "Prepare", Roles: []string{"web"}, Action: pipelines.Action{Type: "script", Settings: settingsOf(map[string]any{"body": "echo"})}}
		p.Steps[1].Action.Settings = settingsOf(approval.Settings{Instructions: "Look at #{Octopus.Environment.Name}", Teams: []string{"Project Stakeholders"}})
		p.Triggers = nil
	})
	_, err := k.requests.CreateRelease(t.Context(), k.admin, requests.ReleaseRequest{Project: "Random Quotes", Number: "1.0.1", Notes: "## What is new\n\n**Everything**."})
	must(t, err)
	d, err := k.requests.Deploy(t.Context(), k.admin, requests.DeployRequest{Project: "Random Quotes", Release: "1.0.1", Environment: "Test", Comment: "urgent for ACME"})
	must(t, err)
	k.until(d.ID, pipelines.Waiting)
	token, _ := k.asked("Test")
	for who, path := range map[string]string{"": "/answer/" + token, "stella": "/approvals"} {
		got := k.browser(who).has(path, http.StatusOK, "urgent for ACME", "<strong>Everything</strong>", "earlier steps of this one have run here", "Look at Test")
		if strings.Index(got.body, "<strong>Everything") < strings.Index(got.body, `value="approve"`) {
			t.Errorf("%s: the notes stand above the buttons", path)
		}
	}
	all, err := k.mail.List(t.Context())
	must(t, err)
	mail, err := k.mail.Get(t.Context(), all[0].Key)
	must(t, err)
	for _, want := range []string{"Comment      urgent for ACME", "earlier steps of this one have run", "  **Everything**."} {
		if !strings.Contains(mail.Text, want) {
			t.Errorf("no %q in the mail:\n%s", want, mail.Text)
		}
	}
}
