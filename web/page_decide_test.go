package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/steps/script"
	"slipway/runner/records"
	"slipway/runner/requests"
)

// risky is a project whose first step runs body on web-1.
func (k *pageKit) risky(body string, with func(*pipelines.Project)) pipelines.Release {
	k.t.Helper()
	step := func(name, body string) pipelines.Step {
		return pipelines.Step{Name: name, Roles: []string{"web"}, Action: pipelines.Action{Type: "script", Settings: settingsOf(script.Settings{Body: pipelines.Text(body)})}}
	}
	k.add(records.Projects, "Risky", func(id string, _ int) any {
		p := pipelines.Project{ID: id, Name: "Risky", Steps: []pipelines.Step{step("Move", body), step("Say", "echo moved")}}
		p.Steps[0].Required = true
		if with != nil {
			with(&p)
		}
		return p
	})
	made, err := k.requests.CreateRelease(k.t.Context(), k.admin, requests.ReleaseRequest{Project: "Risky", Number: "1.0.0"})
	must(k.t, err)
	return made
}

func (k *pageKit) deployRisky() pipelines.Deployment {
	k.t.Helper()
	d, err := k.requests.Deploy(k.t.Context(), k.admin, requests.DeployRequest{Project: "Risky", Release: "1.0.0", Environment: "Dev"})
	must(k.t, err)
	return d
}

func TestChoosingOnThePage(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.risky("die", nil)
	d := k.deployRisky()
	k.until(d.ID, pipelines.Waiting)
	b := k.browser("admin")
	page := b.has("/deployments/"+d.ID, http.StatusOK, testid("choice"), "Nobody knows how Move ended on web-1", "waits for somebody to choose")
	k.browser("stella").has("/deployments/"+d.ID, http.StatusOK, testid("why-not"))
	chosen := func(choice, attempt string) url.Values {
		return url.Values{"step": {"Move"}, "target": {"web-1"}, "attempt": {attempt}, "choice": {choice}, "note": {"looked at it"}}
	}
	for _, c := range []struct {
		who    string
		form   url.Values
		status int
	}{
		{"stella", chosen("ignore", "1"), http.StatusForbidden},
		{"admin", chosen("", "1"), http.StatusUnprocessableEntity},
		{"admin", chosen("ignore", "7"), http.StatusConflict},
		{"admin", chosen("retry", "1"), http.StatusSeeOther},
	} {
		if got := k.browser(c.who).post("/deployments/"+d.ID+"/decide", c.form); got.status != c.status {
			t.Errorf("%s sends %v: %d %s, want %d", c.who, c.form, got.status, got.text(), c.status)
		}
	}
	k.untilPage(b, "/deployments/"+d.ID, `name="attempt" value="2"`)
	if got := b.post("/deployments/"+d.ID+"/decide", chosen("ignore", "2")); got.status != http.StatusSeeOther {
		t.Fatalf("ignore: %d %s", got.status, got.text())
	}
	k.until(d.ID, pipelines.Succeeded)
	if nextLive(page) == "" {
		t.Error("a page with a choice does not ask for news")
	}
}

func TestTakingUpOnThePage(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.risky("exit 3", nil)
	d := k.deployRisky()
	k.until(d.ID, pipelines.Failed)
	b := k.browser("admin")
	k.untilPage(b, "/deployments/"+d.ID, testid("retry"))
	if got := k.browser("stella").post("/deployments/"+d.ID+"/retry", nil); got.status != http.StatusForbidden {
		t.Errorf("trying again without the right: %d, want 403", got.status)
	}
	if got := b.post("/deployments/"+d.ID+"/retry", url.Values{"note": {"once more"}}); got.status != http.StatusSeeOther {
		t.Fatalf("try again: %d %s", got.status, got.text())
	}
	k.untilPage(b, "/deployments/"+d.ID, testid("retry"))
	if l := k.until(d.ID, pipelines.Failed); l.State.Task(0).Attempt != 2 {
		t.Errorf("after trying again the task has made %d attempts, want 2", l.State.Task(0).Attempt)
	}
	second := k.deployRisky()
	k.until(second.ID, pipelines.Failed)
	if got := b.post("/deployments/"+d.ID+"/retry", nil); got.status != http.StatusConflict {
		t.Errorf("trying an older one again: %d %s, want a conflict", got.status, got.text())
	}
}

func TestOptionsOfADeployment(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	made := k.risky("echo a", nil)
	b := k.browser("admin")
	night := time.Now().UTC().AddDate(0, 1, 0)
	path := "/projects/" + made.ProjectID + "/releases/1.0.0/deploy/Dev"
	plan := b.has(path, http.StatusOK, testid("deploy-options"), testid("field-skip")).value(t, "plan")
	for _, c := range []struct {
		form   url.Values
		status int
	}{
		{url.Values{"at": {"tomorrow"}}, http.StatusUnprocessableEntity},
		{url.Values{"skip": {"Move"}}, http.StatusConflict},
		{url.Values{"skip": {"Say"}, "at": {night.Format("2006-01-02T15:04")}, "guided": {"yes"}, "comment": {"at night"}}, http.StatusSeeOther},
	} {
		c.form.Set("plan", plan)
		if got := b.post(path, c.form); got.status != c.status {
			t.Errorf("%v: %d %s, want %d", c.form, got.status, got.text(), c.status)
		}
	}
	all, err := k.records.Deployments(t.Context(), made.ProjectID, 0)
	must(t, err)
	if len(all) != 1 || all[0].NotBefore == nil || all[0].Comment != "at night" || len(all[0].Skip) != 1 {
		t.Fatalf("deployments: %+v, want one that waits for its time and leaves Say out", all)
	}
	b.has("/deployments/"+all[0].ID, http.StatusOK, "It is to begin on "+night.Format("Monday 2 January 2006"), ">Scheduled<", "left out by")
	b.has("/queue", http.StatusOK, "Risky", "scheduled for "+night.Format("2 Jan 2006"))
	b.has("/", http.StatusOK, ">Scheduled<", "for "+night.Format("2 Jan, 15:04"))
	b.has("/projects/"+all[0].ProjectID+"/releases/"+all[0].Release, http.StatusOK, ">Scheduled<", "for "+night.Format("2 Jan, 15:04"))
}

// untilPage asks for a page until it holds what it should.
func (k *pageKit) untilPage(b *browser, path string, wants ...string) {
	k.t.Helper()
	var last answered
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		last = b.get(path)
		if !slices.ContainsFunc(wants, func(want string) bool { return !strings.Contains(last.body, want) }) {
			return
		}
	}
	k.t.Fatalf("%s never showed %q: %s", path, wants, last.text())
}
