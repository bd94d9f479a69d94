package web

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"slipway/web/pages"
	"slipway/web/route"
)

func TestTakesGzip(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]bool{
		"": false, "gzip": true, "br, gzip": true, "gzip, deflate, br, zstd": true, "GZIP": true, "x-gzip": true, "gzip;q=0.5": true, "gzip; q=1": true,
		"gzip;q=0": false, "gzip; q=0.0": false, "br": false, "identity": false, "*": true, "*;q=0": false, "*, gzip;q=0": false, "gzip;q=0, *": false, "gzip;q=x": false,
		"gzipped": false, "identity;q=1, *;q=0": false,
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept-Encoding", header)
		if got := takesGzip(r); got != want {
			t.Errorf("takesGzip(%q) = %t, want %t", header, got, want)
		}
	}
}

func TestWhatIsCompressed(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a line of some text\n", 500)
	text := func(kind, body string, header ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			for i := 0; i < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			_, _ = io.WriteString(w, body)
		}
	}
	for _, c := range []struct {
		name, method, pattern, takes string
		serve                        http.HandlerFunc
		packed, varies               bool
	}{
		{"page", "GET", "GET /x", "gzip", text("text/html; charset=utf-8", long), true, true},
		{"page for who does not take it", "GET", "GET /x", "", text("text/html", long), false, true},
		{"JSON", "GET", "GET /x", "gzip", text("application/json; charset=utf-8", long), true, true},
		{"feed", "GET", "GET /x", "gzip", text("application/atom+xml", long), true, true},
		{"any method", "GET", "/x", "gzip", text("text/plain", long), true, true},
		{"no type", "GET", "GET /x", "gzip", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, long) }, true, true},
		{"with a length", "GET", "GET /x", "gzip", text("text/plain", long, "Content-Length", strconv.Itoa(len(long))), true, true},
		{"short", "GET", "GET /x", "gzip", text("text/html", "short"), false, true},
		{"package", "GET", "GET /x", "gzip", text("application/octet-stream", long), false, false},
		{"events", "GET", "GET /x", "gzip", text("text/event-stream", long), false, false},
		{"packed already", "GET", "GET /x", "gzip", text("text/plain", long, "Content-Encoding", "br"), false, false},
		{"after a change", "POST", "POST /x", "gzip", text("text/html", long), false, false},
		{"proof in its address", "GET", "GET /{token}", "gzip", text("text/html", long), false, false},
		{"short file by its length", "HEAD", "GET /x", "gzip", text("text/html", "", "Content-Length", "5"), false, true},
		{"long file by its length", "HEAD", "GET /x", "gzip", text("text/html", "", "Content-Length", "5000"), true, true},
		{"head of a page", "HEAD", "GET /x", "gzip", text("text/html", long), true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(route.Mux(compressed([]route.Route{{Pattern: c.pattern, Public: true, Serve: c.serve}}), nil, nil))
			defer server.Close()
			plain := httptest.NewRecorder()
			c.serve(plain, httptest.NewRequest(c.method, "/x", nil))
			got := fetch(t, c.method, server.URL+"/x", "Accept-Encoding", c.takes)
			if packed := got.header.Get("Content-Encoding") == "gzip"; packed != c.packed {
				t.Errorf("compressed: got %t, want %t", packed, c.packed)
			}
			if varies := got.header.Get("Vary") == "Accept-Encoding"; varies != c.varies {
				t.Errorf("Vary: got %q, want it: %t", got.header.Get("Vary"), c.varies)
			}
			if c.method != "HEAD" && got.plain(t) != plain.Body.String() {
				t.Errorf("the text is another one: %d bytes, want %d", len(got.plain(t)), plain.Body.Len())
			}
			if length := got.header.Get("Content-Length"); c.packed && c.method == "HEAD" && length != "" {
				t.Errorf("a header says %s bytes, which GET would not send", length)
			}
		})
	}
}

// fetch asks as a client that unpacks nothing by itself.
func fetch(t *testing.T, method, url string, header ...string) fetched {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	must(t, err)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	client := http.Client{Transport: &http.Transport{DisableCompression: true}}
	defer client.CloseIdleConnections()
	answer, err := client.Do(r)
	must(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	must(t, err)
	return fetched{answer.StatusCode, answer.Header, body}
}

type fetched struct {
	status int
	header http.Header
	body   []byte // as it came over the wire
}

func (f fetched) plain(t *testing.T) string {
	t.Helper()
	if f.header.Get("Content-Encoding") != "gzip" {
		return string(f.body)
	}
	z, err := gzip.NewReader(bytes.NewReader(f.body))
	must(t, err)
	text, err := io.ReadAll(z)
	must(t, err)
	return string(text)
}

func TestCompressedTagsAndStatuses(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a line of some text\n", 500)
	mux := route.Mux(compressed([]route.Route{
		{Pattern: "GET /file", Public: true, Serve: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", `"one"`)
			http.ServeContent(w, r, "a.txt", time.Time{}, strings.NewReader(long))
		}},
		{Pattern: "GET /gone", Public: true, Serve: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }},
		{Pattern: "GET /wrong", Public: true, Serve: func(w http.ResponseWriter, _ *http.Request) { http.Error(w, long, http.StatusNotFound) }},
		{Pattern: "GET /nothing", Public: true, Serve: func(http.ResponseWriter, *http.Request) {}},
	}), nil, nil)
	server := httptest.NewServer(mux)
	defer server.Close()
	for _, c := range []struct {
		path      string
		header    []string
		status    int
		tag, text string
	}{
		{"/file", []string{"Accept-Encoding", "gzip"}, 200, `W/"one"`, long},
		{"/file", nil, 200, `"one"`, long},
		{"/file", []string{"Accept-Encoding", "gzip", "If-None-Match", `W/"one"`}, 304, `"one"`, ""},
		{"/file", []string{"Accept-Encoding", "gzip", "Range", "bytes=2-5"}, 206, `"one"`, long[2:6]},
		{"/gone", []string{"Accept-Encoding", "gzip"}, 204, "", ""},
		{"/wrong", []string{"Accept-Encoding", "gzip"}, 404, "", long + "\n"},
		{"/nothing", []string{"Accept-Encoding", "gzip"}, 200, "", ""},
	} {
		got := fetch(t, "GET", server.URL+c.path, c.header...)
		if got.status != c.status || got.header.Get("ETag") != c.tag || got.plain(t) != c.text {
			t.Errorf("GET %s with %q: got %d, tag %q and %d bytes of text; want %d, %q and %d", c.path, c.header, got.status, got.header.Get("ETag"), len(got.plain(t)), c.status, c.tag, len(c.text))
		}
	}
}

// What a handler sends bit by bit arrives so: each line before the next is written.
func TestWhatIsFlushedIsSent(t *testing.T) {
	t.Parallel()
	read := make(chan bool)
	server := httptest.NewServer(compressing(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		for n := range 3 {
			fmt.Fprintf(w, "line %d\n", n)
			if err := http.NewResponseController(w).Flush(); err != nil {
				t.Error(err)
			}
			<-read
		}
	}))
	defer server.Close()
	answer, err := server.Client().Get(server.URL) // takes gzip and unpacks it
	must(t, err)
	defer answer.Body.Close()
	if !answer.Uncompressed {
		t.Error("what is sent bit by bit is not compressed")
	}
	line := make([]byte, len("line 0\n"))
	for n := range 3 {
		if _, err := io.ReadFull(answer.Body, line); err != nil || string(line) != fmt.Sprintf("line %d\n", n) {
			t.Fatalf("line %d: %q, %v", n, line, err)
		}
		read <- true
	}
}

func TestStaticFiles(t *testing.T) {
	t.Parallel()
	k := newPageKit(t, "")
	for name, file := range staticFiles() {
		named := k.server.URL + pages.StaticPath + name + "?v=" + file.print
		packed := fetch(t, "GET", named, "Accept-Encoding", "br, gzip")
		if packed.status != 200 || packed.plain(t) != string(file.plain) || packed.header.Get("Content-Length") != strconv.Itoa(len(packed.body)) {
			t.Errorf("%s: %d, %d bytes on the wire with the length %q, %d unpacked; want %d", name, packed.status, len(packed.body), packed.header.Get("Content-Length"), len(packed.plain(t)), len(file.plain))
		}
		if cache := packed.header.Get("Cache-Control"); cache != "public, max-age=31536000, immutable" || packed.header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s: Cache-Control %q, Vary %q", name, cache, packed.header["Vary"])
		}
		plain := fetch(t, "GET", named, "Accept-Encoding", "identity")
		if plain.header.Get("Content-Encoding") != "" || !bytes.Equal(plain.body, file.plain) || plain.header.Get("ETag") == packed.header.Get("ETag") && file.packed != nil {
			t.Errorf("%s for who takes no gzip: %d bytes, tag %s", name, len(plain.body), plain.header.Get("ETag"))
		}
		if again := fetch(t, "GET", named, "Accept-Encoding", "gzip", "If-None-Match", packed.header.Get("ETag")); again.status != http.StatusNotModified || len(again.body) > 0 {
			t.Errorf("%s again: %d with %d bytes, want 304", name, again.status, len(again.body))
		}
		if other := fetch(t, "GET", k.server.URL+pages.StaticPath+name+"?v=older"); other.header.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s under another version's address may be kept: %q", name, other.header.Get("Cache-Control"))
		}
	}
}
