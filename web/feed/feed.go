// Package feed answers NuGet clients: it makes the built-in feed one they can
// push to, list and install from, by version 2 and version 3 of their protocol.
//
// It decides nothing about packages: requests takes them in and views shows
// them, as on every other way. Packages of other kinds than nupkg are not
// listed here, since no NuGet client could read them.
//
// The idea a newcomer would miss: a client of NuGet shows a person little more
// than the status line of a refusal. So refusals carry their words there, too.
package feed

import (
	"net/http"
	"net/url"
	"sync/atomic"

	"slipway/runner/blobs"
	"slipway/runner/requests"
	"slipway/runner/views"
	"slipway/web/route"
	"slipway/web/signin"
)

// Feed is what the handlers work with.
type Feed struct {
	Requests *requests.Requests
	Views    *views.Views
	SignIn   *signin.SignIn
	Blobs    blobs.Blobs // where the bytes of packages are
	// Gate says why a request may not pass.
	Gate route.Gate
	// Fail answers what went wrong inside, which is nothing to say aloud.
	Fail route.Refuse
	// Refused hears of who may not do what was asked, before they are told.
	Refused func(*http.Request, error)

	BaseURL    string // where clients reach us; no slash at the end
	TempDir    string // where uploads wait until they are whole; "": the system's
	MaxPackage int64  // bytes of one package; 0: requests.LargestPackage

	hearing atomic.Int32 // clients that are heard out after a refusal
}

// Handler serves all lines of the feed.
func (f *Feed) Handler() http.Handler {
	mux := route.Mux(f.Lines(), f.Gate, f.refuse)
	return f.recognised(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern == "" {
			f.refuse(w, r, nothingAt(r))
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// Routes are the lines by which the feed is reached. What each of them needs is
// said in Lines: they are gated there, because a client must be answered
// in other words than a person or a program that speaks JSON.
func (f *Feed) Routes() []route.Route {
	serve := f.Handler().ServeHTTP
	most := f.mostBytes() + formAround
	return []route.Route{
		{Pattern: "GET /nuget", Public: true, Serve: serve},
		{Pattern: "GET /nuget/", Public: true, Serve: serve},
		{Pattern: "PUT /nuget", Public: true, MaxBody: most, Serve: serve},
		{Pattern: "PUT /nuget/", Public: true, MaxBody: most, Serve: serve},
		{Pattern: "POST /nuget/", Public: true, MaxBody: most, Serve: serve},
		{Pattern: "DELETE /nuget/", Public: true, Serve: serve},
		{Pattern: "PUT /api/v2/package", Public: true, MaxBody: most, Serve: serve},
		{Pattern: "PUT /api/v2/package/", Public: true, MaxBody: most, Serve: serve},
		{Pattern: "DELETE /api/v2/package/", Public: true, Serve: serve},
	}
}

// mostBytes is how large a package may be.
func (f *Feed) mostBytes() int64 {
	if f.MaxPackage > 0 {
		return f.MaxPackage
	}
	return requests.LargestPackage
}

// at is an absolute address below the feed. Each part is one segment.
func (f *Feed) at(parts ...string) string {
	address := f.BaseURL + "/nuget"
	for _, part := range parts {
		address += "/" + url.PathEscape(part)
	}
	return address
}
