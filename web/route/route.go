// Package route holds what a line of the surface says: a pattern, the
// permission it needs, and who serves it.
//
// It knows no handler and no credential; it asks the given gate. The idea to
// know is default deny: a line that neither names a permission nor says
// aloud that it is public stops the program at its start.
package route

import (
	"fmt"
	"net/http"

	"slipway/pipelines"
)

// DefaultBody is how many bytes of body a route takes that says nothing else.
const DefaultBody = 1 << 20

// Route is one line of the surface.
type Route struct {
	Pattern string               // as net/http writes it: "GET /v1/me"
	Needs   pipelines.Permission // held somewhere; the decision with its place is made below
	Public  bool                 // open to everybody: sign-in, assets, links that carry their own proof
	MaxBody int64                // 0: DefaultBody
	Serve   http.HandlerFunc
}

// Gate says why a request may not pass, or nil.
type Gate func(r *http.Request, needs pipelines.Permission) error

// Refuse answers a request that did not pass.
type Refuse func(w http.ResponseWriter, r *http.Request, why error)

// Mux serves the routes behind the gate. It panics where a route is open by
// omission, or where two routes want the same requests.
func Mux(routes []Route, gate Gate, refuse Refuse) *http.ServeMux {
	mux := http.NewServeMux()
	for _, r := range routes {
		r.mustBeDecided()
		mux.HandleFunc(r.Pattern, r.behind(gate, refuse))
	}
	return mux
}

func (r Route) mustBeDecided() {
	switch {
	case r.Public == (r.Needs != ""):
		panic(fmt.Sprintf("route %q must either name the permission it needs or be public", r.Pattern))
	case r.Serve == nil:
		panic(fmt.Sprintf("route %q has nobody to serve it", r.Pattern))
	}
}

func (r Route) behind(gate Gate, refuse Refuse) http.HandlerFunc {
	limit := r.MaxBody
	if limit == 0 {
		limit = DefaultBody
	}
	return func(w http.ResponseWriter, req *http.Request) {
		if !r.Public {
			if err := gate(req, r.Needs); err != nil {
				refuse(w, req, err)
				return
			}
		}
		req.Body = &bounded{http.MaxBytesReader(w, req.Body, limit), req.Body}
		// Handlers that read nothing would not notice; those of large bodies know themselves.
		if !r.Public && limit <= DefaultBody && req.ContentLength > limit {
			refuse(w, req, &http.MaxBytesError{Limit: limit})
			return
		}
		r.Serve(w, req)
	}
}
