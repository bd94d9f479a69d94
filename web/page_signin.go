package web

import (
	"fmt"
	"net/http"
	"net/url"

	"slipway/pipelines"
	"slipway/web/pages"
	"slipway/web/route"
)

// signInRoutes are how people come in: none of them needs a session.
func (s *site) signInRoutes() []route.Route {
	return []route.Route{
		{Pattern: "GET /signin", Public: true, Serve: s.signInPage},
		{Pattern: "POST /signin", Public: true, MaxBody: smallForm, Serve: s.signIn},
		{Pattern: "GET /signin/second", Public: true, Serve: s.secondPage},
		{Pattern: "POST /signin/second", Public: true, MaxBody: smallForm, Serve: s.second},
		{Pattern: "POST /signin/second/new", Public: true, MaxBody: smallForm, Serve: s.newSecond},
		{Pattern: "POST /signin/oidc/{provider}", Public: true, MaxBody: smallForm, Serve: s.setOut},
		{Pattern: "GET /signin/oidc/{provider}/callback", Public: true, Serve: s.arrive},
		{Pattern: "POST /signout", Public: true, Serve: s.signOut},
		{Pattern: "GET /forgot", Public: true, Serve: s.forgotPage},
		{Pattern: "POST /forgot", Public: true, MaxBody: smallForm, Serve: s.forgot},
		{Pattern: "GET /invitation/{token}", Public: true, Serve: s.ticketPage},
		{Pattern: "POST /invitation/{token}", Public: true, MaxBody: smallForm, Serve: s.ticket},
		{Pattern: "GET /reset/{token}", Public: true, Serve: s.ticketPage},
		{Pattern: "POST /reset/{token}", Public: true, MaxBody: smallForm, Serve: s.ticket},
	}
}

// smallForm is more than a name and a password are.
const smallForm = 16 << 10

func (s *site) signInPage(w http.ResponseWriter, r *http.Request) {
	next := localPath(r.FormValue("next"))
	if s.SignIn.Principal(r).Known() {
		s.to(w, r, next)
		return
	}
	s.showSignIn(w, r, http.StatusOK, pages.SignIn{Next: next})
}

func (s *site) showSignIn(w http.ResponseWriter, r *http.Request, status int, v pages.SignIn) {
	providers, err := s.SignIn.Providers(r.Context())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v.Frame = s.bareFrame("Sign in", "")
	v.Forgot = s.SignIn.Backroom != nil
	for _, p := range providers {
		v.Providers = append(v.Providers, pages.Way{ID: p.ID, Name: p.Name})
	}
	s.show(w, r, status, pages.SignInPage(v))
}

func (s *site) signIn(w http.ResponseWriter, r *http.Request) {
	name, next := r.PostFormValue("name"), localPath(r.PostFormValue("next"))
	halfway, err := s.SignIn.Begin(w, r, name, r.PostFormValue("password"))
	if err == nil {
		s.onward(w, r, halfway, next)
		return
	}
	if !forPerson(err) && pipelines.CodeOf(err) != pipelines.Unauthenticated {
		s.fail(w, r, err)
		return
	}
	s.showSignIn(w, r, signInStatus(w, err), pages.SignIn{Name: name, Next: next, Problems: problemsOf(err, nil)})
}

// signInStatus says how long to wait where that is the answer.
func signInStatus(w http.ResponseWriter, err error) int {
	f := failureOf(err)
	if f.wait > 0 {
		w.Header().Set("Retry-After", fmt.Sprint(int(f.wait.Seconds())))
		return f.status
	}
	return formStatus(err)
}

// onward goes to the second step where one is owed, else to where somebody wanted.
func (s *site) onward(w http.ResponseWriter, r *http.Request, halfway bool, next string) {
	if halfway {
		s.to(w, r, pages.SecondPath+"?next="+url.QueryEscape(next))
		return
	}
	s.to(w, r, next)
}

func (s *site) signOut(w http.ResponseWriter, r *http.Request) {
	if err := s.SignIn.End(w, r); err != nil {
		s.fail(w, r, err)
		return
	}
	s.to(w, r, pages.SignInPath)
}

// setOut sends somebody to a provider. The answer is a page that leads on by
// itself and not a redirect: our policy lets no form lead to another site.
func (s *site) setOut(w http.ResponseWriter, r *http.Request) {
	id, next := r.PathValue("provider"), localPath(r.PostFormValue("next"))
	address, err := s.SignIn.SetOut(w, r, id, next)
	s.leadOut(w, r, address, err)
}

func (s *site) leadOut(w http.ResponseWriter, r *http.Request, address string, err error) {
	to, parsing := url.Parse(address)
	switch {
	case err != nil:
		s.fail(w, r, err)
		return
	case parsing != nil:
		s.fail(w, r, parsing)
		return
	}
	w.Header().Set("Refresh", "0; url="+address)
	s.show(w, r, http.StatusOK, pages.LeadOutPage(pages.LeadOut{Frame: s.bareFrame("One moment", "Your identity provider asks who you are."), Address: address, Host: to.Host}))
}

// arrive takes who comes back from a provider.
func (s *site) arrive(w http.ResponseWriter, r *http.Request) {
	came, err := s.SignIn.Arrive(w, r, r.PathValue("provider"))
	switch {
	case pipelines.CodeOf(err) == pipelines.Unauthenticated:
		s.showSignIn(w, r, http.StatusUnauthorized, pages.SignIn{Next: pages.DashboardPath, Problems: problemsOf(err, nil)})
	case err != nil:
		s.fail(w, r, err)
	default:
		s.onward(w, r, came.Halfway, localPath(came.Next))
	}
}
