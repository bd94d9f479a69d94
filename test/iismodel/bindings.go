package iismodel

import (
	"slices"
	"strconv"
	"strings"
)

// replace sets all bindings from `protocol/information,…`.
func (m *Machine) replace(s *site, list string) error {
	s.bindings = nil
	if list == "" {
		return nil
	}
	m.follow("bindings.list")
	for _, one := range strings.Split(list, ",") {
		protocol, information, ok := strings.Cut(one, "/")
		if !ok {
			return refuse("the binding %q", one)
		}
		if err := m.addBinding(s, binding{protocol: protocol, information: information}); err != nil {
			return err
		}
	}
	return nil
}

func (m *Machine) addBinding(s *site, b binding) error {
	if err := b.check(); err != nil {
		return err
	}
	if s.binding(b.protocol, b.information) != nil {
		return words("duplicate.binding", b.protocol, b.information)
	}
	s.bindings = append(s.bindings, b)
	return nil
}

func (s *site) binding(protocol, information string) *binding {
	for i, b := range s.bindings {
		if equal(b.protocol, protocol) && equal(b.information, information) {
			return &s.bindings[i]
		}
	}
	return nil
}

// changeBinding is `/+bindings.[…]`, `/-bindings.[…]` and `/bindings.[…].sslFlags:`.
func (m *Machine) changeBinding(s *site, o option, keys map[string]string, rest string) error {
	b := binding{keys["protocol"], keys["bindinginformation"], keys["sslflags"]}
	for k := range keys {
		if k != "protocol" && k != "bindinginformation" && (k != "sslflags" || o.sign != '+') {
			return refuse("the key %q of a binding", k)
		}
	}
	if b.protocol == "" || b.information == "" {
		return refuse("a binding without protocol and bindingInformation")
	}
	there := s.binding(b.protocol, b.information)
	switch {
	case o.sign == '+' && rest == "" && !o.given:
		m.follow("bindings.add")
		if b.sslFlags != "" {
			m.follow("bindings.sslflags")
		}
		return m.addBinding(s, b)
	case o.sign == '-' && rest == "" && !o.given:
		m.follow("bindings.remove")
		if there == nil {
			return words("element.missing")
		}
		s.bindings = slices.DeleteFunc(s.bindings, func(x binding) bool { return x == *there })
		return nil
	case o.sign == 0 && equal(rest, "sslFlags") && o.given:
		m.follow("bindings.sslflags")
		if there == nil {
			return words("element.missing")
		}
		b.sslFlags = o.value
		if err := b.check(); err != nil {
			return err
		}
		there.sslFlags = o.value
		return nil
	}
	return refuse("the option %q", o.name)
}

// check refuses what no page describes: other protocols, informations that are
// not IP:PORT:HOST, and flags on anything but https.
func (b binding) check() error {
	switch b.protocol {
	case "http", "https":
	case "net.tcp", "net.pipe", "net.msmq", "msmq.formatname":
		return nil // their own form of information is none of ours
	default:
		return refuse("the protocol %q", b.protocol)
	}
	i := strings.LastIndexByte(b.information, ':')
	j := strings.LastIndexByte(b.information[:max(i, 0)], ':')
	if j < 0 {
		return refuse("the bindingInformation %q", b.information)
	}
	port := b.information[j+1 : i]
	if err := checkPort(port); err != nil {
		return err
	}
	if b.sslFlags != "" && (b.protocol != "https" && b.sslFlags != "0" || !slices.Contains([]string{"0", "1"}, b.sslFlags)) {
		return refuse("sslFlags %q on %s", b.sslFlags, b.protocol)
	}
	return nil
}

func checkPort(text string) error {
	if n, err := strconv.ParseUint(text, 10, 16); err != nil || n == 0 {
		return refuse("the port %q", text)
	}
	return nil
}

// web says whether http.sys serves a binding, and so holds its address.
func (b binding) web() bool { return b.protocol == "http" || b.protocol == "https" }

// settle lets the services take up a new configuration: what is new starts,
// and of two sites on one address only the one that was there first stays.
func (m *Machine) settle(before config) {
	for _, p := range m.pools {
		if p.state == "" {
			m.follow("pool.autostart")
			p.state = started
			if p.or(poolSchema, "autoStart") == "false" {
				p.state = stopped
			}
		}
	}
	for _, s := range m.sites {
		old := before.site(s.get("name"))
		switch {
		case s.state == "":
			m.follow("site.autostart")
			s.state = stopped
			if s.or(siteSchema, "serverAutoStart") != "false" && m.takenBy(s) == nil {
				s.state = started
			} else if m.takenBy(s) != nil {
				m.follow("bindings.taken")
			}
		case s.state == started && old != nil && !slices.Equal(old.bindings, s.bindings) && m.takenBy(s) != nil:
			m.follow("bindings.taken")
			s.state = stopped
		}
	}
}

// takenBy is another site that runs on an address of this one.
func (m *Machine) takenBy(s *site) *site {
	for _, other := range m.sites {
		if other == s || other.state != started {
			continue
		}
		for _, b := range s.bindings {
			for _, c := range other.bindings {
				if b.web() && equal(b.protocol, c.protocol) && equal(b.information, c.information) {
					return other
				}
			}
		}
	}
	return nil
}
