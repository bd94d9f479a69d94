package api

import (
	"net/http"

	"slipway/pipelines"
	"slipway/web/rest"
)

// status is the dashboard. An environment outside the project's lifecycle, in
// which nothing ever was, is left out.
func (a *API) status(r *http.Request, p pipelines.Principal) (any, error) {
	rows, err := a.Views.Dashboard(r.Context(), p)
	out := rest.Status{Projects: []rest.ProjectStatus{}}
	for _, row := range rows {
		project := rest.ProjectStatus{Project: row.Project.Name, Environments: []rest.EnvironmentStatus{}}
		for _, cell := range row.Cells {
			if !cell.InLifecycle && cell.Newest == nil {
				continue
			}
			there := rest.EnvironmentStatus{Environment: cell.Environment.Name, Hidden: cell.Hidden}
			if cell.Live != nil {
				there.Live = cell.Live.Release
			}
			if cell.Newest != nil {
				newest := a.deploymentOf(*cell.Newest)
				there.Newest = &newest
			}
			project.Environments = append(project.Environments, there)
		}
		out.Projects = append(out.Projects, project)
	}
	return out, err
}
