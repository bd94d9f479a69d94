package web

import (
	"net/http"

	"slipway/pipelines"
	"slipway/web/pages"
)

func (s *site) signInPage(w http.ResponseWriter, r *http.Request) {
	next := localPath(r.FormValue("next"))
	if s.SignIn.Principal(r).Known() {
		s.to(w, r, next)
		return
	}
	s.show(w, r, http.StatusOK, pages.SignInPage(pages.SignIn{Frame: s.bareFrame("Sign in", ""), Next: next}))
}

func (s *site) signIn(w http.ResponseWriter, r *http.Request) {
	name, next := r.PostFormValue("name"), localPath(r.PostFormValue("next"))
	err := s.SignIn.Begin(w, r, name, r.PostFormValue("password"))
	if err == nil {
		s.to(w, r, next)
		return
	}
	if !forPerson(err) && pipelines.CodeOf(err) != pipelines.Unauthenticated {
		s.fail(w, r, err)
		return
	}
	s.show(w, r, formStatus(err), pages.SignInPage(pages.SignIn{
		Frame: s.bareFrame("Sign in", ""), Name: name, Next: next, Problems: problemsOf(err, nil),
	}))
}

func (s *site) signOut(w http.ResponseWriter, r *http.Request) {
	if err := s.SignIn.End(w, r); err != nil {
		s.fail(w, r, err)
		return
	}
	s.to(w, r, pages.SignInPath)
}
