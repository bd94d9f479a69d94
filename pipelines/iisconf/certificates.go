package iisconf

import (
	"fmt"
	"strconv"
	"strings"
)

// at says whether two entries of http.sys are in each other's way.
func (c Certificate) at(other Certificate) bool {
	return c.ByHost == other.ByHost && same(c.Address, other.Address)
}

// certificate is the entry that an https binding answers with.
func (b Binding) certificate() Certificate {
	port := strconv.Itoa(b.Port)
	c := Certificate{Thumbprint: strings.ToUpper(b.Thumbprint), Store: b.Store}
	if c.Store == "" {
		c.Store = "My"
	}
	if b.SNI {
		c.ByHost, c.Address = true, b.Host+":"+port
		return c
	}
	// Without SNI only the address counts: IIS's "any" is that of IPv4 here.
	switch c.Address = address(b.Address); c.Address {
	case "*":
		c.Address = "0.0.0.0:" + port
	default:
		c.Address += ":" + port
	}
	return c
}

// sameCertificate says whether http.sys answers as wanted. The id of whoever
// made the entry does not count.
func sameCertificate(a, b Certificate) bool {
	return same(a.Thumbprint, b.Thumbprint) && same(store(a.Store), store(b.Store))
}

// store is never empty: http.sys means the personal one then.
func store(name string) string {
	if name == "" {
		return "My"
	}
	return name
}

// certificates are the changes to http.sys that wanted bindings need. They come
// before the bindings, so that none ever answers with the wrong certificate.
// One that this site and others answer with already is replaced for all of
// them: a shared one could not be renewed otherwise. SharedBy says who they are.
func (d *differ) certificates(w *Site, had []Binding) {
	done := map[string]bool{}
	for _, b := range w.Bindings {
		if !b.isHTTPS() {
			continue
		}
		c := b.certificate()
		key := fmt.Sprint(c.ByHost, strings.ToLower(c.Address))
		if done[key] {
			continue
		}
		done[key] = true
		if i, ok := d.state.certificate(c); ok {
			there := d.state.Certificates[i]
			if sameCertificate(there, c) {
				continue
			}
			if other, ok := d.answersFor(w.Name, there); ok && !needed(had, there) {
				d.refuse("site %q would answer on %s with certificate %s, and site %q answers there with %s: give both the same certificate, or a host name and `require-sni: true`",
					w.Name, c.Address, c.Thumbprint, other, there.Thumbprint)
				continue
			}
			d.before(Action{Verb: DropCertificate, Site: w.Name, Certificate: there})
		}
		d.before(Action{Verb: BindCertificate, Site: w.Name, Certificate: c})
	}
}

// dropped are the entries of https bindings that the site no longer has, which
// nobody else answers with. They go behind the bindings: until then they are
// served.
func (d *differ) dropped(site string, there, all []Binding) {
	for at, b := range there {
		if !b.isHTTPS() {
			continue
		}
		c := b.certificate()
		i, ok := d.state.certificate(c)
		if !ok || needed(all, c) || needed(there[:at], c) {
			continue
		}
		if _, ok := d.answersFor(site, c); ok {
			continue
		}
		d.before(Action{Verb: DropCertificate, Site: site, Certificate: d.state.Certificates[i]})
	}
}

func needed(list []Binding, c Certificate) bool {
	for _, b := range list {
		if b.isHTTPS() && b.certificate().at(c) {
			return true
		}
	}
	return false
}

// SharedBy are the other sites that answer with the entry of http.sys that an
// action takes away.
func SharedBy(a Action, s State) []string {
	var names []string
	for _, t := range s.Sites {
		if a.Verb == DropCertificate && !same(t.Name, a.Site) && needed(t.Bindings, a.Certificate) {
			names = append(names, t.Name)
		}
	}
	return names
}

// answersFor finds another site that answers with an entry of http.sys.
func (d *differ) answersFor(site string, c Certificate) (string, bool) {
	for _, t := range d.state.Sites {
		if !same(t.Name, site) && needed(t.Bindings, c) {
			return t.Name, true
		}
	}
	return "", false
}
