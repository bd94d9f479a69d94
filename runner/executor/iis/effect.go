package iis

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"slipway/pipelines/iisconf"
)

// effect is what IIS would have after an action, and whether that is anything
// else than it has.
func effect(s seen, a iisconf.Action) (after seen, changes bool) {
	switch a.Verb {
	case dropSite, dropPool, dropApplication, dropDirectory:
		after.State = dropped(s.State, a)
	default:
		state, err := iisconf.Apply(s.State, a)
		if err != nil {
			return s, false // it is so already, or what it is about is not there
		}
		after.State = state
	}
	after.passwords = s.passwords
	if a.Verb == iisconf.SetIdentity || a.Verb == iisconf.AddPool && a.Pool.Identity == specificUser {
		after = withIdentity(after, a.Pool)
	}
	same := a.Verb != iisconf.SetBindings && reflect.DeepEqual(s.State, after.State) || a.Verb == iisconf.SetBindings && sameBindings(s.State, a)
	return after, !same || !maps.Equal(s.passwords, after.passwords)
}

// withIdentity is a state in which a pool runs as an action says.
func withIdentity(s seen, p iisconf.Pool) seen {
	s.passwords = maps.Clone(s.passwords)
	if s.passwords == nil {
		s.passwords = map[string]string{}
	}
	if name := strings.ToLower(p.Name); p.Identity == specificUser {
		s.passwords[name] = p.Password
	} else {
		delete(s.passwords, name)
	}
	s.Pools = slices.Clone(s.Pools)
	for i := range s.Pools {
		if there := &s.Pools[i]; strings.EqualFold(there.Name, p.Name) {
			there.Identity, there.User = p.Identity, p.User
		}
	}
	return s
}

// settled says whether an action has nothing left to do, whoever did it: a
// program can fail after its work was done.
func settled(s seen, a iisconf.Action) bool {
	switch a.Verb {
	case iisconf.AddPool:
		p, ok := poolOf(s.State, a.Pool.Name)
		if ok && a.Pool.Identity == specificUser {
			return runsAs(p, a.Pool) && s.passwords[strings.ToLower(p.Name)] == a.Pool.Password
		}
		return ok
	case iisconf.AddSite:
		_, ok := siteOf(s.State, a.Site)
		return ok
	case iisconf.AddApplication:
		site, _ := siteOf(s.State, a.Site)
		_, ok := applicationOf(site, a.Path)
		return ok
	case iisconf.AddDirectory:
		site, _ := siteOf(s.State, a.Site)
		_, ok := folderOf(site, a.Application, a.Directory())
		return ok
	case iisconf.BindCertificate:
		c, ok := certificateAt(s.State, a.Certificate)
		return ok && strings.EqualFold(c.Thumbprint, a.Certificate.Thumbprint) && strings.EqualFold(c.Store, a.Certificate.Store)
	case iisconf.DropCertificate:
		_, ok := certificateAt(s.State, a.Certificate)
		return !ok
	case dropSite, dropPool, dropApplication, dropDirectory:
	default:
		if _, err := iisconf.Apply(s.State, a); err != nil {
			return false
		}
	}
	_, changes := effect(s, a)
	return !changes
}

// sameBindings says whether a site has the bindings of an action; their order
// means nothing.
func sameBindings(s iisconf.State, a iisconf.Action) bool {
	args, err := bindingArgs(a, s)
	return err == nil && len(args) == 0
}

func dropped(s iisconf.State, a iisconf.Action) iisconf.State {
	if a.Verb == dropPool {
		s.Pools = slices.DeleteFunc(slices.Clone(s.Pools), func(p iisconf.Pool) bool { return strings.EqualFold(p.Name, a.Pool.Name) })
		return s
	}
	s.Sites = slices.Clone(s.Sites)
	if a.Verb == dropSite {
		s.Sites = slices.DeleteFunc(s.Sites, func(t iisconf.SiteState) bool { return strings.EqualFold(t.Name, a.Site) })
		s.Logins = maps.Clone(s.Logins)
		maps.DeleteFunc(s.Logins, func(name string, _ iisconf.Login) bool { return strings.EqualFold(name, a.Site) })
		return s
	}
	for i := range s.Sites {
		t := &s.Sites[i]
		if !strings.EqualFold(t.Name, a.Site) {
			continue
		}
		t.Applications = slices.Clone(t.Applications)
		if a.Verb == dropApplication {
			t.Applications = slices.DeleteFunc(t.Applications, func(p iisconf.ApplicationState) bool { return strings.EqualFold(p.Path, a.Path) })
			continue
		}
		for k := range t.Applications {
			if p := &t.Applications[k]; strings.EqualFold(p.Path, a.Application) {
				p.Directories = slices.DeleteFunc(slices.Clone(p.Directories), func(d iisconf.DirectoryState) bool { return strings.EqualFold(d.Path, a.Directory()) })
			}
		}
	}
	return s
}

func siteOf(s iisconf.State, name string) (iisconf.SiteState, bool) {
	i := slices.IndexFunc(s.Sites, func(t iisconf.SiteState) bool { return strings.EqualFold(t.Name, name) })
	if i < 0 {
		return iisconf.SiteState{}, false
	}
	return s.Sites[i], true
}

func poolOf(s iisconf.State, name string) (iisconf.Pool, bool) {
	i := slices.IndexFunc(s.Pools, func(p iisconf.Pool) bool { return strings.EqualFold(p.Name, name) })
	if i < 0 {
		return iisconf.Pool{}, false
	}
	return s.Pools[i], true
}

func loginOf(s iisconf.State, site string) (iisconf.Login, bool) {
	for name, l := range s.Logins {
		if strings.EqualFold(name, site) {
			return l, true
		}
	}
	return iisconf.Login{}, false
}

func certificateAt(s iisconf.State, c iisconf.Certificate) (iisconf.Certificate, bool) {
	i := slices.IndexFunc(s.Certificates, func(t iisconf.Certificate) bool { return sameAddress(t, c) })
	if i < 0 {
		return iisconf.Certificate{}, false
	}
	return s.Certificates[i], true
}

func sameAddress(a, b iisconf.Certificate) bool {
	return a.ByHost == b.ByHost && strings.EqualFold(a.Address, b.Address)
}

func applicationOf(s iisconf.SiteState, path string) (iisconf.ApplicationState, bool) {
	i := slices.IndexFunc(s.Applications, func(a iisconf.ApplicationState) bool { return strings.EqualFold(a.Path, path) })
	if i < 0 {
		return iisconf.ApplicationState{}, false
	}
	return s.Applications[i], true
}

// folderOf is what a directory of an application serves.
func folderOf(s iisconf.SiteState, application, directory string) (string, bool) {
	a, ok := applicationOf(s, application)
	if !ok {
		return "", false
	}
	for _, d := range a.Directories {
		if strings.EqualFold(d.Path, directory) {
			return d.PhysicalPath, true
		}
	}
	return "", false
}
