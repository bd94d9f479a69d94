package feed

import (
	"net/http"
	"strings"

	"slipway/web/signin"
)

const keyHeader = "X-NuGet-ApiKey"

// recognised finds out who asks by what clients of NuGet bring: a key in a
// header, or a user name and a key. A session is none of it: whatever a browser
// adds by itself is left out.
//
// Where other feeds take `user:password` for a key, people write theirs in the
// same form. None of our keys has a colon, so what follows it is the key.
func (f *Feed) recognised(next http.HandlerFunc) http.Handler {
	known := f.SignIn.Recognise(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = r.Clone(r.Context())
		r.Header.Del("Cookie")
		if user, key, ok := strings.Cut(r.Header.Get(keyHeader), ":"); ok && !signin.HasKeyHeader(without(r, keyHeader)) {
			r.Header.Del(keyHeader)
			r.SetBasicAuth(user, key)
		}
		known.ServeHTTP(w, r)
	})
}

func without(r *http.Request, header string) *http.Request {
	other := &http.Request{Header: r.Header.Clone()}
	other.Header.Del(header)
	return other
}
