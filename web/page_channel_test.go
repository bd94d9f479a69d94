package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/records"
	"slipway/runner/requests"
)

// edit changes the tutorial's project as configuration would.
func (k *pageKit) edit(change func(*pipelines.Project)) {
	k.t.Helper()
	p, err := k.records.Project(k.t.Context(), "Projects-1")
	must(k.t, err)
	change(&p.Noun)
	must(k.t, k.records.Write(k.t.Context(), records.ReplaceNoun(records.Projects, "Projects-1", p.Noun, p.Revision)))
}

func TestChannelsOnPages(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.push("1.0.1")
	admin := k.browser("admin")
	for _, path := range []string{"/projects/Projects-1", "/projects/Projects-1/releases/1.0.1"} {
		if got := admin.has(path, http.StatusOK); strings.Contains(got.body, testid("channel")) || strings.Contains(got.body, "in channel") || strings.Contains(got.body, testid("field-channel")) {
			t.Errorf("%s speaks of channels where there is one only", path)
		}
	}
	k.edit(func(p *pipelines.Project) {
		p.Channels = []pipelines.Channel{
			{Name: "Stable", Rules: []pipelines.VersionRule{{Tag: "^$"}}},
			{Name: "Beta", Lifecycle: "Default Lifecycle", Rules: []pipelines.VersionRule{{Packages: []string{"RandomQuotes"}, Tag: "^beta"}}},
		}
	})
	k.push("2.0.0-beta.1")
	admin.has("/projects/Projects-1", http.StatusOK, testid("channels"), ">Beta</span>", "Takes of RandomQuotes only pre-release tags like ^beta.", "Goes by the lifecycle Default Lifecycle")
	stable := admin.has("/projects/Projects-1/releases/new", http.StatusOK, testid("field-channel"), `<option value="Stable" selected>`, `<option value="1.0.1" selected>`)
	if strings.Contains(stable.body, `<option value="2.0.0-beta.1"`) {
		t.Error("a version is offered that the channel does not take")
	}
	admin.has("/projects/Projects-1/releases/new?channel=Beta", http.StatusOK, `<option value="Beta" selected>`, `<option value="2.0.0-beta.1" selected>`)
	admin.has("/projects/Projects-1/releases/2.0.0-beta.1", http.StatusOK, "in channel Beta")
	admin.has("/", http.StatusOK, "2.0.0-beta.1")

	made := admin.post("/projects/Projects-1/releases", url.Values{"channel": {"Beta"}, "number": {""}})
	if to := made.header.Get("Location"); !strings.HasSuffix(to, "/releases/2.0.1") {
		t.Fatalf("a release in Beta: %d to %q: %s", made.status, to, made.text())
	}
	if release := admin.has("/projects/Projects-1/releases/2.0.1", http.StatusOK, "in channel Beta", "2.0.0-beta.1"); !strings.Contains(release.body, testid("phase-Dev")) {
		t.Error("the release shows no progression by its channel's lifecycle")
	}
	again := admin.post("/projects/Projects-1/releases", url.Values{"channel": {"Beta"}, "number": {"2.0.1"}})
	if again.status != http.StatusConflict || !strings.Contains(again.body, `<option value="Beta" selected>`) {
		t.Errorf("a refused release: %d, want the form with Beta still chosen: %s", again.status, again.text())
	}
}

func TestValuesOnTheConfirmPage(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.push("1.0.1")
	k.edit(func(p *pipelines.Project) {
		test := pipelines.Scope{Environments: []string{"Test"}}
		p.Variables = append(p.Variables,
			pipelines.Variable{Name: "Title", Scope: test, Prompt: &pipelines.Prompt{Label: "The <title>", Description: "On top.", Required: true}},
			pipelines.Variable{Name: "Mode", Value: "slow", Scope: test, Prompt: &pipelines.Prompt{Options: []string{"slow", "fast"}}},
			pipelines.Variable{Name: "Warm", Value: "True", Scope: test, Prompt: &pipelines.Prompt{Options: []string{"True", "False"}}},
			pipelines.Variable{Name: "Note", Scope: test, Prompt: &pipelines.Prompt{Multiline: true}})
		p.Steps[2].Action.Settings = settingsOf(map[string]string{"to": "team@example.org", "subject": "#{Title}", "body": "#{Mode} #{Warm} #{Note}"})
	})
	_, err := k.requests.CreateRelease(t.Context(), k.admin, requests.ReleaseRequest{Project: "Random Quotes", Number: "2.0.0"})
	must(t, err)
	k.until(deployed(t, k, "2.0.0").ID, pipelines.Succeeded)
	admin := k.browser("admin")
	deploy := "/projects/Projects-1/releases/2.0.0/deploy/Environments-2"
	ask := admin.has(deploy, http.StatusOK, testid("prompt"), "The &lt;title&gt;", "On top.", `name="value.Title"`, `<option value="slow" selected>`, `type="checkbox"`, `value="True" checked`, "<textarea name=\"value.Note\"")
	if strings.Contains(ask.body, testid("findings")) || strings.Contains(ask.body, testid("problems")) {
		t.Errorf("the page complains before anybody could answer: %s", ask.text())
	}
	plan := ask.value(t, "plan")
	for name, c := range map[string]struct {
		form  url.Values
		wants string
	}{
		"nothing":             {url.Values{"plan": {plan}, "value.Title": {" "}, "value.Mode": {"fast"}}, `<a href="#value-1">The &lt;title&gt; is needed.</a>`},
		"none of the options": {url.Values{"plan": {plan}, "value.Title": {"x"}, "value.Mode": {"medium"}}, `<a href="#value-2">Mode is one of slow, fast.</a>`},
		"too much":            {url.Values{"plan": {plan}, "value.Title": {strings.Repeat("x", 20<<10)}}, "have at most 16384 bytes together"},
	} {
		if got := admin.post(deploy, c.form); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, c.wants) || got.value(t, "plan") != plan {
			t.Errorf("%s: %d, want 422 with %q: %s", name, got.status, c.wants, got.text())
		}
	}
	if all, err := k.records.Deployments(t.Context(), "Projects-1", 1); err != nil || all[0].Environment != "Dev" {
		t.Fatalf("a deployment was ordered without its values: %+v, %v", all, err)
	}
	ordered := admin.post(deploy, url.Values{"plan": {plan}, "value.Title": {"Hi #{Mode}"}, "value.Mode": {"fast"}, "value.Warm": {"False"}, "value.Note": {"a\r\nb"}})
	id := strings.TrimPrefix(ordered.header.Get("Location"), "/deployments/")
	if ordered.status != http.StatusSeeOther {
		t.Fatalf("deploy: %d: %s", ordered.status, ordered.text())
	}
	l := k.until(id, pipelines.Waiting)
	want := map[string]string{"Title": "Hi #{Mode}", "Mode": "fast", "Warm": "False", "Note": "a\nb"}
	for name, value := range want {
		if got := l.Deployment.Values[name]; got != value {
			t.Errorf("%s = %q, want %q", name, got, value)
		}
	}
	admin.has("/deployments/"+id, http.StatusOK, "<dt>Title</dt>", "Hi #{Mode}", "<dt>Warm</dt>")
	// a tick sends the hidden value, too
	if got := given(request(t, url.Values{"value.Warm": {"False", "True"}}), asked("Warm"))["Warm"]; got != "True" {
		t.Errorf("a ticked box gives %q", got)
	}
}

// TestAValueThatIsAskedForMayBeWhatAStepWants: what fails for want of it is no
// reason not to ask.
func TestAValueThatIsAskedForMayBeWhatAStepWants(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.push("1.0.1")
	k.edit(func(p *pipelines.Project) {
		p.Variables = []pipelines.Variable{{Name: "Nginx Port", Prompt: &pipelines.Prompt{Required: true}}}
	})
	_, err := k.requests.CreateRelease(t.Context(), k.admin, requests.ReleaseRequest{Project: "Random Quotes", Number: "2.0.0"})
	must(t, err)
	admin := k.browser("admin")
	deploy := "/projects/Projects-1/releases/2.0.0/deploy/Environments-1"
	ask := admin.has(deploy, http.StatusOK, testid("deploy-form"), testid("prompt"))
	if strings.Contains(ask.body, testid("findings")) {
		t.Errorf("the page refuses before anybody could answer: %s", ask.text())
	}
	k.edit(func(p *pipelines.Project) { p.Variables = nil })
	got := admin.post(deploy, url.Values{"plan": {ask.value(t, "plan")}, "value.Nginx Port": {"8085"}})
	if got.status != http.StatusConflict || !strings.Contains(got.body, "has changed since you looked") || !strings.Contains(got.body, `value="8085"`) {
		t.Errorf("after a change of the project: %d, want the form again with what was typed: %s", got.status, got.text())
	}
	fresh := admin.has(deploy, http.StatusOK).value(t, "plan")
	if ordered := admin.post(deploy, url.Values{"plan": {fresh}, "value.Nginx Port": {"8085"}}); ordered.status != http.StatusSeeOther {
		t.Errorf("deploy with the port: %d: %s", ordered.status, ordered.text())
	}
}

func TestReleaseVariablesArePutUpToDate(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "/slipway")
	k.push("1.0.1")
	admin, stella := k.browser("admin"), k.browser("stella")
	page := "/projects/Projects-1/releases/1.0.1"
	if got := admin.has(page, http.StatusOK, "They are as they are in the project now."); strings.Contains(got.body, testid("update-variables")) {
		t.Error("an update is offered where nothing has changed")
	}
	k.edit(func(p *pipelines.Project) { p.Variables[1].Value = "8092" })
	const changed = "Nginx Port (Test) was &#34;8082&#34;, is &#34;8092&#34; now"
	seen := admin.has(page, http.StatusOK, testid("changed"), testid("update-variables"), changed).value(t, "seen")
	if got := stella.has(page, http.StatusOK, changed); strings.Contains(got.body, testid("update-variables")) {
		t.Error("an update is offered to somebody who may not make a release")
	}
	admin.has(page+"/deploy/Environments-2", http.StatusOK, testid("notice"), changed+"; this deployment uses the release&#39;s &#34;8082&#34;")
	if got := stella.post(page+"/variables", url.Values{"seen": {seen}}); got.status != http.StatusForbidden {
		t.Errorf("an update by somebody who may not: %d, want 403", got.status)
	}
	if got := admin.post(page+"/variables", url.Values{"seen": {"another"}}); got.status != http.StatusConflict || !strings.Contains(got.body, "have changed since you looked") {
		t.Errorf("an update of what was not shown: %d: %s", got.status, got.text())
	}
	got := admin.post(page+"/variables", url.Values{"seen": {seen}})
	if to := got.header.Get("Location"); got.status != http.StatusSeeOther || to != "/slipway"+page {
		t.Fatalf("update: %d to %q: %s", got.status, to, got.text())
	}
	admin.has(page, http.StatusOK, "They are as they are in the project now.")
	admin.has(page+"/deploy/Environments-2", http.StatusOK, "8092")
}

// deployed orders a deployment of a release to Dev.
func deployed(t *testing.T, k *pageKit, version string) pipelines.Deployment {
	t.Helper()
	d, err := k.requests.Deploy(t.Context(), k.admin, requests.DeployRequest{Project: "Random Quotes", Release: version, Environment: "Dev"})
	must(t, err)
	return d
}

func asked(name string) []plan.Prompted { return []plan.Prompted{{Name: name}} }

func request(t *testing.T, form url.Values) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}
