package web

import (
	"net/http"
	"strings"
)

// onlyByTLS tells browsers to come by https for a year, where people do.
func onlyByTLS(base string, next http.Handler) http.Handler {
	if !strings.HasPrefix(base, "https://") {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Strict-Transport-Security", "max-age=31536000")
		next.ServeHTTP(w, r)
	})
}
