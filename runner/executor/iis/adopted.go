package iis

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"slipway/pipelines/iisconf"
)

// adopt finds the sites that this list has made and that somebody else has come
// to use or changed: taking them away would take that away, too.
func (u *undoing) adopt() {
	for _, a := range u.done {
		if a.Verb != iisconf.AddSite {
			continue
		}
		now, isThere := siteOf(u.now.State, a.Site)
		if _, wasThere := siteOf(u.before.State, a.Site); wasThere || !isThere {
			continue
		}
		if why := u.othersSite(a, now); why != "" {
			u.adopted = append(u.adopted, a.Site)
			u.leave("site %q, which was not there before, stays: %s", a.Site, why)
		}
	}
}

func (u *undoing) isAdopted(site string) bool {
	return slices.ContainsFunc(u.adopted, func(s string) bool { return strings.EqualFold(s, site) })
}

// othersSite says what of a new site is not of this list, "" if all of it is.
func (u *undoing) othersSite(made iisconf.Action, now iisconf.SiteState) string {
	ours := sameBindings(u.now.State, made)
	for _, a := range u.done {
		ours = ours || a.Verb == iisconf.SetBindings && strings.EqualFold(a.Site, made.Site) && sameBindings(u.now.State, a)
	}
	if !ours {
		return "somebody else has changed its bindings"
	}
	if is, ok := folderOf(now, "/", "/"); ok && is != made.Physical {
		return "somebody else has pointed it at " + is
	}
	for _, app := range now.Applications {
		if app.Path != "/" && !u.made(iisconf.AddApplication, now.Name, app.Path) {
			return "it has the application " + app.Path + " now"
		}
		if why := u.othersDirectory(now, app); why != "" {
			return why
		}
	}
	return ""
}

// othersApplication says what of a new application is not of this list.
func (u *undoing) othersApplication(site iisconf.SiteState, app iisconf.ApplicationState) string {
	for _, a := range u.done {
		if a.Verb != iisconf.AddApplication || !strings.EqualFold(a.Site, site.Name) || !strings.EqualFold(a.Path, app.Path) {
			continue
		}
		if is, ok := folderOf(site, app.Path, "/"); ok && is != a.Physical {
			return "somebody else has pointed it at " + is
		}
	}
	return u.othersDirectory(site, app)
}

func (u *undoing) othersDirectory(site iisconf.SiteState, app iisconf.ApplicationState) string {
	for _, d := range app.Directories {
		if path := strings.TrimSuffix(app.Path, "/") + d.Path; d.Path != "/" && !u.made(iisconf.AddDirectory, site.Name, path) {
			return "it has the virtual directory " + path + " now"
		}
	}
	return ""
}

// made says whether the list has an action of a verb for a place.
func (u *undoing) made(verb iisconf.Verb, site, path string) bool {
	return slices.ContainsFunc(u.done, func(a iisconf.Action) bool {
		return a.Verb == verb && strings.EqualFold(a.Site, site) && strings.EqualFold(a.Path, path)
	})
}

// userOf is an application that has come to run in a pool, "" if none has. One
// that named the pool before it was there goes on without it.
func (u *undoing) userOf(pool string) string {
	for _, site := range u.now.Sites {
		for _, app := range site.Applications {
			if strings.EqualFold(app.Pool, pool) && !slices.Contains(u.before.users, poolUser(pool, site, app)) {
				return fmt.Sprintf("%s of site %q", app.Path, site.Name)
			}
		}
	}
	return ""
}

// bound says whether the list has put a certificate where it is.
func (u *undoing) bound(is iisconf.Certificate) bool {
	return slices.ContainsFunc(u.done, func(a iisconf.Action) bool {
		return a.Verb == iisconf.BindCertificate && sameAddress(a.Certificate, is) && strings.EqualFold(a.Certificate.Thumbprint, is.Thumbprint)
	})
}

// answersFor is a site, none of those that are changed back, that has come to
// answer with an entry of http.sys.
func (u *undoing) answersFor(c iisconf.Certificate) string {
	for _, site := range u.now.Sites {
		ours := slices.ContainsFunc(u.done, func(a iisconf.Action) bool { return strings.EqualFold(a.Site, site.Name) })
		if ours && !u.isAdopted(site.Name) {
			continue
		}
		for _, b := range site.Bindings {
			if strings.EqualFold(b.Protocol, "https") && sameAddress(entryOf(b), c) && !slices.Contains(u.before.users, entryUser(c, site)) {
				return site.Name
			}
		}
	}
	return ""
}

// entryOf is where http.sys keeps a binding's certificate.
func entryOf(b iisconf.Binding) iisconf.Certificate {
	port := strconv.Itoa(b.Port)
	if b.SNI {
		return iisconf.Certificate{ByHost: true, Address: b.Host + ":" + port}
	}
	if b.Address == "" || b.Address == "*" {
		return iisconf.Certificate{Address: "0.0.0.0:" + port}
	}
	return iisconf.Certificate{Address: net.JoinHostPort(strings.Trim(b.Address, "[]"), port)}
}

// usersOf are those who name a pool or an address before an action makes the one
// or puts a certificate on the other.
func usersOf(actions []iisconf.Action, s iisconf.State) []string {
	var all []string
	for _, a := range actions {
		for _, site := range s.Sites {
			for _, app := range site.Applications {
				if a.Verb == iisconf.AddPool && strings.EqualFold(app.Pool, a.Pool.Name) {
					all = append(all, poolUser(a.Pool.Name, site, app))
				}
			}
			for _, b := range site.Bindings {
				if a.Verb == iisconf.BindCertificate && strings.EqualFold(b.Protocol, "https") && sameAddress(entryOf(b), a.Certificate) {
					all = append(all, entryUser(a.Certificate, site))
				}
			}
		}
	}
	return all
}

func poolUser(pool string, site iisconf.SiteState, app iisconf.ApplicationState) string {
	return strings.ToLower("pool " + pool + ": " + site.Name + app.Path)
}

func entryUser(c iisconf.Certificate, site iisconf.SiteState) string {
	return strings.ToLower("address " + c.Address + ": " + site.Name)
}

// runsAs compares identities without their passwords.
func runsAs(there, other iisconf.Pool) bool {
	named := func(p iisconf.Pool) string {
		if p.Identity == "" {
			return "ApplicationPoolIdentity"
		}
		return p.Identity
	}
	return strings.EqualFold(named(there), named(other)) && (named(other) != specificUser || strings.EqualFold(there.User, other.User))
}
