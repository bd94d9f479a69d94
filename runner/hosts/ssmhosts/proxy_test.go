package ssmhosts

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"slipway/pipelines/task"
)

// TestReportsGoThroughTheProxy: a name that only the proxy knows.
func TestReportsGoThroughTheProxy(t *testing.T) {
	t.Parallel()
	var w *world
	var through atomic.Int64
	proxy := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Host == "bucket.invalid" {
			through.Add(1)
		}
		w.store.ServeHTTP(rw, r)
	}))
	t.Cleanup(proxy.Close)
	w = newWorld(t, "http_proxy="+proxy.URL)
	w.known()
	o := w.order("echo here")
	w.packaged(&o, 1600)
	e := w.errand(o, 0)
	for _, url := range []*string{&e.Lines.URL, &e.Reports.URL, &e.Fetch.URL} {
		*url = strings.Replace(*url, w.store.server.URL, "http://bucket.invalid", 1)
	}
	w.dispatch(e)
	if end := w.end(o.ID); end.Outcome != task.Succeeded || through.Load() != 3 {
		t.Errorf("end = %+v, %d requests through the proxy, want 3", end, through.Load())
	}
}
