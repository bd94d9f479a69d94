package iismodel

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

func (m *Machine) addApp(c command) (outcome, error) {
	set, more, err := m.plain(c, appSchema, "site.name", "physicalPath")
	if err != nil {
		return outcome{}, err
	}
	if set["path"] == "" || more["site.name"] == "" || c.id != "" {
		return outcome{}, refuse("add app without /site.name: and /path:")
	}
	if !strings.HasPrefix(set["path"], "/") {
		return outcome{}, refuse("the application path %q", set["path"])
	}
	next := m.config.clone()
	s := next.site(more["site.name"])
	if s == nil {
		return outcome{}, words("missing.site", more["site.name"])
	}
	if s.app(set["path"]) != nil {
		return outcome{}, words("duplicate.name", set["path"])
	}
	a := &app{attributes: set}
	name := s.get("name") + set["path"]
	out := fmt.Sprintf("APP object \"%s\" added\r\n", name)
	if path, ok := more["physicalPath"]; ok {
		a.dirs = []*dir{{attributes{"path": "/", "physicalPath": path}}}
		out += fmt.Sprintf("VDIR object \"%s/\" added\r\n", strings.TrimSuffix(name, "/"))
	}
	s.apps = append(s.apps, a)
	return outcome{out: out, next: &next}, nil
}

func (m *Machine) setApp(c command) (outcome, error) {
	id, err := c.identifier("app.name")
	if err != nil {
		return outcome{}, err
	}
	next := m.config.clone()
	a := next.findApp(id)
	if a == nil {
		return outcome{}, words("missing.app", id)
	}
	set, _, err := m.plain(c, appSchema)
	if err != nil {
		return outcome{}, err
	}
	if _, moves := set["path"]; moves || len(set) == 0 {
		return outcome{}, refuse("set app without /applicationPool:")
	}
	maps.Copy(a.attributes, set)
	return outcome{out: fmt.Sprintf("APP object \"%s\" changed\r\n", id), next: &next}, nil
}

func (m *Machine) addDir(c command) (outcome, error) {
	set, more, err := m.plain(c, dirSchema, "app.name")
	if err != nil {
		return outcome{}, err
	}
	if set["path"] == "" || more["app.name"] == "" || c.id != "" {
		return outcome{}, refuse("add vdir without /app.name: and /path:")
	}
	next := m.config.clone()
	a := next.findApp(more["app.name"])
	if a == nil {
		return outcome{}, words("missing.app", more["app.name"])
	}
	if a.dir(set["path"]) != nil {
		return outcome{}, words("duplicate.name", set["path"])
	}
	a.dirs = append(a.dirs, &dir{set})
	name := strings.TrimSuffix(more["app.name"], "/") + set["path"]
	return outcome{out: fmt.Sprintf("VDIR object \"%s\" added\r\n", name), next: &next}, nil
}

func (m *Machine) setDir(c command) (outcome, error) {
	id, err := c.identifier("vdir.name")
	if err != nil {
		return outcome{}, err
	}
	next := m.config.clone()
	d := next.findDir(id)
	if d == nil {
		return outcome{}, words("missing.vdir", id)
	}
	set, _, err := m.plain(c, dirSchema)
	if err != nil {
		return outcome{}, err
	}
	if _, moves := set["path"]; moves || len(set) == 0 {
		return outcome{}, refuse("set vdir without /physicalPath:")
	}
	maps.Copy(d.attributes, set)
	return outcome{out: fmt.Sprintf("VDIR object \"%s\" changed\r\n", id), next: &next}, nil
}

func appName(s *site, a *app) string { return s.get("name") + a.get("path") }

func dirName(s *site, a *app, d *dir) string {
	return strings.TrimSuffix(appName(s, a), "/") + d.get("path")
}

func (c *config) findApp(name string) *app {
	for _, s := range c.sites {
		for _, a := range s.apps {
			// "MySite/app1" of a documented `add vdir /app.name:` and "MySite/" of the root.
			if equal(appName(s, a), name) {
				return a
			}
		}
	}
	return nil
}

func (c *config) findDir(name string) *dir {
	for _, s := range c.sites {
		for _, a := range s.apps {
			for _, d := range a.dirs {
				if equal(dirName(s, a, d), name) {
					return d
				}
			}
		}
	}
	return nil
}

func (m *Machine) deleteApp(c command) (outcome, error) {
	id, err := c.identifier("app.name")
	if err != nil {
		return outcome{}, err
	}
	next := m.config.clone()
	a := next.findApp(id)
	if a == nil {
		return outcome{}, words("missing.app", id)
	}
	for _, s := range next.sites {
		s.apps = slices.DeleteFunc(s.apps, func(x *app) bool { return x == a })
	}
	return outcome{out: fmt.Sprintf("APP object \"%s\" deleted\r\n", id), next: &next}, nil
}

func (m *Machine) deleteDir(c command) (outcome, error) {
	id, err := c.identifier("vdir.name")
	if err != nil {
		return outcome{}, err
	}
	next := m.config.clone()
	d := next.findDir(id)
	if d == nil {
		return outcome{}, words("missing.vdir", id)
	}
	for _, s := range next.sites {
		for _, a := range s.apps {
			a.dirs = slices.DeleteFunc(a.dirs, func(x *dir) bool { return x == d })
		}
	}
	return outcome{out: fmt.Sprintf("VDIR object \"%s\" deleted\r\n", id), next: &next}, nil
}
