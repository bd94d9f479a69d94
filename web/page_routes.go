package web

import (
	"net/http"

	"slipway/pipelines"
	"slipway/web/pages"
	"slipway/web/route"
)

// pageRoutes are the addresses of the pages. What a permission is good for at
// one place is decided below, where the thing asked for is known.
func (s *site) pageRoutes() []route.Route {
	return []route.Route{
		{Pattern: "GET /setup/{token}", Public: true, Serve: s.setUpPage},
		{Pattern: "POST /setup/{token}", Public: true, Serve: s.setUp},
		// The link and its code are the right: the pages need no session.
		{Pattern: "GET /answer/{token}", Public: true, Serve: s.answerPage},
		{Pattern: "POST /answer/{token}", Public: true, Serve: s.answerByLink},

		{Pattern: "GET /{$}", Needs: pipelines.Own, Serve: s.dashboardPage},
		{Pattern: "GET /live", Needs: pipelines.Own, Serve: s.dashboardLive},

		{Pattern: "GET /projects", Needs: pipelines.Own, Serve: func(w http.ResponseWriter, r *http.Request) { s.to(w, r, pages.DashboardPath) }},
		{Pattern: "GET /projects/{project}", Needs: pipelines.ProjectView, Serve: s.projectPage},
		{Pattern: "GET /projects/{project}/process", Needs: pipelines.ProjectView, Serve: s.processPage},
		{Pattern: "GET /projects/{project}/variables", Needs: pipelines.ProjectView, Serve: s.variablesPage},
		{Pattern: "GET /projects/{project}/variables/edit", Needs: pipelines.ProjectEdit, Serve: s.editPage(s.projectList)},
		{Pattern: "POST /projects/{project}/variables/edit", Needs: pipelines.ProjectEdit, Serve: s.edit(s.projectList)},
		{Pattern: "GET /projects/{project}/variables/{variable}/reach", Needs: pipelines.ProjectView, Serve: s.reachPage},
		{Pattern: "GET /variable-sets", Needs: pipelines.ProjectView, Serve: s.variableSetsPage},
		{Pattern: "GET /variable-sets/{set}", Needs: pipelines.ProjectView, Serve: s.variableSetPage},
		{Pattern: "GET /variable-sets/{set}/edit", Needs: pipelines.ProjectEdit, Serve: s.editPage(s.setList)},
		{Pattern: "POST /variable-sets/{set}/edit", Needs: pipelines.ProjectEdit, Serve: s.edit(s.setList)},
		{Pattern: "GET /variable-sets/{set}/variables/{variable}/reach", Needs: pipelines.ProjectView, Serve: s.setReachPage},
		{Pattern: "GET /projects/{project}/releases/new", Needs: pipelines.ReleaseCreate, Serve: s.newReleasePage},
		{Pattern: "POST /projects/{project}/releases", Needs: pipelines.ReleaseCreate, Serve: s.createRelease},
		{Pattern: "GET /projects/{project}/releases/{release}", Needs: pipelines.ReleaseView, Serve: s.releasePage},
		{Pattern: "POST /projects/{project}/releases/{release}/variables", Needs: pipelines.ReleaseCreate, Serve: s.updateVariables},
		{Pattern: "GET /projects/{project}/releases/{release}/deploy/{environment}", Needs: pipelines.DeploymentCreate, Serve: s.confirmPage},
		{Pattern: "POST /projects/{project}/releases/{release}/deploy/{environment}", Needs: pipelines.DeploymentCreate, Serve: s.deploy},
		{Pattern: "GET /deployments/{deployment}", Needs: pipelines.DeploymentView, Serve: s.deploymentPage},
		{Pattern: "GET /deployments/{deployment}/live", Needs: pipelines.DeploymentView, Serve: s.deploymentLive},
		{Pattern: "GET /deployments/{deployment}/log.txt", Needs: pipelines.DeploymentView, Serve: s.logText},
		{Pattern: "GET /deployments/{deployment}/plan", Needs: pipelines.DeploymentView, Serve: s.planPage},
		{Pattern: "GET /deployments/{deployment}/values", Needs: pipelines.DeploymentView, Serve: s.valuesPage},
		{Pattern: "GET /deployments/{deployment}/artifacts/{artifact}", Needs: pipelines.DeploymentView, Serve: s.api().Artifact},
		{Pattern: "POST /deployments/{deployment}/cancel", Needs: pipelines.TaskCancel, Serve: s.cancelDeployment},
		{Pattern: "POST /deployments/{deployment}/decide", Needs: pipelines.DeploymentCreate, Serve: s.decide},
		{Pattern: "POST /deployments/{deployment}/retry", Needs: pipelines.DeploymentCreate, Serve: s.retry},
		{Pattern: "GET /queue", Needs: pipelines.Own, Serve: s.queuePage},

		{Pattern: "GET /packages", Needs: pipelines.FeedView, Serve: s.packagesPage},
		{Pattern: "GET /packages/{package}/{version}", Needs: pipelines.FeedView, Serve: s.packageVersionPage},
		{Pattern: "GET /packages/{package}", Needs: pipelines.FeedView, Serve: s.packagePage},
		{Pattern: "GET /mail", Needs: pipelines.AdministerSystem, Serve: s.mailsPage},
		{Pattern: "GET /mail/{mail}", Needs: pipelines.AdministerSystem, Serve: s.mailPage},
		{Pattern: "GET /mail/{mail}/body.html", Needs: pipelines.AdministerSystem, Serve: s.mailHTML},
	}
}
