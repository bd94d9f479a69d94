package web

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/textform"
	"slipway/runner/catalog"
	"slipway/runner/records"
)

const projectText = "/projects/Projects-1/text"

// retyped is the text of a form with one thing written otherwise.
func retyped(t *testing.T, f url.Values, do, old, now string) url.Values {
	t.Helper()
	if !strings.Contains(f.Get("text"), old) {
		t.Fatalf("no %q in the text:\n%s", old, f.Get("text"))
	}
	return with(f, do, "text", strings.Replace(f.Get("text"), old, now, 1))
}

func (k *pageKit) project() pipelines.Project {
	k.t.Helper()
	p, err := k.records.Project(k.t.Context(), "Projects-1")
	must(k.t, err)
	return p.Noun
}

func (k *pageKit) exported(name string) string {
	k.t.Helper()
	text, err := k.catalog.Export(k.t.Context(), k.admin, "project", name)
	must(k.t, err)
	return string(text)
}

func TestProjectIsEditedAsText(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "/slip")
	admin := k.browser("admin")
	admin.has("/projects/Projects-1", http.StatusOK, testid("edit-steps"), testid("edit-triggers"), `href="/slip/projects/Projects-1/text#L`)
	admin.has("/projects/Projects-1/process", http.StatusOK, testid("edit-text"), testid("add-step"), testid("edit-step"))
	f := typedInto(t, admin.has(projectText, http.StatusOK, `id="L1"`, `id="L20"`, `for="text"`))
	if f.Get("text") != k.exported("Random Quotes") {
		t.Fatalf("the text is not what export prints:\n%s", f.Get("text"))
	}
	same := admin.post(projectText, with(f, "preview"))
	if same.status != http.StatusOK || !strings.Contains(same.body, "Nothing changes") {
		t.Fatalf("sent back unchanged: %d %s", same.status, same.text())
	}
	shown := admin.post(projectText, retyped(t, f, "preview", "Nginx Port, value: 8082", "Nginx Port, value: 9092"))
	for _, want := range []string{testid("difference"), "8082", "9092", "Nothing is saved yet", "Back to the text"} {
		if !strings.Contains(shown.body, want) {
			t.Errorf("the preview lacks %q: %s", want, shown.text())
		}
	}
	again := typedInto(t, admin.post(projectText, with(typedInto(t, shown), "change")))
	if !strings.Contains(again.Get("text"), "9092") {
		t.Errorf("back at the text, what was typed is lost:\n%s", again.Get("text"))
	}
	saved := admin.post(projectText, with(typedInto(t, shown), "save"))
	if saved.status != http.StatusSeeOther || saved.header.Get("Location") != "/slip/projects/Projects-1/process?now=saved" {
		t.Fatalf("saving: %d %s", saved.status, saved.text())
	}
	if got := k.project(); string(got.Variables[1].Value) != "9092" || got.Owner != pipelines.OwnedByPages || len(got.Steps) != 3 {
		t.Errorf("the project is %+v", got)
	}
	admin.has("/audit", http.StatusOK, "Changed project Random Quotes", "8082", "9092")
}

func TestTextIsWrongAtItsLines(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	admin := k.browser("admin")
	f := typedInto(t, admin.has(projectText, http.StatusOK))
	whole := f.Get("text")
	lineOf := func(text, part string) string {
		t.Helper()
		before, _, ok := strings.Cut(text, part)
		if !ok {
			t.Fatalf("no %q in:\n%s", part, text)
		}
		return fmt.Sprintf("Line %d: ", strings.Count(before, "\n")+1)
	}
	deep := strings.Repeat("[", 2000) + strings.Repeat("]", 2000)
	bomb := "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\nprojects: []\n"
	for name, c := range map[string]struct {
		text  string
		wants []string
	}{
		"a key spelt wrongly":  {strings.Replace(whole, "bindings:", "bindngs:", 1), []string{lineOf(whole, "bindings:") + "Unknown key", "did you mean", "bindings"}},
		"two at once":          {strings.Replace(strings.Replace(whole, "bindings:", "bindngs:", 1), "run: always", "rn: always", 1), []string{lineOf(whole, "bindings:"), lineOf(whole, "run: always")}},
		"an environment":       {strings.Replace(whole, "skip-environments: [Dev]", "skip-environments: [Development]", 1), []string{lineOf(whole, "skip-environments: [Dev]"), "Development"}},
		"a team that is none":  {strings.Replace(whole, "teams: [Project Stakeholders]", "teams: [Nobody]", 1), []string{lineOf(whole, "teams: [Project"), "there is no team"}},
		"another name":         {strings.Replace(whole, "name: Random Quotes\n", "name: Others\n", 1), []string{"Line 2: ", "keeps its name"}},
		"other nouns":          {"environments: [Sandbox]\n" + whole, []string{"Line 1: ", "is something else"}},
		"a second project":     {whole + "  - name: Another\n", []string{lineOf(whole+"  - name: Another", "  - name: Another"), "a second project begins here"}},
		"nothing":              {" \n", []string{"Line 1: ", "no project in this text"}},
		"something else":       {"lifecycles: []\n", []string{"no project in this text"}},
		"a tab":                {strings.Replace(whole, "    lifecycle:", "\tlifecycle:", 1), []string{lineOf(whole, "    lifecycle:"), "a tab indents this line"}},
		"a key twice":          {strings.Replace(whole, "    lifecycle:", "    description: x\n    lifecycle:", 1), []string{"stands here twice"}},
		"two documents":        {whole + "---\n" + whole, []string{"a second document begins here"}},
		"no YAML":              {"projects:\n  - name: [\n", []string{"Line ", "not YAML"}},
		"too deep":             {"projects: " + deep, []string{"nested deeper"}},
		"a bomb of aliases":    {bomb, []string{"stands for more than"}},
		"an anchor of nothing": {"projects:\n  - *nothing\n", []string{"Line 2: ", "there is no anchor"}},
		"a file":               {strings.Replace(whole, `body: "Deployment to #{Octopus.Environment.Name}"`, "body: { file: /etc/passwd }", 1), []string{"Line ", "no absolute path"}},
		"too much":             {whole + strings.Repeat("# "+strings.Repeat("x", 98)+"\n", 2700), []string{"the most is 262144"}},
		"not UTF-8":            {whole + "# \xff\n", []string{"not text in UTF-8"}},
	} {
		got := admin.post(projectText, with(f, "preview", "text", c.text))
		if got.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %.600s", name, got.status, got.text())
			continue
		}
		said := html.UnescapeString(got.text())
		for _, want := range c.wants {
			if !strings.Contains(strings.ToLower(said), strings.ToLower(want)) {
				t.Errorf("%s: no %q in %.900s", name, want, said)
			}
		}
		if back := typedInto(t, got).Get("text"); back != c.text && name != "not UTF-8" {
			t.Errorf("%s: what was typed came back as %.200q", name, back)
		}
	}
	if got := admin.post(projectText, with(f, "preview", "text", strings.Repeat("x", 10<<20))); got.status != http.StatusRequestEntityTooLarge {
		t.Errorf("ten megabytes: %d %.200s", got.status, got.text())
	}
	if got := k.exported("Random Quotes"); got != whole {
		t.Errorf("something was saved:\n%s", got)
	}
}

func TestProblemLeadsToItsLine(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	admin := k.browser("admin")
	f := typedInto(t, admin.has(projectText, http.StatusOK))
	got := admin.post(projectText, retyped(t, f, "save", "  - name: Random Quotes\n", "  - name: Random Quotes\n    lifecycel: x\n"))
	for _, want := range []string{`href="#L3"`, `<span id="L3" class="is-wrong">`, `aria-invalid="true"`} {
		if !strings.Contains(got.body, want) {
			t.Errorf("no %s in the page: %s", want, got.text())
		}
	}
}

// What browsers send, and what people name things.
func TestTextWithStrangeLettersAndLineEnds(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	admin := k.browser("admin")
	f := typedInto(t, admin.has(projectText, http.StatusOK))
	windows := strings.ReplaceAll(f.Get("text"), "\n", "\r\n")
	if got := admin.post(projectText, with(f, "preview", "text", windows)); !strings.Contains(got.body, "Nothing changes") {
		t.Errorf("with the ends of lines of Windows: %d %s", got.status, got.text())
	}
	for name, step := range map[string]string{
		"markup": `<script>alert(1)</script>`, "right to left": "\u202egnitset", "long": strings.Repeat("long ", 100), "quotes": `"onmouseover="x`,
	} {
		edited := strings.Replace(f.Get("text"), "name: Deployment Sign Off", "name: "+strconv.Quote(step), 1)
		got := admin.post(projectText, with(f, "preview", "text", edited))
		if strings.Contains(got.body, "<script>alert") || strings.Contains(got.body, `"onmouseover="`) {
			t.Errorf("%s: shown as markup", name)
		}
		if got.status != http.StatusOK && got.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", name, got.status, got.text())
		}
		if back := typedInto(t, got).Get("text"); back != edited {
			t.Errorf("%s: what was typed came back as %.200q", name, back)
		}
	}
}

func TestSlowerTextIsNotLost(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	admin := k.browser("admin")
	f := typedInto(t, admin.has(projectText, http.StatusOK))
	if got := admin.post(projectText, retyped(t, f, "save", "value: 8081", "value: 7081")); got.status != http.StatusSeeOther {
		t.Fatalf("the faster one: %d %s", got.status, got.text())
	}
	lost := admin.post(projectText, retyped(t, f, "save", "value: 8082", "value: 7082"))
	if lost.status != http.StatusConflict || !strings.Contains(lost.body, testid("conflict")) || !strings.Contains(lost.text(), "7081") {
		t.Fatalf("the slower one: %d %s", lost.status, lost.text())
	}
	mine := typedInto(t, lost)
	if !strings.Contains(mine.Get("text"), "value: 7082") || strings.Contains(mine.Get("text"), "7081") {
		t.Errorf("what was typed is lost:\n%s", mine.Get("text"))
	}
	if got := admin.post(projectText, with(mine, "save")); got.status != http.StatusSeeOther || string(k.project().Variables[0].Value) != "8081" {
		t.Errorf("saving it all the same: %d %s", got.status, got.text())
	}
	must(t, func() error {
		_, err := k.catalog.SaveNoun(t.Context(), k.admin, k.removal())
		return err
	}())
	gone := admin.post(projectText, with(mine, "save"))
	if gone.status != http.StatusConflict || !strings.Contains(gone.text(), "saving adds it again") || !strings.Contains(gone.body, `action="/projects/new/text"`) {
		t.Fatalf("a project that is gone: %d %s", gone.status, gone.text())
	}
	if got := admin.post("/projects/new/text", with(typedInto(t, gone), "save")); got.status != http.StatusSeeOther || got.header.Get("Location") != "/projects/Projects-2?now=saved" {
		t.Errorf("adding it again: %d %s %s", got.status, got.header.Get("Location"), got.text())
	}
}

// removal takes the tutorial's project away.
func (k *pageKit) removal() catalog.NounEdit {
	k.t.Helper()
	stored, err := k.records.Project(k.t.Context(), "Projects-1")
	must(k.t, err)
	return catalog.NounEdit{Kind: records.Projects, ID: stored.Noun.ID, Revision: stored.Revision, Noun: stored.Noun, Remove: true}
}

func TestTextOfAFolderIsTakenOver(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	admin := k.browser("admin")
	project := k.project()
	_, err := k.catalog.Apply(t.Context(), k.admin, catalog.Wanted{Nouns: textform.Nouns{Projects: []pipelines.Project{project}}, Owner: pipelines.OwnedByFolder("deploy"), TakeOver: true})
	must(t, err)
	f := typedInto(t, admin.has(projectText, http.StatusOK, testid("take-over"), "deploy"))
	refused := admin.post(projectText, retyped(t, f, "save", "value: 8081", "value: 7081"))
	if refused.status != http.StatusConflict || !strings.Contains(refused.body, `href="#take-over"`) || !strings.Contains(typedInto(t, refused).Get("text"), "7081") {
		t.Fatalf("what a folder has: %d %s", refused.status, refused.text())
	}
	shown := admin.post(projectText, with(typedInto(t, refused), "preview", "take-over", "yes"))
	if !strings.Contains(shown.text(), "taken over from the folder deploy") {
		t.Fatalf("taking it over: %d %s", shown.status, shown.text())
	}
	if got := admin.post(projectText, with(typedInto(t, shown), "save")); got.status != http.StatusSeeOther || k.project().Owner != pipelines.OwnedByPages {
		t.Errorf("taken over: %d %s", got.status, got.text())
	}
}

func TestTextIsForThoseWhoMayEdit(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	stella := k.browser("stella")
	seen := stella.has(projectText, http.StatusOK, testid("text"), "triggers:")
	if strings.Contains(seen.body, testid("field-text")) {
		t.Error("the text is offered for editing to somebody who only may look")
	}
	for _, path := range []string{"/projects/Projects-1", "/projects/Projects-1/process", "/"} {
		if got := stella.get(path); strings.Contains(got.body, testid("edit-text")) || strings.Contains(got.body, testid("edit-steps")) || strings.Contains(got.body, testid("add-step")) || strings.Contains(got.body, testid("new")) {
			t.Errorf("%s offers an edit to somebody who may not", path)
		}
	}
	for _, path := range []string{projectText, "/projects/new", "/projects/new/text", "/variable-sets/new"} {
		if got := stella.post(path, url.Values{"do": {"save"}, "text": {"x"}, "revision": {"1"}}); got.status != http.StatusForbidden {
			t.Errorf("a hand-made edit of %s: %d", path, got.status)
		}
	}
}
