package api

import (
	"net/http"

	"slipway/pipelines"
	"slipway/web/rest"
	"slipway/web/route"
)

// largestBuildInformation is far more than is kept of it.
const largestBuildInformation = 4 << 20

func (a *API) buildInformationRoutes() []route.Route {
	const at = "/v1/packages/{id}/{version}/build-information"
	return []route.Route{
		{Pattern: "GET " + at, Needs: pipelines.FeedView, Serve: a.answer(a.buildInformation)},
		{Pattern: "PUT " + at, Needs: pipelines.BuildInformationPush, MaxBody: largestBuildInformation, Serve: a.answer(a.putBuildInformation)},
	}
}

func (a *API) buildInformation(r *http.Request, p pipelines.Principal) (any, error) {
	id, version := r.PathValue("id"), r.PathValue("version")
	known, ok, err := a.Views.BuildInformation(r.Context(), p, id, version)
	if err == nil && !ok {
		err = pipelines.Refuse(pipelines.NotFound, "nothing is known of where %s %s comes from: `slipway push` sends it with --commit, --branch and --build-url", id, version)
	}
	return known, err
}

// putBuildInformation takes what a build says of a package. The package and its
// version stand in the address.
func (a *API) putBuildInformation(r *http.Request, p pipelines.Principal) (any, error) {
	in, err := read[pipelines.BuildInformation](r)
	if err != nil {
		return nil, err
	}
	in.Package, in.Version = r.PathValue("id"), r.PathValue("version")
	kept, news, err := a.Requests.TakeBuildInformation(r.Context(), p, in)
	return rest.BuildInformation{BuildInformation: kept, Existed: !news}, err
}
