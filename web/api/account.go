package api

import (
	"net/http"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/web/credentials"
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
	p, err := a.SignIn.Login(r, in.Username, in.Password)
	if err != nil {
		return nil, err
	}
	if in.Purpose == "" {
		in.Purpose = "login"
	}
	return a.makeKey(r, p, in.Purpose)
}

func (a *API) me(_ *http.Request, p pipelines.Principal) (any, error) {
	return rest.Me{ID: p.UserID, Username: p.Username, Called: p.Called, Teams: list(p.Teams), Admin: p.Admin}, nil
}

func (a *API) keys(r *http.Request, p pipelines.Principal) (any, error) {
	all, err := a.Views.Keys(r.Context(), p)
	out := []rest.Key{}
	for _, k := range all {
		out = append(out, keyOf(k))
	}
	return out, err
}

func (a *API) newKey(r *http.Request, p pipelines.Principal) (any, error) {
	in, err := read[struct {
		Purpose string `json:"purpose"`
	}](r)
	if err != nil {
		return nil, err
	}
	return a.makeKey(r, p, in.Purpose)
}

func (a *API) makeKey(r *http.Request, p pipelines.Principal, purpose string) (any, error) {
	stored, key, err := a.Catalog.NewAPIKey(r.Context(), p, purpose, func() (key, hash, hint string, err error) {
		key, hash, err = credentials.NewKey(a.SignIn.Env.Random)
		if err != nil {
			return "", "", "", err
		}
		return key, hash, key[:8] + "…", nil
	})
	return rest.NewKey{Key: keyOf(stored), Secret: key}, err
}

func (a *API) removeKey(r *http.Request, p pipelines.Principal) (any, error) {
	return nil, a.Catalog.RemoveAPIKey(r.Context(), p, r.PathValue("id"))
}

func (a *API) setPassword(r *http.Request, p pipelines.Principal) (any, error) {
	in, err := read[rest.Password](r)
	if err != nil {
		return nil, err
	}
	if p.Via == "session" && pipelines.SameName(p.Username, r.PathValue("username")) {
		if _, err := a.SignIn.Login(r, p.Username, in.Current); err != nil {
			return nil, err
		}
	}
	return nil, a.Catalog.SetPassword(r.Context(), p, r.PathValue("username"), in.Password)
}

func keyOf(k records.APIKey) rest.Key {
	return rest.Key{ID: k.ID, Purpose: k.Purpose, Hint: k.Hint, Created: k.Created, Expires: k.Expires}
}
