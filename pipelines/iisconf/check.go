package iisconf

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Identities are the ways in which a pool can run.
var Identities = []string{applicationPoolIdentity, "LocalService", "LocalSystem", "NetworkService", specificUser}

// NoManagedCode is what Octopus and IIS's own window call the framework "".
const NoManagedCode = "No Managed Code"

// Characters that IIS has in no name of a site or a pool.
const (
	notInSites = `\/?;:@&=+$,|"<>*`
	notInPools = `\/"|<>:*][+=;,?@&`
)

var framework = regexp.MustCompile(`^v[0-9]+(\.[0-9]+)*$`)

// clean is what is wanted in IIS's own writing; what cannot be written so is
// refused.
func (d *differ) clean(w Wanted) Wanted {
	if w.Site != nil {
		s := *w.Site
		d.name("site", s.Name, notInSites)
		d.folder("site "+strconv.Quote(s.Name), s.PhysicalPath)
		s.Pool = d.cleanPool(s.Pool)
		s.Bindings = d.cleanBindings(s.Bindings)
		w.Site = &s
	}
	if w.Application != nil {
		a := *w.Application
		a.Path = d.path("application", a.Path)
		d.folder("application "+a.Path, a.PhysicalPath)
		a.Pool = d.cleanPool(a.Pool)
		w.Application = &a
	}
	if w.VirtualDirectory != nil {
		v := *w.VirtualDirectory
		v.Path = d.path("virtual directory", v.Path)
		d.folder("virtual directory "+v.Path, v.PhysicalPath)
		w.VirtualDirectory = &v
	}
	return w
}

// agree refuses what is wanted twice in different ways.
func (d *differ) agree(w Wanted) {
	if w.Application == nil {
		return
	}
	a := w.Application
	if v := w.VirtualDirectory; v != nil && same(v.Site, a.Site) && same(v.Path, a.Path) {
		d.refuse("%s of site %q is wanted as an application and as a virtual directory: choose one of them", a.Path, a.Site)
	}
	if w.Site == nil || !same(w.Site.Pool.Name, a.Pool.Name) {
		return
	}
	one, other := w.Site.Pool, a.Pool
	one.Name = other.Name
	if one != other {
		d.refuse("site %q and application %s both want pool %q and want it different: say the same of it, or give one of them another pool", w.Site.Name, a.Path, a.Pool.Name)
	}
}

func (d *differ) name(what, name, refused string) {
	switch c := strings.IndexAny(name, refused); {
	case strings.TrimSpace(name) == "":
		d.refuse("a %s has no name: say which one is meant", what)
	case c >= 0:
		d.refuse("%s %q: IIS has no %q in such a name; choose another one", what, name, name[c])
	case strings.IndexFunc(name, func(c rune) bool { return c < ' ' }) >= 0:
		d.refuse("%s %q: a name has no line break and no other control character; choose another one", what, name)
	}
}

func (d *differ) folder(what, path string) {
	if path == "" {
		d.refuse("%s has no folder to serve", what)
	}
}

func (d *differ) path(what, path string) string {
	out := virtual(path)
	switch c := strings.IndexAny(out, `?;:@&=+$,|"<>*`); {
	case out == "/":
		d.refuse("%s %q: its path is that of the site itself; say one below it, like /shop", what, path)
	case c >= 0:
		d.refuse("%s %q: IIS has no %q in such a path; choose another one", what, path, out[c])
	case slices.ContainsFunc(strings.Split(out, "/"), func(part string) bool { return part == "." || part == ".." }):
		d.refuse("%s %q: a virtual path has no `.` and no `..` in it", what, path)
	}
	return out
}

func (d *differ) cleanPool(p Pool) Pool {
	d.name("application pool", p.Name, notInPools)
	if len(p.Name) > 64 {
		d.refuse("application pool %q: IIS takes no name of more than 64 characters", p.Name)
	}
	switch p.Framework = strings.TrimSpace(p.Framework); {
	case same(p.Framework, NoManagedCode):
		p.Framework = ""
	case p.Framework != "" && !framework.MatchString(p.Framework):
		d.refuse("application pool %q: %q is no version of .NET that IIS knows; write v4.0, v2.0 or `%s`", p.Name, p.Framework, NoManagedCode)
	}
	if p.Identity == "" {
		p.Identity = applicationPoolIdentity
	}
	at := slices.IndexFunc(Identities, func(name string) bool { return same(name, p.Identity) })
	if at < 0 {
		d.refuse("application pool %q cannot run as %q: choose one of %s", p.Name, p.Identity, strings.Join(Identities, ", "))
		return p
	}
	p.Identity = Identities[at]
	if p.Identity != specificUser {
		p.User, p.Password = "", ""
	} else if p.User == "" {
		d.refuse("application pool %q runs as %s and names no user", p.Name, specificUser)
	}
	return p
}

// Warnings are what is odd about a wish and no reason to refuse it.
func Warnings(w Wanted) []string {
	if w.Site != nil && len(w.Site.Bindings) == 0 {
		return []string{"no binding of site " + strconv.Quote(w.Site.Name) + " is enabled: nobody can reach it by this step"}
	}
	return nil
}
