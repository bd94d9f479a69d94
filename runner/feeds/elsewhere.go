package feeds

import (
	"net/http"
	"net/url"
)

// Elsewhere asks another server than a feed under the same rules: it reaches no
// address that only this machine may ask, and follows no redirect to one.
func Elsewhere(home *url.URL) *http.Client {
	return &http.Client{Transport: wire(home, http.ProxyFromEnvironment), CheckRedirect: mayFollow, Timeout: AnswerLimit}
}
