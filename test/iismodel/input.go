package iismodel

// addPoolFrom is `add apppool /in`: the pools of a result set, with their
// configuration, as `list apppool /config /xml` wrote them.
func (m *Machine) addPoolFrom(c command, stdin string) (outcome, error) {
	rows, err := m.rows(c, stdin, "APPPOOL")
	if err != nil {
		return outcome{}, err
	}
	if len(rows) != 1 || len(c.options) > 0 || c.id != "" {
		return outcome{}, refuse("add apppool /in but for one pool and without options")
	}
	name := rows[0].attr("APPPOOL.NAME")
	set := attributes{"name": name}
	for _, add := range rows[0].kids {
		if add.name != "add" || !equal(add.attr("name"), name) {
			return outcome{}, refuse("<%s name=%q> below APPPOOL %q", add.name, add.attr("name"), name)
		}
		if err := m.attributesOf(add, poolSchema, "", set); err != nil {
			return outcome{}, err
		}
	}
	return m.newPool(set)
}

func (m *Machine) rows(c command, stdin, name string) ([]*element, error) {
	top, err := read(stdin)
	if err != nil {
		return nil, err
	}
	for _, k := range top.kids {
		if k.name != name {
			return nil, refuse("<%s> as input of %s %s", k.name, c.verb, c.object)
		}
	}
	return top.kids, nil
}

// attributesOf takes the attributes of an element and those below it.
func (m *Machine) attributesOf(e *element, s schema, below string, into attributes) error {
	for _, a := range e.attrs {
		known, ok := s.find(below + a[0])
		if !ok {
			return refuse("the attribute %s%s", below, a[0])
		}
		v, err := known.check(a[1])
		if err != nil {
			return err
		}
		m.follow(known.says)
		into[known.path] = v
	}
	for _, k := range e.kids {
		if k.name == "recycling" && len(k.attrs)+len(k.kids) == 0 {
			continue
		}
		if err := m.attributesOf(k, s, below+k.name+".", into); err != nil {
			return err
		}
	}
	return nil
}
