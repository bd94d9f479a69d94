package api

import (
	"io"
	"net/http"

	"slipway/pipelines"
	"slipway/runner/catalog"
	"slipway/runner/records"
	"slipway/web/rest"
)

func (a *API) secrets(r *http.Request, p pipelines.Principal) (any, error) {
	all, err := a.Views.Secrets(r.Context(), p)
	out := []rest.Secret{}
	for _, s := range all {
		out = append(out, secretOf(s))
	}
	return out, err
}

// setSecret takes the value as the body, byte by byte.
func (a *API) setSecret(r *http.Request, p pipelines.Principal) (any, error) {
	risk, err := truth(r, "unmasked-risk")
	if err != nil {
		return nil, err
	}
	value, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, cutShort(err)
	}
	s, err := a.Catalog.SetSecret(r.Context(), p, catalog.Secret{
		Name: r.PathValue("name"), Value: value, UnmaskedRisk: risk, TakesRisk: "say --unmasked-risk (`unmasked-risk=true` of the API)",
	})
	return secretOf(s), err
}

func secretOf(s records.Secret) rest.Secret {
	return rest.Secret{Name: s.Name, Version: s.Version, Created: s.Created, By: s.By}
}
