package api

import (
	"net/http"

	"slipway/pipelines"
	"slipway/runner/catalog"
	"slipway/web/rest"
)

func (a *API) version(r *http.Request, _ pipelines.Principal) (any, error) {
	ready, err := a.SignIn.Ready(r.Context())
	return rest.Version{Version: a.Version, Ready: ready}, err
}

// login exchanges a password for an API key.
func (a *API) login(r *http.Request, _ pipelines.Principal) (any, error) {
	in, err := read[rest.Login](r)
	if err != nil {
		return nil, err
	}
	p, err := a.SignIn.Login(r, in.Username, in.Password, in.Code)
	if err != nil {
		return nil, err
	}
	if in.Purpose == "" {
		in.Purpose = "login"
	}
	return a.makeKey(r, p, catalog.KeyWish{Purpose: in.Purpose})
}

func (a *API) me(_ *http.Request, p pipelines.Principal) (any, error) {
	return rest.Me{ID: p.UserID, Username: p.Username, Called: p.Called, Teams: list(p.Teams), Admin: p.Admin, Limited: p.Limited}, nil
}

func (a *API) setPassword(r *http.Request, p pipelines.Principal) (any, error) {
	in, err := read[rest.Password](r)
	if err != nil {
		return nil, err
	}
	if p.Via == "session" && pipelines.SameName(p.Username, r.PathValue("username")) {
		if err := a.SignIn.CheckPassword(r, p, in.Current); err != nil {
			return nil, err
		}
	}
	return nil, a.Catalog.SetPassword(r.Context(), p, r.PathValue("username"), in.Password)
}
