package feeds

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"time"
)

// forbiddenAddress is where a feed's links may not lead us.
type forbiddenAddress struct{ address string }

func (e forbiddenAddress) Error() string {
	return e.address + " is an address that only this machine itself may ask"
}

// errDowngrade ends a redirect from HTTPS to HTTP.
var errDowngrade = errors.New("it sends on from https to http, where everybody on the way can change the answer")

// errCircle ends redirects without end.
var errCircle = errors.New("it sends on from one address to the next and never answers")

// metadata is where clouds hand out the machine's own credentials by IPv6; by
// IPv4 it is a link-local address.
var metadata = net.ParseIP("fd00:ec2::254")

// wire is how one feed's server, and those it sends us to, are reached; proxyFor
// says by way of whom.
func wire(home *url.URL, proxyFor func(*http.Request) (*url.URL, error)) *http.Transport {
	var proxies sync.Map // the hosts that are asked in place of others
	judge := targets{home: home, lookUp: net.DefaultResolver.LookupIPAddr}
	dialer := func(foreign bool) *net.Dialer {
		return &net.Dialer{Timeout: AnswerLimit, Control: func(_, address string, _ syscall.RawConn) error {
			return checkAddress(address, foreign)
		}}
	}
	own, other := dialer(false), dialer(!onThisMachine(home.Hostname()))
	return &http.Transport{
		Proxy: func(req *http.Request) (*url.URL, error) {
			proxy, err := proxyFor(req)
			if err == nil {
				err = judge.mayAsk(req, proxy != nil)
			}
			if proxy != nil {
				proxies.Store(proxy.Hostname(), true)
			}
			return proxy, err
		},
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			host, _, _ := net.SplitHostPort(address)
			if _, isProxy := proxies.Load(host); isProxy || strings.EqualFold(host, home.Hostname()) {
				return own.DialContext(ctx, network, address)
			}
			return other.DialContext(ctx, network, address)
		},
		TLSHandshakeTimeout:    AnswerLimit,
		MaxResponseHeaderBytes: 256 << 10,
		IdleConnTimeout:        5 * time.Second,
		ForceAttemptHTTP2:      true,
	}
}

// checkAddress is asked once the name is an address, so that a name which
// changes its mind leads nowhere else. Link-local addresses give away the
// machine's own credentials in clouds. Loopback is fine for who wrote down the
// feed, but not for a link that a distant feed answers with.
func checkAddress(address string, foreign bool) error {
	host, _, _ := net.SplitHostPort(address)
	host, _, _ = strings.Cut(host, "%")
	ip := net.ParseIP(host)
	if ip == nil || ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip.Equal(metadata) ||
		foreign && (ip.IsLoopback() || ip.IsUnspecified()) {
		return forbiddenAddress{address}
	}
	return nil
}

func onThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// mayFollow judges a redirect.
func mayFollow(req *http.Request, via []*http.Request) error {
	last := via[len(via)-1]
	switch {
	case req.URL.Scheme != "http" && req.URL.Scheme != "https":
		return fmt.Errorf("it sends on to a %s address", req.URL.Scheme)
	case last.URL.Scheme == "https" && req.URL.Scheme == "http":
		return errDowngrade
	case len(via) > 5:
		return errCircle
	}
	return nil
}
