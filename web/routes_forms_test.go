package web

import (
	"net/http/httptest"
	"strings"
	"testing"
)

// A form that is too large, or is none, must not be taken for an empty one: a
// release would be made with a number of ours and without its notes.
func TestAFormThatCannotBeReadDoesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, line := range w.site.forPeople() {
		method, path, _ := strings.Cut(line.Pattern, " ")
		if method != "POST" || line.Pattern == "POST /setup/{token}" { // gone, once there is an administrator
			continue
		}
		path = wildcard.ReplaceAllStringFunc(path, func(word string) string { return w.own.names[word] })
		for form, status := range map[string]int{
			"number=7.7.7&note=" + strings.Repeat("n", 11<<20): 413,
			"number=7.7.7&note=%zz":                            400,
		} {
			r := httptest.NewRequest(method, path, strings.NewReader(form))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Sec-Fetch-Site", "same-origin")
			r.Header.Set("X-Slipway-ApiKey", w.key)
			if got := w.send(r); got.Code != status {
				t.Errorf("POST %s with %.30s…: got %d %.100s, want %d", path, form, got.Code, shortBody(got), status)
			}
		}
	}
}
