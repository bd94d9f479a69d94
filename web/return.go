package web

import (
	"net/http"
	"net/url"
	"strings"

	"slipway/web/pages"
)

// toSignIn sends a person to the sign-in form and, where that is harmless, back
// again. A live part of a page cannot show the form: htmx is told to leave.
func (s *site) toSignIn(w http.ResponseWriter, r *http.Request) {
	back := ""
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		back = r.URL.RequestURI()
	}
	live := r.Header.Get("HX-Request") == "true"
	if live {
		back = s.openPage(r)
	}
	to := s.base() + pages.SignInPath
	if back = localPath(back); back != pages.DashboardPath {
		to += "?next=" + url.QueryEscape(back)
	}
	if live {
		w.Header().Set("HX-Redirect", to)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// openPage is the page that a live part belongs to, below the base path.
func (s *site) openPage(r *http.Request) string {
	u, err := url.Parse(r.Header.Get("HX-Current-URL"))
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.RequestURI(), s.base())
}

// localPath is a place of ours to return to, below the base path; the dashboard
// where somebody wants to lead people elsewhere.
func localPath(next string) string {
	u, err := url.Parse(next)
	bad := err != nil || u.IsAbs() || u.Host != "" || u.User != nil || u.Opaque != "" ||
		!strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsFunc(next, unsafeInPath)
	if bad || strings.HasPrefix(u.Path, "//") || strings.Contains(u.Path, `\`) || u.Path == pages.SignOutPath { // that takes a form
		return pages.DashboardPath
	}
	return next
}

// unsafeInPath: browsers read a backslash as a slash and drop control
// characters, which makes //elsewhere of what did not look like it.
func unsafeInPath(r rune) bool { return r <= ' ' || r == '\\' || r == 0x7f }
