package iismodel

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// root is the configuration path of the server.
const root = "MACHINE/WEBROOT/APPHOST"

// place is where a command about configuration reads or writes: a section for
// the path of a site, an application or the server.
func (m *Machine) place(c command) (name, path string, s schema, err error) {
	name = c.section
	for full, known := range sections {
		if equal(full, name) || equal(strings.TrimPrefix(full, authentication), name) {
			m.follow("config.section")
			name, s = full, known
		}
	}
	if s == nil {
		return "", "", nil, refuse("the section %q", c.section)
	}
	path = strings.TrimSuffix(c.id, "/")
	if path == "" {
		return name, "", s, nil
	}
	first, _, _ := strings.Cut(path, "/")
	if m.site(first) == nil {
		return "", "", nil, words("missing.site", first)
	}
	return name, path, s, nil
}

func (c *config) section(name, path string) *section {
	for _, s := range c.sections {
		if s.name == name && equal(s.path, path) {
			return s
		}
	}
	return nil
}

// effective is what holds for a path: what is set there, else above it.
func (c *config) effective(name, path string) attributes {
	all := attributes{}
	parts := strings.Split(path, "/")
	for i := range parts {
		if i == 0 {
			if s := c.section(name, ""); s != nil {
				maps.Copy(all, s.attributes)
			}
		}
		if s := c.section(name, strings.Join(parts[:i+1], "/")); s != nil && path != "" {
			maps.Copy(all, s.attributes)
		}
	}
	return all
}

func (m *Machine) listConfig(c command) (outcome, error) {
	name, path, s, err := m.place(c)
	if err != nil {
		return outcome{}, err
	}
	if !c.xml || c.text != "" || len(c.options) > 0 {
		return outcome{}, refuse("list config without /xml")
	}
	at := root
	if path != "" {
		at += "/" + path
	}
	locked := "false"
	if path != "" && !m.unlocked[name] {
		locked = "true"
	}
	e := (&element{name: "CONFIG"}).set("CONFIG.SECTION", name).set("path", at).set("overrideMode", "Inherit").set("locked", locked)
	m.follow("config.xml")
	inner := &element{name: strings.ReplaceAll(name, "/", "-")}
	all := c.config == "*"
	if all {
		m.follow("list.config-all")
	}
	e.add(shown(m.effective(name, path), s, "", all, inner))
	return outcome{out: document(&element{name: "appcmd", kids: []*element{e}})}, nil
}

func (m *Machine) setConfig(c command) (outcome, error) {
	name, path, s, err := m.place(c)
	if err != nil {
		return outcome{}, err
	}
	set, _, err := m.plain(c, s)
	if err != nil {
		return outcome{}, err
	}
	if len(set) == 0 {
		return outcome{}, refuse("set config with nothing to set")
	}
	return m.write(c, name, path, set)
}

// write keeps a section in a location of applicationHost.config. A section that
// is locked cannot be kept lower down, and the model keeps no Web.config.
func (m *Machine) write(c command, name, path string, set attributes) (outcome, error) {
	switch {
	case c.commit == "apphost":
		m.follow("config.commit")
	case path != "" && !m.unlocked[name]:
		return outcome{}, words("config.locked")
	case path != "":
		return outcome{}, refuse("writing a Web.config")
	}
	next := m.config.clone()
	there := next.section(name, path)
	if there == nil {
		there = &section{name: name, path: path, attributes: attributes{}}
		next.sections = append(next.sections, there)
	}
	maps.Copy(there.attributes, set)
	return outcome{out: applied(name, path), next: &next}, nil
}

func applied(name, path string) string {
	at := root
	if path != "" {
		at += "/" + path
	}
	return fmt.Sprintf("Applied configuration changes to section \"%s\" for \"%s\" at configuration commit path \"%s\"\r\n", name, at, root)
}

func (m *Machine) clearConfig(c command) (outcome, error) {
	name, path, _, err := m.place(c)
	if err != nil {
		return outcome{}, err
	}
	if len(c.options) > 0 || c.commit != "apphost" || path == "" {
		return outcome{}, refuse("clear config but for a site with /commit:apphost")
	}
	m.follow("config.commit")
	next := m.config.clone()
	next.sections = slices.DeleteFunc(next.sections, func(s *section) bool { return s.name == name && equal(s.path, path) })
	return outcome{out: applied(name, path), next: &next}, nil
}

func (m *Machine) unlockConfig(c command) (outcome, error) { return m.lock(c, true, "Unlocked") }
func (m *Machine) lockConfig(c command) (outcome, error)   { return m.lock(c, false, "Locked") }

func (m *Machine) lock(c command, open bool, done string) (outcome, error) {
	name, path, _, err := m.place(c)
	if err != nil {
		return outcome{}, err
	}
	if path != "" || len(c.options) > 0 {
		return outcome{}, refuse("%s config of a path", c.verb)
	}
	next := m.config.clone()
	if delete(next.unlocked, name); open {
		next.unlocked[name] = true
	}
	return outcome{out: fmt.Sprintf("%s section \"%s\" at configuration path \"%s\".\r\n", done, name, root), next: &next}, nil
}
