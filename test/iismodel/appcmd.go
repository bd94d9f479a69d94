package iismodel

// Appcmd is one call of appcmd.exe.
func (m *Machine) Appcmd(args []string, stdin string) Result {
	return m.call("appcmd", args, func() (outcome, error) {
		c, err := parse(args)
		if err != nil {
			return outcome{}, err
		}
		do, ok := commands[c.verb+" "+c.object]
		if !ok {
			return outcome{}, refuse("the command %s %s", c.verb, c.object)
		}
		m.follow(do.says)
		if c.in {
			m.follow("args.in")
			if do.from == nil {
				return outcome{}, refuse("%s %s with /in", c.verb, c.object)
			}
			return do.from(m, c, stdin)
		}
		return do.run(m, c)
	})
}

// outcome is what a command would print, and what it would leave; next is nil
// where it changes nothing.
type outcome struct {
	out  string
	exit int
	next *config
}

type doing struct {
	says string
	run  func(*Machine, command) (outcome, error)
	from func(m *Machine, c command, stdin string) (outcome, error) // with /in
}

// commands are the verbs that the model knows, each with its sentence.
var commands map[string]doing

func init() {
	commands = map[string]doing{
		"list site":       {"appcmd.list", (*Machine).listSites, nil},
		"list app":        {"appcmd.list", (*Machine).listApps, nil},
		"list vdir":       {"appcmd.list", (*Machine).listDirs, nil},
		"list apppool":    {"appcmd.list", (*Machine).listPools, nil},
		"list module":     {"appcmd.list", (*Machine).listModules, nil},
		"list config":     {"config.list", (*Machine).listConfig, nil},
		"add site":        {"site.add", (*Machine).addSite, nil},
		"add app":         {"app.add", (*Machine).addApp, nil},
		"add vdir":        {"vdir.add", (*Machine).addDir, nil},
		"add apppool":     {"pool.add", (*Machine).addPool, (*Machine).addPoolFrom},
		"set site":        {"appcmd.set", (*Machine).setSite, nil},
		"set app":         {"app.pool", (*Machine).setApp, nil},
		"set vdir":        {"vdir.path", (*Machine).setDir, nil},
		"set apppool":     {"appcmd.set", (*Machine).setPool, nil},
		"set config":      {"config.set", (*Machine).setConfig, nil},
		"unlock config":   {"config.unlock", (*Machine).unlockConfig, nil},
		"lock config":     {"config.lock", (*Machine).lockConfig, nil},
		"clear config":    {"config.clear", (*Machine).clearConfig, nil},
		"delete site":     {"appcmd.delete", (*Machine).deleteSite, nil},
		"delete app":      {"appcmd.delete", (*Machine).deleteApp, nil},
		"delete vdir":     {"appcmd.delete", (*Machine).deleteDir, nil},
		"delete apppool":  {"appcmd.delete", (*Machine).deletePool, nil},
		"start site":      {"site.start", (*Machine).startSite, nil},
		"stop site":       {"site.stop", (*Machine).stopSite, nil},
		"start apppool":   {"pool.start", (*Machine).startPool, nil},
		"stop apppool":    {"pool.stop", (*Machine).stopPool, nil},
		"recycle apppool": {"pool.recycle", (*Machine).recyclePool, nil},
	}
}

// identifier takes the object that a command means: its name after the object,
// or by an option like /site.name:.
func (c *command) identifier(option string) (string, error) {
	id := c.id
	rest := c.options[:0:0]
	for _, o := range c.options {
		if o.sign == 0 && o.given && equal(o.name, option) {
			id = o.value
			continue
		}
		rest = append(rest, o)
	}
	c.options = rest
	if id == "" {
		return "", refuse("%s %s without an identifier", c.verb, c.object)
	}
	return id, nil
}

// plain takes the options as attributes of a schema; also names that stand for
// more than an attribute.
func (m *Machine) plain(c command, s schema, also ...string) (attributes, map[string]string, error) {
	set, more := attributes{}, map[string]string{}
next:
	for _, o := range c.options {
		if o.sign != 0 || !o.given {
			return nil, nil, refuse("the option /%s of %s %s", o.name, c.verb, c.object)
		}
		for _, name := range also {
			if equal(o.name, name) {
				more[name] = o.value
				continue next
			}
		}
		a, ok := s.find(o.name)
		if !ok {
			return nil, nil, refuse("the attribute %q of %s", o.name, c.object)
		}
		v, err := a.check(o.value)
		if err != nil {
			return nil, nil, err
		}
		m.follow(a.says)
		set[a.path] = v
	}
	return set, more, nil
}
