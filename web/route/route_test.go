package route_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/web/route"
)

func serve(http.ResponseWriter, *http.Request) {}

func TestUndecidedRoutesStopTheProgram(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		line  route.Route
		panic bool
	}{
		{"a permission", route.Route{Pattern: "GET /a", Needs: pipelines.ProjectView, Serve: serve}, false},
		{"public", route.Route{Pattern: "GET /a", Public: true, Serve: serve}, false},
		{"neither", route.Route{Pattern: "GET /a", Serve: serve}, true},
		{"both", route.Route{Pattern: "GET /a", Public: true, Needs: pipelines.ProjectView, Serve: serve}, true},
		{"nobody serves", route.Route{Pattern: "GET /a", Public: true}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if got := recover() != nil; got != c.panic {
					t.Errorf("Mux(%+v) panics: got %t, want %t", c.line, got, c.panic)
				}
			}()
			route.Mux([]route.Route{c.line}, nil, nil)
		})
	}
}

func TestGate(t *testing.T) {
	t.Parallel()
	served := ""
	line := func(pattern string, needs pipelines.Permission) route.Route {
		return route.Route{Pattern: pattern, Needs: needs, Public: needs == "", Serve: func(_ http.ResponseWriter, r *http.Request) { served = r.Pattern }}
	}
	gate := func(_ *http.Request, needs pipelines.Permission) error {
		if needs == pipelines.UserEdit {
			return pipelines.Refuse(pipelines.Forbidden, "no")
		}
		return nil
	}
	refuse := func(w http.ResponseWriter, _ *http.Request, err error) {
		http.Error(w, err.Error(), http.StatusForbidden)
	}
	mux := route.Mux([]route.Route{line("GET /open", ""), line("GET /mine", pipelines.Own), line("GET /users", pipelines.UserEdit)}, gate, refuse)
	for _, c := range []struct {
		path, served string
		status       int
	}{
		{"/open", "GET /open", 200},
		{"/mine", "GET /mine", 200},
		{"/users", "", 403},
	} {
		served = ""
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest("GET", c.path, nil))
		if served != c.served || w.Code != c.status {
			t.Errorf("GET %s: got %q served with %d, want %q with %d", c.path, served, w.Code, c.served, c.status)
		}
	}
}

func TestBodyIsLimited(t *testing.T) {
	t.Parallel()
	var got error
	read := func(_ http.ResponseWriter, r *http.Request) {
		buf := make([]byte, 64)
		for got = nil; got == nil; {
			_, got = r.Body.Read(buf)
		}
	}
	mux := route.Mux([]route.Route{{Pattern: "PUT /small", Public: true, MaxBody: 10, Serve: read}}, nil, nil)
	for _, c := range []struct {
		size int
		want bool // too large
	}{{10, false}, {11, true}} {
		mux.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("PUT", "/small", strings.NewReader(strings.Repeat("x", c.size))))
		if _, tooLarge := got.(*http.MaxBytesError); tooLarge != c.want {
			t.Errorf("a body of %d bytes: got %v, want too large: %t", c.size, got, c.want)
		}
	}
}
