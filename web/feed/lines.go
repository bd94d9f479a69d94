package feed

import (
	"net/http"

	"slipway/pipelines"
	"slipway/web/route"
)

// Lines are all addresses of the feed, with the permission each needs.
//
// What clients read before a push is open, since it holds nothing but addresses: one
// that brings only an API key would be stopped there by a question for a
// password. What they read before a list is not: NuGet 2 learns from it
// that it has to send the password with each question, and does not learn it later.
func (f *Feed) Lines() []route.Route {
	most := f.mostBytes() + formAround
	push, drop := f.push, f.neverDeleted
	return []route.Route{
		{Pattern: "GET /nuget/packages", Public: true, Serve: f.service},
		{Pattern: "GET /nuget/packages/{$}", Public: true, Serve: f.service},
		{Pattern: "GET /nuget/v3/index.json", Public: true, Serve: f.index},
		{Pattern: "GET /nuget", Needs: pipelines.FeedView, Serve: f.service},
		{Pattern: "GET /nuget/{$}", Needs: pipelines.FeedView, Serve: f.service},
		{Pattern: "GET /nuget/$metadata", Needs: pipelines.FeedView, Serve: f.metadata},

		{Pattern: "PUT /nuget", Needs: pipelines.BuiltInFeedPush, MaxBody: most, Serve: push},
		{Pattern: "PUT /nuget/{$}", Needs: pipelines.BuiltInFeedPush, MaxBody: most, Serve: push},
		{Pattern: "PUT /nuget/packages", Needs: pipelines.BuiltInFeedPush, MaxBody: most, Serve: push},
		{Pattern: "PUT /nuget/packages/{$}", Needs: pipelines.BuiltInFeedPush, MaxBody: most, Serve: push},
		{Pattern: "POST /nuget/packages", Needs: pipelines.BuiltInFeedPush, MaxBody: most, Serve: push},
		{Pattern: "PUT /nuget/api/v2/package/{$}", Needs: pipelines.BuiltInFeedPush, MaxBody: most, Serve: push},
		{Pattern: "PUT /api/v2/package", Needs: pipelines.BuiltInFeedPush, MaxBody: most, Serve: push},
		{Pattern: "PUT /api/v2/package/{$}", Needs: pipelines.BuiltInFeedPush, MaxBody: most, Serve: push},

		{Pattern: "DELETE /nuget/{rest...}", Needs: pipelines.BuiltInFeedPush, Serve: drop},
		{Pattern: "DELETE /api/v2/package/{rest...}", Needs: pipelines.BuiltInFeedPush, Serve: drop},

		{Pattern: "GET /nuget/Packages", Needs: pipelines.FeedView, Serve: f.listed(f.packages)},
		{Pattern: "GET /nuget/Packages()", Needs: pipelines.FeedView, Serve: f.listed(f.packages)},
		{Pattern: "GET /nuget/Packages/$count", Needs: pipelines.FeedView, Serve: f.counted(f.packages)},
		{Pattern: "GET /nuget/Packages()/$count", Needs: pipelines.FeedView, Serve: f.counted(f.packages)},
		{Pattern: "GET /nuget/FindPackagesById()", Needs: pipelines.FeedView, Serve: f.listed(f.byID)},
		{Pattern: "GET /nuget/FindPackagesById()/$count", Needs: pipelines.FeedView, Serve: f.counted(f.byID)},
		{Pattern: "GET /nuget/Search()", Needs: pipelines.FeedView, Serve: f.listed(f.search)},
		{Pattern: "GET /nuget/Search()/$count", Needs: pipelines.FeedView, Serve: f.counted(f.search)},
		{Pattern: "GET /nuget/GetUpdates()", Needs: pipelines.FeedView, Serve: f.listed(f.updates)},
		{Pattern: "GET /nuget/GetUpdates()/$count", Needs: pipelines.FeedView, Serve: f.counted(f.updates)},
		{Pattern: "GET /nuget/{entry}", Needs: pipelines.FeedView, Serve: f.entry},

		{Pattern: "GET /nuget/packages/{id}/{version}", Needs: pipelines.FeedView, Serve: f.download},
		{Pattern: "GET /nuget/v3/content/{id}/index.json", Needs: pipelines.FeedView, Serve: f.contentVersions},
		{Pattern: "GET /nuget/v3/content/{id}/{version}/{file}", Needs: pipelines.FeedView, Serve: f.contentFile},
		{Pattern: "GET /nuget/v3/registration/{id}/{leaf}", Needs: pipelines.FeedView, Serve: f.registration},
		{Pattern: "GET /nuget/v3/registration/{id}/page/{page}", Needs: pipelines.FeedView, Serve: f.registrationPage},
		{Pattern: "GET /nuget/v3/query", Needs: pipelines.FeedView, Serve: f.query},
	}
}

// neverDeleted says why a version stays.
func (f *Feed) neverDeleted(w http.ResponseWriter, r *http.Request) {
	f.refuse(w, r, &unsupported{"versions are not deleted by clients: what a release has chosen must stay to be deployed again"})
}
