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
	if pipelines.SameName(p.Username, r.PathValue("username")) { // whoever finds a session or a key must not come back for good
		if err := p.DemandWhole(); err != nil {
			return nil, err
		}
		err := a.SignIn.Again(r, p, in.Current)
		if pipelines.CodeOf(err) == pipelines.Unauthenticated {
			err = pipelines.Refuse(pipelines.Unauthenticated, "changing your own password takes the one of now, and that is missing or wrong")
		}
		if err != nil {
			return nil, err
		}
	}
	return nil, a.Catalog.SetPassword(r.Context(), p, r.PathValue("username"), in.Password)
}
