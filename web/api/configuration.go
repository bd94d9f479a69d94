package api

import (
	"context"
	"net/http"

	"slipway/pipelines"
	"slipway/pipelines/textform"
	"slipway/web/rest"
)

func (a *API) diff(r *http.Request, p pipelines.Principal) (any, error) {
	return weighed(r, p, a.Catalog.Diff)
}

func (a *API) apply(r *http.Request, p pipelines.Principal) (any, error) {
	return weighed(r, p, a.Catalog.Apply)
}

func weighed(r *http.Request, p pipelines.Principal, weigh func(context.Context, pipelines.Principal, textform.Nouns) ([]textform.Change, error)) (any, error) {
	in, err := read[rest.Configuration](r)
	if err != nil {
		return nil, err
	}
	changes, err := weigh(r.Context(), p, textform.Nouns{
		Environments: in.Environments, Lifecycles: in.Lifecycles, Users: in.Users,
		Teams: in.Teams, Targets: in.Targets, Projects: in.Projects,
	})
	out := rest.Changes{Changes: []rest.Change{}}
	for _, c := range changes {
		out.Changes = append(out.Changes, rest.Change(c))
	}
	return out, err
}
