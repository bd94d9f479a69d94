package web

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"slipway/runner/requests"
)

func TestReleaseByHand(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "/slipway")
	admin := k.browser("admin")
	none := admin.has("/projects/Projects-1/releases/new", http.StatusOK, testid("no-release"), "Package RandomQuotes has no version yet")
	if strings.Contains(none.body, testid("release-form")) {
		t.Error("a release is offered that cannot be made")
	}
	k.push("1.0.1")
	k.push("1.0.2")

	admin.has("/projects/Projects-1", http.StatusOK, testid("create-release"), "/slipway/projects/Projects-1/releases/new")
	offered := admin.has("/projects/Projects-1/releases/new", http.StatusOK, `action="/slipway/projects/Projects-1/releases"`, "for Deploy web app to Nginx",
		`<option value="1.0.2" selected>`, `<option value="1.0.1">`)
	if got := offered.value(t, "number"); got != "1.0.3" {
		t.Errorf("the proposed number is %q, want the one after 1.0.2", got)
	}
	stella := k.browser("stella")
	if got := stella.has("/projects/Projects-1", http.StatusOK, testid("releases")); strings.Contains(got.body, testid("create-release")) {
		t.Error("the page that makes releases is offered to somebody who may not make one")
	}
	stella.has("/projects/Projects-1/releases/new", http.StatusForbidden)
	const choice = "package.built-in/RandomQuotes"
	for name, c := range map[string]struct {
		form   url.Values
		status int
		wants  string
	}{
		"no number":   {url.Values{"number": {"not a number"}}, http.StatusUnprocessableEntity, `id="number-problem"`},
		"taken":       {url.Values{"number": {"1.0.1"}}, http.StatusConflict, `id="number-problem"`},
		"no version":  {url.Values{choice: {"7.7.7"}}, http.StatusUnprocessableEntity, `id="version-1-problem"`},
		"no channel":  {url.Values{"channel": {"Beta"}}, http.StatusUnprocessableEntity, "has no channel"},
		"no package":  {url.Values{"package.built-in/Other": {"1.0.0"}}, http.StatusUnprocessableEntity, "No step of Random Quotes installs a package"},
		"long notes":  {url.Values{"notes": {strings.Repeat("n", 20_001)}}, http.StatusUnprocessableEntity, `id="notes-problem"`},
		"hostile all": {url.Values{"number": {`"><script>`}, "channel": {"\u202e"}}, http.StatusUnprocessableEntity, testid("problems")},
	} {
		if c.form.Get("notes") == "" {
			c.form.Set("notes", "kept <i>note</i>")
		}
		got := admin.post("/projects/Projects-1/releases", c.form)
		if got.status != c.status || !strings.Contains(got.body, c.wants) || strings.Contains(got.body, `"><script>`) || name != "long notes" && !strings.Contains(got.body, "kept &lt;i&gt;note&lt;/i&gt;</textarea>") {
			t.Errorf("%s: %d, want %d with %s and the form as it was filled in: %s", name, got.status, c.status, c.wants, got.text())
		}
	}
	made := admin.post("/projects/Projects-1/releases", url.Values{"number": {" 2.0.0 "}, "notes": {"by **hand** <b>x</b> [x](javascript:alert(1))"}, choice: {"1.0.1"}})
	if to := made.header.Get("Location"); made.status != http.StatusSeeOther || to != "/slipway/projects/Projects-1/releases/2.0.0" {
		t.Fatalf("a release by hand: %d to %q: %s", made.status, to, made.text())
	}
	shown := admin.has("/projects/Projects-1/releases/2.0.0", http.StatusOK, "by <strong>hand</strong>", testid("progression"), "/packages/RandomQuotes/1.0.1")
	if strings.Contains(shown.body, "javascript:") || strings.Contains(shown.body, "<b>x</b>") {
		t.Errorf("notes bring what they may not: %s", shown.body)
	}
	if to := admin.post("/projects/Projects-1/releases", url.Values{"number": {""}}).header.Get("Location"); !strings.HasSuffix(to, "/releases/2.0.1") {
		t.Errorf("a release without a number leads to %q, want the next number", to)
	}
}

func TestReleasesArePaged(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.push("1.0.0")
	for i := 1; i < 50; i++ {
		_, err := k.requests.CreateRelease(t.Context(), k.admin, requests.ReleaseRequest{Project: "Random Quotes", Number: fmt.Sprintf("1.0.%d", i)})
		must(t, err)
	}
	admin := k.browser("admin")
	seen := map[string]bool{}
	path := "/projects/Projects-1"
	for pages := 0; path != ""; pages++ {
		if pages > 3 {
			t.Fatal("the pages do not end")
		}
		got := admin.has(path, http.StatusOK)
		for _, m := range regexp.MustCompile(`data-testid="release-([0-9.]+)"`).FindAllStringSubmatch(got.body, -1) {
			if seen[m[1]] {
				t.Errorf("release %s stands on two pages", m[1])
			}
			seen[m[1]] = true
		}
		next := regexp.MustCompile(`href="([^"#]*)#releases" data-testid="earlier"`).FindStringSubmatch(got.body)
		if (pages > 0) != strings.Contains(got.body, testid("newest")) {
			t.Errorf("%s: the way back to the newest is wrong", path)
		}
		path = ""
		if next != nil {
			path = next[1]
		}
	}
	if len(seen) != 50 {
		t.Errorf("%d releases on all pages, want 50", len(seen))
	}
	admin.has("/projects/Projects-1?before=nonsense", http.StatusOK, testid("newest"))
}

func TestFailuresAreSentences(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.browser("admin").has("/nowhere", http.StatusNotFound, "There is nothing at /nowhere.")
}
