package web

import (
	"net/http"
	"strings"

	"slipway/pipelines"
	"slipway/web/credentials"
	"slipway/web/pages"
)

// setUpPage shows the form whatever the token: whether it is the right one is
// said when the form is sent, so that guessing learns nothing by looking.
func (s *site) setUpPage(w http.ResponseWriter, r *http.Request) {
	s.show(w, r, http.StatusOK, pages.SetUpPage(s.setUpForm(r.PathValue("token"))))
}

func (s *site) setUpForm(token string) pages.SetUp {
	return pages.SetUp{Frame: s.bareFrame("Set up Slipway", "This address works once. It makes the first administrator."), Token: token}
}

// setUp makes the first admin and signs them in.
func (s *site) setUp(w http.ResponseWriter, r *http.Request) {
	form := s.setUpForm(r.PathValue("token"))
	form.Name = strings.TrimSpace(r.PostFormValue("name"))
	form.Display = strings.TrimSpace(r.PostFormValue("display"))
	form.Mail = strings.TrimSpace(r.PostFormValue("mail"))
	password := r.PostFormValue("password")
	if password != r.PostFormValue("again") {
		form.Problems = []pages.Problem{{Field: "again", Text: "The two passwords differ: type the same one twice."}}
		s.show(w, r, http.StatusUnprocessableEntity, pages.SetUpPage(form))
		return
	}
	admin := pipelines.User{Username: form.Name, DisplayName: form.Display, Mail: form.Mail}
	_, err := s.Catalog.FirstAdmin(r.Context(), credentials.SessionHash(form.Token), admin, password)
	if err != nil {
		s.setUpAgain(w, r, form, err)
		return
	}
	if _, err := s.SignIn.Begin(w, r, form.Name, password); err != nil {
		s.to(w, r, pages.SignInPath) // the account is there; the password is asked once more
		return
	}
	s.to(w, r, pages.DashboardPath)
}

func (s *site) setUpAgain(w http.ResponseWriter, r *http.Request, form pages.SetUp, err error) {
	if !forPerson(err) && pipelines.CodeOf(err) != pipelines.Forbidden {
		s.fail(w, r, err)
		return
	}
	form.Problems = problemsOf(err, map[string]string{"username": "name"})
	// What is wrong with a password comes without a place of its own.
	if len(form.Problems) == 1 && form.Problems[0].Field == "" && strings.Contains(form.Problems[0].Text, "password") {
		form.Problems[0].Field = "password"
	}
	s.show(w, r, formStatus(err), pages.SetUpPage(form))
}
