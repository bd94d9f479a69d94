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
	if w.Stopped && (!found || !there.Stopped) {
		d.before(Action{Verb: StopPool, Pool: Pool{Name: w.Name}})
	}
	// A new pool has what this host gives new pools, which need not be IIS's own.
	if !found || !sameIdentity(w, there) {
		d.before(Action{Verb: SetIdentity, Pool: Pool{Name: w.Name, Identity: w.Identity, User: w.User, Password: w.Password}})
	}
	if !found || w.Framework != there.Framework {
		d.before(Action{Verb: SetFramework, Pool: Pool{Name: w.Name, Framework: w.Framework}})
	}
	if !w.Stopped && (!found || there.Stopped) {
		d.start(Action{Verb: StartPool, Pool: Pool{Name: w.Name}})
	}
	return w.Name
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
