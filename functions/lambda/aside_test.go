package lambda

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

// shelf is where large answers go, in memory.
type shelf struct {
	mu      sync.Mutex
	refuses error
	kept    map[string]string
}

func (s *shelf) aside(_ context.Context, name string, r io.Reader) (string, error) {
	if s.refuses != nil {
		return "", s.refuses
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept[name] = string(b)
	return "https://bucket.example/answers/1/" + name + "?signature=x", nil
}

// large writes a body in pieces, as a download or not.
func large(body []byte, header map[string]string, end func()) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for name, value := range header {
			w.Header().Set(name, value)
		}
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "s"})
		for piece := range slices.Chunk(body, 64<<10) {
			if _, err := w.Write(piece); err != nil && w.Header().Get("X-Goes-On") == "" {
				panic(http.ErrAbortHandler)
			}
		}
		if end != nil {
			end()
		}
	}
}

// TestALargeDownloadIsSetAside, and the answer leads there.
func TestALargeDownloadIsSetAside(t *testing.T) {
	t.Parallel()
	text := bytes.Repeat([]byte("an entry of the log\n"), 500_000) // 10 MB
	binary := bytes.Repeat([]byte{0xff, 0}, 2_400_000)             // 4.8 MB, and as Lambda takes it 6.4
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	noise := make([]byte, 7<<20)
	for i, x := 0, uint32(1); i < len(noise); i++ {
		x = x*1664525 + 1013904223
		noise[i] = byte(x >> 24)
	}
	_, _ = z.Write(noise)
	_ = z.Close()
	download := map[string]string{"Content-Type": "text/plain", "Content-Disposition": `attachment; filename="audit.jsonl"`}
	for name, c := range map[string]struct {
		sends  []byte
		header map[string]string
		wants  []byte
	}{
		"text":                            {text, download, text},
		"too large only as it is written": {binary, download, binary},
		"packed":                          {packed.Bytes(), map[string]string{"Content-Encoding": "gzip", "Content-Disposition": download["Content-Disposition"]}, noise},
	} {
		for _, format := range []kind{httpOne, httpTwo} {
			s := &shelf{kept: map[string]string{}}
			h := NewHandler(Doors{HTTP: func(string) http.Handler { return large(c.sends, c.header, nil) }, Aside: s.aside}, Settings{})
			got := throughLambda(t, h, call{method: "GET", path: "/audit/export"}, format)
			if where := got.header.Get("Location"); got.status != http.StatusSeeOther || where != "https://bucket.example/answers/1/audit.jsonl?signature=x" || got.body != "" {
				t.Errorf("%s: status %d to %q, %.100q", name, got.status, where, got.body)
			}
			if got.header.Get("Content-Disposition") != "" || got.header.Get("Cache-Control") != "no-store" || len(got.cookies) != 1 {
				t.Errorf("%s: the answer that leads on says %v %v", name, got.header, got.cookies)
			}
			if kept := s.kept["audit.jsonl"]; kept != string(c.wants) {
				t.Errorf("%s: %d bytes are kept, want %d", name, len(kept), len(c.wants))
			}
		}
	}
}

// TestWhatIsNotSetAside: pages, answers of the API, what a place would refuse, what
// fits, and what was cut off.
func TestWhatIsNotSetAside(t *testing.T) {
	t.Parallel()
	text := []byte(strings.Repeat("x", 10<<20))
	download := map[string]string{"Content-Type": "text/plain", "Content-Disposition": `attachment; filename="a.txt"`}
	for name, c := range map[string]struct {
		handler http.Handler
		refuses error
		method  string
		status  int
		says    string
	}{
		"a page":           {large(text, map[string]string{"Content-Type": "text/html", "X-Goes-On": "yes"}, nil), nil, "GET", 413, "ask for less"},
		"what is shown":    {large(text, map[string]string{"Content-Disposition": `inline; filename="a.txt"`, "X-Goes-On": "yes"}, nil), nil, "GET", 413, "ask for less"},
		"what fits":        {large(text[:1<<20], download, nil), nil, "GET", 200, "xxx"},
		"only asked about": {large(text, download, nil), nil, "HEAD", 200, ""},
		"no place":         {large(text, download, nil), errors.New("the bucket is away"), "GET", 500, "something went wrong"},
		"no place at the end": {large(bytes.Repeat([]byte{0xff, 0}, 2_400_000), download, nil), errors.New("the bucket is away"), "GET", 502,
			"could not be put into the bucket"},
		"cut off": {large(text, download, func() { panic(http.ErrAbortHandler) }), nil, "GET", 500, "something went wrong"},
	} {
		s := &shelf{kept: map[string]string{}, refuses: c.refuses}
		h := NewHandler(Doors{HTTP: func(string) http.Handler { return c.handler }, Aside: s.aside}, Settings{})
		got := throughLambda(t, h, call{method: c.method, path: "/audit/export"}, httpTwo)
		if got.status != c.status || !strings.Contains(got.body, c.says) || got.header.Get("Location") != "" {
			t.Errorf("%s: status %d, %.200q; want %d and %q", name, got.status, got.body, c.status, c.says)
		}
		if len(s.kept) > 0 {
			t.Errorf("%s is kept", name)
		}
	}
}
