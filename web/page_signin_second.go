package web

import (
	"net/http"

	"rsc.io/qr"

	"slipway/pipelines"
	"slipway/web/credentials"
	"slipway/web/pages"
	"slipway/web/signin"
)

// secondPage is the second step of signing in: the code, or setting up what
// makes codes where that is required.
func (s *site) secondPage(w http.ResponseWriter, r *http.Request) {
	next := localPath(r.FormValue("next"))
	at, err := s.SignIn.Halfway(r)
	if err != nil {
		s.secondOver(w, r, next, err)
		return
	}
	s.showSecond(w, r, http.StatusOK, at, pages.Second{Next: next})
}

func (s *site) showSecond(w http.ResponseWriter, r *http.Request, status int, at signin.Step, v pages.Second) {
	v.Frame = s.bareFrame("Second step", "Signing in as "+at.Principal.Username+".")
	v.SetUp = !at.Enrolled
	s.show(w, r, status, pages.SecondPage(v))
}

// secondOver sends who has taken too long back to the beginning.
func (s *site) secondOver(w http.ResponseWriter, r *http.Request, next string, err error) {
	if pipelines.CodeOf(err) != pipelines.Unauthenticated {
		s.fail(w, r, err)
		return
	}
	s.showSignIn(w, r, http.StatusUnauthorized, pages.SignIn{Next: next, Problems: problemsOf(err, nil)})
}

// second takes the code.
func (s *site) second(w http.ResponseWriter, r *http.Request) {
	next := localPath(r.PostFormValue("next"))
	at, err := s.SignIn.Halfway(r)
	if err != nil {
		s.secondOver(w, r, next, err)
		return
	}
	if secret := r.PostFormValue("secret"); secret != "" {
		s.secondSetUp(w, r, at, secret, next)
		return
	}
	err = s.SignIn.Finish(w, r, r.PostFormValue("code"))
	switch {
	case err == nil:
		s.to(w, r, next)
	case !forPerson(err) && pipelines.CodeOf(err) != pipelines.Unauthenticated:
		s.fail(w, r, err)
	default:
		if _, over := s.SignIn.Halfway(r); over != nil {
			s.secondOver(w, r, next, over)
			return
		}
		s.showSecond(w, r, signInStatus(w, err), at, pages.Second{Next: next, Problems: atField(problemsOf(err, nil), "code")})
	}
}

// newSecond shows a new secret to somebody who must set up a second factor.
func (s *site) newSecond(w http.ResponseWriter, r *http.Request) {
	next := localPath(r.PostFormValue("next"))
	at, err := s.SignIn.Halfway(r)
	if err == nil && at.Enrolled {
		err = pipelines.Refuse(pipelines.Conflict, "the second factor is set up already")
	}
	if err != nil {
		s.secondOver(w, r, next, err)
		return
	}
	secret, err := s.SignIn.OfferFactor(r.Context(), at.Principal)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.showSecond(w, r, http.StatusOK, at, pages.Second{Next: next, Offer: s.offer(at.Principal, secret)})
}

func (s *site) secondSetUp(w http.ResponseWriter, r *http.Request, at signin.Step, secret, next string) {
	codes, err := s.SignIn.FinishEnrolment(w, r, secret, r.PostFormValue("code"))
	switch {
	case err == nil:
		s.show(w, r, http.StatusOK, pages.RecoveryPage(pages.Recovery{Frame: s.bareFrame("Recovery codes", "You are signed in."), Codes: codes, Next: next}))
	case pipelines.CodeOf(err) == pipelines.Invalid:
		bytes, _ := credentials.ParseFactor(secret)
		s.showSecond(w, r, formStatus(err), at, pages.Second{Next: next, Offer: s.offer(at.Principal, bytes), Problems: atField(problemsOf(err, nil), "code")})
	case forPerson(err):
		s.showSecond(w, r, formStatus(err), at, pages.Second{Next: next, Problems: problemsOf(err, nil)})
	default:
		s.secondOver(w, r, next, err)
	}
}

// offer is a secret as people take it over: as a picture, and as text.
func (s *site) offer(p pipelines.Principal, secret []byte) *pages.Offer {
	text := credentials.FactorText(secret)
	o := &pages.Offer{Secret: text}
	for i := 0; i < len(text); i += 4 {
		o.Groups = append(o.Groups, text[i:min(i+4, len(text))])
	}
	code, err := qr.Encode(credentials.FactorURI("Slipway "+hostOf(s.BaseURL), p.Username, secret), qr.M)
	if err != nil {
		s.Log.Warn("draw the picture of a second factor", "error", err)
		return o // the text is enough
	}
	o.Size = code.Size
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				o.Dots = append(o.Dots, pages.Dot{X: x, Y: y})
			}
		}
	}
	return o
}

// atField puts what is wrong with the whole at the one field of a form.
func atField(all []pages.Problem, field string) []pages.Problem {
	for i := range all {
		if all[i].Field == "" {
			all[i].Field = field
		}
	}
	return all
}
