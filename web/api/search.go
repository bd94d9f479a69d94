package api

import (
	"net/http"

	"slipway/pipelines"
	"slipway/web/rest"
)

// search finds by name what the principal may see.
func (a *API) search(r *http.Request, p pipelines.Principal) (any, error) {
	found, err := a.Views.Search(r.Context(), p, r.URL.Query().Get("q"))
	out := rest.Found{Groups: []rest.FoundGroup{}}
	for _, g := range found {
		group := rest.FoundGroup{Kind: string(g.Kind), More: g.More}
		for _, f := range g.Items {
			group.Items = append(group.Items, rest.FoundItem{Name: f.Name, ID: f.ID, ProjectID: f.Project, Note: f.Note})
		}
		out.Groups = append(out.Groups, group)
	}
	return out, err
}
