package web

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"slipway/web/pages"
)

// ownHost refuses what is asked of a name that a stranger may have pointed at this
// machine. A browser that shows the stranger's page takes us for the same site then,
// and so reaches a server that listens where the stranger cannot come.
//
// Names that nobody can own in public are taken, and so is whatever a trusted proxy
// hands on: a browser cannot come by either.
func (s *site) ownHost(next http.Handler) http.Handler {
	if s.OwnNames == nil {
		return next
	}
	names := slices.Clone(s.OwnNames)
	if base, err := url.Parse(s.BaseURL); err == nil {
		names = append(names, base.Host)
	}
	for i, name := range names {
		names[i] = hostname(name)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := hostname(r.Host)
		if slices.Contains(names, name) || notInPublic(name) || s.SignIn.ByProxy(r) || strings.HasPrefix(r.URL.Path, pages.StaticPath) {
			next.ServeHTTP(w, r)
			return
		}
		s.fail(w, r, &hostError{name})
	})
}

// hostname is the name of a Host header as names are compared.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// private are the ends of names that are sold to nobody.
var private = []string{".localhost", ".local", ".internal", ".home.arpa", ".lan", ".home", ".corp", ".intranet", ".private", ".test"}

// notInPublic says whether a name is an address, the name of a machine alone, or ends
// as only names in somebody's own net do.
func notInPublic(name string) bool {
	if _, err := netip.ParseAddr(name); err == nil || !strings.Contains(name, ".") {
		return true
	}
	return slices.ContainsFunc(private, func(end string) bool { return strings.HasSuffix(name, end) })
}

// hostError says that the server does not go by the name it was asked by.
type hostError struct{ name string }

func (e *hostError) Error() string {
	name := shown(e.name)
	return "this server does not answer to the name " + name + ": reach it by its own address, or start it with --base-url http://" + name + ", or with the https address where people reach it. Behind a proxy that passes on another name say --trusted-proxy, too"
}
