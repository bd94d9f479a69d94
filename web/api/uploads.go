package api

import (
	"net/http"

	"slipway/pipelines"
	"slipway/runner/requests"
	"slipway/web/rest"
)

// announcePackage says how a file gets here that may be larger than what the
// way to us lets through.
func (a *API) announcePackage(r *http.Request, p pipelines.Principal) (any, error) {
	in, err := read[requests.Announcement](r)
	if err != nil {
		return nil, err
	}
	got, err := a.Requests.AnnouncePackage(r.Context(), p, in, a.mostBytes())
	if err != nil {
		return nil, err
	}
	switch {
	case got.Received != nil:
		received := a.receivedOf(*got.Received)
		return rest.Upload{Received: &received}, nil
	case got.Send != nil:
		return rest.Upload{Send: &rest.Send{Request: *got.Send, Until: got.Until}}, nil
	}
	return rest.Upload{Direct: true}, nil
}

// packageSent registers what was put into the store by such a request.
func (a *API) packageSent(r *http.Request, p pipelines.Principal) (any, error) {
	in, err := read[rest.Sent](r)
	if err != nil {
		return nil, err
	}
	got, err := a.Requests.ReceiveSent(r.Context(), p, in.FileName, r.PathValue("sha256"), a.mostBytes())
	return a.receivedOf(got), err
}
