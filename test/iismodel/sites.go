package iismodel

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

func equal(a, b string) bool { return strings.EqualFold(a, b) }

func (m *Machine) addSite(c command) (outcome, error) {
	set, more, err := m.plain(c, siteSchema, "bindings", "physicalPath")
	if err != nil {
		return outcome{}, err
	}
	if c.id != "" || set["name"] == "" {
		return outcome{}, refuse("add site without /name:")
	}
	next := m.config.clone()
	if next.site(set["name"]) != nil {
		return outcome{}, words("duplicate.name", set["name"])
	}
	if set["id"] == "" {
		m.follow("site.next-id")
		set["id"] = next.nextID()
	} else if err := checkID(set["id"]); err != nil {
		return outcome{}, err
	}
	if slices.ContainsFunc(next.sites, func(s *site) bool { return s.get("id") == set["id"] }) {
		return outcome{}, words("duplicate.id", set["id"])
	}
	s := &site{attributes: set}
	if err := m.replace(s, more["bindings"]); err != nil {
		return outcome{}, err
	}
	out := fmt.Sprintf("SITE object \"%s\" added\r\n", set["name"])
	if path, ok := more["physicalPath"]; ok {
		m.follow("site.physical-path")
		s.apps = []*app{{attributes{"path": "/"}, []*dir{{attributes{"path": "/", "physicalPath": path}}}}}
		out += fmt.Sprintf("APP object \"%[1]s/\" added\r\nVDIR object \"%[1]s/\" added\r\n", set["name"])
	}
	next.sites = append(next.sites, s)
	return outcome{out: out, next: &next}, nil
}

func (c *config) nextID() string {
	highest := 0
	for _, s := range c.sites {
		if n, _ := strconv.Atoi(s.get("id")); n > highest {
			highest = n
		}
	}
	return strconv.Itoa(highest + 1)
}

func checkID(id string) error {
	if n, err := strconv.ParseUint(id, 10, 32); err != nil || n == 0 {
		return refuse("the site id %q", id)
	}
	return nil
}

func (m *Machine) setSite(c command) (outcome, error) {
	id, err := c.identifier("site.name")
	if err != nil {
		return outcome{}, err
	}
	next := m.config.clone()
	s := next.site(id)
	if s == nil {
		return outcome{}, words("missing.site", id)
	}
	if len(c.options) == 0 {
		return outcome{}, refuse("set site with nothing to set")
	}
	for _, o := range c.options {
		if err := m.change(&next, s, o); err != nil {
			return outcome{}, err
		}
	}
	return outcome{out: fmt.Sprintf("SITE object \"%s\" changed\r\n", id), next: &next}, nil
}

// change does one option of `set site`, in the order of the command line.
func (m *Machine) change(next *config, s *site, o option) error {
	if collection, keys, rest, ok := indexer(o.name); ok {
		if !equal(collection, "bindings") {
			return refuse("the collection %q of a site", collection)
		}
		return m.changeBinding(s, o, keys, rest)
	}
	if o.sign != 0 || !o.given {
		return refuse("the option %q of set site", o.name)
	}
	if equal(o.name, "bindings") {
		return m.replace(s, o.value)
	}
	a, ok := siteSchema.find(o.name)
	if !ok {
		return refuse("the attribute %q of site", o.name)
	}
	v, err := a.check(o.value)
	if err != nil {
		return err
	}
	if a.path != "serverAutoStart" {
		// Nobody needs a site to change its name or id, and what happens to its locations is not written.
		return refuse("set site /%s:", a.path)
	}
	m.follow(a.says)
	s.attributes[a.path] = v
	return nil
}

func (m *Machine) deleteSite(c command) (outcome, error) {
	id, err := c.identifier("site.name")
	if err != nil {
		return outcome{}, err
	}
	next := m.config.clone()
	s := next.site(id)
	if s == nil {
		return outcome{}, words("missing.site", id)
	}
	next.sites = slices.DeleteFunc(next.sites, func(x *site) bool { return x == s })
	return outcome{out: fmt.Sprintf("SITE object \"%s\" deleted\r\n", id), next: &next}, nil
}
