package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"slipway/pipelines"
)

// TestALinkOfWhoHasLeftTheTeam says so at once, and has no form.
func TestALinkOfWhoHasLeftTheTeam(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.push("1.0.1")
	d := k.deployTo("Test", "1.0.1")
	token, code := k.asked("Test")
	must(t, k.catalog.ChangeTeam(t.Context(), k.admin, "Project Stakeholders", false, func(team *pipelines.Team) error {
		team.Members = nil
		return nil
	}))
	got := k.browser("").has("/answer/"+token, http.StatusOK, testid("answer-not-yours"), "members of Project Stakeholders")
	if strings.Contains(got.body, "<form") && strings.Contains(got.body, testid("answer-form")) {
		t.Error("there is a form that cannot be answered")
	}
	if got := k.browser("").post("/answer/"+token, url.Values{"answer": {"approve"}, "code": {code}}); got.status != http.StatusForbidden || !strings.Contains(got.body, testid("answer-not-yours")) {
		t.Errorf("decide all the same: %d %s", got.status, got.text())
	}
	k.until(d.ID, pipelines.Waiting)
}

// TestTakingOverByLinkKeepsTheCode: it was right, and is typed once.
func TestTakingOverByLinkKeepsTheCode(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.push("1.0.1")
	d := k.deployTo("Test", "1.0.1")
	token, code := k.asked("Test")
	k.person("stan", false)
	must(t, k.catalog.ChangeTeam(t.Context(), k.admin, "Project Stakeholders", false, func(team *pipelines.Team) error {
		team.Members = []string{"stella", "stan"}
		return nil
	}))
	if got := k.browser("stan").post("/approvals/"+d.ID+".1/take", url.Values{"do": {"take"}}); got.status != http.StatusSeeOther {
		t.Fatalf("take: %d %s", got.status, got.text())
	}
	b := k.browser("")
	got := b.post("/answer/"+token, url.Values{"answer": {"approve"}, "code": {code}, "note": {"in a hurry"}})
	note, box := strings.Index(got.body, `id="note"`), strings.Index(got.body, testid("field-over"))
	if got.status != http.StatusConflict || !strings.Contains(got.body, `value="`+code+`"`) || note < 0 || box < note {
		t.Fatalf("somebody has it: %d, want the code kept and the box below the note: %s", got.status, got.body)
	}
	if got := b.post("/answer/"+token, url.Values{"answer": {"approve"}, "code": {code}, "note": {"in a hurry"}, "over": {"yes"}}); got.status != http.StatusSeeOther {
		t.Errorf("take over: %d %s", got.status, got.text())
	}
}
