package iismodel

// Modules are those of a server with ASP.NET and all ways of authentication.
var Modules = []string{"AnonymousAuthenticationModule", "BasicAuthenticationModule", "WindowsAuthenticationModule", "UrlRoutingModule-4.0"}

// Install says which modules the server has.
func (m *Machine) Install(modules ...string) { m.modules = modules }

func (m *Machine) listModules(c command) (outcome, error) {
	if !c.xml {
		return outcome{}, refuse("list module without /xml")
	}
	m.follow("module.list")
	var rows []row
	for _, name := range m.modules {
		rows = append(rows, row{
			fields: map[string]string{"identifier": name, "name": name, "module.name": name},
			e:      (&element{name: "MODULE"}).set("MODULE.NAME", name).set("type", "").set("preCondition", ""),
		})
	}
	return m.show(c, rows)
}
