package feed

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"slipway/pipelines"
)

func TestPush(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	first := packed(t, "RandomQuotes", "1.0.42", "first")
	for _, tight := range []bool{true, false} { // then the same bytes once more
		r := formWith("package.nupkg", first, tight)
		r.Header.Set(keyHeader, s.key)
		if w := s.send(r); w.Code != 201 || !strings.Contains(w.Body.String(), "RandomQuotes 1.0.42 is in the feed") || w.Header().Get("Location") != base+"/nuget/packages/RandomQuotes/1.0.42" {
			t.Errorf("push: got %d %s %v", w.Code, w.Body, w.Header())
		}
	}
	w := s.push(packed(t, "randomquotes", "1.0.42", "other"))
	if w.Code != 409 || !strings.Contains(w.Body.String(), "here already with other bytes") || !strings.Contains(w.Header().Get("X-NuGet-Warning"), "other bytes") {
		t.Errorf("other bytes: got %d %s", w.Code, w.Body)
	}
	for path, key := range map[string]string{"/api/v2/package/": "admin:" + s.key, "/nuget": ":" + s.key, "/nuget/api/v2/package/": s.key} {
		r := httptest.NewRequest("PUT", path, bytes.NewReader(first)) // the bytes alone
		r.Header.Set(keyHeader, key)
		if w := s.send(r); w.Code != 201 {
			t.Errorf("PUT %s: got %d %s", path, w.Code, w.Body)
		}
	}
	if got := s.stored("RandomQuotes"); got != "1.0.42" {
		t.Errorf("stored: %s", got)
	}
}

// A project that waits for the package is woken; why it cannot use it is said.
func TestPushTellsOfProjects(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	changes, _, err := s.records.NewNoun(t.Context(), "Projects", "App", func(id string, _ int) any {
		return pipelines.Project{ID: id, Name: "App", Lifecycle: "None", Triggers: []pipelines.Trigger{{Package: "App"}}}
	})
	must(t, err)
	must(t, s.records.Write(t.Context(), changes...))
	w := s.push(packed(t, "App", "1.0.0", "x"))
	if w.Code != 201 || !strings.HasPrefix(w.Header().Get("X-NuGet-Warning"), "App makes no release of it: ") {
		t.Errorf("got %d %s %v", w.Code, w.Body, w.Header())
	}
}

func TestPushRefusals(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	good := packed(t, "App", "1.0.0", "x")
	nuspecless := bytes.ReplaceAll(good, []byte("App.nuspec"), []byte("App.nuspex"))
	multi := func(body string) *http.Request {
		r := httptest.NewRequest("PUT", "/nuget/packages", strings.NewReader(body))
		r.Header.Set("Content-Type", "multipart/form-data; boundary=B")
		return r
	}
	raw := func(body []byte) *http.Request {
		return httptest.NewRequest("PUT", "/nuget/packages", bytes.NewReader(body))
	}
	for what, c := range map[string]struct {
		r      *http.Request
		status int
		words  string
	}{
		"no nuspec":         {raw(nuspecless), 400, "no .nuspec in its root folder"},
		"no package":        {raw([]byte("hello")), 400, "is no complete zip archive"},
		"nothing":           {raw(nil), 400, "is no complete zip archive"},
		"symbols":           {formWith("App.1.0.0.snupkg", good, true), 400, "symbols for a debugger"},
		"another format":    {formWith("App.1.0.0.zip", good, true), 400, "slipway push"},
		"too large":         {raw(make([]byte, 1<<20+1)), 413, "at most 1048576 bytes"},
		"too large by far":  {raw(make([]byte, 3<<20)), 413, "at most 1048576 bytes"},
		"no boundary":       {multi("hello"), 400, "does not begin with its boundary"},
		"no file":           {multi("--B\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nx\r\n--B--\r\n"), 400, "no part of the form is a file"},
		"cut short":         {multi("--B\r\nContent-Disposition: form-data; name=\"package\"\r\n\r\nPK"), 400, "did not come in whole"},
		"cut in its head":   {multi("--B\r\nContent-Disposition: form-data"), 400, "did not come in whole"},
		"endless head":      {multi("--B\r\n" + strings.Repeat("A: b\r\n", 10_000)), 400, "too long"},
		"a line for ever":   {multi("--B\r\n" + strings.Repeat("A", 100_000)), 400, "did not come in whole"},
		"elsewhere":         {httptest.NewRequest("PUT", "/nuget/elsewhere", nil), 405, "/nuget/packages"},
		"deletion":          {httptest.NewRequest("DELETE", "/nuget/packages/App/1.0.0", nil), 405, "not deleted by clients"},
		"deletion, shorter": {httptest.NewRequest("DELETE", "/api/v2/package/App/1.0.0", nil), 405, "not deleted by clients"},
	} {
		c.r.Header.Set(keyHeader, s.key)
		if w := s.send(c.r); w.Code != c.status || !strings.Contains(w.Body.String(), c.words) {
			t.Errorf("%s: got %d %s, want %d with %q", what, w.Code, w.Body, c.status, c.words)
		}
	}
	if got := s.stored("App"); got != "" {
		t.Errorf("stored: %s", got)
	}
}

func TestWhoMayPush(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	wrong := "API-" + strings.Repeat("A", 32)
	for what, c := range map[string]struct {
		prepare func(*http.Request)
		status  int
	}{
		"nobody":               {func(*http.Request) {}, 401},
		"a wrong key":          {func(r *http.Request) { r.Header.Set(keyHeader, wrong) }, 401},
		"another feed's":       {func(r *http.Request) { r.Header.Set(keyHeader, "admin:password") }, 401},
		"a password":           {func(r *http.Request) { r.SetBasicAuth("admin", "a:b:c") }, 401},
		"no right":             {func(r *http.Request) { r.Header.Set(keyHeader, s.nobody) }, 403},
		"no right, Basic":      {func(r *http.Request) { r.SetBasicAuth("admin", s.nobody) }, 403},
		"wrong beside a right": {func(r *http.Request) { r.Header.Set(keyHeader, wrong); r.SetBasicAuth("admin", s.key) }, 401},
		"a session":            {func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "slipway", Value: "x"}) }, 401},
	} {
		body := &broken{}
		r := httptest.NewRequest("PUT", "/nuget/packages", body)
		c.prepare(r)
		w := s.send(r)
		if w.Code != c.status || body.read > 0 {
			t.Errorf("%s: got %d %s after %d bytes, want %d before any", what, w.Code, w.Body, body.read, c.status)
		}
		if challenge := w.Header().Get("WWW-Authenticate"); strings.HasPrefix(challenge, "Basic ") != (c.status == 401) {
			t.Errorf("%s: the challenge is %q", what, challenge)
		}
	}
}

// Every line is closed, but those that hold nothing.
func TestEveryLineIsClosed(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	open := map[string]bool{"GET /nuget/packages": true, "GET /nuget/packages/{$}": true, "GET /nuget/v3/index.json": true}
	for _, line := range s.feed.Lines() {
		method, path, _ := strings.Cut(line.Pattern, " ")
		path = strings.NewReplacer("{$}", "", "{rest...}", "x", "{", "", "}", "").Replace(path)
		if line.Public != open[line.Pattern] {
			t.Errorf("%s: public is %t", line.Pattern, line.Public)
		}
		if line.Public {
			continue
		}
		if w := s.send(httptest.NewRequest(method, path, nil)); w.Code != 401 {
			t.Errorf("%s as nobody: got %d", line.Pattern, w.Code)
		}
		r := httptest.NewRequest(method, path, nil)
		r.SetBasicAuth("x", s.nobody)
		if w := s.send(r); w.Code != 403 || !strings.Contains(w.Body.String(), string(line.Needs)) {
			t.Errorf("%s without the right: got %d %s", line.Pattern, w.Code, w.Body)
		}
	}
}

// What a client shows of a refusal is the status line.
func TestRefusalsInTheStatusLine(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	server := httptest.NewServer(s.handler)
	t.Cleanup(server.Close)
	s.push(packed(t, "App", "1.0.0", "first"))
	body := packed(t, "App", "1.0.0", "other")
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	must(t, err)
	defer conn.Close()
	fmt.Fprintf(conn, "PUT /nuget/packages HTTP/1.1\r\nHost: x\r\nX-NuGet-ApiKey: %s\r\nContent-Length: %d\r\n\r\n%s", s.key, len(body), body)
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	must(t, err)
	text, err := io.ReadAll(answer.Body)
	if want := "409 package App 1.0.0 is here already with other bytes"; !strings.HasPrefix(answer.Status, want) || !answer.Close || err != nil || !strings.Contains(string(text), "other bytes") {
		t.Errorf("got %q, %q, %v, want %q", answer.Status, text, err, want)
	}
}

func TestOneLine(t *testing.T) {
	t.Parallel()
	if got := oneLine("a\r\nX-Evil: 1\x00 ü "+strings.Repeat("x", 100), 30); got != "a X-Evil: 1? ? xxxxxxxxxxxx..." || len(got) != 30 {
		t.Errorf("oneLine = %q", got)
	}
}

// A form comes out as it went in, however it is cut into pieces.
func FuzzForm(f *testing.F) {
	f.Add([]byte("PK\r\n--"), true)
	f.Add([]byte("\n--B\r"), false)
	f.Fuzz(func(t *testing.T, content []byte, tight bool) {
		r := formWith("x.nupkg", content, tight)
		from, name, err := file(r)
		must(t, err)
		got, err := io.ReadAll(from)
		want := content
		if tight {
			want = bytes.TrimSuffix(content, []byte("\r"))
		}
		if bytes.Contains(content, []byte("-----------------------------8df489bb63d3e02")) {
			return
		}
		if err != nil || name != "x.nupkg" || !bytes.Equal(got, want) {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	})
}
