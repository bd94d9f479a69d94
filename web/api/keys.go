package api

import (
	"net/http"

	"slipway/pipelines"
	"slipway/runner/catalog"
	"slipway/runner/views"
	"slipway/web/credentials"
	"slipway/web/rest"
)

func (a *API) keys(r *http.Request, p pipelines.Principal) (any, error) {
	var all []views.Key
	var err error
	if service := r.URL.Query().Get("for"); service != "" {
		if err := a.Catalog.MaySeeKeys(r.Context(), p, service); err != nil {
			return nil, err
		}
		all, err = a.Views.ServiceKeys(r.Context(), p, service)
	} else {
		all, err = a.Views.Keys(r.Context(), p)
	}
	out := []rest.Key{}
	for _, k := range all {
		out = append(out, a.keyOf(k))
	}
	return out, err
}

func (a *API) newKey(r *http.Request, p pipelines.Principal) (any, error) {
	in, err := read[rest.KeyOrder](r)
	if err != nil {
		return nil, err
	}
	expires, never, err := catalog.ReadExpiry(in.Expires, a.SignIn.Env.Now())
	if err != nil {
		return nil, err
	}
	return a.makeKey(r, p, catalog.KeyWish{Purpose: in.Purpose, For: in.For, Expires: expires, Never: never, Scope: in.KeyScope})
}

func (a *API) makeKey(r *http.Request, p pipelines.Principal, wish catalog.KeyWish) (any, error) {
	stored, key, err := a.Catalog.NewAPIKey(r.Context(), p, wish, func() (key, hash, hint string, err error) {
		key, hash, err = credentials.NewKey(a.SignIn.Env.Random)
		if err != nil {
			return "", "", "", err
		}
		return key, hash, key[:8] + "…", nil
	})
	if err != nil {
		return nil, err
	}
	warnings, err := a.Catalog.KeyWarnings(r.Context(), stored.Scope)
	return rest.NewKey{Key: a.keyOf(views.Key{APIKey: stored}), Secret: key, Warnings: warnings}, err
}

func (a *API) removeKey(r *http.Request, p pipelines.Principal) (any, error) {
	return nil, a.Catalog.RemoveAPIKey(r.Context(), p, r.PathValue("id"))
}

func (a *API) keyOf(k views.Key) rest.Key {
	out := rest.Key{
		ID: k.ID, Purpose: k.Purpose, Hint: k.Hint, Created: k.Created, Expires: k.Expires,
		Expired: k.Expires != nil && !a.SignIn.Env.Now().Before(*k.Expires), KeyScope: k.Scope, UsedFrom: k.Used.From,
	}
	if !k.Used.At.IsZero() {
		out.Used = &k.Used.At
	}
	return out
}
