package iis

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"slipway/pipelines/iisconf"
)

// TestBackFromEveryPlace: after any part of any list of actions, the way back
// leads to what was there, and takes no action that changes nothing.
func TestBackFromEveryPlace(t *testing.T) {
	t.Parallel()
	lists, places := 0, 0
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 28))
		before := seen{State: randomState(r), passwords: map[string]string{"b": "former"}}
		actions, err := iisconf.Diff(randomWish(r), before.State)
		if err != nil || len(actions) == 0 {
			continue
		}
		actions = fold(actions, before)
		before.users = usersOf(actions, before.State)
		lists++
		now := before
		for k := 0; ; k++ {
			places++
			list, left := back(actions, before, now)
			if len(left) > 0 {
				t.Fatalf("seed %d, after %d of %v: nobody else was here, and %q", seed, k, actions, left)
			}
			after := now
			for _, a := range list {
				next, changes := effect(after, a)
				if !changes || settled(after, a) {
					t.Fatalf("seed %d, after %d of %v: %v changes nothing", seed, k, actions, a)
				}
				if after = next; !settled(after, a) {
					t.Fatalf("seed %d: %v has more to do when it is done", seed, a)
				}
			}
			if got, want := plain(after), plain(before); !reflect.DeepEqual(got, want) {
				t.Fatalf("seed %d, after %d of %v\nthe way back %v\nleads to\n%+v\nwant\n%+v", seed, k, actions, list, got, want)
			}
			if k == len(actions) {
				break
			}
			now, _ = effect(now, actions[k])
		}
	}
	if lists < 1000 {
		t.Errorf("only %d lists were tried", lists)
	}
	t.Logf("%d lists, %d places", lists, places)
}

// plain is a state without what a way back may leave: the order of things, and
// who bound a certificate.
func plain(s seen) []string {
	var all []string
	add := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	for _, p := range s.Pools {
		add("pool %+v", p)
	}
	for _, c := range s.Certificates {
		add("certificate %+v", c)
	}
	for _, site := range s.Sites {
		add("site %s %d %t", site.Name, site.ID, site.Stopped)
		for _, b := range site.Bindings {
			add("binding of %s: %s %s %d", site.Name, b.Protocol, information(b), sslFlags(b))
		}
		for _, a := range site.Applications {
			add("application of %s: %s in %s", site.Name, a.Path, a.Pool)
			for _, d := range a.Directories {
				add("directory of %s%s: %s is %s", site.Name, a.Path, d.Path, d.PhysicalPath)
			}
		}
	}
	for name, l := range s.Logins {
		add("login %s %+v", name, l)
	}
	for name, password := range s.passwords {
		add("password %s %s", name, password)
	}
	slices.Sort(all)
	return all
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

func randomPool(r *rand.Rand, name string) iisconf.Pool {
	p := iisconf.Pool{Name: name, Framework: pick(r, "", "v4.0"), Identity: pick(r, "ApplicationPoolIdentity", "LocalService"), Stopped: r.IntN(3) == 0}
	if name == "B" {
		p.Identity, p.User = specificUser, pick(r, "old", "new")
	}
	return p
}

func randomBindings(r *rand.Rand, there bool) []iisconf.Binding {
	var all []iisconf.Binding
	for _, b := range []iisconf.Binding{
		{Protocol: "http", Address: "*", Port: 8081}, {Protocol: "http", Address: "*", Port: 8082, Host: "a.example.org"},
		{Protocol: "https", Address: "*", Port: 443, Host: "shop.example.org", SNI: r.IntN(2) == 0},
	} {
		if r.IntN(2) == 0 {
			if b.Protocol == "https" && !there {
				b.Thumbprint, b.Store = pick(r, hash, "00112233445566778899AABBCCDDEEFF00112233"), "My"
			}
			all = append(all, b)
		}
	}
	if there && r.IntN(4) == 0 {
		all = append(all, netTCP)
	}
	return all
}

func randomState(r *rand.Rand) iisconf.State {
	s := iisconf.State{Version: "10.0", Logins: map[string]iisconf.Login{}}
	for _, name := range []string{"A", "B"} {
		if name == "B" || r.IntN(2) == 0 {
			s.Pools = append(s.Pools, randomPool(r, name))
		}
	}
	if r.IntN(3) > 0 {
		site := iisconf.SiteState{Name: "Quotes", ID: 3, Bindings: randomBindings(r, true), Stopped: r.IntN(3) == 0}
		site.Applications = append(site.Applications, iisconf.ApplicationState{Path: "/", Pool: "B", Directories: []iisconf.DirectoryState{{Path: "/", PhysicalPath: pick(r, `C:\1`, `C:\2`)}}})
		if r.IntN(2) == 0 {
			site.Applications = append(site.Applications, iisconf.ApplicationState{Path: "/shop", Pool: "B", Directories: []iisconf.DirectoryState{{Path: "/", PhysicalPath: `C:\shop`}}})
		}
		if r.IntN(2) == 0 {
			site.Applications[0].Directories = append(site.Applications[0].Directories, iisconf.DirectoryState{Path: "/photos", PhysicalPath: `C:\photos`})
		}
		s.Sites = append(s.Sites, site)
		s.Logins[site.Name] = iisconf.Login{Anonymous: r.IntN(2) == 0, Windows: r.IntN(2) == 0}
	}
	for _, c := range []iisconf.Certificate{{Address: "0.0.0.0:443"}, {Address: "shop.example.org:443", ByHost: true}} {
		if r.IntN(2) == 0 {
			c.Thumbprint, c.Store, c.AppID = hash, "My", appID
			s.Certificates = append(s.Certificates, c)
		}
	}
	return s
}

func randomWish(r *rand.Rand) iisconf.Wanted {
	var w iisconf.Wanted
	pool := func() iisconf.Pool {
		p := randomPool(r, pick(r, "A", "B"))
		if p.Identity == specificUser {
			p.Password = pick(r, "former", "later")
		}
		return p
	}
	shared := pool()
	if r.IntN(4) > 0 {
		w.Site = &iisconf.Site{
			Name: "Quotes", PhysicalPath: pick(r, `C:\1`, `C:\2`), Pool: shared, Bindings: randomBindings(r, false),
			MergeBindings: r.IntN(2) == 0, Anonymous: r.IntN(2) == 0, Windows: r.IntN(2) == 0, Stopped: r.IntN(3) == 0,
		}
	}
	if r.IntN(3) == 0 {
		w.Application = &iisconf.Application{Site: "Quotes", Path: "/shop", PhysicalPath: pick(r, `C:\shop`, `C:\shop2`), Pool: shared}
	}
	if r.IntN(3) == 0 {
		w.VirtualDirectory = &iisconf.VirtualDirectory{Site: "Quotes", Path: "/photos", PhysicalPath: pick(r, `C:\photos`, `C:\photos2`)}
	}
	return w
}
