package iis

import (
	"slices"
	"strings"

	"slipway/pipelines/iisconf"
)

// back is the list of actions that undoes others: from what IIS has now, after
// some of them, to what it had of the same things before the first. Things that
// nobody of the list touched stay as they are.
func back(done []iisconf.Action, before, now seen) []iisconf.Action {
	u := &undoing{before: before, now: now}
	for _, a := range slices.Backward(done) {
		for _, inverse := range u.inverse(a) {
			u.add(inverse)
		}
	}
	// What ran runs again once everything it needs is back.
	for _, a := range slices.Backward(done) {
		u.restart(a)
	}
	return u.list
}

type undoing struct {
	before, now seen
	list        []iisconf.Action
}

// add takes an action up if it changes anything.
func (u *undoing) add(a iisconf.Action) {
	next, changes := effect(u.now, a)
	if changes {
		u.list, u.now = append(u.list, a), next
	}
}

func (u *undoing) inverse(a iisconf.Action) []iisconf.Action {
	switch a.Verb {
	case iisconf.AddPool, iisconf.SetFramework, iisconf.SetIdentity, iisconf.StartPool:
		return u.inversePool(a)
	case iisconf.BindCertificate, iisconf.DropCertificate:
		return u.inverseCertificate(a.Certificate)
	case iisconf.StopPool, iisconf.StopSite:
		return nil // restart sees to it
	}
	before, wasThere := siteOf(u.before.State, a.Site)
	if !wasThere {
		if a.Verb == iisconf.AddSite {
			return []iisconf.Action{{Verb: dropSite, Site: a.Site}}
		}
		return nil // all of it goes with the site
	}
	switch a.Verb {
	case iisconf.StartSite:
		if before.Stopped {
			return []iisconf.Action{{Verb: iisconf.StopSite, Site: a.Site}}
		}
	case iisconf.SetBindings:
		return []iisconf.Action{{Verb: iisconf.SetBindings, Site: a.Site, Bindings: before.Bindings}}
	case iisconf.SetLogins:
		if l, known := loginOf(u.before.State, a.Site); known {
			return []iisconf.Action{{Verb: iisconf.SetLogins, Site: a.Site, Logins: l}}
		}
	case iisconf.SetPool:
		if app, ok := applicationOf(before, a.Path); ok {
			return []iisconf.Action{{Verb: iisconf.SetPool, Site: a.Site, Path: a.Path, Pool: iisconf.Pool{Name: app.Pool}}}
		}
	case iisconf.AddApplication:
		return []iisconf.Action{{Verb: dropApplication, Site: a.Site, Path: a.Path}}
	case iisconf.AddDirectory:
		return []iisconf.Action{{Verb: dropDirectory, Site: a.Site, Application: a.Application, Path: a.Path}}
	case iisconf.SetPath:
		if folder, ok := folderOf(before, a.Application, a.Directory()); ok {
			now, _ := siteOf(u.now.State, a.Site)
			served, _ := folderOf(now, a.Application, a.Directory())
			return []iisconf.Action{{Verb: iisconf.SetPath, Site: a.Site, Application: a.Application, Path: a.Path, Physical: folder, Former: served}}
		}
	}
	return nil
}

func (u *undoing) inversePool(a iisconf.Action) []iisconf.Action {
	name := a.Pool.Name
	before, wasThere := poolOf(u.before.State, name)
	if !wasThere {
		if a.Verb == iisconf.AddPool {
			return []iisconf.Action{{Verb: dropPool, Pool: iisconf.Pool{Name: name}}}
		}
		return nil
	}
	switch a.Verb {
	case iisconf.SetFramework:
		return []iisconf.Action{{Verb: iisconf.SetFramework, Pool: iisconf.Pool{Name: name, Framework: before.Framework}}}
	case iisconf.SetIdentity:
		p := iisconf.Pool{Name: name, Identity: before.Identity, User: before.User, Password: u.before.passwords[strings.ToLower(name)]}
		return []iisconf.Action{{Verb: iisconf.SetIdentity, Pool: p}}
	case iisconf.StartPool:
		if before.Stopped {
			return []iisconf.Action{{Verb: iisconf.StopPool, Pool: iisconf.Pool{Name: name}}}
		}
	}
	return nil
}

// inverseCertificate makes http.sys answer at an address as it did.
func (u *undoing) inverseCertificate(c iisconf.Certificate) []iisconf.Action {
	was, wasThere := certificateAt(u.before.State, c)
	is, isThere := certificateAt(u.now.State, c)
	if wasThere == isThere && was == is {
		return nil
	}
	var list []iisconf.Action
	if isThere {
		list = append(list, iisconf.Action{Verb: iisconf.DropCertificate, Certificate: is})
	}
	if wasThere {
		list = append(list, iisconf.Action{Verb: iisconf.BindCertificate, Certificate: was})
	}
	return list
}

// restart starts what ran before and an action touched: also what an action
// only changed, because IIS stops a site whose bindings are in somebody's way.
func (u *undoing) restart(a iisconf.Action) {
	if p, ok := poolOf(u.before.State, a.Pool.Name); ok && !p.Stopped && a.Pool.Name != "" {
		if now, ok := poolOf(u.now.State, p.Name); ok && now.Stopped {
			u.add(iisconf.Action{Verb: iisconf.StartPool, Pool: iisconf.Pool{Name: p.Name}})
		}
	}
	if s, ok := siteOf(u.before.State, a.Site); ok && !s.Stopped {
		if now, ok := siteOf(u.now.State, s.Name); ok && now.Stopped {
			u.add(iisconf.Action{Verb: iisconf.StartSite, Site: s.Name})
		}
	}
}
