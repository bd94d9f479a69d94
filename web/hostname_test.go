package web

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"slipway/web/signin"
)

func TestNamesWeGoBy(t *testing.T) {
	t.Parallel()
	s := &site{Settings: Settings{
		BaseURL: "https://Deploy.example.org:8443/slip", OwnNames: []string{"build7", "build7.corp.example.net"},
		SignIn: &signin.SignIn{Proxies: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}},
	}}
	served := false
	h := s.ownHost(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { served = true }))
	for host, want := range map[string]bool{
		"deploy.example.org": true, "DEPLOY.example.org.": true, "deploy.example.org:80": true,
		"localhost": true, "localhost:8480": true, "127.0.0.1:8480": true, "[::1]:8480": true, "[fe80::1%25eth0]": true, "192.0.2.7": true,
		"slipway": true, "slipway_upstream": true, "build7:8480": true, "build7.corp.example.net": true, "build7.local": true, "slipway.default.svc.cluster.local": true, "": true,
		"evil.example": false, "evil.example:8480": false, "deploy.example.org.evil.example": false, "127.0.0.1.evil.example": false, "build7.evil.example": false, "local.evil.example": false,
	} {
		served = false
		r := httptest.NewRequest("GET", "/v1/me", nil)
		r.Host = host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if served != want || !want && (w.Code != http.StatusMisdirectedRequest || !strings.Contains(w.Body.String(), "--base-url")) {
			t.Errorf("Host %q: served %t, want %t; got %d %s", host, served, want, w.Code, w.Body)
		}
	}
	r := httptest.NewRequest("GET", "/v1/me", nil)
	r.Host, r.RemoteAddr, served = "upstream.example.com", "10.1.2.3:4711", false
	h.ServeHTTP(httptest.NewRecorder(), r)
	if !served {
		t.Error("a name that a trusted proxy passes on is refused")
	}
	s.OwnNames, served = nil, false
	r.RemoteAddr = "192.0.2.1:1"
	s.ownHost(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { served = true })).ServeHTTP(httptest.NewRecorder(), r)
	if !served {
		t.Error("where something before us goes by names, any is answered")
	}
}
