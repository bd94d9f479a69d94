package web

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/runner/records"
)

var (
	aForm  = regexp.MustCompile(`(?s)<form [^>]*data-testid="(?:edit|preview)-form".*?</form>`)
	aField = regexp.MustCompile(`(?s)<input\b([^>]*)>|<(select|textarea)\b([^>]*)>(.*?)</(?:select|textarea)>`)
)

// typedInto is the form of a noun, or its preview, as a browser would send it
// back unchanged.
func typedInto(t testing.TB, page answered) url.Values {
	t.Helper()
	form := aForm.FindString(page.body)
	if form == "" {
		t.Fatalf("there is no form: %d %s", page.status, page.text())
	}
	out := url.Values{}
	for _, m := range aField.FindAllStringSubmatch(form, -1) {
		tag := m[1] + m[3]
		name, kind := attributeOf(tag, "name"), attributeOf(tag, "type")
		switch {
		case m[2] == "textarea":
			out.Set(name, strings.TrimPrefix(html.UnescapeString(m[4]), "\n"))
		case m[2] == "select":
			before, _, chosen := strings.Cut(m[4], " selected")
			if out.Set(name, ""); chosen {
				out.Set(name, attributeOf(before[strings.LastIndex(before, "<option"):], "value"))
			}
		case kind != "checkbox" && kind != "radio" || strings.Contains(tag, " checked"):
			out.Add(name, attributeOf(tag, "value"))
		}
	}
	return out
}

// with gives one field of a form another value.
func with(f url.Values, do string, pairs ...string) url.Values {
	out := url.Values{"do": {do}}
	for name, all := range f {
		if name != "do" {
			out[name] = slices.Clone(all)
		}
	}
	for i := 0; i < len(pairs); i += 2 {
		out.Set(pairs[i], pairs[i+1])
	}
	return out
}

const lifecycleEdit = "/lifecycles/Lifecycles-1/edit"

func TestLifecycleIsEditedByPage(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "/slip")
	admin := k.browser("admin")
	admin.has("/lifecycles", http.StatusOK, testid("phases"), "Dev, Test, and Prod", "Default Lifecycle", "built in", "may be left out", testid("new"), `href="/slip/projects/Projects-1"`)
	admin.has("/lifecycles/Lifecycles-Default", http.StatusOK, "It is built in")
	admin.has("/lifecycles/Lifecycles-Default/edit", http.StatusConflict, "follows the environments as they are")

	f := typedInto(t, admin.has(lifecycleEdit, http.StatusOK, testid("edit-form"), testid("remove"), "These projects go by it"))
	shown := admin.post(lifecycleEdit, with(f, "preview"))
	if shown.status != http.StatusOK || !strings.Contains(shown.body, "Nothing changes") {
		t.Fatalf("the form sent back unchanged: %d %s", shown.status, shown.text())
	}
	// Buttons of the form change what is typed, and save nothing.
	added := typedInto(t, admin.post(lifecycleEdit, with(f, "phase-add")))
	if added.Get("phases") != "4" {
		t.Fatalf("after adding a phase the form has %s", added.Get("phases"))
	}
	moved := typedInto(t, admin.post(lifecycleEdit, with(added, "phase-up-1")))
	if moved.Get("phases[0].name") != "Test" || moved.Get("phases[1].name") != "Dev" || moved.Get("phases[1].optional") != "yes" || moved.Get("phases[0].optional") != "" {
		t.Fatalf("after moving Test up the form is %v", moved)
	}
	dropped := typedInto(t, admin.post(lifecycleEdit, with(moved, "phase-drop-3")))
	if got := k.lifecycle().Phases[0].Name; got != "Dev" {
		t.Errorf("the buttons have saved: the first phase is %s", got)
	}
	bad := admin.post(lifecycleEdit, with(dropped, "preview", "phases[2].minimum", "many", "description", "kept <typed>"))
	if bad.status != http.StatusUnprocessableEntity || !strings.Contains(bad.body, `href="#phases[2].minimum"`) || typedInto(t, bad).Get("description") != "kept <typed>" {
		t.Errorf("a number that is none: %d %s", bad.status, bad.text())
	}
	bad = admin.post(lifecycleEdit, with(dropped, "save", "phases[2].minimum", "5"))
	if bad.status != http.StatusUnprocessableEntity || !strings.Contains(bad.text(), "the minimum is from 0 (all) to 1, not 5") {
		t.Errorf("a minimum that cannot be: %d %s", bad.status, bad.text())
	}
	shown = admin.post(lifecycleEdit, with(dropped, "preview", "phases[0].retention.keep", "3", "description", "Progression, from Dev to Prod"))
	for _, want := range []string{testid("difference"), "Nothing is saved yet", "Progression, from Dev to Prod", "keep: 3", testid("save")} {
		if !strings.Contains(shown.body, want) {
			t.Errorf("the preview lacks %q: %s", want, shown.text())
		}
	}
	again := admin.post(lifecycleEdit, with(typedInto(t, shown), "change"))
	if typedInto(t, again).Get("phases[0].retention.keep") != "3" {
		t.Errorf("back at the form, what was typed is %v", typedInto(t, again))
	}
	saved := admin.post(lifecycleEdit, with(typedInto(t, shown), "save"))
	if saved.status != http.StatusSeeOther || saved.header.Get("Location") != "/slip/lifecycles/Lifecycles-1?now=saved" {
		t.Fatalf("saving: %d %s", saved.status, saved.text())
	}
	admin.has("/lifecycles/Lifecycles-1?now=saved", http.StatusOK, testid("done"), "Saved.", "keeps 3 besides the present one")
	l := k.lifecycle()
	if l.Phases[0].Name != "Test" || l.Phases[0].Retention.Keep != 3 || !l.Phases[1].Optional || l.Owner != pipelines.OwnedByPages {
		t.Errorf("the lifecycle is %+v", l)
	}
}

func (k *pageKit) lifecycle() pipelines.Lifecycle {
	k.t.Helper()
	all, err := k.records.Lifecycles(k.t.Context())
	must(k.t, err)
	return all[0]
}

func TestSlowerEditorKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	admin := k.browser("admin")
	const edit = "/environments/Environments-1/edit"
	mine := typedInto(t, admin.has(edit, http.StatusOK))
	if got := admin.post(edit, with(mine, "save", "description", "theirs")); got.status != http.StatusSeeOther {
		t.Fatalf("the faster one: %d %s", got.status, got.text())
	}
	lost := admin.post(edit, with(mine, "preview", "description", "mine"))
	if lost.status != http.StatusConflict || !strings.Contains(lost.body, testid("conflict")) || !strings.Contains(lost.body, "+ description: mine") || !strings.Contains(lost.body, "- description: theirs") {
		t.Fatalf("the slower one: %d %s", lost.status, lost.text())
	}
	f := typedInto(t, lost)
	if f.Get("description") != "mine" {
		t.Errorf("what was typed is lost: %v", f)
	}
	if got := admin.post(edit, with(f, "save")); got.status != http.StatusSeeOther {
		t.Errorf("saving again: %d %s", got.status, got.text())
	}
	if got := admin.post(edit, with(f, "save", "description", strings.Repeat("x", 2<<20))); got.status != http.StatusRequestEntityTooLarge {
		t.Errorf("two megabytes: %d %s", got.status, got.text())
	}
	if got := admin.post(edit, url.Values{"do": {"save"}, "name": {"Dev"}}); got.status != http.StatusBadRequest {
		t.Errorf("a form without its revision: %d %s", got.status, got.text())
	}
}

func TestEnvironmentsByPage(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	admin := k.browser("admin")
	k.push("1.0.1")
	admin.has("/environments", http.StatusOK, testid("environments"), testid("up"), testid("down"))
	admin.has("/environments/Environments-1", http.StatusOK, testid("here"), "1.0.1", "Random Quotes", "web-1", "as-text", "https://dev.example.org")
	admin.has("/environments/Dev", http.StatusOK)
	admin.has("/environments/None", http.StatusNotFound)
	taken := admin.post("/environments/new", with(typedInto(t, admin.has("/environments/new", http.StatusOK)), "save", "name", "prod"))
	if taken.status != http.StatusUnprocessableEntity || !strings.Contains(taken.body, `href="#name"`) {
		t.Errorf("a name that is taken: %d %s", taken.status, taken.text())
	}
	f := with(typedInto(t, admin.get("/environments/new")), "save", "name", "Sand, Box", "address", "https://sand.example.org")
	if got := admin.post("/environments/new", f); got.status != http.StatusSeeOther {
		t.Fatalf("adding: %d %s", got.status, got.text())
	}
	if got := admin.post("/environments/Environments-4/move", url.Values{"do": {"up"}}); got.status != http.StatusSeeOther {
		t.Fatalf("moving: %d %s", got.status, got.text())
	}
	page := admin.get("/environments").body
	if strings.Index(page, "Sand, Box") > strings.Index(page, ">Prod<") {
		t.Error("Sand, Box stands behind Prod still")
	}
	remove := typedInto(t, admin.has("/environments/Environments-4/edit", http.StatusOK, testid("remove"), "go"))
	if got := admin.post("/environments/Environments-4/edit", with(remove, "remove")); got.status != http.StatusSeeOther || got.header.Get("Location") != "/environments?now=removed" {
		t.Fatalf("removing: %d %s", got.status, got.text())
	}
	used := typedInto(t, admin.has("/environments/Environments-3/edit", http.StatusOK, testid("used-by"), "lifecycle Dev, Test, and Prod"))
	if got := admin.post("/environments/Environments-3/edit", with(used, "remove")); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.text(), "there is no environment") {
		t.Errorf("removing what is used: %d %s", got.status, got.text())
	}
}

func TestTargetPage(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	admin := k.browser("admin")
	admin.has("/targets/Machines-1", http.StatusOK, "No package was installed here yet", "Never looked at")
	d := k.push("1.0.1")
	admin.has("/targets/Machines-1", http.StatusOK, testid("here"), "RandomQuotes 1.0.1", "Deploy web app to Nginx", testid("arrived"), `href="/deployments/`+d.ID+`"`)
	f := typedInto(t, admin.has("/targets/Machines-1/edit", http.StatusOK))
	none := with(f, "preview")
	delete(none, "environments")
	if got := admin.post("/targets/Machines-1/edit", none); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#environments"`) {
		t.Errorf("no environment: %d %s", got.status, got.text())
	}
	if got := admin.post("/targets/Machines-1/edit", with(f, "save", "roles", "web\r\ndb\r\n", "disabled", "yes")); got.status != http.StatusSeeOther {
		t.Fatalf("saving: %d %s", got.status, got.text())
	}
	stored, err := k.records.Target(t.Context(), "Machines-1")
	must(t, err)
	if got := stored.Noun; !got.Disabled || strings.Join(got.Roles, " ") != "web db" || got.Pretend != "x" {
		t.Errorf("the target is %+v, want two roles, disabled, reached as before", got)
	}
	stella := k.browser("stella")
	if got := stella.has("/targets/Machines-1", http.StatusOK); strings.Contains(got.body, testid("edit")) {
		t.Error("an edit is offered to somebody who may not")
	}
	if got := stella.post("/targets/Machines-1/edit", with(f, "save")); got.status != http.StatusForbidden {
		t.Errorf("a hand-made edit: %d", got.status)
	}
}

func TestAnotherLifecycleJudgesReleasesAtOnce(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	admin := k.browser("admin")
	k.push("1.0.1")
	open := func(environment string) bool {
		p, err := k.records.Project(t.Context(), "Projects-1")
		must(t, err)
		head, _, err := k.records.ReleaseNumbered(t.Context(), "Projects-1", "1.0.1")
		must(t, err)
		progression, err := k.records.Progression(t.Context(), p.Noun, head.Release)
		must(t, err)
		return slices.ContainsFunc(progression, func(x pipelines.Progress) bool { return x.Environment == environment && x.Open })
	}
	if open("Prod") {
		t.Fatal("Prod is open before Test has had a success")
	}
	straight := with(typedInto(t, admin.get("/lifecycles/new")), "save", "name", "Straight on", "phases", "1", "phases[0].environments", "Prod")
	if got := admin.post("/lifecycles/new", straight); got.status != http.StatusSeeOther {
		t.Fatalf("adding a lifecycle: %d %s", got.status, got.text())
	}
	const edit = "/projects/Projects-1/edit"
	f := typedInto(t, admin.has(edit, http.StatusOK, "judged by it at once"))
	if f.Get("lifecycle") != "Dev, Test, and Prod" {
		t.Fatalf("the form is %v", f)
	}
	if got := admin.post(edit, with(f, "save", "lifecycle", "Straight on")); got.status != http.StatusSeeOther {
		t.Fatalf("choosing it: %d %s", got.status, got.text())
	}
	if !open("Prod") || open("Test") {
		t.Error("the release is judged by the lifecycle of before")
	}
	admin.has("/projects/Projects-1/text", http.StatusOK, "lifecycle: Straight on", "triggers:", testid("field-text"))
	admin.has("/lifecycles/Lifecycles-2", http.StatusOK, "Random Quotes", testid("left-out"))
}

func TestStepTypes(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	guest := k.browser("guest")
	got := guest.has("/step-types?q=iis", http.StatusOK, testid("type-iis"), `value="iis"`)
	if strings.Contains(got.body, testid("type-nginx")) {
		t.Error("Nginx is found by iis")
	}
	guest.has("/step-types?q=Nginx", http.StatusOK, testid("type-nginx"))
	guest.has("/step-types?q=%3Cscript%3E", http.StatusOK, testid("empty"), "&lt;script&gt;")
	guest.has("/step-types/iis", http.StatusOK, testid("sample"), testid("settings"), "site.bindings.port")
	guest.has("/step-types/none", http.StatusNotFound)
	if got := guest.get("/library"); got.status != http.StatusSeeOther || got.header.Get("Location") != "/step-types" {
		t.Errorf("/library leads a guest to %d %s", got.status, got.header.Get("Location"))
	}
}

// Names that are markup, run the other way, or are very long, on every list.
func TestHostileNamesOnEveryList(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	admin := k.browser("admin")
	for _, name := range []string{`<script>alert(1)</script>`, "\u202egnitset", strings.Repeat("long", 125), `"onmouseover="x`, "a b/c?d#e%2f"} {
		k.add(records.Environments, name, func(id string, n int) any {
			return pipelines.Environment{ID: id, Name: name, SortOrder: n + 10, Description: name}
		})
		k.add(records.Lifecycles, name, func(id string, _ int) any {
			return pipelines.Lifecycle{ID: id, Name: name, Description: name, Phases: []pipelines.Phase{{Name: name, Environments: []string{name}}}}
		})
		k.add(records.Targets, name, func(id string, _ int) any {
			return pipelines.Target{ID: id, Name: name, Roles: []string{name}, Environments: []string{name}, Pretend: name}
		})
		k.add(records.VariableSets, name, func(id string, _ int) any {
			return pipelines.VariableSet{ID: id, Name: name, Description: name, Variables: []pipelines.Variable{{Name: name, Value: "x"}}}
		})
		k.add(records.Projects, name, func(id string, _ int) any {
			return pipelines.Project{ID: id, Name: name, Description: name, Lifecycle: name}
		})
	}
	for _, path := range []string{
		"/", "/environments", "/environments/Environments-4", "/environments/Environments-4/edit", "/environments/Environments-6", "/lifecycles", "/lifecycles/Lifecycles-2",
		"/lifecycles/Lifecycles-2/edit", "/lifecycles/Lifecycles-4/edit", "/targets", "/targets/Machines-2", "/targets/Machines-2/edit", "/targets/Machines-4", "/variable-sets", "/packages", "/feeds",
		"/search?q=script", "/search?q=long", "/search?q=%E2%80%AEgnit", "/search?q=" + strings.Repeat("x", 5000), "/search?q=%00%ff%22", "/projects/Projects-2/text", "/projects/Projects-2/edit",
	} {
		got := admin.get(path)
		if got.status != http.StatusOK {
			t.Errorf("%s: %d %s", path, got.status, got.text())
		}
		for _, raw := range []string{"<script>alert", `"onmouseover="`} {
			if strings.Contains(got.body, raw) {
				t.Errorf("%s shows a name as markup", path)
			}
		}
	}
}
