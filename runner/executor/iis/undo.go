package iis

import (
	"fmt"
	"slices"
	"strings"

	"slipway/pipelines/iisconf"
)

// back is the list of actions that undoes others: from what IIS has now, after
// some of them, to what it had of the same things before the first. Only what
// still is as the others made it is undone: what somebody else has set meanwhile
// stays, and so does a thing of ours that somebody else has come to use. left
// says what stays so, for people.
func back(done []iisconf.Action, before, now seen) (list []iisconf.Action, left []string) {
	u := &undoing{done: done, before: before, now: now}
	u.adopt()
	for _, a := range slices.Backward(done) {
		for _, inverse := range u.inverse(a) {
			u.add(inverse)
		}
	}
	// What ran runs again once everything it needs is back.
	for _, a := range slices.Backward(done) {
		u.restart(a)
	}
	return u.list, u.left
}

type undoing struct {
	done        []iisconf.Action
	before, now seen
	adopted     []string // new sites that others have come to use
	list        []iisconf.Action
	left        []string
}

// add takes an action up if it changes anything.
func (u *undoing) add(a iisconf.Action) {
	next, changes := effect(u.now, a)
	if changes {
		u.list, u.now = append(u.list, a), next
	}
}

// leave says once that something stays as it is.
func (u *undoing) leave(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(u.left, text) {
		u.left = append(u.left, text)
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
	now, isThere := siteOf(u.now.State, a.Site)
	if !wasThere {
		if a.Verb == iisconf.AddSite && !u.isAdopted(a.Site) {
			return []iisconf.Action{{Verb: dropSite, Site: a.Site}}
		}
		return nil // all of it goes with the site, or stays with it
	}
	if !isThere {
		u.leave("site %q is gone meanwhile, and is not made again", a.Site)
		return nil
	}
	switch a.Verb {
	case iisconf.StartSite:
		if before.Stopped {
			return []iisconf.Action{{Verb: iisconf.StopSite, Site: a.Site}}
		}
	case iisconf.SetBindings:
		return u.inverseBindings(a, before)
	case iisconf.SetLogins:
		return u.inverseLogins(a)
	}
	return u.inverseBelow(a, before, now)
}

// inverseBindings leaves bindings alone that are neither the former ones nor
// those that were set.
func (u *undoing) inverseBindings(a iisconf.Action, before iisconf.SiteState) []iisconf.Action {
	former := iisconf.Action{Verb: iisconf.SetBindings, Site: a.Site, Bindings: before.Bindings}
	if !sameBindings(u.now.State, a) && !sameBindings(u.now.State, former) {
		u.leave("the bindings of site %q were changed by somebody else meanwhile and stay as they are", a.Site)
		return nil
	}
	return []iisconf.Action{former}
}

// inverseLogins looks at each of the three on its own: they are set one by one.
func (u *undoing) inverseLogins(a iisconf.Action) []iisconf.Action {
	before, known := loginOf(u.before.State, a.Site)
	now, read := loginOf(u.now.State, a.Site)
	if !known || !read {
		return nil
	}
	one := func(now, set, before bool) bool {
		if now == set {
			return before
		}
		return now
	}
	l := iisconf.Login{
		Anonymous: one(now.Anonymous, a.Logins.Anonymous, before.Anonymous), Basic: one(now.Basic, a.Logins.Basic, before.Basic),
		Windows: one(now.Windows, a.Logins.Windows, before.Windows),
	}
	if l != before {
		u.leave("the authentication of site %q was changed by somebody else meanwhile, and that stays", a.Site)
	}
	return []iisconf.Action{{Verb: iisconf.SetLogins, Site: a.Site, Logins: l}}
}

// inverseBelow undoes what is about an application or a directory.
func (u *undoing) inverseBelow(a iisconf.Action, before, now iisconf.SiteState) []iisconf.Action {
	switch a.Verb {
	case iisconf.SetPool:
		was, ok := applicationOf(before, a.Path)
		is, there := applicationOf(now, a.Path)
		switch {
		case !ok || !there:
		case strings.EqualFold(is.Pool, a.Pool.Name):
			return []iisconf.Action{{Verb: iisconf.SetPool, Site: a.Site, Path: a.Path, Pool: iisconf.Pool{Name: was.Pool}}}
		case !strings.EqualFold(is.Pool, was.Pool):
			u.leave("%s of site %q was moved to application pool %q by somebody else meanwhile and stays there", a.Path, a.Site, is.Pool)
		}
	case iisconf.AddApplication:
		is, there := applicationOf(now, a.Path)
		if why := u.othersApplication(now, is); there && why != "" {
			u.leave("application %s of site %q stays: %s", a.Path, a.Site, why)
			return nil
		}
		return []iisconf.Action{{Verb: dropApplication, Site: a.Site, Path: a.Path}}
	case iisconf.AddDirectory:
		if is, there := folderOf(now, a.Application, a.Directory()); there && is != a.Physical {
			u.leave("virtual directory %s of site %q stays: somebody else has pointed it at %s", a.Path, a.Site, is)
			return nil
		}
		return []iisconf.Action{{Verb: dropDirectory, Site: a.Site, Application: a.Application, Path: a.Path}}
	case iisconf.SetPath:
		was, ok := folderOf(before, a.Application, a.Directory())
		is, there := folderOf(now, a.Application, a.Directory())
		switch {
		case !ok || !there:
		case is == a.Physical:
			return []iisconf.Action{{Verb: iisconf.SetPath, Site: a.Site, Application: a.Application, Path: a.Path, Physical: was, Former: is}}
		case is != was:
			u.leave("%s of site %q was pointed at %s by somebody else meanwhile and stays there", a.Path, a.Site, is)
		}
	}
	return nil
}

// restart starts what ran before and an action may have stopped: IIS itself
// stops a site whose bindings are in somebody's way, and a pool whose user
// cannot log on. What somebody else has stopped stays so.
func (u *undoing) restart(a iisconf.Action) {
	switch a.Verb {
	case iisconf.StopPool, iisconf.StartPool, iisconf.SetIdentity, iisconf.SetFramework:
		if p, ok := poolOf(u.before.State, a.Pool.Name); ok && !p.Stopped {
			if now, ok := poolOf(u.now.State, p.Name); ok && now.Stopped {
				u.add(iisconf.Action{Verb: iisconf.StartPool, Pool: iisconf.Pool{Name: p.Name}})
			}
		}
	case iisconf.StopSite, iisconf.StartSite, iisconf.SetBindings:
		if s, ok := siteOf(u.before.State, a.Site); ok && !s.Stopped {
			if now, ok := siteOf(u.now.State, s.Name); ok && now.Stopped {
				u.add(iisconf.Action{Verb: iisconf.StartSite, Site: s.Name})
			}
		}
	}
}
