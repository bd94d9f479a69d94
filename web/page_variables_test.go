package web

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/catalog"
	"slipway/runner/records"
)

// newVariables is the tutorial with values of every kind, and a shared set.
func newVariables(t *testing.T, base string) *pageKit {
	t.Helper()
	k := newTutorial(t, base)
	in := func(name, value string, environments ...string) pipelines.Variable {
		return pipelines.Variable{Name: name, Value: pipelines.Text(value), Scope: pipelines.Scope{Environments: environments}}
	}
	k.add(records.VariableSets, "Shared", func(id string, _ int) any {
		return pipelines.VariableSet{ID: id, Name: "Shared", Variables: []pipelines.Variable{in("Mail <Server>", "mail.example.org")}}
	})
	k.change(func(p *pipelines.Project) {
		p.VariableSets = []string{"Shared"}
		p.Variables = append(p.Variables,
			in("Url", "https://#{Octopus.Environment.Name | ToLower}:#{Nginx Port}/#{Octopus.Release.Number}"),
			pipelines.Variable{Name: "Password", Secret: "db-password", Description: "Of the <b>database</b>"},
			in("Level", "debug", "Dev", "Test"), in("Level", "info", "Test", "Dev"), in("Round", "#{Round}"),
		)
	})
	return k
}

// change stores another form of the project.
func (k *pageKit) change(how func(*pipelines.Project)) {
	k.t.Helper()
	p, err := k.records.Project(k.t.Context(), "Projects-1")
	must(k.t, err)
	how(&p.Noun)
	must(k.t, k.records.Write(k.t.Context(), records.ReplaceNoun(records.Projects, "Projects-1", p.Noun, p.Revision)))
}

const variablesPath = "/projects/Projects-1/variables"

func TestVariablesPage(t *testing.T) {
	t.Parallel()
	k := newVariables(t, "/slip")
	admin := k.browser("admin")
	admin.has("/projects/Projects-1", http.StatusOK, testid("variables-link"), `href="/slip`+variablesPath+`"`)
	all := admin.has(variablesPath, http.StatusOK, testid("variables"), testid("places"), testid("add-value"), "6 variables with 9 values.", "8082",
		"●●●●●●●●", "secret db-password", "Of the &lt;b&gt;database&lt;/b&gt;", "Mail &lt;Server&gt;", "variable set Shared", `href="/slip/variable-sets/VariableSets-1"`,
		`<span class="reads">#{Nginx Port}</span>`, `href="/slip/projects/Projects-1/variables/edit?value=2"`, `/variables/Nginx%20Port/reach"`)
	if n := strings.Count(all.body, testid("value")); n != 9 {
		t.Errorf("%d values are shown, want 9", n)
	}
	if strings.Contains(all.body, testid("owned")) {
		t.Error("values that nobody owns are called a folder's")
	}
	stella := k.browser("stella")
	if got := stella.has(variablesPath, http.StatusOK, testid("variables")); strings.Contains(got.body, testid("add-value")) || strings.Contains(got.body, testid("edit-value")) {
		t.Error("changes are offered to somebody who may not make them")
	}
}

func TestVariablesAtAPlace(t *testing.T) {
	t.Parallel()
	k := newVariables(t, "")
	stella := k.browser("stella")
	got := stella.has(variablesPath+"?environment=test", http.StatusOK, testid("here"), `<option value="Test" selected`, "8082", testid("why"),
		"It is for Dev, and this is Test.", testid("evaluated"), `>https://test:8082/#{Octopus.Release.Number}<`, testid("tie"),
		"narrow the scope of one, or remove it", testid("ours"), "Octopus.Environment.Name", testid("everywhere"))
	if strings.Contains(got.body, testid("variables")) || strings.Count(got.body, testid("here-value")) != 6 {
		t.Error("at a place each name has one row")
	}
	stella.has(variablesPath+"?environment=Test&step=Deploy+web+app+to+Nginx&target=web-1", http.StatusOK, "Test, on web-1, in step Deploy web app to Nginx", "Octopus.Machine.Name")
	stella.has(variablesPath+"?environment=Tset", http.StatusNotFound, testid("problems"), "there is: Dev, Test, Prod", testid("variables"))
	stella.has("/projects/None/variables", http.StatusNotFound)
	stella.has(variablesPath+"/nginx%20port/reach", http.StatusOK, testid("reach"), testid("reached"), "Changing it reaches Test, in 1 step.", "web-1", "nginx.bindings[0].port")
	stella.has(variablesPath+"/Password/reach", http.StatusOK, "●●●●●●●●", "and no step reads it there")
	stella.has(variablesPath+"/None/reach", http.StatusNotFound)
}

// formOf is the form of a value as a browser would send it back unchanged.
func formOf(t *testing.T, page answered) url.Values {
	t.Helper()
	f := url.Values{"do": {"save"}}
	for _, name := range []string{"revision", "number", "base", "name", "reference"} {
		f.Set(name, html.UnescapeString(page.value(t, name)))
	}
	for _, part := range strings.Split(page.body, "<input ")[1:] {
		tag, _, _ := strings.Cut(part, ">")
		if strings.Contains(tag, " checked") {
			f.Add(attributeOf(tag, "name"), attributeOf(tag, "value"))
		}
	}
	_, rest, _ := strings.Cut(page.body, `name="value"`)
	_, rest, _ = strings.Cut(rest, ">")
	text, _, _ := strings.Cut(rest, "</textarea>")
	f.Set("value", strings.ReplaceAll(strings.TrimPrefix(html.UnescapeString(text), "\n"), "\n", "\r\n"))
	return f
}

func attributeOf(tag, name string) string {
	_, rest, _ := strings.Cut(tag, name+`="`)
	value, _, _ := strings.Cut(rest, `"`)
	return html.UnescapeString(value)
}

func (k *pageKit) variables() []pipelines.Variable {
	k.t.Helper()
	p, err := k.records.Project(k.t.Context(), "Projects-1")
	must(k.t, err)
	return p.Noun.Variables
}

// untie leaves nothing that stands against saving.
func (k *pageKit) untie() {
	k.change(func(p *pipelines.Project) { p.Variables = append(p.Variables[:5:5], p.Variables[7]) })
}

func TestEditAValue(t *testing.T) {
	t.Parallel()
	k := newVariables(t, "")
	k.untie()
	admin := k.browser("admin")
	f := formOf(t, admin.has(variablesPath+"/edit?value=2", http.StatusOK, testid("edit-form"), testid("remove"), "Edit Nginx Port"))
	if f.Get("value") != "8082" || f.Get("environments") != "Test" || f.Get("kind") != "text" {
		t.Fatalf("the form is %v", f)
	}
	before := k.variables()
	if got := admin.post(variablesPath+"/edit", f); got.status != http.StatusSeeOther || got.header.Get("Location") != variablesPath+"?done=saved" {
		t.Fatalf("saving what was there: %d to %q: %s", got.status, got.header.Get("Location"), got.text())
	}
	for i, v := range k.variables() {
		if v.Name != before[i].Name || !v.SameValue(before[i]) || len(v.Environments) != len(before[i].Environments) {
			t.Errorf("value %d is %+v after saving it unchanged, was %+v", i, v, before[i])
		}
	}
	admin.has(variablesPath+"?done=saved", http.StatusOK, testid("saved"), testid("variables"), "Saved.")
	f = formOf(t, admin.get(variablesPath+"/edit?value=2"))
	f.Set("value", "8092\r\nmore\r\n")
	f["environments"] = []string{"Test", "Dev"}
	f.Set("steps", "Deploy web app to Nginx")
	if got := admin.post(variablesPath+"/edit", f); got.status != http.StatusSeeOther {
		t.Fatalf("saving: %d: %s", got.status, got.text())
	}
	v := k.variables()[1]
	if v.Value != "8092\nmore\n" || strings.Join(v.Environments, ",") != "Test,Dev" || len(v.Steps) != 1 || v.Prompt != nil {
		t.Errorf("saved is %+v", v)
	}
	f = formOf(t, admin.get(variablesPath+"/edit?value=2"))
	if f.Get("value") != "8092\r\nmore\r\n" || f.Get("steps") != "Deploy web app to Nginx" {
		t.Errorf("the form shows %v", f)
	}
	f.Del("steps")
	f["environments"] = []string{"Test"}
	f.Set("value", "8092")
	f.Set("asks", "yes")
	f.Set("prompt-options", "8092\r\n\r\n 8093 ")
	if got := admin.post(variablesPath+"/edit", f); got.status != http.StatusSeeOther {
		t.Fatalf("asking for it: %d: %s", got.status, got.text())
	}
	if q := k.variables()[1].Prompt; q == nil || strings.Join(q.Options, ",") != "8092,8093" || formOf(t, admin.get(variablesPath+"/edit?value=2")).Get("asks") != "yes" {
		t.Errorf("asked for is %+v", q)
	}
	f = formOf(t, admin.has(variablesPath+"/edit", http.StatusOK, "Add a value"))
	f.Set("name", "Token")
	f.Set("kind", "secrets-manager")
	f.Set("reference", "prod/token#a")
	if got := admin.post(variablesPath+"/edit", f); got.status != http.StatusSeeOther {
		t.Fatalf("adding: %d: %s", got.status, got.text())
	}
	all := k.variables()
	if last := all[len(all)-1]; len(all) != len(before)+1 || last.Name != "Token" || last.SecretsManager != "prod/token#a" || last.Value != "" {
		t.Errorf("added is %+v", all)
	}
	f = formOf(t, admin.get(variablesPath+"/edit?value=1"))
	f.Set("do", "remove")
	if got := admin.post(variablesPath+"/edit", f); got.header.Get("Location") != variablesPath+"?done=removed" || len(k.variables()) != len(before) || k.variables()[0].Value == "8081" {
		t.Errorf("removing: %d: %s; left are %+v", got.status, got.text(), k.variables())
	}
	if entries, err := k.records.AuditLog(t.Context(), time.Time{}, 1); err != nil || len(entries) == 0 || entries[0].Username != "admin" || !strings.Contains(entries[0].Details["lines"], "8081") {
		t.Errorf("the audit log says %+v, %v", entries, err)
	}
}

func TestEditKeepsWhatWasTypedWhenItIsRefused(t *testing.T) {
	t.Parallel()
	k := newVariables(t, "")
	k.untie()
	admin := k.browser("admin")
	for _, c := range []struct {
		name, value, field string
		status             int
	}{
		{"name", "", "name-problem", http.StatusUnprocessableEntity},
		{"environments", "Staging", `href="#environments"`, http.StatusUnprocessableEntity},
		{"kind", "secret", "reference-problem", http.StatusUnprocessableEntity},
		{"kind", "", `href="#kind"`, http.StatusUnprocessableEntity},
		{"environments", "Dev", "narrow the scope of one", http.StatusUnprocessableEntity}, // as another value has it
	} {
		f := formOf(t, admin.get(variablesPath+"/edit?value=2"))
		f.Set("value", "typed <by> hand")
		f.Set(c.name, c.value)
		got := admin.post(variablesPath+"/edit", f)
		if got.status != c.status || !strings.Contains(got.body, c.field) || !strings.Contains(got.body, "typed &lt;by&gt; hand</textarea>") || !strings.Contains(got.body, testid("problems")) {
			t.Errorf("%s = %q: %d, want %d with %s: %s", c.name, c.value, got.status, c.status, c.field, got.text())
		}
	}
	for _, broken := range []url.Values{{}, {"revision": {"1"}, "base": {"[]"}, "number": {"4"}}, {"revision": {"1"}, "base": {"no"}}} {
		if got := admin.post(variablesPath+"/edit", broken); got.status != http.StatusBadRequest {
			t.Errorf("a form that is not whole: %d", got.status)
		}
	}
	admin.has(variablesPath+"/edit?value=99", http.StatusNotFound)
	if got := k.browser("stella").post(variablesPath+"/edit", formOf(t, admin.get(variablesPath+"/edit?value=2"))); got.status != http.StatusForbidden {
		t.Errorf("somebody who may not edit saves: %d", got.status)
	}
}

func TestTwoPeopleEdit(t *testing.T) {
	t.Parallel()
	k := newVariables(t, "")
	k.untie()
	admin := k.browser("admin")
	first, second := formOf(t, admin.get(variablesPath+"/edit?value=1")), formOf(t, admin.get(variablesPath+"/edit?value=2"))
	first.Set("do", "remove") // the numbers behind it move
	second.Set("value", "8092")
	if got := admin.post(variablesPath+"/edit", first); got.status != http.StatusSeeOther {
		t.Fatalf("the first: %d: %s", got.status, got.text())
	}
	refused := admin.post(variablesPath+"/edit", second)
	if refused.status != http.StatusConflict || !strings.Contains(refused.body, testid("conflict")) || !strings.Contains(refused.body, `class="is-theirs"`) || !strings.Contains(refused.body, `class="is-yours"`) {
		t.Fatalf("the second: %d: %s", refused.status, refused.text())
	}
	if got := k.variables(); got[0].Value != "8082" {
		t.Errorf("a conflict has saved %+v", got)
	}
	onTop := formOf(t, refused)
	if onTop.Get("value") != "8092" || onTop.Get("number") != "1" || onTop.Get("revision") == second.Get("revision") {
		t.Errorf("the form is %v, want what was typed, on the newer version", onTop)
	}
	if got := admin.post(variablesPath+"/edit", onTop); got.status != http.StatusSeeOther {
		t.Fatalf("saving on top: %d: %s", got.status, got.text())
	}
	if got := k.variables(); len(got) != 5 || got[0].Value != "8092" || got[1].Value != "8083" {
		t.Errorf("saved is %+v, want the removal and the change", got)
	}

	// The value itself is gone: what was typed becomes another one, and that is said.
	gone, removed := formOf(t, admin.get(variablesPath+"/edit?value=1")), formOf(t, admin.get(variablesPath+"/edit?value=1"))
	removed.Set("do", "remove")
	admin.post(variablesPath+"/edit", removed)
	gone.Set("value", "8093")
	got := admin.post(variablesPath+"/edit", gone)
	if got.status != http.StatusConflict || !strings.Contains(got.body, "not there any more") || formOf(t, got).Get("number") != "" {
		t.Errorf("a value that is gone: %d: %s", got.status, got.text())
	}
}

func TestAFolderOwnsTheVariables(t *testing.T) {
	t.Parallel()
	k := newVariables(t, "")
	k.untie()
	k.change(func(p *pipelines.Project) { p.Owner = pipelines.OwnedByFolder("deploy <it>") })
	k.browser("stella").has(variablesPath, http.StatusOK, testid("owned"), "deploy &lt;it&gt;")
	admin := k.browser("admin")
	f := formOf(t, admin.has(variablesPath+"/edit?value=2", http.StatusOK, testid("take-over"), "Take project Random Quotes over from the folder deploy &lt;it&gt;"))
	f.Set("value", "8092")
	refused := admin.post(variablesPath+"/edit", f)
	if refused.status != http.StatusConflict || !strings.Contains(refused.body, "is written in the folder") || strings.Contains(refused.body, testid("owned")) || formOf(t, refused).Get("value") != "8092" || k.variables()[1].Value != "8082" {
		t.Fatalf("without taking it over: %d: %s", refused.status, refused.text())
	}
	f = formOf(t, refused)
	f.Set("take-over", "yes")
	if got := admin.post(variablesPath+"/edit", f); got.status != http.StatusSeeOther || k.variables()[1].Value != "8092" {
		t.Fatalf("taking it over: %d: %s", got.status, got.text())
	}
	if entries, err := k.records.AuditLog(t.Context(), time.Time{}, 1); err != nil || len(entries) == 0 || !strings.Contains(entries[0].Message, "taken over from") {
		t.Errorf("the audit log says %+v, %v", entries, err)
	}
	if got := admin.has(variablesPath, http.StatusOK); strings.Contains(got.body, testid("owned")) {
		t.Errorf("after taking over, the folder is still named: %s", got.text())
	}
}

func TestVariableSetPages(t *testing.T) {
	t.Parallel()
	k := newVariables(t, "")
	k.untie()
	admin, stella := k.browser("admin"), k.browser("stella")
	stella.has("/variable-sets", http.StatusOK, testid("variable-sets"), "Shared", "Random Quotes", "1 value")
	stella.has("/variable-sets/shared", http.StatusOK, testid("variables"), "mail.example.org", testid("used-by"))
	stella.has("/variable-sets/None", http.StatusNotFound)
	stella.has("/variable-sets/VariableSets-1/edit", http.StatusForbidden)
	stella.has("/variable-sets/Shared/variables/Mail%20%3CServer%3E/reach", http.StatusOK, testid("reach"), "Random Quotes")
	f := formOf(t, admin.has("/variable-sets/VariableSets-1/edit?value=1", http.StatusOK, testid("edit-form")))
	f.Set("value", "smtp.example.org")
	if got := admin.post("/variable-sets/VariableSets-1/edit", f); got.status != http.StatusSeeOther || got.header.Get("Location") != "/variable-sets/VariableSets-1?done=saved" {
		t.Fatalf("saving: %d: %s", got.status, got.text())
	}
	f.Set("value", "old.example.org")
	if got := admin.post("/variable-sets/VariableSets-1/edit", f); got.status != http.StatusConflict || !strings.Contains(got.body, "smtp.example.org") {
		t.Errorf("saving an old version: %d: %s", got.status, got.text())
	}
	must(t, k.catalog.SaveSetVariables(t.Context(), k.admin, "VariableSets-1", catalog.Edit{Revision: k.revisionOf("VariableSets-1")}))
	stella.has("/variable-sets/VariableSets-1", http.StatusOK, testid("empty"))
}

func (k *pageKit) revisionOf(set string) int64 {
	k.t.Helper()
	s, err := k.records.VariableSet(k.t.Context(), set)
	must(k.t, err)
	return s.Revision
}

func TestNobodyElseSeesVariables(t *testing.T) {
	t.Parallel()
	k := newVariables(t, "")
	guest := k.browser("guest")
	for _, path := range []string{variablesPath, variablesPath + "/edit", variablesPath + "/Url/reach", "/variable-sets", "/variable-sets/Shared", "/variable-sets/Shared/edit"} {
		if got := guest.get(path); got.status != http.StatusForbidden && got.status != http.StatusNotFound || strings.Contains(got.body, "8082") || strings.Contains(got.body, "mail.example") {
			t.Errorf("GET %s by somebody without rights: %d: %s", path, got.status, got.text())
		}
	}
}

func TestPieces(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a": "a", "#{A}": "<#{A}>", "x#{A}y#{B | C \"}\"}z": "x<#{A}>y<#{B | C \"}\"}>z", "#{A[#{B}]}-": "<#{A[#{B}]}>-", "#{open": "#{open", "##{A}#{B}": "##{A}<#{B}>", "": "",
	} {
		got := ""
		for _, p := range piecesOf(text) {
			if p.Reads {
				got += "<" + p.Text + ">"
			} else {
				got += p.Text
			}
		}
		if got != want {
			t.Errorf("piecesOf(%q) = %s, want %s", text, got, want)
		}
	}
}

func TestProjectPageTellsWhereValuesHold(t *testing.T) {
	t.Parallel()
	k := newVariables(t, "")
	k.change(func(p *pipelines.Project) {
		p.Variables = []pipelines.Variable{
			{Name: "Beta", Value: "1", Scope: pipelines.Scope{Channels: []string{"Preview"}}},
			{Name: "Both", Scope: pipelines.Scope{Steps: []string{"one"}, Channels: []string{"C1"}}},
			{Name: "Reason", Value: "none", Prompt: &pipelines.Prompt{}},
		}
	})
	got := k.browser("stella").has("/projects/Projects-1", http.StatusOK, "channel Preview", "channel C1", "step one", ">empty<",
		"asked for at each deployment", testid("sets"), `href="/variable-sets/VariableSets-1">Shared<`)
	if n := strings.Count(got.body, ">everywhere<"); n != 1 {
		t.Errorf("%d values hold everywhere, want 1", n)
	}
}

func TestAtAPlaceValuesAreEdited(t *testing.T) {
	t.Parallel()
	k := newVariables(t, "")
	k.change(func(p *pipelines.Project) {
		p.Variables = append(p.Variables, pipelines.Variable{Name: "Mail <Server>", Value: "own"},
			pipelines.Variable{Name: "Url", Value: "at the step", Scope: pipelines.Scope{Steps: []string{"Deploy web app to Nginx"}}})
	})
	at := variablesPath + "?environment=Test&step=Deploy+web+app+to+Nginx"
	got := k.browser("admin").has(at, http.StatusOK, testid("edit-value"), "/edit?value=2", "weight 1<", "weight 0<",
		"step, 10,000,000) beats unscoped (0).", "weight 10,000,000", "it weighs 0 against 10,000,000.")
	if strings.Contains(got.body, "10000000") {
		t.Error("a large weight is told without separators")
	}
	if got := k.browser("stella").get(at); strings.Contains(got.body, testid("edit-value")) {
		t.Error("changes are offered to somebody who may not make them")
	}
}

// Before a value is saved it can be seen as text, and nothing that was typed is
// lost on the way there and back.
func TestAValueIsShownBeforeItIsSaved(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	admin := k.browser("admin")
	form := formOf(t, admin.get(variablesPath+"/edit?value=1"))
	form.Set("description", "typed <b>here</b>")
	form.Set("take-over", "yes")
	form.Set("do", "preview")
	shown := admin.post(variablesPath+"/edit", form)
	if shown.status != http.StatusOK || !strings.Contains(shown.body, testid("difference")) || !strings.Contains(shown.text(), "Nothing is saved yet.") {
		t.Fatalf("preview: %d %s", shown.status, shown.text())
	}
	form.Set("do", "change")
	back := admin.post(variablesPath+"/edit", form)
	if got := html.UnescapeString(back.value(t, "description")); back.status != http.StatusOK || got != "typed <b>here</b>" {
		t.Errorf("back to the form: %d, the description is %q", back.status, got)
	}
	if got := html.UnescapeString(admin.get(variablesPath+"/edit?value=1").value(t, "description")); got == "typed <b>here</b>" {
		t.Error("a preview has saved")
	}
}
