package web

import (
	"net/http"
	"strings"
	"testing"
)

// What may not be seen is answered as what is not there, word for word but for the
// name that was asked for; what may be seen and not be done is refused. Who has a
// permission nowhere is refused before anything is looked for.
func TestWhatMayNotBeSeenIsNotThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.foreign.names["{deployment}"]
	ask := func(key, method, path, body string) (int, string) {
		got := w.as(key, method, path, body)
		return got.Code, got.Body.String()
	}
	for _, user := range []string{"viewer", "lead", "newcomer", "stakeholder"} {
		key := w.keyFor(user)
		for _, c := range []struct{ method, path, there, absent, body string }{
			{"GET", "/v1/projects/*/releases", foreignProject, "Nothing", ""},
			{"GET", "/v1/projects/*/variables", foreignProject, "Nothing", ""},
			{"GET", "/v1/deployments?project=*", foreignProject, "Nothing", ""},
			{"POST", "/v1/deployments/preview", foreignProject, "Nothing", `{"project":"*","release":"1.0.0","environment":"Dev"}`},
			{"POST", "/v1/deployments", foreignProject, "Nothing", `{"project":"*","release":"1.0.0","environment":"Dev"}`},
			{"GET", "/v1/deployments/*", id, "Deployments-999", ""},
			{"GET", "/v1/deployments/*/log", id, "Deployments-999", ""},
			{"GET", "/v1/deployments/*/values", id, "Deployments-999", ""},
			{"GET", "/v1/deployments/*/journal", id, "Deployments-999", ""},
			{"POST", "/v1/deployments/*/cancel", id, "Deployments-999", "{}"},
			{"POST", "/v1/deployments/*/retry", id, "Deployments-999", "{}"},
			{"POST", "/v1/deployments/*/decide", id, "Deployments-999", `{"choice":"fail"}`},
			{"DELETE", "/v1/targets/*", "plugh-1", "nothing", ""},
		} {
			fill := func(text, name string) string { return strings.ReplaceAll(text, "*", name) }
			there, said := ask(key, c.method, fill(c.path, c.there), fill(c.body, c.there))
			absent, wants := ask(key, c.method, fill(c.path, c.absent), fill(c.body, c.absent))
			if there != absent || there < 400 || strings.ReplaceAll(said, c.there, "*") != strings.ReplaceAll(wants, c.absent, "*") {
				t.Errorf("%s %s by %s: %d %s; of what is not there: %d %s", c.method, fill(c.path, c.there), user, there, said, absent, wants)
			}
		}
	}
	if code, said := ask(w.keyFor("viewer"), "POST", "/v1/deployments/"+w.own.names["{deployment}"]+"/cancel", "{}"); code != http.StatusForbidden {
		t.Errorf("what may be seen and not be cancelled: %d %s, want 403", code, said)
	}
}
