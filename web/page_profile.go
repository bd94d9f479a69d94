package web

import (
	"net/http"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/web/credentials"
	"slipway/web/pages"
	"slipway/web/route"
)

// profileRoutes are what everybody changes of their own account, and what those
// may do for others who look after accounts.
func (s *site) profileRoutes() []route.Route {
	return []route.Route{
		{Pattern: "GET /profile", Needs: pipelines.Own, Serve: s.profilePage},
		{Pattern: "POST /profile", Needs: pipelines.Own, MaxBody: smallForm, Serve: s.saveProfile},
		{Pattern: "POST /profile/password", Needs: pipelines.Own, MaxBody: smallForm, Serve: s.changePassword},
		{Pattern: "POST /profile/factor/new", Needs: pipelines.Own, MaxBody: smallForm, Serve: s.offerFactor},
		{Pattern: "POST /profile/factor", Needs: pipelines.Own, MaxBody: smallForm, Serve: s.enrol},
		{Pattern: "POST /profile/factor/remove", Needs: pipelines.Own, MaxBody: smallForm, Serve: s.dropFactor},
		{Pattern: "POST /profile/factor/recovery", Needs: pipelines.Own, MaxBody: smallForm, Serve: s.newRecovery},
		{Pattern: "POST /profile/sessions/{session}/end", Needs: pipelines.Own, MaxBody: smallForm, Serve: s.endSession},
		{Pattern: "POST /profile/sessions/end-others", Needs: pipelines.Own, MaxBody: smallForm, Serve: s.endOthers},
		{Pattern: "POST /profile/providers/{provider}/link", Needs: pipelines.Own, MaxBody: smallForm, Serve: s.linkProvider},
		{Pattern: "POST /profile/providers/{provider}/unlink", Needs: pipelines.Own, MaxBody: smallForm, Serve: s.unlinkProvider},

		{Pattern: "POST /people/users/{user}/invite", Needs: pipelines.UserInvite, MaxBody: smallForm, Serve: s.inviteUser},
		{Pattern: "POST /people/users/{user}/reset-factor", Needs: pipelines.UserEdit, MaxBody: smallForm, Serve: s.resetFactor},
		{Pattern: "POST /people/users/{user}/end-sessions", Needs: pipelines.UserEdit, MaxBody: smallForm, Serve: s.endSessionsOf},
	}
}

func (s *site) profilePage(w http.ResponseWriter, r *http.Request) {
	s.showProfile(w, r, http.StatusOK, pages.Profile{Done: profileWords[r.FormValue("done")]})
}

// profileWords are what a form says after it has done its work and led back.
var profileWords = map[string]string{
	"saved": "Saved.", "password": "Your password is changed. You are signed out everywhere else.",
	"factor": "The second factor is off.", "session": "The session is ended.", "others": "You are signed out everywhere else.",
	"linked": "Linked.", "unlinked": "Unlinked.",
}

// showProfile fills in what stands on the page whatever was done there.
func (s *site) showProfile(w http.ResponseWriter, r *http.Request, status int, v pages.Profile) {
	ctx, p := r.Context(), s.SignIn.Principal(r)
	u, hasPassword, err := s.SignIn.Own(ctx, p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	factor, err := s.SignIn.FactorOf(ctx, p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	sessions, err := s.SignIn.Sessions(ctx, p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	ways, err := s.ways(r, p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v.Frame = s.pageFrame(r, pages.InProfile, "Profile", "What belongs to you: name, password, and where you are signed in.")
	v.Username, v.HasPassword, v.Ways = u.Username, hasPassword, ways
	v.Folder, v.Written = pipelines.OwningFolder(u.Owner)
	if !v.Typed {
		v.Display, v.Mail = u.DisplayName, u.Mail
	}
	v.Factor = pages.FactorState{On: factor.On, Since: s.moment(factor.Since), Recovery: factor.Recovery}
	for _, one := range sessions {
		v.Sessions = append(v.Sessions, s.sessionRow(one, p.Credential))
	}
	s.show(w, r, status, pages.ProfilePage(v))
}

func (s *site) sessionRow(one records.Session, here string) pages.SessionRow {
	browser := one.Browser
	if browser == "" {
		browser = "a browser"
	}
	return pages.SessionRow{
		ID: one.ID, Browser: browser, Address: one.Address, Begun: s.moment(one.Created), Seen: s.moment(one.LastSeen()),
		Expires: s.moment(one.Expires), Here: one.ID != "" && one.ID == here,
	}
}

// ways are the providers, and which of them somebody has linked.
func (s *site) ways(r *http.Request, p pipelines.Principal) ([]pages.Way, error) {
	providers, err := s.SignIn.Providers(r.Context())
	if err != nil {
		return nil, err
	}
	mine, err := s.SignIn.Identities(r.Context(), p)
	var out []pages.Way
	for _, one := range providers {
		way := pages.Way{ID: one.ID, Name: one.Name}
		for _, i := range mine {
			if i.Provider == one.ID {
				way.Linked, way.As = true, i.Name
			}
		}
		out = append(out, way)
	}
	return out, err
}

// profileDone leads back, or shows the form again with what is wrong.
func (s *site) profileDone(w http.ResponseWriter, r *http.Request, err error, done string, v pages.Profile, field string) {
	switch {
	case err == nil:
		s.to(w, r, pages.ProfilePath+"?done="+done)
	case forPerson(err) || pipelines.CodeOf(err) == pipelines.Unauthenticated:
		v.Problems = problemsOf(err, map[string]string{"display-name": "display"})
		if field != "" {
			v.Problems = atField(v.Problems, field)
		}
		s.showProfile(w, r, signInStatus(w, err), v)
	default:
		s.fail(w, r, err)
	}
}

func (s *site) saveProfile(w http.ResponseWriter, r *http.Request) {
	v := pages.Profile{Typed: true, Form: "profile", Display: r.PostFormValue("display"), Mail: r.PostFormValue("mail")}
	err := s.SignIn.SaveOwn(r, s.SignIn.Principal(r), v.Display, v.Mail, r.PostFormValue("password"))
	field := ""
	if pipelines.CodeOf(err) == pipelines.Unauthenticated {
		err, field = wrongPassword, "password"
	}
	s.profileDone(w, r, err, "saved", v, field)
}

var wrongPassword = pipelines.Refuse(pipelines.Invalid, "this is not your password: changing the mail address takes it")

func (s *site) changePassword(w http.ResponseWriter, r *http.Request) {
	v := pages.Profile{Form: "password"}
	password := r.PostFormValue("new")
	if password != r.PostFormValue("again") {
		v.Problems = []pages.Problem{{Field: "again", Text: "The two passwords differ: type the same one twice."}}
		s.showProfile(w, r, http.StatusUnprocessableEntity, v)
		return
	}
	err, field := s.SignIn.ChangePassword(w, r, s.SignIn.Principal(r), r.PostFormValue("old"), password), "new"
	if pipelines.CodeOf(err) == pipelines.Unauthenticated {
		err, field = pipelines.Refuse(pipelines.Invalid, "this is not your password now"), "old"
	}
	s.profileDone(w, r, err, "password", v, field)
}

// offerFactor shows the picture for a new second factor.
func (s *site) offerFactor(w http.ResponseWriter, r *http.Request) {
	p := s.SignIn.Principal(r)
	if err := s.confirmed(r, p, "factor-password"); err != nil {
		s.profileDone(w, r, err, "", pages.Profile{Form: "factor"}, "factor-password")
		return
	}
	secret, err := s.SignIn.OfferFactor(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.showOffer(w, r, http.StatusOK, secret, nil)
}

// confirmed asks once more who it is before it changes how somebody signs in.
func (s *site) confirmed(r *http.Request, p pipelines.Principal, field string) error {
	err := s.SignIn.Again(r, p, r.PostFormValue(field))
	if pipelines.CodeOf(err) == pipelines.Unauthenticated {
		return pipelines.Refuse(pipelines.Invalid, "this is not your password")
	}
	return err
}

func (s *site) showOffer(w http.ResponseWriter, r *http.Request, status int, secret []byte, problems []pages.Problem) {
	s.show(w, r, status, pages.EnrolPage(pages.Enrol{
		Frame: s.pageFrame(r, pages.InProfile, "Set up a second factor", "", profileCrumb()),
		Offer: s.offer(s.SignIn.Principal(r), secret), Problems: problems,
	}))
}

func profileCrumb() pages.Crumb { return pages.Crumb{Text: "Profile", Path: pages.ProfilePath} }

func (s *site) enrol(w http.ResponseWriter, r *http.Request) {
	secret := r.PostFormValue("secret")
	codes, err := s.SignIn.Enrol(r.Context(), s.SignIn.Principal(r), secret, r.PostFormValue("code"))
	switch {
	case err == nil:
		s.showRecovery(w, r, codes)
	case pipelines.CodeOf(err) == pipelines.Invalid:
		bytes, _ := credentials.ParseFactor(secret)
		s.showOffer(w, r, formStatus(err), bytes, atField(problemsOf(err, nil), "code"))
	default:
		s.profileDone(w, r, err, "", pages.Profile{Form: "factor"}, "")
	}
}

func (s *site) showRecovery(w http.ResponseWriter, r *http.Request, codes []string) {
	s.show(w, r, http.StatusOK, pages.RecoveryPage(pages.Recovery{
		Frame: s.pageFrame(r, pages.InProfile, "Recovery codes", "", profileCrumb()), Codes: codes, Next: pages.ProfilePath,
	}))
}

func (s *site) dropFactor(w http.ResponseWriter, r *http.Request) {
	p := s.SignIn.Principal(r)
	err, field := s.confirmed(r, p, "factor-password"), "factor-password"
	if err == nil {
		err, field = s.SignIn.DropFactor(r.Context(), p), ""
	}
	s.profileDone(w, r, err, "factor", pages.Profile{Form: "factor"}, field)
}

func (s *site) newRecovery(w http.ResponseWriter, r *http.Request) {
	p := s.SignIn.Principal(r)
	err := s.confirmed(r, p, "factor-password")
	var codes []string
	if err == nil {
		codes, err = s.SignIn.NewRecovery(r.Context(), p)
	}
	if err != nil {
		s.profileDone(w, r, err, "", pages.Profile{Form: "factor"}, "factor-password")
		return
	}
	s.showRecovery(w, r, codes)
}

func (s *site) endSession(w http.ResponseWriter, r *http.Request) {
	p, id := s.SignIn.Principal(r), r.PathValue("session")
	err := s.SignIn.EndOne(r.Context(), p, id)
	if pipelines.CodeOf(err) == pipelines.NotFound {
		err = nil // it has ended already, which is what was wanted
	}
	s.profileDone(w, r, err, "session", pages.Profile{}, "")
}

func (s *site) endOthers(w http.ResponseWriter, r *http.Request) {
	_, err := s.SignIn.EndOthers(r.Context(), s.SignIn.Principal(r))
	s.profileDone(w, r, err, "others", pages.Profile{}, "")
}

func (s *site) linkProvider(w http.ResponseWriter, r *http.Request) {
	p, id := s.SignIn.Principal(r), r.PathValue("provider")
	field := pages.LinkPasswordField(id)
	if p.Via == "session" { // nobody else may, which is said below
		if err := s.confirmed(r, p, field); err != nil {
			s.profileDone(w, r, err, "", pages.Profile{Form: "ways"}, field)
			return
		}
	}
	address, err := s.SignIn.SetOutToLink(w, r, p, id, pages.ProfilePath+"?done=linked")
	s.leadOut(w, r, address, err)
}

func (s *site) unlinkProvider(w http.ResponseWriter, r *http.Request) {
	err := s.SignIn.Unlink(r.Context(), s.SignIn.Principal(r), r.PathValue("provider"))
	s.profileDone(w, r, err, "unlinked", pages.Profile{}, "")
}

// inviteUser, resetFactor and endSessionsOf are done from a user's page and lead
// back to it.
func (s *site) inviteUser(w http.ResponseWriter, r *http.Request) {
	_, err := s.SignIn.Invite(r.Context(), s.SignIn.Principal(r), r.PathValue("user"))
	s.backToUser(w, r, err, "invited")
}

func (s *site) resetFactor(w http.ResponseWriter, r *http.Request) {
	s.backToUser(w, r, s.SignIn.ResetFactor(r.Context(), s.SignIn.Principal(r), r.PathValue("user")), "factor-reset")
}

func (s *site) endSessionsOf(w http.ResponseWriter, r *http.Request) {
	s.backToUser(w, r, s.SignIn.EndAllOf(r.Context(), s.SignIn.Principal(r), r.PathValue("user")), "sessions-ended")
}

func (s *site) backToUser(w http.ResponseWriter, r *http.Request, err error, done string) {
	switch {
	case err == nil:
		s.to(w, r, pages.UserPath(r.PathValue("user"))+"?done="+done)
	case forPerson(err) && s.SignIn.Principal(r).AllowsAnywhere(pipelines.UserView):
		s.showUser(w, r, formStatus(err), nil, problemsOf(err, nil))
	default:
		s.fail(w, r, err)
	}
}
