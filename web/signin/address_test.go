package signin

import (
	"net/http"
	"net/netip"
	"testing"
)

func TestAddress(t *testing.T) {
	t.Parallel()
	proxied := &SignIn{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}}
	for _, c := range []struct {
		name      string
		s         *SignIn
		remote    string
		forwarded []string
		want      string
	}{
		{"v4", &SignIn{}, "192.0.2.1:4711", nil, "192.0.2.1"},
		{"v6 by customer", &SignIn{}, "[2001:db8:1:2:3:4:5:6]:4711", nil, "2001:db8:1:2::/64"},
		{"mapped", &SignIn{}, "[::ffff:192.0.2.1]:4711", nil, "192.0.2.1"},
		{"loopback", &SignIn{}, "[::1]:4711", nil, "::1"},
		{"a socket", &SignIn{}, "@", nil, "@"},
		{"a claim without a proxy of ours", &SignIn{}, "192.0.2.1:1", []string{"198.51.100.7"}, "192.0.2.1"},
		{"a claim of somebody who is none", proxied, "192.0.2.1:1", []string{"198.51.100.7"}, "192.0.2.1"},
		{"by our proxy", proxied, "10.0.0.1:1", []string{"198.51.100.7"}, "198.51.100.7"},
		{"what the client claimed is left of it", proxied, "10.0.0.1:1", []string{"203.0.113.9, 198.51.100.7"}, "198.51.100.7"},
		{"two proxies", proxied, "10.0.0.1:1", []string{"203.0.113.9, 198.51.100.7, 10.2.3.4"}, "198.51.100.7"},
		{"two headers", proxied, "10.0.0.1:1", []string{"203.0.113.9", "198.51.100.7"}, "198.51.100.7"},
		{"with a port", proxied, "10.0.0.1:1", []string{"198.51.100.7:5544"}, "198.51.100.7"},
		{"v6 with a port", proxied, "[fd00::1]:1", []string{"[2001:db8:1:2::9]:5544"}, "2001:db8:1:2::/64"},
		{"nonsense", proxied, "10.0.0.1:1", []string{"198.51.100.7, unknown"}, "10.0.0.1"},
		{"nothing", proxied, "10.0.0.1:1", nil, "10.0.0.1"},
		{"all are proxies", proxied, "10.0.0.1:1", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
	} {
		r := &http.Request{RemoteAddr: c.remote, Header: http.Header{"X-Forwarded-For": c.forwarded}}
		if got := c.s.Address(r); got != c.want {
			t.Errorf("%s: Address() = %s, want %s", c.name, got, c.want)
		}
	}
}
