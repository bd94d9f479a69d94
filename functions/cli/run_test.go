package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/web/rest"
)

var update = flag.Bool("update", false, "write golden files")

// noon is the time of every test.
var noon = time.Date(2026, time.March, 3, 12, 0, 0, 0, time.UTC)

// person is somebody who types command lines, against a server of the test.
type person struct {
	t     testing.TB
	ctx   context.Context // nil: the test's
	env   map[string]string
	stdin string
	wire  http.RoundTripper
}

// somebody has a home of their own and has logged in to the server.
func somebody(t testing.TB, server http.Handler) *person {
	t.Helper()
	s := httptest.NewServer(server)
	t.Cleanup(s.Close)
	return &person{t: t, wire: http.DefaultTransport, env: map[string]string{
		"XDG_CONFIG_HOME": t.TempDir(), "SLIPWAY_URL": s.URL, "SLIPWAY_API_KEY": "API-TEST",
	}}
}

// said is what came of a command line.
type said struct {
	code     int
	out, err string
}

func (s *person) types(args ...string) said {
	s.t.Helper()
	var out, errs bytes.Buffer
	p := &program{
		env:   func(name string) (string, bool) { v, ok := s.env[name]; return v, ok },
		stdin: strings.NewReader(s.stdin), stdout: &out, stderr: &errs,
		now: func() time.Time { return noon }, pause: time.Millisecond, patience: time.Minute, transport: s.wire,
	}
	ctx := s.ctx
	if ctx == nil {
		ctx = s.t.Context()
	}
	code := p.main(ctx, args)
	return said{code, out.String(), errs.String()}
}

// want checks code and parts of what was said; "!…" must not be said.
func (s said) want(t testing.TB, what string, code int, parts ...string) {
	t.Helper()
	if s.code != code {
		t.Errorf("%s: exit code %d, want %d\nstdout: %s\nstderr: %s", what, s.code, code, s.out, s.err)
	}
	for _, part := range parts {
		not, part := strings.HasPrefix(part, "!"), strings.TrimPrefix(part, "!")
		if strings.Contains(s.out+s.err, part) == not {
			t.Errorf("%s: does it say %q? want %t\nstdout: %s\nstderr: %s", what, part, !not, s.out, s.err)
		}
	}
}

// answers is a server that knows a few questions.
type answers map[string]any

func (a answers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v, ok := a[r.Method+" "+r.URL.EscapedPath()]
	if !ok {
		v = refusal{http.StatusNotFound, rest.Error{Code: pipelines.NotFound, Message: "nothing at " + r.URL.EscapedPath()}}
	}
	switch v := v.(type) {
	case http.Handler:
		v.ServeHTTP(w, r)
	case refusal:
		writeJSON(w, v.status, v.body)
	case nil:
		w.WriteHeader(http.StatusNoContent)
	default:
		writeJSON(w, http.StatusOK, v)
	}
}

type refusal struct {
	status int
	body   rest.Error
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		must(t, os.MkdirAll("testdata", 0o755))
		must(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	must(t, err)
	if got != string(want) {
		t.Errorf("%s:\n%s\nwant:\n%s", name, got, want)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func write(t testing.TB, file, text string) string {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(file), 0o755))
	must(t, os.WriteFile(file, []byte(text), 0o644))
	return file
}
