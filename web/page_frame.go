package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"slipway/pipelines"
	"slipway/web/pages"
)

// base is the path that everything lives under: "" or "/slipway".
func (s *site) base() string {
	u, err := url.Parse(s.BaseURL)
	if err != nil {
		return ""
	}
	return strings.TrimRight(u.Path, "/")
}

// bareFrame stands around pages for somebody who is not signed in.
func (s *site) bareFrame(title, sentence string) pages.Frame {
	return pages.Frame{Base: s.base(), Title: title, Sentence: sentence, Zone: zone}
}

// pageFrame stands around pages for the person who asks.
func (s *site) pageFrame(r *http.Request, section pages.Section, title, sentence string, crumbs ...pages.Crumb) pages.Frame {
	f := s.bareFrame(title, sentence)
	f.Section, f.Crumbs = section, crumbs
	p := s.SignIn.Principal(r)
	if !p.Known() {
		return f
	}
	f.Done = doneWords[r.URL.Query().Get("now")]
	f.NoKeys = shortcutsOff(r)
	admin := p.Allows(pipelines.AdministerSystem, pipelines.Where{})
	f.Viewer = &pages.Viewer{
		Name: p.Username, Display: p.Called,
		Packages: p.AllowsAnywhere(pipelines.FeedView), Targets: p.AllowsAnywhere(pipelines.MachineView),
		Library: p.AllowsAnywhere(pipelines.LifecycleView), People: p.AllowsAnywhere(pipelines.UserView), Audit: p.AllowsAnywhere(pipelines.EventView),
		Settings: s.MailRoom != nil && p.AllowsAnywhere(pipelines.ConfigureServer), HeldMail: s.HeldMail != nil && admin, KeptEvents: s.Kept != nil && admin,
	}
	waiting, err := s.Views.Waiting(r.Context(), p)
	if err != nil {
		// The number in the bar is a courtesy: the page itself still holds.
		s.Log.Warn("count approvals", "user", p.Username, "error", err)
	}
	f.Viewer.Approvals = countAsked(waiting)
	return f
}

// doneWords confirm what was done on the way to a page.
var doneWords = map[string]string{"saved": "Saved.", "removed": "Removed.", "checked": "Looked at just now."}

// show sends a page.
func (s *site) show(w http.ResponseWriter, r *http.Request, status int, page templ.Component) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", pages.ContentSecurityPolicy)
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if err := page.Render(r.Context(), w); err != nil && r.Context().Err() == nil {
		s.Log.Warn("write page", "path", r.URL.Path, "error", err)
	}
}

// to sends a browser on after a change; path is below the base.
func (s *site) to(w http.ResponseWriter, r *http.Request, path string) {
	http.Redirect(w, r, string(pages.Frame{Base: s.base()}.To(path)), http.StatusSeeOther)
}

// unseen turns the refusal to show something into its absence: the refusal
// would name the project to somebody who may not know of it.
func unseen(err error) error {
	if pipelines.CodeOf(err) == pipelines.Forbidden {
		return pipelines.Refuse(pipelines.NotFound, "there is nothing at this address that you may see: it may be mistyped, removed, or belong to a project you have no access to")
	}
	return err
}

// forPerson says whether an error is something to show at a form: a refusal
// that the person can do something about there.
func forPerson(err error) bool {
	switch pipelines.CodeOf(err) {
	case pipelines.Invalid, pipelines.Conflict, pipelines.Unavailable:
		return true
	}
	return false
}

// formStatus is the HTTP status of a form that is shown again.
func formStatus(err error) int {
	switch pipelines.CodeOf(err) {
	case pipelines.Invalid:
		return http.StatusUnprocessableEntity
	case pipelines.Conflict:
		return http.StatusConflict
	case pipelines.Forbidden:
		return http.StatusForbidden
	case pipelines.Unauthenticated:
		return http.StatusUnauthorized
	}
	return http.StatusServiceUnavailable
}

// problemsOf are the findings behind an error, each at its form field. rename
// gives a form's own name for a noun's.
func problemsOf(err error, rename map[string]string) []pages.Problem {
	refused, ok := errors.AsType[*pipelines.Error](err)
	if !ok {
		return nil
	}
	if len(refused.Problems) == 0 {
		return []pages.Problem{{Text: toSentence(refused.Message)}}
	}
	var out []pages.Problem
	for _, p := range refused.Problems {
		field := p.Path
		if name, ok := rename[field]; ok {
			field = name
		}
		out = append(out, pages.Problem{Field: field, Text: toSentence(p.Message)})
	}
	return out
}

// dashboardCrumb leads home.
func dashboardCrumb() pages.Crumb {
	return pages.Crumb{Text: "Dashboard", Path: pages.DashboardPath}
}

func projectCrumbs(id, name string) []pages.Crumb {
	return []pages.Crumb{dashboardCrumb(), {Text: name, Path: pages.ProjectPath(id)}}
}

func releaseCrumbs(projectID, project, version string) []pages.Crumb {
	return append(projectCrumbs(projectID, project), pages.Crumb{Text: version, Path: pages.ReleasePath(projectID, version)})
}
