package web

import (
	"errors"
	"net/http"
	"strings"

	"slipway/pipelines"
	"slipway/web/api"
	"slipway/web/feed"
	"slipway/web/pages"
	"slipway/web/route"
)

// routes is the whole surface: what is below, the pages' and the API's, each
// with its permission on its line.
func (s *site) routes() []route.Route {
	all := s.formsRead(s.forPeople())
	all = append(all, s.feed().Routes()...)
	return append(all, s.api().Routes()...)
}

// forPeople are the pages, whose changes come as forms.
func (s *site) forPeople() []route.Route {
	all := []route.Route{
		{Pattern: "GET " + pages.StaticPath + "{file}", Public: true, Serve: s.static},
	}
	all = append(all, s.pageRoutes()...)
	all = append(all, s.signInRoutes()...)
	all = append(all, s.profileRoutes()...)
	all = append(all, s.shortcutRoutes()...)
	all = append(all, s.signInSettingsRoutes()...)
	all = append(all, s.feedPageRoutes()...)
	all = append(all, s.peopleRoutes()...)
	all = append(all, s.keyRoutes()...)
	all = append(all, s.libraryRoutes()...)
	all = append(all, s.textRoutes()...)
	all = append(all, s.secretRoutes()...)
	all = append(all, s.approvalRoutes()...)
	all = append(all, s.auditRoutes()...)
	all = append(all, s.settingsRoutes()...)
	if s.Kept != nil {
		all = append(all, s.keptRoutes()...)
	}
	return all
}

// formsRead has every form read before it is used, no longer than its route
// allows: of one that is too large or broken, nothing counts. Asked for a field,
// such a form would answer as if it were empty.
func (s *site) formsRead(lines []route.Route) []route.Route {
	for i, line := range lines {
		if strings.HasPrefix(line.Pattern, "POST ") {
			lines[i].Serve = s.formed(line.Serve)
		}
	}
	return lines
}

func (s *site) formed(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			if _, large := errors.AsType[*http.MaxBytesError](err); !large {
				err = errBadForm
			}
			s.fail(w, r, err)
			return
		}
		next(w, r)
	}
}

// errBadForm is of a form that cannot be read, or lacks what we put into it.
var errBadForm = pipelines.Refuse(pipelines.Invalid, "the form was not sent whole: go back, load it again, and repeat what you wanted")

func (s *site) feed() *feed.Feed {
	return &feed.Feed{
		Requests: s.Requests, Views: s.Views, SignIn: s.SignIn, Blobs: s.Requests.Blobs, Gate: s.mayPass, Fail: s.fail, Refused: s.noteRefusal,
		BaseURL: s.BaseURL, TempDir: s.TempDir, MaxPackage: s.MaxPackage,
	}
}

func (s *site) api() *api.API {
	return &api.API{
		Requests: s.Requests, Catalog: s.Catalog, Views: s.Views, SignIn: s.SignIn,
		CheckTarget: s.CheckTarget, Instructions: s.Instructions, HeldMail: s.HeldMail, MailRoom: s.MailRoom, Fail: s.fail,
		BaseURL: s.BaseURL, Version: s.Version, TempDir: s.TempDir, MaxPackage: s.MaxPackage,
	}
}
