package web

import (
	"net/http/httptest"
	"testing"
)

func TestBrowsersAreToldToComeByTLS(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{"https://deploy.example.org": "max-age=31536000", "http://127.0.0.1:8480": ""} {
		h := newHouse(t, func(s *Settings) { s.BaseURL = base })
		w := httptest.NewRecorder()
		h.server.ServeHTTP(w, httptest.NewRequest("GET", "/signin", nil))
		if got := w.Header().Get("Strict-Transport-Security"); got != want {
			t.Errorf("at %s: Strict-Transport-Security is %q, want %q", base, got, want)
		}
	}
}
