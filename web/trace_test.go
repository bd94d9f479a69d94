package web

import (
	"net/http"
	"testing"
)

// TRACE would give a request's headers back, cookies among them.
func TestTraceIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	for _, path := range []string{"/", "/signin", "/v1/me", "/nuget/", "/static/slipway.css"} {
		if got := h.as(h.key, http.MethodTrace, path, ""); got.Code != http.StatusMethodNotAllowed {
			t.Errorf("TRACE %s: %d, want 405", path, got.Code)
		}
	}
}
