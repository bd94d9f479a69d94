package api

import (
	"net/http"

	"slipway/pipelines"
	"slipway/runner/feeds"
	"slipway/runner/views"
	"slipway/web/rest"
	"slipway/web/route"
)

// feedRoutes are those of feeds that are not ours. GET asks the feed, and
// changes nothing there or here.
func (a *API) feedRoutes() []route.Route {
	return []route.Route{
		{Pattern: "GET /v1/feeds", Needs: pipelines.FeedView, Serve: a.answer(a.feeds)},
		{Pattern: "POST /v1/feeds", Needs: pipelines.FeedEdit, Serve: a.answer(a.addFeed)},
		{Pattern: "DELETE /v1/feeds/{feed}", Needs: pipelines.FeedEdit, Serve: a.answer(a.removeFeed)},
		{Pattern: "GET /v1/feeds/{feed}/check", Needs: pipelines.FeedView, Serve: a.answer(a.checkFeed)},
		{Pattern: "GET /v1/feeds/{feed}/packages", Needs: pipelines.FeedView, Serve: a.answer(a.searchFeed)},
		{Pattern: "GET /v1/feeds/{feed}/packages/{package}", Needs: pipelines.FeedView, Serve: a.answer(a.feedVersions)},
		{Pattern: "POST /v1/feeds/{feed}/packages/{package}/{version}", Needs: pipelines.BuiltInFeedPush, Serve: a.answer(a.fetchPackage)},
	}
}

func (a *API) feeds(r *http.Request, p pipelines.Principal) (any, error) {
	all, err := a.Views.Feeds(r.Context(), p)
	out := []rest.Feed{}
	for _, f := range all {
		out = append(out, feedOf(f))
	}
	return out, err
}

func feedOf(f views.Feed) rest.Feed {
	h := f.Heard
	return rest.Feed{Feed: f.Feed, SecretSet: f.SecretSet, Heard: rest.FeedHeard{
		Webhook: h.Webhook, Every: h.Every, Asked: h.Asked, Next: h.Next, Trouble: h.Trouble, Since: h.Since, Failing: h.Failing,
	}}
}

func (a *API) addFeed(r *http.Request, p pipelines.Principal) (any, error) {
	in, err := read[pipelines.Feed](r)
	if err != nil {
		return nil, err
	}
	if in.ID != "" || in.Owner != "" {
		return nil, pipelines.Refuse(pipelines.Invalid, "the id and the owner of a feed are not chosen: leave them out")
	}
	f, err := a.Catalog.AddFeed(r.Context(), p, in)
	if err != nil {
		return nil, err
	}
	made, err := a.Views.Feed(r.Context(), p, f.ID)
	return feedOf(made), err
}

func (a *API) removeFeed(r *http.Request, p pipelines.Principal) (any, error) {
	return nil, a.Catalog.RemoveFeed(r.Context(), p, r.PathValue("feed"), r.URL.Query().Get("take-over") == "true")
}

// How many are answered where nobody says.
const (
	usualIDs      = 20
	usualVersions = 10
	mostOfFeed    = 1000
)

func (a *API) searchFeed(r *http.Request, p pipelines.Principal) (any, error) {
	take, err := number(r, "take", usualIDs, mostOfFeed)
	if err != nil {
		return nil, err
	}
	ids, err := a.Requests.FeedSearch(r.Context(), p, r.PathValue("feed"), r.URL.Query().Get("search"), take)
	return list(ids), err
}

func (a *API) feedVersions(r *http.Request, p pipelines.Principal) (any, error) {
	take, err := number(r, "take", mostOfFeed, mostOfFeed)
	if err != nil {
		return nil, err
	}
	f, err := a.Views.Feed(r.Context(), p, r.PathValue("feed"))
	if err != nil {
		return nil, err
	}
	return a.versionsOf(r, p, f, r.PathValue("package"), take)
}

// versionsOf are the newest versions that a feed has, with what was fetched.
func (a *API) versionsOf(r *http.Request, p pipelines.Principal, f views.Feed, id string, take int) ([]rest.FeedVersion, error) {
	all, err := a.Requests.FeedVersions(r.Context(), p, f.ID, id)
	if err != nil {
		return nil, err
	}
	fetched, err := a.Views.FetchedFrom(r.Context(), p, f.ID, id)
	if err != nil {
		return nil, err
	}
	out := []rest.FeedVersion{}
	for _, v := range all[:min(len(all), take)] {
		out = append(out, feedVersionOf(v, fetched))
	}
	return out, nil
}

func feedVersionOf(v feeds.Version, fetched []pipelines.Package) rest.FeedVersion {
	out := rest.FeedVersion{Version: v.Version, Size: v.Size}
	if !v.Published.IsZero() {
		out.Published = &v.Published
	}
	for _, one := range fetched {
		if pipelines.SameName(one.Version, v.Version) {
			out.SHA256, out.Fetched, out.By = one.SHA256, &one.Arrived, one.ArrivedBy
		}
	}
	return out
}

// checkFeed asks a feed. That it does not answer is an answer, not a failure of
// the request.
func (a *API) checkFeed(r *http.Request, p pipelines.Principal) (any, error) {
	take, err := number(r, "take", usualVersions, mostOfFeed)
	if err != nil {
		return nil, err
	}
	f, err := a.Views.Feed(r.Context(), p, r.PathValue("feed"))
	if err != nil {
		return nil, err
	}
	out := rest.FeedCheck{Feed: f.Name, URL: f.URL, Package: r.URL.Query().Get("package")}
	began := a.Requests.Env.Now()
	if out.Package == "" {
		out.Packages, err = a.Requests.FeedSearch(r.Context(), p, f.ID, "", take)
	} else {
		out.Versions, err = a.versionsOf(r, p, f, out.Package, take)
	}
	out.Took = a.Requests.Env.Now().Sub(began).Seconds()
	if gone := r.Context().Err(); gone != nil {
		return nil, gone
	}
	if err != nil && pipelines.CodeOf(err) == "" {
		return nil, err
	}
	out.Answers = err == nil
	if err != nil {
		out.Problem = err.Error()
	}
	return out, nil
}

func (a *API) fetchPackage(r *http.Request, p pipelines.Principal) (any, error) {
	return a.Requests.FetchPackage(r.Context(), p, r.PathValue("feed"), r.PathValue("package"), r.PathValue("version"))
}
