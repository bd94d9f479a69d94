package feeds

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/pipelines"
)

func TestWhomARequestMayBeFor(t *testing.T) {
	t.Parallel()
	names := map[string][]string{
		"inside.example": {"127.0.0.1", "::1"}, "both.example": {"169.254.169.254", "93.184.216.34"},
		"metadata.example": {"169.254.169.254"}, "cdn.example": {"93.184.216.34"}, "feed.example": {"127.0.0.1"},
	}
	asked := 0
	lookUp := func(_ context.Context, host string) ([]net.IPAddr, error) {
		asked++
		var out []net.IPAddr
		for _, a := range names[host] {
			out = append(out, net.IPAddr{IP: net.ParseIP(a)})
		}
		if out == nil {
			return nil, errors.New("no such host")
		}
		return out, nil
	}
	for _, c := range []struct {
		home, host      string
		proxied, direct bool // may be asked by way of a proxy, without one
	}{
		{"feed.example", "feed.example", true, true},
		{"feed.example", "cdn.example", true, true},
		{"feed.example", "nowhere.example", true, true},
		{"feed.example", "both.example", true, true},
		{"feed.example", "inside.example", false, true}, // without a proxy the dialer judges
		{"feed.example", "metadata.example", false, true},
		{"metadata.example", "metadata.example", false, true},
		{"feed.example", "localhost", false, false},
		{"feed.example", "LOCALHOST.", false, false},
		{"feed.example", "metadata.google.internal", false, false},
		{"feed.example", "169.254.169.254", false, false},
		{"feed.example", "[::ffff:169.254.169.254]", false, false},
		{"feed.example", "[fe80::1%25eth0]", false, false},
		{"feed.example", "[fd00:ec2::254]", false, false},
		{"feed.example", "127.0.0.1", false, false},
		{"feed.example", "127.1", false, false},
		{"feed.example", "2852039166", false, false},
		{"feed.example", "0xa9.0xfe.0xa9.0xFE", false, false},
		{"feed.example", "10.1.2.3", true, true},
		{"127.0.0.1", "127.0.0.1", true, true},
		{"localhost", "127.0.0.1", true, true},
		{"169.254.169.254", "169.254.169.254", false, false},
	} {
		judge := targets{home: &url.URL{Host: c.home}, lookUp: lookUp}
		req := &http.Request{URL: mustParse(t, "http://"+c.host+"/x")}
		for range 2 {
			if got := judge.mayAsk(req, true) == nil; got != c.proxied {
				t.Errorf("the feed at %s, asking %s by way of a proxy: %t, want %t", c.home, c.host, got, c.proxied)
			}
		}
		before := asked
		if got := judge.mayAsk(req, false) == nil; got != c.direct || asked > before {
			t.Errorf("the feed at %s, asking %s: %t, want %t and nothing looked up", c.home, c.host, got, c.direct)
		}
	}
}

// TestAProxyIsNotSentToTheMachinesOwnCredentials by a feed that is reached
// through it.
func TestAProxyIsNotSentToTheMachinesOwnCredentials(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var asked []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, r.URL.Host)
		http.Redirect(w, r, "http://169.254.169.254/latest/meta-data/", http.StatusFound)
	}))
	t.Cleanup(proxy.Close)
	c, err := newClient(pipelines.Feed{Name: "F", Type: pipelines.FeedNuGet, URL: "http://feed.invalid/nuget"}, "pw", limits{5 * time.Second, time.Second})
	if err != nil {
		t.Fatal(err)
	}
	c.http.Transport = signer{c.as, wire(c.base, http.ProxyURL(mustParse(t, proxy.URL)))}
	_, err = c.page(t.Context(), c.base, "*/*")
	const want = "leads to 169.254.169.254:80, which a feed may not make this server ask"
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
	mu.Lock()
	defer mu.Unlock()
	if !slices.Equal(asked, []string{"feed.invalid"}) {
		t.Errorf("the proxy was asked for %q", asked)
	}
}
