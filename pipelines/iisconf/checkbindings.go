package iisconf

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// ip is an address as IIS writes it.
var ip = regexp.MustCompile(`^(\*|[0-9]{1,3}(\.[0-9]{1,3}){3}|\[[0-9A-Fa-f:.]+(%[0-9A-Za-z]+)?\])$`)

// cleanBindings are the wanted bindings, each once.
func (d *differ) cleanBindings(list []Binding) []Binding {
	out := slices.Clone(list)
	entries := map[string]string{}
	ports := map[string]Binding{}
	for i := range out {
		b := &out[i]
		b.Protocol, b.Address = strings.ToLower(b.Protocol), address(b.Address)
		b.SNI = b.SNI && b.isHTTPS() && d.state.knowsSNI()
		d.cleanBinding(*b, list[i].SNI)
		if has(out[:i], b.key()) {
			d.refuse("binding %s is wanted twice: remove one", b)
			continue
		}
		if other, ok := ports[b.place()]; ok && other.Protocol != b.Protocol {
			d.refuse("bindings %s and %s: http and https cannot share %s; give one of them another port", other, b, b.place())
		}
		ports[b.place()] = *b
		if !b.isHTTPS() {
			continue
		}
		c := b.certificate()
		entry := strconv.FormatBool(c.ByHost) + strings.ToLower(c.Address)
		if former, ok := entries[entry]; ok && !same(former, c.Thumbprint) {
			d.refuse("two https bindings want %s with different certificates: give each a host name and `require-sni: true`", c.Address)
		}
		entries[entry] = c.Thumbprint
	}
	return out
}

func (d *differ) cleanBinding(b Binding, askedSNI bool) {
	switch {
	case !isWeb(b.Protocol):
		d.refuse("binding %s: the protocol is http or https", b)
	case b.Port < 1 || b.Port > 65535:
		d.refuse("binding %s: a port is a number from 1 to 65535", b)
	case strings.ContainsAny(b.Host, ` :/\?#@,"'`+"\t\r\n"):
		d.refuse("binding %s: %q is not a host name; leave it empty for any", b, b.Host)
	case !ip.MatchString(b.Address):
		d.refuse("binding %s: %q is no IP address; leave it empty for any", b, b.Address)
	case b.isHTTPS() && b.Thumbprint == "":
		d.refuse("binding %s names no certificate: say its thumbprint, or the variable that holds it", b)
	case b.isHTTPS() && askedSNI && b.Host == "":
		d.refuse("binding %s: SNI chooses the certificate by the host name, and there is none: say `host`, or leave SNI out", b)
	}
}

// knowsSNI: IIS 8 was the first. A host that does not say is taken for a newer one.
func (s State) knowsSNI() bool {
	major, _, _ := strings.Cut(strings.TrimSpace(s.Version), ".")
	n, err := strconv.Atoi(major)
	return err != nil || n >= 8
}

// othersBindings refuses what another site that is running has already: only
// one of them could run. That goes for bindings that are kept, too.
func (d *differ) othersBindings(w *Site, all []Binding) {
	if w.Stopped {
		return
	}
	for _, t := range d.state.Sites {
		if same(t.Name, w.Name) || t.Stopped {
			continue
		}
		for _, b := range all {
			for _, other := range t.Bindings {
				d.meet(w.Name, b, t.Name, other)
			}
		}
	}
}

// meet refuses two bindings of running sites that are in each other's way.
func (d *differ) meet(site string, b Binding, otherSite string, other Binding) {
	switch {
	case !isWeb(b.Protocol) || !isWeb(other.Protocol): // sites may share those
	case b.key() == other.key():
		d.refuse("binding %s of site %q belongs to site %q already: choose another port or host for one of them, or stop %q", b, site, otherSite, otherSite)
	case b.isHTTPS() != other.isHTTPS() && b.place() == other.place():
		d.refuse("binding %s of site %q meets %s of site %q: http and https cannot share %s; choose another port for one of them, or stop %q", b, site, other, otherSite, b.place(), otherSite)
	}
}
