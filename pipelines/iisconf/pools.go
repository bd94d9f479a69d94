package iisconf

// pool sees to a wanted pool and is its name as IIS has it.
func (d *differ) pool(w Pool) string {
	for _, p := range d.pools {
		if same(p.Name, w.Name) {
			return p.Name
		}
	}
	there, found := Pool{Name: w.Name}, false
	if i, ok := d.state.pool(w.Name); ok {
		there, found = d.state.Pools[i], true
	}
	w.Name = there.Name
	d.pools = append(d.pools, w)
	if !found {
		d.before(Action{Verb: AddPool, Pool: Pool{Name: w.Name}})
	}
	// A change of what serves the old version comes as late as it can.
	live, movesIn, movesOut := d.served(w.Name)
	change, stop := d.before, d.before
	if live {
		change = d.lately
	}
	if movesOut {
		stop = d.lately
	}
	if w.Stopped && (!found || !there.Stopped) {
		stop(Action{Verb: StopPool, Pool: Pool{Name: w.Name}})
	}
	// A new pool has what this host gives new pools, which need not be IIS's own.
	if !found || !sameIdentity(w, there) {
		change(Action{Verb: SetIdentity, Pool: Pool{Name: w.Name, Identity: w.Identity, User: w.User, Password: w.Password}})
	}
	if !found || w.Framework != there.Framework {
		change(Action{Verb: SetFramework, Pool: Pool{Name: w.Name, Framework: w.Framework}})
	}
	switch {
	case w.Stopped || found && !there.Stopped:
	case found && movesIn:
		// Whatever moves into it is served all the time.
		d.before(Action{Verb: StartPool, Pool: Pool{Name: w.Name}})
	default:
		d.start(Action{Verb: StartPool, Pool: Pool{Name: w.Name}})
	}
	return w.Name
}

// served says whether something of what is wanted is in a pool already, and
// whether something moves into it from another one, or out of it.
func (d *differ) served(pool string) (live, movesIn, movesOut bool) {
	look := func(site, path string, w Pool) {
		i, ok := d.state.site(site)
		if !ok {
			return
		}
		k, ok := d.state.Sites[i].application(path)
		if !ok {
			return
		}
		in := same(d.state.Sites[i].Applications[k].Pool, pool)
		live, movesIn, movesOut = live || in, movesIn || !in && same(w.Name, pool), movesOut || in && !same(w.Name, pool)
	}
	if s := d.wanted.Site; s != nil {
		look(s.Name, "/", s.Pool)
	}
	if a := d.wanted.Application; a != nil {
		look(a.Site, a.Path, a.Pool)
	}
	return live, movesIn, movesOut
}

// What a new pool has where nobody has said otherwise.
const (
	applicationPoolIdentity = "ApplicationPoolIdentity"
	defaultFramework        = "v4.0"
)

const specificUser = "SpecificUser"

// sameIdentity never says so of a specific user: the password that is there
// cannot be read.
func sameIdentity(w, there Pool) bool {
	identity := there.Identity
	if identity == "" {
		identity = applicationPoolIdentity
	}
	return w.Identity != specificUser && same(w.Identity, identity)
}
