package iismodel

import (
	"encoding/xml"
	"slices"
	"strings"
)

// The shape of applicationHost.config.
type hostFile struct {
	XMLName xml.Name `xml:"configuration"`
	Groups  []struct {
		Name     string `xml:"name,attr"`
		Override string `xml:"overrideModeDefault,attr"`
	} `xml:"configSections>section"`
	Host struct {
		Pools []anyElement `xml:"applicationPools>add"`
		Sites []anyElement `xml:"sites>site"`
	} `xml:"system.applicationHost"`
	Locations []struct {
		Path string       `xml:"path,attr"`
		Ways []anyElement `xml:",any"`
	} `xml:"location"`
}

type anyElement struct {
	XMLName xml.Name
	Attrs   []xml.Attr   `xml:",any,attr"`
	Kids    []anyElement `xml:",any"`
}

func (e anyElement) attributes(below string, into attributes) attributes {
	for _, a := range e.Attrs {
		into[below+a.Name.Local] = a.Value
	}
	return into
}

func (m *Machine) take(h hostFile) {
	for _, s := range h.Groups {
		if s.Override == "Allow" {
			m.unlocked[s.Name] = true
		}
	}
	for _, e := range h.Host.Pools {
		p := &pool{attributes: e.attributes("", attributes{})}
		for _, k := range e.Kids {
			k.attributes(k.XMLName.Local+".", p.attributes)
		}
		m.pools = append(m.pools, p)
	}
	for _, e := range h.Host.Sites {
		m.sites = append(m.sites, siteOf(e))
	}
	for _, l := range h.Locations {
		for _, e := range l.Ways {
			m.takeSections(e, "", l.Path)
		}
	}
}

func (m *Machine) takeSections(e anyElement, above, path string) {
	name := strings.TrimPrefix(above+"/"+e.XMLName.Local, "/")
	if _, ok := sections[name]; ok {
		m.sections = append(m.sections, &section{name, path, e.attributes("", attributes{})})
	}
	for _, k := range e.Kids {
		m.takeSections(k, name, path)
	}
}

func siteOf(e anyElement) *site {
	s := &site{attributes: e.attributes("", attributes{})}
	for _, k := range e.Kids {
		switch k.XMLName.Local {
		case "bindings":
			for _, b := range k.Kids {
				a := b.attributes("", attributes{})
				s.bindings = append(s.bindings, binding{a["protocol"], a["bindingInformation"], a["sslFlags"]})
			}
		case "application":
			a := &app{attributes: k.attributes("", attributes{})}
			for _, d := range k.Kids {
				if d.XMLName.Local == "virtualDirectory" {
					a.dirs = append(a.dirs, &dir{d.attributes("", attributes{})})
				}
			}
			s.apps = append(s.apps, a)
		}
	}
	return s
}

// text is applicationHost.config.
func (m *Machine) text() string {
	configuration := &element{name: "configuration"}
	groups := configuration.add(&element{name: "configSections"})
	for _, name := range sectionNames() {
		mode := "Deny"
		if m.unlocked[name] {
			mode = "Allow"
		}
		groups.add(&element{name: "section"}).set("name", name).set("overrideModeDefault", mode)
	}
	host := configuration.add(&element{name: "system.applicationHost"})
	pools := host.add(&element{name: "applicationPools"})
	for _, p := range m.pools {
		e := shown(p.attributes, poolSchema, "", false, pools.add(&element{name: "add"}))
		if process := shown(p.attributes, poolSchema, "processModel.", false, &element{name: "processModel"}); len(process.attrs) > 0 {
			e.add(process)
		}
	}
	all := host.add(&element{name: "sites"})
	for _, s := range m.sites {
		all.add(s.config(false))
	}
	for _, s := range m.sections {
		e := configuration.add(&element{name: "location"}).set("path", s.path)
		for part := range strings.SplitSeq(s.name, "/") {
			e = e.add(&element{name: part})
		}
		shown(s.attributes, sections[s.name], "", false, e)
	}
	return document(configuration)
}

func sectionNames() []string {
	var names []string
	for name := range sections {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
