package web

import (
	"net/http"

	"slipway/web/api"
	"slipway/web/feed"
	"slipway/web/pages"
	"slipway/web/route"
)

// routes is the whole surface: what is below, the pages' and the API's, each
// with its permission on its line.
func (s *site) routes() []route.Route {
	all := []route.Route{
		{Pattern: "GET " + pages.StaticPath + "{file}", Public: true, Serve: s.static()},
	}
	all = append(all, s.pageRoutes()...)
	all = append(all, s.feedPageRoutes()...)
	if s.Kept != nil {
		all = append(all, s.keptRoutes()...)
	}
	all = append(all, s.feed().Routes()...)
	return append(all, s.api().Routes()...)
}

func (s *site) feed() *feed.Feed {
	return &feed.Feed{
		Requests: s.Requests, Views: s.Views, SignIn: s.SignIn, Blobs: s.Requests.Blobs, Gate: s.mayPass, Fail: s.fail,
		BaseURL: s.BaseURL, TempDir: s.TempDir, MaxPackage: s.MaxPackage,
	}
}

func (s *site) api() *api.API {
	return &api.API{
		Requests: s.Requests, Catalog: s.Catalog, Views: s.Views, SignIn: s.SignIn,
		CheckTarget: s.CheckTarget, HeldMail: s.HeldMail, Fail: s.fail,
		BaseURL: s.BaseURL, Version: s.Version, TempDir: s.TempDir, MaxPackage: s.MaxPackage,
	}
}

// static serves the assets. Pages name them with a fingerprint, so that an
// answer may be kept for good.
func (s *site) static() http.HandlerFunc {
	files := http.StripPrefix(pages.StaticPath, http.FileServerFS(pages.Static()))
	return func(w http.ResponseWriter, r *http.Request) {
		cache := "no-cache"
		if r.URL.Query().Has("v") {
			cache = "public, max-age=31536000, immutable"
		}
		w.Header().Set("Cache-Control", cache)
		files.ServeHTTP(w, r)
	}
}
