package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"slipway/pipelines"
)

// wrongCode has the form of a code and is not this one.
func wrongCode(code string) string {
	if code == "000000" {
		return "111111"
	}
	return "000000"
}

func TestOpeningALinkDecidesNothing(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "/slipway")
	k.push("1.0.1")
	d := k.deployTo("Test", "1.0.1")
	token, code := k.asked("Test")
	before, err := k.records.Journal(t.Context(), d.ID)
	must(t, err)
	stranger := k.browser("")
	for range 20 {
		for _, wants := range []string{"approve", "reject", ""} {
			got := stranger.has("/answer/"+token+"?decision="+wants, http.StatusOK, testid("answer-form"), testid("instructions"), "Random Quotes", "1.0.1", "Stella")
			if strings.Contains(got.body, code) {
				t.Fatal("the code stands on the page that asks for it")
			}
		}
	}
	if got := stranger.do(http.MethodHead, "/answer/"+token, "", nil); got.status != http.StatusOK {
		t.Errorf("HEAD: %d, want 200", got.status)
	}
	if got := k.until(d.ID, pipelines.Waiting); int(got.Revision) != len(before) {
		t.Errorf("looking wrote %d turns", int(got.Revision)-len(before))
	}
	// What a scanner that presses buttons can do: send the form without a code.
	for range 7 {
		if got := stranger.post("/answer/"+token, url.Values{"answer": {"approve"}, "code": {""}}); got.status != http.StatusForbidden || !strings.Contains(got.body, testid("problems")) {
			t.Fatalf("the form without a code: %d, %s", got.status, got.text())
		}
	}
	if got := stranger.post("/answer/"+token, url.Values{"answer": {"approve"}, "code": {wrongCode(code)}, "note": {"kept <i>note</i>"}}); got.status != http.StatusForbidden ||
		!strings.Contains(got.body, "4 tries left") || !strings.Contains(got.body, "kept &lt;i&gt;note&lt;/i&gt;") || strings.Contains(got.body, wrongCode(code)) {
		t.Errorf("a wrong code: %d, want the note kept, the code not, and the tries left: %s", got.status, got.text())
	}
	if got := stranger.post("/answer/"+token, url.Values{"code": {code}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("the right code and no button: %d, want 422", got.status)
	}
	k.until(d.ID, pipelines.Waiting)
	got := stranger.post("/answer/"+token, url.Values{"answer": {"approve"}, "code": {strings.ToLower(code[:3]) + " " + code[3:]}, "note": {"good"}})
	if got.status != http.StatusSeeOther || got.header.Get("Location") != "/slipway/answer/"+token {
		t.Fatalf("the right code: %d to %q: %s", got.status, got.header.Get("Location"), got.text())
	}
	result := stranger.has("/answer/"+token, http.StatusOK, testid("answer-approved"))
	if strings.Contains(result.body, "/deployments/") {
		t.Error("a stranger is sent to a page they may not see")
	}
	l := k.until(d.ID, pipelines.Succeeded)
	if a := l.State.Head.Steps[1].Answer; a == nil || a.Called != "Stella" || a.Note != "good" || a.Via != "mail link" {
		t.Errorf("the answer is %+v, want Stella's by mail link", a)
	}
	if got := stranger.post("/answer/"+token, url.Values{"answer": {"reject"}, "code": {code}}); got.status != http.StatusConflict || !strings.Contains(got.body, testid("answer-used")) {
		t.Errorf("the link a second time: %d, %s", got.status, got.text())
	}
}

// TestWhoDecidesSeesWhereToLook: the mail, the page behind its link and the
// deployment's page name the application's address.
func TestWhoDecidesSeesWhereToLook(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.push("1.0.1")
	d := k.deployTo("Test", "1.0.1")
	k.until(d.ID, pipelines.Waiting)
	token, _ := k.asked("Test")
	link := `<a href="https://test.example.org" rel="noreferrer">`
	k.browser("").has("/answer/"+token, http.StatusOK, link)
	k.browser("stella").has("/deployments/"+d.ID, http.StatusOK, link)
}

func TestRejectByLink(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.push("1.0.1")
	d := k.deployTo("Test", "1.0.1")
	token, code := k.asked("Test")
	b := k.browser("stella")
	if got := b.post("/answer/"+token, url.Values{"answer": {"reject"}, "code": {code}}); got.status != http.StatusSeeOther {
		t.Fatalf("reject: %d, %s", got.status, got.text())
	}
	k.until(d.ID, pipelines.Failed)
	b.has("/answer/"+token, http.StatusOK, testid("answer-rejected"), "/deployments/"+d.ID)
}

func TestFiveWrongCodesKillALink(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.push("1.0.1")
	d := k.deployTo("Test", "1.0.1")
	token, code := k.asked("Test")
	b := k.browser("")
	wrong := url.Values{"answer": {"approve"}, "code": {wrongCode(code)}}
	for _, want := range []string{"4 tries left", "3 tries left", "2 tries left", "1 try left", testid("answer-dead")} {
		if got := b.post("/answer/"+token, wrong); !strings.Contains(got.body, want) {
			t.Fatalf("a wrong code: no %q in: %d %s", want, got.status, got.text())
		}
	}
	if got := b.post("/answer/"+token, url.Values{"answer": {"approve"}, "code": {code}}); !strings.Contains(got.body, testid("answer-dead")) {
		t.Errorf("the right code on a dead link: %d, %s", got.status, got.text())
	}
	b.has("/answer/"+token, http.StatusOK, testid("answer-dead"))
	k.until(d.ID, pipelines.Waiting)
}

func TestLinksThatLeadNowhere(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.push("1.0.1")
	d := k.deployTo("Test", "1.0.1")
	token, code := k.asked("Test")
	b := k.browser("")
	for _, unknown := range []string{"x", token[:10], strings.Repeat("A", 43), "..%2f..%2fx"} {
		b.has("/answer/"+unknown, http.StatusNotFound, testid("answer-unknown"))
		if got := b.post("/answer/"+unknown, url.Values{"answer": {"approve"}, "code": {code}}); got.status != http.StatusNotFound {
			t.Errorf("POST to %q: %d, want 404", unknown, got.status)
		}
	}
	// Another site's form is refused, whatever it knows.
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, k.server.URL+"/answer/"+token, strings.NewReader(url.Values{"answer": {"approve"}, "code": {code}}.Encode()))
	must(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	r.Header.Set("Origin", "https://elsewhere.example")
	resp, err := http.DefaultClient.Do(r)
	must(t, err)
	resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden {
		t.Errorf("another site's form: %d, want 403", resp.StatusCode)
	}
	k.until(d.ID, pipelines.Waiting)
	must(t, k.requests.Cancel(t.Context(), k.admin, d.ID, ""))
	k.until(d.ID, pipelines.Cancelled)
	b.has("/answer/"+token, http.StatusOK, testid("answer-cancelled"))
}
