package iismodel

import (
	"fmt"
	"strings"
)

// row is an object in a listing: how each form shows it.
type row struct {
	line   string            // the default form
	fields map[string]string // by small letters: what filters and /text: know
	e      *element          // with /xml; its configuration is added where asked
}

// show prints the objects that fit the options. Without any the exit code is 1.
func (m *Machine) show(c command, rows []row) (outcome, error) {
	var fit []row
	for _, r := range rows {
		ok := true
		for _, o := range c.options {
			value, known := r.fields[strings.ToLower(o.name)]
			if !known || o.sign != 0 || !o.given || strings.ContainsAny(o.value, "$*?") {
				return outcome{}, refuse("the filter /%s:%s of list %s", o.name, o.value, c.object)
			}
			m.follow("list.filter")
			ok = ok && equal(value, o.value)
		}
		if ok && (c.id == "" || equal(r.fields["identifier"], c.id)) {
			fit = append(fit, r)
		}
	}
	o := outcome{}
	if len(fit) == 0 {
		m.follow("list.nothing")
		o.exit = 1
	}
	switch {
	case c.xml:
		m.follow("list.xml")
		root := &element{name: "appcmd"}
		for _, r := range fit {
			root.add(r.e)
		}
		o.out = document(root)
	case c.config != "":
		return outcome{}, refuse("/config without /xml")
	case c.text != "":
		for _, r := range fit {
			value, known := r.fields[strings.ToLower(c.text)]
			if !known || c.text == "identifier" {
				return outcome{}, refuse("/text:%s of %s", c.text, c.object)
			}
			m.follow("list.text")
			o.out += value + "\r\n"
		}
	default:
		m.follow("list.line")
		for _, r := range fit {
			o.out += r.line + "\r\n"
		}
	}
	return o, nil
}

// nested adds the configuration, if that was asked for.
func (m *Machine) nested(c command, e *element, config func(all bool) *element) {
	switch c.config {
	case "set":
		m.follow("list.config")
		e.add(config(false))
	case "*":
		m.follow("list.config-all")
		e.add(config(true))
	}
}

// shown are the attributes of a schema at one level of elements: those that are
// set or, with all, those with a default, too.
func shown(a attributes, s schema, below string, all bool, into *element) *element {
	for _, x := range s {
		name, ok := strings.CutPrefix(x.path, below)
		if !ok || strings.Contains(name, ".") {
			continue
		}
		if v, set := a[x.path]; set {
			into.set(name, v)
		} else if all {
			into.set(name, x.missing)
		}
	}
	return into
}

func (m *Machine) listSites(c command) (outcome, error) {
	var rows []row
	for _, s := range m.sites {
		list := s.bindingList()
		r := row{
			line: fmt.Sprintf("SITE \"%s\" (id:%s,bindings:%s,state:%s)", s.get("name"), s.get("id"), list, s.state),
			fields: map[string]string{
				"identifier": s.get("name"), "site.name": s.get("name"), "name": s.get("name"), "site.id": s.get("id"), "id": s.get("id"),
				"bindings": list, "state": s.state, "serverautostart": s.or(siteSchema, "serverAutoStart"),
			},
			e: (&element{name: "SITE"}).set("SITE.NAME", s.get("name")).set("SITE.ID", s.get("id")).set("bindings", list).set("state", s.state),
		}
		m.nested(c, r.e, s.config)
		rows = append(rows, r)
	}
	return m.show(c, rows)
}

func (s *site) bindingList() string {
	var all []string
	for _, b := range s.bindings {
		all = append(all, b.protocol+"/"+b.information)
	}
	return strings.Join(all, ",")
}

// config is the <site> of a listing; the elements that the model keeps nothing
// of are there, too, for a reader to step over.
func (s *site) config(all bool) *element {
	e := shown(s.attributes, siteSchema, "", all, &element{name: "site"})
	bindings := e.add(&element{name: "bindings"})
	for _, b := range s.bindings {
		x := bindings.add(&element{name: "binding"}).set("protocol", b.protocol).set("bindingInformation", b.information)
		if b.sslFlags != "" {
			x.set("sslFlags", b.sslFlags)
		} else if all {
			x.set("sslFlags", "0")
		}
	}
	for _, name := range []string{"limits", "logFile", "traceFailedRequestsLogging", "applicationDefaults", "virtualDirectoryDefaults"} {
		e.add(&element{name: name})
	}
	for _, a := range s.apps {
		e.add(a.config(all))
	}
	return e
}

func (a *app) config(all bool) *element {
	e := shown(a.attributes, appSchema, "", all, &element{name: "application"})
	e.add(&element{name: "virtualDirectoryDefaults"})
	for _, d := range a.dirs {
		e.add(d.config(all))
	}
	return e
}

func (d *dir) config(all bool) *element {
	return shown(d.attributes, dirSchema, "", all, &element{name: "virtualDirectory"})
}

func (m *Machine) listApps(c command) (outcome, error) {
	var rows []row
	for _, s := range m.sites {
		for _, a := range s.apps {
			name, pool := appName(s, a), a.or(appSchema, "applicationPool")
			r := row{
				line: fmt.Sprintf("APP \"%s\" (applicationPool:%s)", name, pool),
				fields: map[string]string{
					"identifier": name, "app.name": name, "site.name": s.get("name"), "apppool.name": pool, "applicationpool": pool, "path": a.get("path"),
				},
				e: (&element{name: "APP"}).set("APP.NAME", name).set("APPPOOL.NAME", pool).set("SITE.NAME", s.get("name")).set("path", a.get("path")),
			}
			m.nested(c, r.e, a.config)
			rows = append(rows, r)
		}
	}
	return m.show(c, rows)
}

func (m *Machine) listDirs(c command) (outcome, error) {
	var rows []row
	for _, s := range m.sites {
		for _, a := range s.apps {
			for _, d := range a.dirs {
				name, path := dirName(s, a, d), d.get("physicalPath")
				r := row{
					line: fmt.Sprintf("VDIR \"%s\" (physicalPath:%s)", name, path),
					fields: map[string]string{
						"identifier": name, "vdir.name": name, "app.name": appName(s, a), "path": d.get("path"), "physicalpath": path,
					},
					e: (&element{name: "VDIR"}).set("VDIR.NAME", name).set("APP.NAME", appName(s, a)).set("path", d.get("path")).set("physicalPath", path),
				}
				m.nested(c, r.e, d.config)
				rows = append(rows, r)
			}
		}
	}
	return m.show(c, rows)
}

func (m *Machine) listPools(c command) (outcome, error) {
	var rows []row
	for _, p := range m.pools {
		name, runtime, mode := p.get("name"), p.or(poolSchema, "managedRuntimeVersion"), p.or(poolSchema, "managedPipelineMode")
		r := row{
			line:   fmt.Sprintf("APPPOOL \"%s\" (MgdVersion:%s,MgdMode:%s,state:%s)", name, runtime, mode, p.state),
			fields: map[string]string{"identifier": name, "apppool.name": name, "name": name, "state": p.state},
			e:      (&element{name: "APPPOOL"}).set("APPPOOL.NAME", name).set("PipelineMode", mode).set("RuntimeVersion", runtime).set("state", p.state),
		}
		for _, a := range poolSchema[1:] {
			r.fields[strings.ToLower(a.path)] = p.or(poolSchema, a.path)
		}
		if p.get("processModel.password") != "" {
			m.follow("pool.password-shown")
		}
		m.nested(c, r.e, p.config)
		rows = append(rows, r)
	}
	return m.show(c, rows)
}

func (p *pool) config(all bool) *element {
	e := shown(p.attributes, poolSchema, "", all, &element{name: "add"})
	shown(p.attributes, poolSchema, "processModel.", all, e.add(&element{name: "processModel"}))
	e.add(&element{name: "recycling"})
	return e
}
