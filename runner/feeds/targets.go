package feeds

import (
	"cmp"
	"context"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// targets judges whom a request is for before anybody is asked. A dialer sees
// only the proxy where there is one, and a proxy asks whom it is told to.
type targets struct {
	home   *url.URL
	lookUp func(ctx context.Context, host string) ([]net.IPAddr, error)

	names sync.Map // of hosts behind a proxy, their verdicts
}

type verdict struct{ why error } // nil: it may be asked

// lookUpLimit is how long a name is looked up that a proxy is going to look up
// itself: behind one, names often mean nothing to us.
const lookUpLimit = 2 * time.Second

// mayAsk judges addresses that stand there as such, and of names those that a
// proxy would resolve. Names that we resolve are judged by the dialer.
func (t *targets) mayAsk(req *http.Request, proxied bool) error {
	host := req.URL.Hostname()
	foreign := !strings.EqualFold(host, t.home.Hostname()) && !onThisMachine(t.home.Hostname())
	name := strings.ToLower(strings.TrimSuffix(host, "."))
	literal, _, _ := strings.Cut(host, "%")
	switch {
	case net.ParseIP(literal) != nil:
		return checkAddress(net.JoinHostPort(host, portOf(req.URL)), foreign)
	case endsInNumber(name), name == "metadata.google.internal",
		foreign && (name == "localhost" || strings.HasSuffix(name, ".localhost")):
		return forbiddenAddress{host}
	case proxied:
		return t.resolved(req.Context(), host, foreign)
	}
	return nil
}

func portOf(u *url.URL) string {
	if u.Scheme == "https" {
		return cmp.Or(u.Port(), "443")
	}
	return cmp.Or(u.Port(), "80")
}

// endsInNumber says whether a host is an IPv4 address in one of the forms that
// some programs read and we do not, like 0x7f.1 or 2852039166.
func endsInNumber(host string) bool {
	last := host[strings.LastIndex(host, ".")+1:]
	return strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x") && strings.Trim(last[2:], "0123456789abcdef") == ""
}

// resolved refuses names of which every address is a forbidden one.
func (t *targets) resolved(ctx context.Context, host string, foreign bool) error {
	if known, ok := t.names.Load(host); ok {
		return known.(verdict).why
	}
	ctx, cancel := context.WithTimeout(ctx, lookUpLimit)
	defer cancel()
	found, err := t.lookUp(ctx, host)
	var why error
	forbidden := func(a net.IPAddr) bool { return checkAddress(net.JoinHostPort(a.IP.String(), "0"), foreign) != nil }
	if err == nil && len(found) > 0 && !slices.ContainsFunc(found, func(a net.IPAddr) bool { return !forbidden(a) }) {
		why = forbiddenAddress{host}
	}
	t.names.Store(host, verdict{why})
	return why
}
