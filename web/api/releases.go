package api

import (
	"net/http"

	"slipway/pipelines"
	"slipway/runner/requests"
	"slipway/runner/views"
	"slipway/web/rest"
)

func (a *API) releases(r *http.Request, p pipelines.Principal) (any, error) {
	take, err := number(r, "take", 100, 1000)
	if err != nil {
		return nil, err
	}
	project, err := a.Views.Project(r.Context(), p, r.PathValue("project"))
	if err != nil {
		return nil, err
	}
	all, err := a.Views.ReleasesOf(r.Context(), p, project, take)
	out := []rest.Release{}
	for _, release := range all {
		out = append(out, listedRelease(project.Name, release))
	}
	return out, err
}

func (a *API) release(r *http.Request, p pipelines.Principal) (any, error) {
	found, err := a.Views.Release(r.Context(), p, r.PathValue("project"), r.PathValue("release"))
	if err != nil {
		return nil, err
	}
	return listedRelease(found.Project.Name, found), nil
}

// updateVariables takes today's variables into a release.
func (a *API) updateVariables(r *http.Request, p pipelines.Principal) (any, error) {
	made, changed, err := a.Requests.UpdateVariables(r.Context(), p, r.PathValue("id"))
	return rest.UpdatedRelease{Release: releaseOf(made.Project.Name, made), Changed: list(changed)}, err
}

func (a *API) createRelease(r *http.Request, p pipelines.Principal) (any, error) {
	in, err := read[requests.ReleaseRequest](r)
	if err != nil {
		return nil, err
	}
	made, followed, err := a.Requests.MakeRelease(r.Context(), p, in)
	out := releaseOf(made.Project.Name, made)
	out.Deployments, out.NotSent = a.deploymentsOf(followed.Deployments), followed.NotSent
	return out, err
}

func listedRelease(project string, v views.Release) rest.Release {
	out := releaseOf(project, v.ReleaseHead.Release)
	for _, step := range v.Progression {
		out.Progression = append(out.Progression, rest.Progress{
			Environment: step.Environment, Phase: step.Phase, Optional: step.Optional,
			Succeeded: step.Succeeded, Open: step.Open, Rule: step.Rule,
		})
	}
	return out
}

func releaseOf(project string, r pipelines.Release) rest.Release {
	return rest.Release{
		ID: r.ID, Project: project, Number: r.Number, Channel: r.ChannelName(), Notes: r.Notes,
		Packages: list(r.Packages), Created: r.Created, CreatedBy: r.CreatedBy,
	}
}
