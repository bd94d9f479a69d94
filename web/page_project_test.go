package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestReleaseByHand(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "/slipway")
	admin := k.browser("admin")
	none := admin.has("/projects/Projects-1", http.StatusOK, testid("no-release"), "Package RandomQuotes has no version yet")
	if strings.Contains(none.body, testid("release-form")) {
		t.Error("a release is offered that cannot be made")
	}
	k.push("1.0.1")

	offered := admin.has("/projects/Projects-1", http.StatusOK, testid("new-release"), `action="/slipway/projects/Projects-1/releases"`)
	if got := offered.value(t, "number"); got != "1.0.2" {
		t.Errorf("the proposed number is %q, want the one after 1.0.1", got)
	}
	if strings.Contains(offered.body, "<details class=\"fold\" open") {
		t.Error("the form stands open before anybody asked for it")
	}
	if got := k.browser("stella").has("/projects/Projects-1", http.StatusOK, testid("releases")); strings.Contains(got.body, testid("release-form")) {
		t.Error("the form is shown to somebody who may not make a release")
	}
	for number, status := range map[string]int{"not a number": http.StatusUnprocessableEntity, "1.0.1": http.StatusConflict} {
		got := admin.post("/projects/Projects-1/releases", url.Values{"number": {number}, "notes": {"kept <i>note</i>"}})
		if got.status != status || got.value(t, "number") != number || !strings.Contains(got.body, `id="number-problem"`) ||
			!strings.Contains(got.body, "kept &lt;i&gt;note&lt;/i&gt;</textarea>") || !strings.Contains(got.body, "<details class=\"fold\" open") {
			t.Errorf("number %s: %d, want %d with the form as it was filled in, open: %s", number, got.status, status, got.text())
		}
	}
	made := admin.post("/projects/Projects-1/releases", url.Values{"number": {" 2.0.0 "}, "notes": {"by hand"}})
	if to := made.header.Get("Location"); made.status != http.StatusSeeOther || to != "/slipway/projects/Projects-1/releases/2.0.0" {
		t.Fatalf("a release by hand: %d to %q: %s", made.status, to, made.text())
	}
	admin.has("/projects/Projects-1/releases/2.0.0", http.StatusOK, "by hand", testid("progression"))
	if to := admin.post("/projects/Projects-1/releases", url.Values{"number": {""}}).header.Get("Location"); !strings.HasSuffix(to, "/releases/2.0.1") {
		t.Errorf("a release without a number leads to %q, want the next number", to)
	}
}

func TestFailuresAreSentences(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.browser("admin").has("/nowhere", http.StatusNotFound, "There is nothing at /nowhere.")
}
