package api

import (
	"context"
	"net/http"

	"slipway/pipelines"
	"slipway/pipelines/textform"
	"slipway/runner/catalog"
	"slipway/web/rest"
)

func (a *API) diff(r *http.Request, p pipelines.Principal) (any, error) {
	return weighed(r, p, a.Catalog.Diff)
}

func (a *API) apply(r *http.Request, p pipelines.Principal) (any, error) {
	return weighed(r, p, a.Catalog.Apply)
}

func weighed(r *http.Request, p pipelines.Principal, weigh func(context.Context, pipelines.Principal, catalog.Wanted) (catalog.Weighed, error)) (any, error) {
	in, err := read[rest.Configuration](r)
	if err != nil {
		return nil, err
	}
	owner := pipelines.OwnedByPages
	if in.Folder != "" {
		owner = pipelines.OwnedByFolder(in.Folder)
	}
	done, err := weigh(r.Context(), p, catalog.Wanted{
		Nouns: textform.Nouns{
			Environments: in.Environments, Lifecycles: in.Lifecycles, Users: in.Users,
			UserRoles: in.UserRoles, Teams: in.Teams, Targets: in.Targets, Feeds: in.Feeds, VariableSets: in.VariableSets, Projects: in.Projects,
		},
		Owner: owner, Whole: in.Whole && in.Folder != "", TakeOver: in.TakeOver, Base: in.Base,
	})
	out := rest.Changes{Changes: []rest.Change{}, Base: done.Base}
	for _, c := range done.Changes {
		out.Changes = append(out.Changes, rest.Change(c))
	}
	return out, err
}

// export answers with text, as it is written in a folder.
func (a *API) export(r *http.Request, p pipelines.Principal) (any, error) {
	text, err := a.Catalog.Export(r.Context(), p, r.URL.Query().Get("kind"), r.URL.Query().Get("name"))
	return rest.Exported{Text: string(text)}, err
}
