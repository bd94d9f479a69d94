package iismodel

import (
	"fmt"
	"maps"
	"slices"
)

func (m *Machine) addPool(c command) (outcome, error) {
	set, _, err := m.plain(c, poolSchema)
	if err != nil {
		return outcome{}, err
	}
	if c.id != "" || set["name"] == "" {
		return outcome{}, refuse("add apppool without /name:")
	}
	return m.newPool(set)
}

func (m *Machine) newPool(set attributes) (outcome, error) {
	next := m.config.clone()
	if next.pool(set["name"]) != nil {
		return outcome{}, words("duplicate.name", set["name"])
	}
	next.pools = append(next.pools, &pool{attributes: set})
	return outcome{out: fmt.Sprintf("APPPOOL object \"%s\" added\r\n", set["name"]), next: &next}, nil
}

func (m *Machine) setPool(c command) (outcome, error) {
	id, err := c.identifier("apppool.name")
	if err != nil {
		return outcome{}, err
	}
	next := m.config.clone()
	p := next.pool(id)
	if p == nil {
		return outcome{}, words("missing.apppool", id)
	}
	set, _, err := m.plain(c, poolSchema)
	if err != nil {
		return outcome{}, err
	}
	if _, renamed := set["name"]; renamed || len(set) == 0 {
		return outcome{}, refuse("set apppool with nothing to set but its name")
	}
	maps.Copy(p.attributes, set)
	return outcome{out: fmt.Sprintf("APPPOOL object \"%s\" changed\r\n", id), next: &next}, nil
}

func (m *Machine) deletePool(c command) (outcome, error) {
	id, err := c.identifier("apppool.name")
	if err != nil {
		return outcome{}, err
	}
	next := m.config.clone()
	p := next.pool(id)
	if p == nil {
		return outcome{}, words("missing.apppool", id)
	}
	next.pools = slices.DeleteFunc(next.pools, func(x *pool) bool { return x == p })
	return outcome{out: fmt.Sprintf("APPPOOL object \"%s\" deleted\r\n", id), next: &next}, nil
}

// running changes the state of a pool or site; IIS keeps it outside of the
// configuration, but here it is one value with it.
func (m *Machine) running(c command, want, done string) (outcome, error) {
	option, missing := "site.name", "missing.site"
	if c.object == "apppool" {
		option, missing = "apppool.name", "missing.apppool"
	}
	id, err := c.identifier(option)
	if err != nil {
		return outcome{}, err
	}
	if len(c.options) > 0 {
		return outcome{}, refuse("options of %s %s", c.verb, c.object)
	}
	next := m.config.clone()
	var state *string
	if c.object == "apppool" {
		if p := next.pool(id); p != nil {
			state = &p.state
		}
	} else if s := next.site(id); s != nil {
		state = &s.state
		if want == started && s.state != started && m.takenBy(m.site(id)) != nil {
			return outcome{}, words("start.taken")
		}
	}
	switch {
	case state == nil:
		return outcome{}, words(missing, id)
	case *state == want && want == stopped:
		return outcome{}, words("stop.stopped")
	case *state == want && c.object == "apppool":
		return outcome{}, words("start.started")
	}
	*state = want
	return outcome{out: fmt.Sprintf("\"%s\" successfully %s.\r\n", id, done), next: &next}, nil
}

func (m *Machine) startSite(c command) (outcome, error) { return m.running(c, started, "started") }
func (m *Machine) stopSite(c command) (outcome, error)  { return m.running(c, stopped, "stopped") }
func (m *Machine) startPool(c command) (outcome, error) { return m.running(c, started, "started") }
func (m *Machine) stopPool(c command) (outcome, error)  { return m.running(c, stopped, "stopped") }

func (m *Machine) recyclePool(c command) (outcome, error) {
	id, err := c.identifier("apppool.name")
	if err != nil {
		return outcome{}, err
	}
	p := m.pool(id)
	if p == nil {
		return outcome{}, words("missing.apppool", id)
	}
	if p.state != started {
		return outcome{}, words("stop.stopped")
	}
	return outcome{out: fmt.Sprintf("\"%s\" successfully recycled.\r\n", id)}, nil
}
