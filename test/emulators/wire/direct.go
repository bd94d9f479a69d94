package wire

import (
	"net/http"
	"net/http/httptest"
)

// Direct is a client that calls a handler without a network: it works inside a
// testing/synctest bubble, and needs no port.
type Direct struct{ http.Handler }

// Do implements the SDK's HTTPClient.
func (d Direct) Do(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if r.Body == nil {
		r.Body = http.NoBody // as a server sees it
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w.Result(), nil
}
