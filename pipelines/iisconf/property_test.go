package iisconf

import (
	"fmt"
	"math/rand"
	"reflect"
	"slices"
	"strings"
	"testing"
)

const rounds = 12_000

// TestDiffReachesWhatIsWanted is about the list as a whole: whatever is there
// and whatever is wanted, either it is refused, or the list leads there and
// nowhere else.
func TestDiffReachesWhatIsWanted(t *testing.T) {
	t.Parallel()
	refused, changed := 0, 0
	for seed := range int64(rounds) {
		d := dice{rand.New(rand.NewSource(seed))}
		s, w := d.state(), d.wanted()
		s.Folders = Folders(w, s)
		if d.yes(3) {
			s.Folders = nil
		}
		before := fmt.Sprintf("%+v", s)
		actions, err := Diff(w, s)
		if err != nil {
			refused++
			if actions != nil {
				t.Fatalf("seed %d: refused (%v), and yet %v", seed, err, actions)
			}
			continue
		}
		if len(actions) > 0 {
			changed++
		}
		end := follow(t, seed, w, s, actions)
		if after := fmt.Sprintf("%+v", s); after != before {
			t.Fatalf("seed %d: the state was changed in place:\n%s\n%s", seed, before, after)
		}
		reached(t, seed, w, end)
		untouched(t, seed, w, s, end)
		again(t, seed, w, end)
	}
	t.Logf("%d states and wishes: %d refused, %d changed, %d as wanted already", rounds, refused, changed, rounds-refused-changed)
	if refused > rounds*3/4 || changed < rounds/5 {
		t.Errorf("of %d, %d refused and %d changed: this tests too little", rounds, refused, changed)
	}
}

// follow applies the actions and looks at every moment on the way.
func follow(t *testing.T, seed int64, w Wanted, s State, actions []Action) State {
	t.Helper()
	fail := func(format string, args ...any) {
		t.Helper()
		t.Fatalf("seed %d: %s\nactions %v\nfrom %+v", seed, fmt.Sprintf(format, args...), actions, s)
	}
	now := s
	switched, started := false, false
	for i, a := range actions {
		switch a.Verb {
		case StartPool:
			// Only for what moves into it a pool is started before the switch.
			started = started || !movesInto(actions[i:], a.Pool.Name)
		case SetIdentity, SetFramework:
			if ours(w, s, a.Pool.Name) && slices.ContainsFunc(actions[i:], early) {
				fail("%s is not as late as it can be, and the old version runs in it", a)
			}
		}
		switch a.Verb {
		case SetPath:
			if started {
				fail("%s comes after something was started", a)
			}
			switched = true
			if folder := served(now, a); folder != a.Former {
				fail("%s: the folder was %s", a, folder)
			}
		case StartSite:
			started = true
		case StartPool:
			if started {
				break
			}
			if switched {
				fail("%s comes after the switch, and something moves into it", a)
			}
		default:
			if switched || started {
				fail("%s comes after the switch", a)
			}
		}
		if strings.Contains(a.String(), "s3cret") {
			fail("%s says the password", a)
		}
		var err error
		if now, err = Apply(now, a); err != nil {
			fail("%v", err)
		}
		for _, b := range a.Bindings {
			if b.Port == 80 && !asked(w, s, b) {
				fail("%s binds port 80, which nobody asked for", a)
			}
		}
		if i, ok := now.pool(a.Pool.Name); a.Verb == SetPool && ok && now.Pools[i].Stopped && ranIn(s, a) && !wantedStopped(w, a.Pool.Name) {
			fail("%s: that pool is stopped", a)
		}
		if !switched {
			sameFolders(fail, s, now)
		}
	}
	return now
}

// early are actions that come before everything that the old version may not
// bear.
func early(a Action) bool {
	switch a.Verb {
	case StopPool, SetIdentity, SetFramework, SetPath, StartPool, StartSite:
		return false
	}
	return true
}

func movesInto(actions []Action, pool string) bool {
	return slices.ContainsFunc(actions, func(a Action) bool { return a.Verb == SetPool && same(a.Pool.Name, pool) })
}

// ours says whether something of what is wanted runs in a pool from the start.
func ours(w Wanted, s State, pool string) bool {
	in := func(site, path string) bool {
		i, ok := s.site(site)
		if !ok {
			return false
		}
		k, ok := s.Sites[i].application(path)
		return ok && same(s.Sites[i].Applications[k].Pool, pool)
	}
	return w.Site != nil && in(w.Site.Name, "/") || w.Application != nil && in(w.Application.Site, virtual(w.Application.Path))
}

// ranIn says whether the application of an action ran in its former pool.
func ranIn(s State, a Action) bool {
	i, ok := s.site(a.Site)
	if !ok {
		return false
	}
	k, ok := s.Sites[i].application(a.Path)
	if !ok {
		return false
	}
	p, ok := s.pool(s.Sites[i].Applications[k].Pool)
	return ok && !s.Pools[p].Stopped
}

func wantedStopped(w Wanted, pool string) bool {
	return w.Site != nil && same(w.Site.Pool.Name, pool) && w.Site.Pool.Stopped || w.Application != nil && same(w.Application.Pool.Name, pool) && w.Application.Pool.Stopped
}

// asked says whether a binding is wanted, or was there already.
func asked(w Wanted, s State, b Binding) bool {
	if slices.ContainsFunc(w.Site.Bindings, func(x Binding) bool { return x.key() == b.key() }) {
		return true
	}
	i, ok := s.site(w.Site.Name)
	return ok && has(s.Sites[i].Bindings, b.key())
}

func served(s State, a Action) string {
	i, _ := s.site(a.Site)
	k, _ := s.Sites[i].application(a.Application)
	at := s.Sites[i].Applications[k]
	n, _ := at.directory(a.Directory())
	return at.Directories[n].PhysicalPath
}

// sameFolders: what was served is served from where it was.
func sameFolders(fail func(string, ...any), before, now State) {
	for _, t := range before.Sites {
		i, _ := now.site(t.Name)
		for _, a := range t.Applications {
			k, _ := now.Sites[i].application(a.Path)
			for _, dir := range a.Directories {
				n, _ := now.Sites[i].Applications[k].directory(dir.Path)
				if got := now.Sites[i].Applications[k].Directories[n]; got != dir {
					fail("before the switch %s%s%s is served from %s, not from %s", t.Name, a.Path, dir.Path, got.PhysicalPath, dir.PhysicalPath)
				}
			}
		}
	}
}

// reached compares by a plain reading of what was wanted.
func reached(t *testing.T, seed int64, w Wanted, s State) {
	t.Helper()
	if v := w.VirtualDirectory; v != nil {
		i, _ := s.site(v.Site)
		if got, _ := s.Sites[i].physical(virtual(v.Path)); got != v.PhysicalPath {
			t.Errorf("seed %d: virtual directory %s is %s, want %s", seed, v.Path, got, v.PhysicalPath)
		}
	}
	if a := w.Application; a != nil {
		hasApplication(t, seed, s, a.Site, virtual(a.Path), a.PhysicalPath, a.Pool)
	}
	if w.Site == nil {
		return
	}
	hasApplication(t, seed, s, w.Site.Name, "/", w.Site.PhysicalPath, w.Site.Pool)
	i, _ := s.site(w.Site.Name)
	got := s.Sites[i]
	if got.Stopped != w.Site.Stopped && len(got.Bindings) > 0 {
		t.Errorf("seed %d: site stopped = %v, want %v", seed, got.Stopped, w.Site.Stopped)
	}
	if l, _ := s.login(w.Site.Name); l != w.Site.login() {
		t.Errorf("seed %d: authentication = %+v, want %+v", seed, l, w.Site.login())
	}
	if has(got.Bindings, throwAway.key()) {
		t.Errorf("seed %d: the throw-away binding is still there", seed)
	}
	if !w.Site.MergeBindings && len(got.Bindings) != len(w.Site.Bindings) {
		t.Errorf("seed %d: bindings = %v, want %v", seed, got.Bindings, w.Site.Bindings)
	}
	for _, b := range w.Site.Bindings {
		b.SNI = b.SNI && s.Version != "7.5"
		if k := slices.IndexFunc(got.Bindings, func(x Binding) bool { return x.flagged() == b.flagged() }); k < 0 {
			t.Errorf("seed %d: bindings = %v, want %v among them", seed, got.Bindings, b)
		}
		if k, ok := s.certificate(b.certificate()); b.isHTTPS() && (!ok || s.Certificates[k].Thumbprint != b.Thumbprint) {
			t.Errorf("seed %d: %v does not answer with %s", seed, b, b.Thumbprint)
		}
	}
}

func hasApplication(t *testing.T, seed int64, s State, site, path, folder string, pool Pool) {
	t.Helper()
	i, ok := s.site(site)
	if !ok {
		t.Errorf("seed %d: there is no site %s", seed, site)
		return
	}
	k, ok := s.Sites[i].application(path)
	if !ok {
		t.Errorf("seed %d: there is no application %s", seed, path)
		return
	}
	a := s.Sites[i].Applications[k]
	if got, _ := a.root(); got != folder || !same(a.Pool, pool.Name) {
		t.Errorf("seed %d: %s%s = %+v, want %s in %s", seed, site, path, a, folder, pool.Name)
	}
	p, ok := s.pool(pool.Name)
	if !ok {
		t.Errorf("seed %d: there is no pool %s", seed, pool.Name)
		return
	}
	got, want := s.Pools[p], (&differ{}).cleanPool(pool)
	if identity := got.Identity; identity != want.Identity && (identity != "" || want.Identity != applicationPoolIdentity) || got.User != want.User ||
		got.Framework != want.Framework || got.Stopped != want.Stopped || got.Password != "" {
		t.Errorf("seed %d: pool = %+v, want %+v", seed, got, want)
	}
}

// untouched: nobody else notices.
func untouched(t *testing.T, seed int64, w Wanted, before, after State) {
	t.Helper()
	named := func(name string) bool {
		return w.Site != nil && same(w.Site.Name, name) || w.Application != nil && same(w.Application.Site, name) ||
			w.VirtualDirectory != nil && same(w.VirtualDirectory.Site, name)
	}
	for _, x := range before.Sites {
		i, _ := after.site(x.Name)
		if !named(x.Name) && !reflect.DeepEqual(after.Sites[i], x) {
			t.Errorf("seed %d: site %s became %+v", seed, x.Name, after.Sites[i])
		}
		if l, ok := before.login(x.Name); ok && !named(x.Name) && after.Logins[x.Name] != l {
			t.Errorf("seed %d: authentication of site %s became %+v", seed, x.Name, after.Logins[x.Name])
		}
		if w.Site != nil && same(w.Site.Name, x.Name) {
			continue
		}
		for _, b := range x.Bindings {
			at, ok := before.certificate(b.certificate())
			if !b.isHTTPS() || !ok {
				continue
			}
			if w.Site != nil && renews(w.Site, before, before.Certificates[at]) {
				continue // a shared one, renewed for all
			}
			if k, ok := after.certificate(b.certificate()); !ok || after.Certificates[k] != before.Certificates[at] {
				t.Errorf("seed %d: %v of site %s lost its certificate", seed, b, x.Name)
			}
		}
	}
	for _, p := range before.Pools {
		used := w.Site != nil && same(w.Site.Pool.Name, p.Name) || w.Application != nil && same(w.Application.Pool.Name, p.Name)
		if i, _ := after.pool(p.Name); !used && after.Pools[i] != p {
			t.Errorf("seed %d: pool %s became %+v", seed, p.Name, after.Pools[i])
		}
	}
}

// renews says whether a site has and wants a binding that answers with an entry.
func renews(w *Site, before State, c Certificate) bool {
	i, ok := before.site(w.Name)
	wanted := slices.Clone(w.Bindings)
	for k := range wanted {
		wanted[k].SNI = wanted[k].SNI && before.knowsSNI()
	}
	return ok && needed(before.Sites[i].Bindings, c) && needed(wanted, c)
}

// again: nothing is left to do, but what nobody can compare.
func again(t *testing.T, seed int64, w Wanted, s State) {
	t.Helper()
	left, err := Diff(w, s)
	if err != nil {
		t.Errorf("seed %d: the second time: %v", seed, err)
	}
	for _, a := range left {
		if a.Verb != SetIdentity || a.Pool.Identity != specificUser {
			t.Errorf("seed %d: the second time there is still: %s", seed, a)
		}
	}
}
