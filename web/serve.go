package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"slipway/pipelines"
	"slipway/web/pages"
	"slipway/web/route"
	"slipway/web/signin"
)

// site is the whole web half at work.
type site struct {
	Settings
	crossSite func(*http.Request) error
	still     stillness
}

// New serves everything under the path of BaseURL. It panics where a route is
// open by omission or BaseURL is no address: both are known at the start.
func New(s Settings) http.Handler {
	site := newSite(s)
	handler := http.Handler(site.mux(compressed(site.routes())))
	handler = site.onlySetUp(handler)
	handler = site.sameSite(handler)
	handler = site.ownHost(handler)
	handler = site.refusalsNoted(handler)
	handler = s.SignIn.Recognise(handler)
	handler = site.watched(handler)
	handler = site.below(handler)
	return secured(onlyByTLS(s.BaseURL, handler))
}

func newSite(s Settings) *site {
	if _, err := url.Parse(s.BaseURL); err != nil {
		panic(fmt.Sprintf("base URL %q: %v", s.BaseURL, err))
	}
	crossSite, err := signin.CrossSite(s.BaseURL)
	if err != nil {
		panic(fmt.Sprintf("base URL %q: %v", s.BaseURL, err))
	}
	return &site{Settings: s, crossSite: crossSite}
}

// mux serves the routes; what none of them takes fails like everything else.
func (s *site) mux(routes []route.Route) http.Handler {
	mux := route.Mux(routes, s.mayPass, s.fail)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		unsent := discard{http.Header{}}
		mux.ServeHTTP(unsent, r)
		if allowed := unsent.header.Get("Allow"); allowed != "" {
			w.Header().Set("Allow", allowed)
			s.fail(w, r, &methodError{r.Method, allowed})
			return
		}
		s.fail(w, r, pipelines.Refuse(pipelines.NotFound, "there is nothing at %s", shown(r.URL.Path)))
	})
}

// discard is a response that nobody gets.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) WriteHeader(int)             {}
func (d discard) Write(b []byte) (int, error) { return len(b), nil }

// mayPass is the gate before every route that is not public.
func (s *site) mayPass(r *http.Request, needs pipelines.Permission) error {
	p, err := s.SignIn.Who(r)
	if err != nil {
		return err
	}
	// A key with a scope changes nothing about the account that it belongs to.
	if p.Limited && r.Method != http.MethodGet && strings.HasPrefix(r.URL.Path, pages.ProfilePath) {
		return p.DemandWhole()
	}
	if p.AllowsAnywhere(needs) {
		return nil
	}
	return p.Demand(needs, pipelines.Where{})
}

var setUpFirst = pipelines.Refuse(pipelines.Unavailable, "Slipway has no administrator yet, set up first: open the one-time link that `slipway serve` printed on the server when it started")

// onlySetUp lets nothing else answer before the first admin exists, and set-up
// never again after that.
func (s *site) onlySetUp(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ready, err := s.SignIn.Ready(r.Context())
		setUp := strings.HasPrefix(r.URL.Path, "/setup/")
		switch {
		case strings.HasPrefix(r.URL.Path, pages.StaticPath):
			next.ServeHTTP(w, r)
		case err != nil:
			s.fail(w, r, err)
		case !ready && !setUp:
			s.fail(w, r, setUpFirst)
		case ready && setUp:
			s.fail(w, r, pipelines.Refuse(pipelines.NotFound, "Slipway is set up already: sign in"))
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func (s *site) sameSite(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.crossSite(r); err != nil {
			s.fail(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// below takes the base path away from what is asked for.
func (s *site) below(next http.Handler) http.Handler {
	base := s.base()
	if base == "" {
		return next
	}
	stripped := http.StripPrefix(base, next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, base+"/"):
			stripped.ServeHTTP(w, r)
		case r.URL.Path == base && (r.Method == http.MethodGet || r.Method == http.MethodHead):
			http.Redirect(w, r, base+"/", http.StatusMovedPermanently)
		default:
			s.fail(w, r, pipelines.Refuse(pipelines.NotFound, "there is nothing here: everything is below %s/", base))
		}
	})
}

// secured sets what every answer carries; a handler may set another value.
//
// The referrer policy is not no-referrer: browsers then send `Origin: null`
// with our own forms, which without https cannot be told from another site's.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", pages.ContentSecurityPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}
