// Package api answers the JSON of our own API under /v1, whose shapes are in
// rest: one file for each resource.
//
// A handler reads the request, asks requests, catalog or views on behalf of
// who is asking, and writes what came of it. It decides no right but where the
// comment says so; the permission on a route's line is only the outer gate.
package api

import (
	"context"
	"net/http"

	"slipway/pipelines"
	"slipway/runner/catalog"
	"slipway/runner/heldmail"
	"slipway/runner/hosts"
	"slipway/runner/mailroom"
	"slipway/runner/records"
	"slipway/runner/requests"
	"slipway/runner/views"
	"slipway/web/route"
	"slipway/web/signin"
)

// API is what the handlers work with.
type API struct {
	Requests *requests.Requests
	Catalog  *catalog.Catalog
	Views    *views.Views
	SignIn   *signin.SignIn
	// CheckTarget contacts a target; nil where this process may not.
	CheckTarget func(context.Context, pipelines.Target) (hosts.Facts, error)
	// HeldMail is the box of kept mails; nil where mails are really sent.
	HeldMail *heldmail.Box
	// MailRoom is how mails leave; nil where nobody may look at that.
	MailRoom *mailroom.Room
	// Instructions is the text of a sign-off with what is known by now; nil shows
	// what was known when the plan was made.
	Instructions func(ctx context.Context, at records.Loaded, step int) (string, error)
	// Fail answers a request that went wrong.
	Fail route.Refuse

	BaseURL    string
	Version    string
	TempDir    string // where uploads wait until they are whole; "": the system's
	MaxPackage int64  // bytes of one package; 0: requests.LargestPackage
}

// largestConfiguration is more than a folder of text ever is.
const largestConfiguration = 16 << 20

// Routes are all lines of the API. A diff and an application demand the right
// of each noun they touch; ProjectView is what all who may do any of it have.
func (a *API) Routes() []route.Route {
	size := a.mostBytes()
	all := []route.Route{
		{Pattern: "GET /v1/version", Public: true, Serve: a.answer(a.version)},
		{Pattern: "POST /v1/login", Public: true, Serve: a.answer(a.login)},

		{Pattern: "GET /v1/me", Needs: pipelines.Own, Serve: a.answer(a.me)},
		{Pattern: "GET /v1/apikeys", Needs: pipelines.Own, Serve: a.answer(a.keys)},
		{Pattern: "POST /v1/apikeys", Needs: pipelines.Own, Serve: a.answer(a.newKey)},
		{Pattern: "DELETE /v1/apikeys/{id}", Needs: pipelines.Own, Serve: a.answer(a.removeKey)},
		{Pattern: "PUT /v1/users/{username}/password", Needs: pipelines.Own, Serve: a.answer(a.setPassword)},

		{Pattern: "GET /v1/search", Needs: pipelines.Own, Serve: a.answer(a.search)},

		{Pattern: "POST /v1/diff", Needs: pipelines.ProjectView, MaxBody: largestConfiguration, Serve: a.answer(a.diff)},
		{Pattern: "POST /v1/apply", Needs: pipelines.ProjectView, MaxBody: largestConfiguration, Serve: a.answer(a.apply)},
		{Pattern: "GET /v1/export", Needs: pipelines.ProjectView, Serve: a.answer(a.export)},

		{Pattern: "GET /v1/packages", Needs: pipelines.FeedView, Serve: a.answer(a.packages)},
		{Pattern: "GET /v1/packages/{id}", Needs: pipelines.FeedView, Serve: a.answer(a.packageVersions)},
		{Pattern: "PUT /v1/packages/{file}", Needs: pipelines.BuiltInFeedPush, MaxBody: size, Serve: a.answer(a.putPackage)},
		{Pattern: "POST /v1/packages", Needs: pipelines.BuiltInFeedPush, MaxBody: size + 1<<20, Serve: a.answer(a.postPackage)},
		{Pattern: "POST /v1/packages/uploads", Needs: pipelines.BuiltInFeedPush, Serve: a.answer(a.announcePackage)},
		{Pattern: "POST /v1/packages/uploads/{sha256}/done", Needs: pipelines.BuiltInFeedPush, Serve: a.answer(a.packageSent)},

		{Pattern: "GET /v1/projects/{project}/variables", Needs: pipelines.ProjectView, Serve: a.answer(a.variables)},
		{Pattern: "PUT /v1/projects/{project}/variables", Needs: pipelines.ProjectEdit, Serve: a.answer(a.saveVariables)},
		{Pattern: "GET /v1/projects/{project}/variables/{variable}/reach", Needs: pipelines.ProjectView, Serve: a.answer(a.reach)},
		{Pattern: "GET /v1/variable-sets", Needs: pipelines.ProjectView, Serve: a.answer(a.variableSets)},
		{Pattern: "GET /v1/variable-sets/{set}/variables", Needs: pipelines.ProjectView, Serve: a.answer(a.setVariables)},
		{Pattern: "PUT /v1/variable-sets/{set}/variables", Needs: pipelines.ProjectEdit, Serve: a.answer(a.saveSetVariables)},

		{Pattern: "GET /v1/projects/{project}/releases", Needs: pipelines.ReleaseView, Serve: a.answer(a.releases)},
		{Pattern: "GET /v1/projects/{project}/releases/{release}", Needs: pipelines.ReleaseView, Serve: a.answer(a.release)},
		{Pattern: "POST /v1/releases/{id}/variables", Needs: pipelines.ReleaseCreate, Serve: a.answer(a.updateVariables)},
		{Pattern: "POST /v1/releases", Needs: pipelines.ReleaseCreate, Serve: a.answer(a.createRelease)},

		{Pattern: "GET /v1/deployments", Needs: pipelines.DeploymentView, Serve: a.answer(a.deployments)},
		{Pattern: "POST /v1/deployments", Needs: pipelines.DeploymentCreate, Serve: a.answer(a.deploy)},
		{Pattern: "POST /v1/deployments/preview", Needs: pipelines.DeploymentCreate, Serve: a.answer(a.preview)},
		{Pattern: "GET /v1/deployments/{id}", Needs: pipelines.DeploymentView, Serve: a.answer(a.deployment)},
		{Pattern: "GET /v1/deployments/{deployment}/artifacts", Needs: pipelines.DeploymentView, Serve: a.answer(a.artifacts)},
		{Pattern: "GET /v1/deployments/{deployment}/artifacts/{artifact}", Needs: pipelines.DeploymentView, Serve: a.Artifact},
		{Pattern: "GET /v1/deployments/{id}/values", Needs: pipelines.DeploymentView, Serve: a.answer(a.valuesUsed)},
		{Pattern: "GET /v1/deployments/{id}/journal", Needs: pipelines.DeploymentView, Serve: a.answer(a.journal)},
		{Pattern: "GET /v1/deployments/{id}/log", Needs: pipelines.DeploymentView, Serve: a.answer(a.log)},
		{Pattern: "POST /v1/deployments/{id}/answer", Needs: pipelines.InterruptionSubmit, Serve: a.answer(a.signOff)},
		{Pattern: "POST /v1/deployments/{id}/decide", Needs: pipelines.DeploymentCreate, Serve: a.answer(a.decide)},
		{Pattern: "POST /v1/deployments/{id}/retry", Needs: pipelines.DeploymentCreate, Serve: a.answer(a.retry)},
		{Pattern: "POST /v1/deployments/{id}/cancel", Needs: pipelines.TaskCancel, Serve: a.answer(a.cancel)},

		{Pattern: "GET /v1/queue", Needs: pipelines.DeploymentView, Serve: a.answer(a.queue)},
		{Pattern: "GET /v1/status", Needs: pipelines.ProjectView, Serve: a.answer(a.status)},

		{Pattern: "GET /v1/targets", Needs: pipelines.MachineView, Serve: a.answer(a.targets)},
		{Pattern: "POST /v1/targets", Needs: pipelines.MachineEdit, Serve: a.answer(a.addTarget)},
		{Pattern: "DELETE /v1/targets/{name}", Needs: pipelines.MachineEdit, Serve: a.answer(a.removeTarget)},
		{Pattern: "POST /v1/targets/{name}/check", Needs: pipelines.MachineEdit, Serve: a.answer(a.checkTarget)},

		{Pattern: "GET /v1/secrets", Needs: pipelines.SecretEdit, Serve: a.answer(a.secrets)},
		{Pattern: "PUT /v1/secrets/{name}", Needs: pipelines.SecretEdit, Serve: a.answer(a.setSecret)},
	}
	all = append(all, a.feedRoutes()...)
	all = append(all, a.webhookRoutes()...)
	all = append(all, a.signInRoutes()...)
	all = append(all, a.auditRoutes()...)
	all = append(all, a.mailServerRoutes()...)
	all = append(all, a.approvalRoutes()...)
	all = append(all, a.peopleRoutes()...)
	all = append(all, a.buildInformationRoutes()...)
	if a.HeldMail != nil {
		all = append(all,
			route.Route{Pattern: "GET /v1/mail", Needs: pipelines.AdministerSystem, Serve: a.answer(a.mails)},
			route.Route{Pattern: "GET /v1/mail/{key}", Needs: pipelines.AdministerSystem, Serve: a.answer(a.mail)},
		)
	}
	return all
}

// mostBytes is how large a package may be.
func (a *API) mostBytes() int64 {
	if a.MaxPackage > 0 {
		return a.MaxPackage
	}
	return requests.LargestPackage
}

// handler gives the body of the answer, nil for none, or says what went wrong.
type handler func(r *http.Request, p pipelines.Principal) (any, error)

// answer makes a handler of ours one of net/http's.
func (a *API) answer(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := h(r, a.SignIn.Principal(r))
		if err == nil {
			err = write(w, body)
		}
		if err != nil {
			a.Fail(w, r, err)
		}
	}
}
