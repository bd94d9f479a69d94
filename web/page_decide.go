package web

import (
	"net/http"
	"strconv"
	"strings"

	"slipway/runner/graph"
	"slipway/runner/requests"
	"slipway/web/pages"
)

// decide takes a choice about an attempt that nobody knows the end of.
func (s *site) decide(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("deployment")
	in := requests.DecideRequest{
		Deployment: id, Step: r.PostFormValue("step"), Target: r.PostFormValue("target"),
		Choice: graph.Choice(r.PostFormValue("choice")), Note: strings.TrimSpace(r.PostFormValue("note")),
	}
	in.Attempt, _ = strconv.Atoi(r.PostFormValue("attempt")) // what is no number is no attempt, and refused below
	p := s.SignIn.Principal(r)
	if _, err := s.Views.Deployment(r.Context(), p, id); err != nil {
		s.fail(w, r, unseen(err))
		return
	}
	s.done(w, r, id, s.Requests.Decide(r.Context(), p, in))
}

// retry takes a deployment up again that ended badly.
func (s *site) retry(w http.ResponseWriter, r *http.Request) {
	p, id := s.SignIn.Principal(r), r.PathValue("deployment")
	if _, err := s.Views.Deployment(r.Context(), p, id); err != nil {
		s.fail(w, r, unseen(err))
		return
	}
	s.done(w, r, id, s.Requests.Resume(r.Context(), p, id, strings.TrimSpace(r.PostFormValue("note"))))
}

// done leads back to a deployment's page, or shows there why nothing was done.
func (s *site) done(w http.ResponseWriter, r *http.Request, id string, err error) {
	switch {
	case err == nil:
		s.to(w, r, pages.DeploymentPath(id))
	case forPerson(err):
		s.showDeployment(w, r, formStatus(err), id, pages.SignOff{Problems: problemsOf(err, nil)})
	default:
		s.fail(w, r, err)
	}
}
