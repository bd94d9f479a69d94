package signed

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"slipway/pipelines/task"
)

func serve(t *testing.T, h http.HandlerFunc) string {
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func TestPostSendsTheFormWithTheFileLast(t *testing.T) {
	t.Parallel()
	var order []string
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		parts, err := r.MultipartReader()
		if err != nil {
			t.Error(err)
			return
		}
		for {
			p, err := parts.NextPart()
			if err != nil {
				break
			}
			text, _ := io.ReadAll(p)
			order = append(order, p.FormName()+"="+string(text))
		}
		w.WriteHeader(http.StatusNoContent)
	})
	err := Post(t.Context(), task.Form{URL: url, Prefix: "store/reports/a/", Fields: map[string]string{"policy": "p", "x-amz-signature": "s", "key": "other"}}, "end", []byte("body"))
	if got := strings.Join(order, " "); err != nil || got != "key=store/reports/a/end policy=p x-amz-signature=s file=body" {
		t.Errorf("sent %q, %v", got, err)
	}
}

func TestWhatMayWorkLater(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status  int
		body    string
		refused bool
	}{
		{403, "<Error><Code>AccessDenied</Code></Error>", true},
		{400, "<Error><Code>ExpiredToken</Code></Error>", true},
		{400, "<Error><Code>RequestTimeout</Code></Error>", false},
		{404, "", true}, {407, "", false}, {408, "", false}, {429, "", false}, {500, "", false}, {503, "<Code>SlowDown</Code>", false},
	} {
		url := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(c.status)
			io.WriteString(w, c.body)
		})
		err := Post(t.Context(), task.Form{URL: url + "/?X-Amz-Signature=secret"}, "end", nil)
		if _, refused := errors.AsType[*RefusedError](err); err == nil || refused != c.refused || strings.Contains(err.Error(), "secret") {
			t.Errorf("status %d %s: %v, want refused %v", c.status, c.body, err, c.refused)
		}
	}
}

func TestNoErrorHoldsTheAddress(t *testing.T) {
	t.Parallel()
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	for _, url := range []string{closed.URL + "/x?X-Amz-Signature=secret", "http://%zz/secret", "http://127.0.0.1:1/secret"} {
		err := Post(t.Context(), task.Form{URL: url}, "end", nil)
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestReadGoesOn(t *testing.T) {
	t.Parallel()
	content := bytes.Repeat([]byte("0123456789"), 20_000)
	for _, ranges := range []bool{true, false} {
		var n atomic.Int64
		url := serve(t, func(w http.ResponseWriter, r *http.Request) {
			switch n.Add(1) {
			case 2:
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			case 1, 3:
				w.Header().Set("Content-Length", "200000")
				if r.Header.Get("Range") == "bytes=70000-" && ranges {
					w.Header().Set("Content-Length", "130000")
					w.WriteHeader(http.StatusPartialContent)
					w.Write(content[70_000:80_000])
				} else {
					w.Write(content[:70_000+int(n.Load())])
				}
				w.(http.Flusher).Flush()
				panic(http.ErrAbortHandler)
			}
			if !ranges {
				r.Header.Del("Range")
			}
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
		})
		r := Read(t.Context(), task.Request{Method: http.MethodGet, URL: url}, 0)
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("with ranges %v: %d bytes, %v", ranges, len(got), err)
		}
		r.Close()
		all := Read(t.Context(), task.Request{Method: http.MethodGet, URL: url}, int64(len(content)))
		if rest, err := io.ReadAll(all); err != nil || len(rest) != 0 {
			t.Errorf("behind the end: %d bytes, %v", len(rest), err)
		}
	}
}

func TestExpires(t *testing.T) {
	t.Parallel()
	// {"expiration":"2026-03-01T12:00:00Z"}
	form := task.Form{Fields: map[string]string{"policy": "eyJleHBpcmF0aW9uIjoiMjAyNi0wMy0wMVQxMjowMDowMFoifQ=="}}
	if got := Expires(form); !got.Equal(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)) {
		t.Errorf("got %s", got)
	}
	if got := Expires(task.Form{Fields: map[string]string{"policy": "?"}}); !got.IsZero() {
		t.Errorf("got %s", got)
	}
}
