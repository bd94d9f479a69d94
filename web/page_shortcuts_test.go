package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// A key that is a shortcut by itself can be switched off, and on again, without
// scripts; a page that is somebody else's is never led to.
func TestShortcutsCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "/slipway")
	b := k.browser("stella")
	has := func() bool { return strings.Contains(b.get("/").body, `aria-keyshortcuts="/"`) }
	if !has() {
		t.Fatal("there is no shortcut to begin with")
	}
	turn := func(keys, from string) string {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, k.server.URL+"/slipway/shortcuts", strings.NewReader(url.Values{"keys": {keys}}.Encode()))
		must(t, err)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Referer", from)
		got := b.sent(r)
		if got.status != http.StatusSeeOther {
			t.Fatalf("switching %s: %d %s", keys, got.status, got.text())
		}
		return got.header.Get("Location")
	}
	if to := turn("off", k.server.URL+"/slipway/packages?q=x"); to != "/slipway/packages?q=x" || has() {
		t.Errorf("off: led to %q, and there is a shortcut: %v", to, has())
	}
	if to := turn("on", "https://elsewhere.example/slipway/packages"); to != "/slipway/" || !has() {
		t.Errorf("on: led to %q, and there is a shortcut: %v", to, has())
	}
}
