package web

import (
	"net/http"
	"net/url"
	"sync"
	"testing"

	"slipway/pipelines"
)

// TestOneFormOrdersOnce: whoever sends the form again is led to what it ordered.
func TestOneFormOrdersOnce(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.push("1.0.1")
	b := k.browser("admin")
	const path = "/projects/Random%20Quotes/releases/1.0.1/deploy/Test"
	page := b.has(path, http.StatusOK, "Nothing is there yet.")
	form := url.Values{"plan": {page.value(t, "plan")}, "form": {page.value(t, "form")}}
	where := make([]string, 4)
	var all sync.WaitGroup
	for i := range where {
		all.Go(func() {
			got := b.post(path, form)
			if where[i] = got.header.Get("Location"); got.status != http.StatusSeeOther {
				t.Errorf("post %d: %d %s", i, got.status, got.text())
			}
		})
	}
	all.Wait()
	for _, to := range where {
		if to != where[0] {
			t.Errorf("one form led to %q, want one deployment", where)
		}
	}
	k.until("Deployments-2", pipelines.Waiting)
	if got := b.post(path, form); got.header.Get("Location") != where[0] {
		t.Errorf("sent again later: %d to %q, want %q", got.status, got.header.Get("Location"), where[0])
	}
	again := b.has(path, http.StatusOK, "No deployment has succeeded here yet; 1.0.1 is installed on web-1 by Deployments-2 (waiting).")
	if got := again.value(t, "form"); got == form.Get("form") {
		t.Error("a new form has the name of the one before")
	}
	token, _ := k.asked("Test")
	const own = "this deployment has installed 1.0.1 on web-1."
	k.browser("stella").has("/approvals", http.StatusOK, own)
	k.browser("").has("/answer/"+token, http.StatusOK, own)
}
