package signin

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Address is where a request comes from: what the brake counts by, and what
// the audit log and the list of sessions show. Of an IPv6 address it is the
// first half, which is what one customer gets.
//
// Headers that claim another address are anybody's to write, so they are
// believed only as far as trusted proxies wrote them: from the right, the first
// address that is none of theirs.
func (s *SignIn) Address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	claims := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(claims) - 1; i >= 0 && s.trusts(ip); i-- {
		claimed, err := parseClaim(claims[i])
		if err != nil {
			break
		}
		ip = claimed
	}
	return customer(ip)
}

// trusts says whether an address is a proxy of ours.
func (s *SignIn) trusts(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	for _, p := range s.Proxies {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}

// ByProxy says whether a request was handed on by a proxy of ours.
func (s *SignIn) ByProxy(r *http.Request) bool {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && s.trusts(at.Addr())
}

// parseClaim reads one entry of X-Forwarded-For, which some proxies write with a port.
func parseClaim(text string) (netip.Addr, error) {
	text = strings.TrimSpace(text)
	if ip, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
		return ip, nil
	}
	at, err := netip.ParseAddrPort(text)
	return at.Addr(), err
}

func customer(ip netip.Addr) string {
	ip = ip.Unmap().WithZone("")
	if ip.Is6() && !ip.IsLoopback() {
		if half, err := ip.Prefix(64); err == nil {
			return fmt.Sprint(half)
		}
	}
	return ip.String()
}
