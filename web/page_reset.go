package web

import (
	"net/http"
	"net/url"
	"strings"

	"slipway/pipelines"
	"slipway/web/pages"
	"slipway/web/signin"
)

func (s *site) forgotPage(w http.ResponseWriter, r *http.Request) {
	s.show(w, r, http.StatusOK, pages.ForgotPage(pages.Forgot{Frame: s.bareFrame("Forgot your password?", "")}))
}

// forgot answers the same whether there is such a user or not.
func (s *site) forgot(w http.ResponseWriter, r *http.Request) {
	frame := s.bareFrame("Forgot your password?", "")
	name := strings.TrimSpace(r.PostFormValue("name"))
	err := s.SignIn.Forgot(r, name)
	switch {
	case forPerson(err):
		s.show(w, r, signInStatus(w, err), pages.ForgotPage(pages.Forgot{Frame: frame, Name: name, Problems: problemsOf(err, nil)}))
	case err != nil:
		s.fail(w, r, err)
	default:
		s.show(w, r, http.StatusOK, pages.MessagePage(pages.Message{
			Frame: s.bareFrame("Look into your mail", ""),
			What:  "If somebody here has this name or mail address, a mail with a link is on its way.",
			Why:   "The link works once, within an hour. If no mail comes, ask an administrator: the address may be missing here.",
			Path:  pages.SignInPath, PathText: "Back to signing in",
		}))
	}
}

// purposeOf is what the link of an address is for.
func purposeOf(r *http.Request) signin.Purpose {
	if strings.HasPrefix(r.URL.Path, "/invitation/") {
		return signin.Invitation
	}
	return signin.Reset
}

// ticketPage shows the form that sets a password. It changes nothing, however
// often it is opened: mail scanners follow links.
func (s *site) ticketPage(w http.ResponseWriter, r *http.Request) {
	u, err := s.SignIn.Opened(r.Context(), purposeOf(r), r.PathValue("token"))
	if err != nil {
		s.ticketOver(w, r, err)
		return
	}
	s.show(w, r, http.StatusOK, pages.TicketPage(s.ticketForm(r, u)))
}

func (s *site) ticketForm(r *http.Request, u pipelines.User) pages.Ticket {
	v := pages.Ticket{Frame: s.bareFrame("Choose a new password", ""), Path: pages.TicketPath(string(purposeOf(r)), r.PathValue("token")), Username: u.Username}
	if purposeOf(r) == signin.Invitation {
		v.Frame = s.bareFrame("Welcome, "+u.Called(), "Choose a password, and you are in.")
	}
	return v
}

func (s *site) ticketOver(w http.ResponseWriter, r *http.Request, err error) {
	if pipelines.CodeOf(err) != pipelines.NotFound {
		s.fail(w, r, err)
		return
	}
	s.show(w, r, http.StatusNotFound, pages.MessagePage(pages.Message{
		Frame: s.bareFrame("This link does not work", ""), What: toSentence(err.Error()),
		Now: "Ask for a new mail, or ask whoever invited you.", Path: pages.ForgotPath, PathText: "Ask for a new password",
	}))
}

// ticket sets the password and signs in.
func (s *site) ticket(w http.ResponseWriter, r *http.Request) {
	purpose, token := purposeOf(r), r.PathValue("token")
	u, err := s.SignIn.Opened(r.Context(), purpose, token)
	if err != nil {
		s.ticketOver(w, r, err)
		return
	}
	form, password := s.ticketForm(r, u), r.PostFormValue("password")
	if password != r.PostFormValue("again") {
		form.Problems = []pages.Problem{{Field: "again", Text: "The two passwords differ: type the same one twice."}}
		s.show(w, r, http.StatusUnprocessableEntity, pages.TicketPage(form))
		return
	}
	halfway, err := s.SignIn.Redeem(w, r, purpose, token, password)
	switch {
	case err == nil:
		s.onward(w, r, halfway, pages.DashboardPath)
	case forPerson(err):
		form.Problems = atField(problemsOf(err, nil), "password")
		s.show(w, r, formStatus(err), pages.TicketPage(form))
	default:
		s.ticketOver(w, r, err)
	}
}

func hostOf(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	return u.Host
}
