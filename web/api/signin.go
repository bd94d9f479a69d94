package api

import (
	"net/http"
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/web/rest"
	"slipway/web/route"
)

// signInRoutes are how builds sign in, and how an administrator says who may.
func (a *API) signInRoutes() []route.Route {
	return []route.Route{
		// The token is the proof.
		{Pattern: "POST /v1/token", Public: true, MaxBody: 64 << 10, Serve: a.answer(a.exchange)},
		{Pattern: "POST /v1/users/{username}/invite", Needs: pipelines.UserInvite, Serve: a.answer(a.invite)},
		{Pattern: "POST /v1/users/{username}/end-sessions", Needs: pipelines.UserEdit, Serve: a.answer(a.endSessions)},
		{Pattern: "POST /v1/users/{username}/reset-factor", Needs: pipelines.UserEdit, Serve: a.answer(a.resetFactor)},
		{Pattern: "PUT /v1/sign-in/second-factor", Needs: pipelines.AdministerSystem, Serve: a.answer(a.secondFactor)},
		{Pattern: "GET /v1/sign-in/providers", Needs: pipelines.AdministerSystem, Serve: a.answer(a.providers)},
		{Pattern: "PUT /v1/sign-in/providers/{provider}", Needs: pipelines.AdministerSystem, Serve: a.answer(a.saveProvider)},
		{Pattern: "DELETE /v1/sign-in/providers/{provider}", Needs: pipelines.AdministerSystem, Serve: a.answer(a.removeProvider)},
		{Pattern: "GET /v1/sign-in/trusts", Needs: pipelines.AdministerSystem, Serve: a.answer(a.trusts)},
		{Pattern: "POST /v1/sign-in/trusts", Needs: pipelines.AdministerSystem, Serve: a.answer(a.addTrust)},
		{Pattern: "DELETE /v1/sign-in/trusts/{trust}", Needs: pipelines.AdministerSystem, Serve: a.answer(a.removeTrust)},
	}
}

// exchange takes the form that RFC 8693 describes, or the same as JSON.
func (a *API) exchange(r *http.Request, _ pipelines.Principal) (any, error) {
	var in rest.TokenRequest
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		if err := r.ParseForm(); err != nil {
			return nil, pipelines.Refuse(pipelines.Invalid, "the form cannot be read")
		}
		f := r.PostForm
		in = rest.TokenRequest{GrantType: f.Get("grant_type"), SubjectToken: f.Get("subject_token"), SubjectTokenType: f.Get("subject_token_type"), Account: f.Get("account")}
	} else {
		var err error
		if in, err = read[rest.TokenRequest](r); err != nil {
			return nil, err
		}
	}
	switch {
	case in.GrantType != "" && in.GrantType != rest.GrantTokenExchange:
		return nil, pipelines.Refuse(pipelines.Invalid, "grant_type is %s", rest.GrantTokenExchange)
	case !slices.Contains([]string{"", rest.TokenTypeJWT, rest.TokenTypeIDToken}, in.SubjectTokenType):
		return nil, pipelines.Refuse(pipelines.Invalid, "subject_token_type is %s or %s", rest.TokenTypeJWT, rest.TokenTypeIDToken)
	case in.SubjectToken == "":
		return nil, pipelines.Refuse(pipelines.Invalid, "subject_token is missing: the token that the build system gives")
	}
	key, stored, err := a.SignIn.Exchange(r, in.SubjectToken, in.Account)
	if err != nil {
		return nil, err
	}
	return rest.TokenAnswer{
		AccessToken: key, IssuedTokenType: "urn:ietf:params:oauth:token-type:access_token", TokenType: "N_A",
		ExpiresIn: int(stored.Expires.Sub(stored.Created).Seconds()),
	}, nil
}

func (a *API) invite(r *http.Request, p pipelines.Principal) (any, error) {
	_, err := a.SignIn.Invite(r.Context(), p, r.PathValue("username"))
	return nil, err
}

func (a *API) endSessions(r *http.Request, p pipelines.Principal) (any, error) {
	return nil, a.SignIn.EndAllOf(r.Context(), p, r.PathValue("username"))
}

func (a *API) resetFactor(r *http.Request, p pipelines.Principal) (any, error) {
	return nil, a.SignIn.ResetFactor(r.Context(), p, r.PathValue("username"))
}

func (a *API) secondFactor(r *http.Request, p pipelines.Principal) (any, error) {
	in, err := read[rest.SecondFactor](r)
	if err != nil {
		return nil, err
	}
	return nil, a.SignIn.SetSecondFactor(r.Context(), p, records.FactorRule(in.Required))
}

func (a *API) providers(r *http.Request, p pipelines.Principal) (any, error) {
	now, err := a.SignIn.Settings(r.Context(), p)
	out := []rest.Provider{}
	for _, one := range now.Providers {
		shown := rest.Provider{
			ID: one.ID, Name: one.Name, Issuer: one.Issuer, ClientID: one.ClientID, Scopes: one.Scopes, GroupClaim: one.GroupClaim,
			NewUsers: one.NewUsers, LinkByMail: one.LinkByMail, Disabled: one.Disabled, Redirect: a.SignIn.Redirect(one.ID), Groups: map[string]string{},
		}
		for _, g := range one.Groups {
			shown.Groups[g.Group] = g.Team
		}
		out = append(out, shown)
	}
	return out, err
}

func (a *API) saveProvider(r *http.Request, p pipelines.Principal) (any, error) {
	in, err := read[rest.Provider](r)
	if err != nil {
		return nil, err
	}
	want := records.Provider{
		ID: r.PathValue("provider"), Name: in.Name, Issuer: in.Issuer, ClientID: in.ClientID, Scopes: in.Scopes, GroupClaim: in.GroupClaim,
		NewUsers: in.NewUsers, LinkByMail: in.LinkByMail, Disabled: in.Disabled,
	}
	for group, team := range in.Groups {
		want.Groups = append(want.Groups, records.GroupTeam{Group: group, Team: team})
	}
	slices.SortFunc(want.Groups, func(a, b records.GroupTeam) int { return strings.Compare(a.Group, b.Group) })
	return nil, a.SignIn.SaveProvider(r.Context(), p, want, in.Secret)
}

func (a *API) removeProvider(r *http.Request, p pipelines.Principal) (any, error) {
	return nil, a.SignIn.RemoveProvider(r.Context(), p, r.PathValue("provider"))
}

func (a *API) trusts(r *http.Request, p pipelines.Principal) (any, error) {
	now, err := a.SignIn.Settings(r.Context(), p)
	if err != nil {
		return nil, err
	}
	users, err := a.SignIn.Records.Users(r.Context())
	names := map[string]string{}
	for _, u := range users {
		names[u.ID] = u.Username
	}
	out := []rest.Trust{}
	for _, t := range now.Trusts {
		out = append(out, rest.Trust{ID: t.ID, Account: names[t.UserID], Issuer: t.Issuer, Subject: t.Subject, Audience: t.Audience, Minutes: t.Minutes})
	}
	return out, err
}

func (a *API) addTrust(r *http.Request, p pipelines.Principal) (any, error) {
	in, err := read[rest.Trust](r)
	if err != nil {
		return nil, err
	}
	t, err := a.SignIn.AddTrust(r.Context(), p, in.Account, records.Trust{Issuer: in.Issuer, Subject: in.Subject, Audience: in.Audience, Minutes: in.Minutes})
	return rest.Trust{ID: t.ID, Account: in.Account, Issuer: t.Issuer, Subject: t.Subject, Audience: t.Audience, Minutes: t.Minutes}, err
}

func (a *API) removeTrust(r *http.Request, p pipelines.Principal) (any, error) {
	return nil, a.SignIn.RemoveTrust(r.Context(), p, r.PathValue("trust"))
}
