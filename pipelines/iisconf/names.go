package iisconf

import (
	"maps"
	"slices"
	"strings"
)

// same compares names and virtual paths as IIS does: without regard to case.
func same(a, b string) bool { return strings.EqualFold(a, b) }

func (s State) site(name string) (int, bool) {
	i := slices.IndexFunc(s.Sites, func(t SiteState) bool { return same(t.Name, name) })
	return i, i >= 0
}

func (s State) pool(name string) (int, bool) {
	i := slices.IndexFunc(s.Pools, func(p Pool) bool { return same(p.Name, name) })
	return i, i >= 0
}

func (s State) certificate(c Certificate) (int, bool) {
	i := slices.IndexFunc(s.Certificates, func(t Certificate) bool { return t.at(c) })
	return i, i >= 0
}

// login is what is known of a site's authentication.
func (s State) login(site string) (Login, bool) {
	for name, l := range s.Logins {
		if same(name, site) {
			return l, true
		}
	}
	return Login{}, false
}

func (s SiteState) application(path string) (int, bool) {
	i := slices.IndexFunc(s.Applications, func(a ApplicationState) bool { return same(a.Path, path) })
	return i, i >= 0
}

func (a ApplicationState) directory(path string) (int, bool) {
	i := slices.IndexFunc(a.Directories, func(d DirectoryState) bool { return same(d.Path, path) })
	return i, i >= 0
}

// owner is the application that answers for a path of the site: the one with
// the longest path above it, or "/".
func (s SiteState) owner(path string) string {
	best := "/"
	for _, a := range s.Applications {
		if above(a.Path, path) && len(a.Path) > len(best) {
			best = a.Path
		}
	}
	return best
}

// above says whether path lies below a folder.
func above(folder, path string) bool {
	if folder == "/" {
		return path != "/"
	}
	return len(path) > len(folder) && path[len(folder)] == '/' && same(path[:len(folder)], folder)
}

// within is a site's path as its application has it.
func within(application, path string) string {
	switch {
	case same(application, path):
		return "/"
	case application == "/":
		return path
	}
	return path[len(application):]
}

// join is a path of an application as the site has it.
func join(application, path string) string {
	switch {
	case path == "/":
		return application
	case application == "/":
		return path
	}
	return application + path
}

// physical is the folder of a path, if IIS has it as an application or a
// virtual directory.
func (s SiteState) physical(path string) (string, bool) {
	if i, ok := s.application(path); ok {
		return s.Applications[i].root()
	}
	i, ok := s.application(s.owner(path))
	if !ok {
		return "", false
	}
	a := s.Applications[i]
	if k, ok := a.directory(within(a.Path, path)); ok {
		return a.Directories[k].PhysicalPath, true
	}
	return "", false
}

func (a ApplicationState) root() (string, bool) {
	if k, ok := a.directory("/"); ok {
		return a.Directories[k].PhysicalPath, true
	}
	return "", false
}

// clone is a copy that shares nothing.
func (s State) clone() State {
	s.Sites = slices.Clone(s.Sites)
	for i := range s.Sites {
		t := &s.Sites[i]
		t.Bindings = slices.Clone(t.Bindings)
		t.Applications = slices.Clone(t.Applications)
		for k := range t.Applications {
			t.Applications[k].Directories = slices.Clone(t.Applications[k].Directories)
		}
	}
	s.Pools = slices.Clone(s.Pools)
	s.Certificates = slices.Clone(s.Certificates)
	s.Logins = maps.Clone(s.Logins)
	return s
}
