package iisconf

import (
	"fmt"
	"math/rand"
	"strings"
)

// dice makes states and wishes from few names, so that they meet often.
type dice struct{ *rand.Rand }

func (d dice) yes(of int) bool { return d.Intn(of) == 0 }

func pick[T any](d dice, from ...T) T { return from[d.Intn(len(from))] }

// spelled writes a name as somebody might: IIS does not mind.
func (d dice) spelled(name string) string {
	switch d.Intn(6) {
	case 0:
		return strings.ToUpper(name)
	case 1:
		return strings.ToLower(name)
	}
	return name
}

func (d dice) state() State {
	s := State{Version: pick(d, "10.0", "10.0", "7.5", ""), Logins: map[string]Login{}}
	for _, name := range []string{"DefaultAppPool", "Shop", "Quotes", "Other"} {
		if name == "DefaultAppPool" || d.yes(2) {
			s.Pools = append(s.Pools, Pool{Name: name, Framework: pick(d, "", "v2.0", "v4.0"), Identity: pick(d, "", "NetworkService", applicationPoolIdentity, specificUser), Stopped: d.yes(4)})
		}
	}
	for i, name := range []string{"Default Web Site", "Shop", "Quotes"} {
		if d.yes(2) {
			s.Sites = append(s.Sites, d.siteState(name, i*3+1, s.Pools))
			if !d.yes(3) {
				s.Logins[name] = d.login()
			}
		}
	}
	for _, t := range s.Sites {
		for _, b := range t.Bindings {
			if _, there := s.certificate(b.certificate()); b.isHTTPS() && !there && !d.yes(4) {
				b.Thumbprint = pick(d, "AA", "BB", "CC")
				s.Certificates = append(s.Certificates, b.certificate())
			}
		}
	}
	return s
}

func (d dice) login() Login {
	return Login{Anonymous: d.yes(2), Basic: d.yes(2), Windows: d.yes(2)}
}

func (d dice) siteState(name string, id int, pools []Pool) SiteState {
	t := SiteState{Name: name, ID: id, Stopped: d.yes(4)}
	for range d.Intn(4) {
		if b := d.binding(); !has(t.Bindings, b.key()) {
			b.Thumbprint, b.Flags = "", pick(d, 0, 0, 2)
			t.Bindings = append(t.Bindings, b)
		}
	}
	if d.yes(6) {
		t.Bindings = append(t.Bindings, throwAway)
	}
	if d.yes(6) {
		t.Bindings = append(t.Bindings, Binding{Protocol: "net.tcp", Other: "808:*"})
	}
	for _, path := range []string{"/", "/shop", "/shop/admin"} {
		if path != "/" && d.yes(2) || path == "/" && d.yes(20) {
			continue
		}
		a := ApplicationState{Path: path, Pool: pick(d, pools...).Name}
		for _, dir := range []string{"/", "/img", "/admin"} {
			if dir != "/" && d.yes(2) || dir == "/" && d.yes(20) {
				continue
			}
			a.Directories = append(a.Directories, DirectoryState{Path: dir, PhysicalPath: d.folder()})
		}
		t.Applications = append(t.Applications, a)
	}
	return t
}

func (d dice) folder() string {
	return fmt.Sprintf(`C:\Applications\Test\Shop\1.0.%d`, d.Intn(4))
}

func (d dice) binding() Binding {
	b := Binding{Protocol: pick(d, "http", "https"), Address: pick(d, "*", "", "10.0.0.1", "[::1]"), Port: pick(d, 80, 443, 8081), Host: pick(d, "", "a.example.org", "b.example.org")}
	if b.isHTTPS() {
		b.SNI, b.Thumbprint = b.Host != "" && d.yes(2), pick(d, "AA", "BB", "CC")
	}
	return b
}

func (d dice) wanted() Wanted {
	var w Wanted
	if !d.yes(4) {
		w.Site = &Site{
			Name: d.spelled(pick(d, "Shop", "Quotes", "New")), PhysicalPath: d.folder(), Pool: d.pool(), MergeBindings: d.yes(3),
			Anonymous: d.yes(2), Basic: d.yes(2), Windows: d.yes(2), Stopped: d.yes(4),
		}
		for range d.Intn(3) {
			w.Site.Bindings = append(w.Site.Bindings, d.binding())
		}
	}
	if d.yes(3) {
		w.Application = &Application{Site: d.spelled(pick(d, "Shop", "Quotes")), Path: d.spelled(pick(d, "/shop", "shop/admin", "/app/")), PhysicalPath: d.folder(), Pool: d.pool()}
	}
	if d.yes(3) {
		w.VirtualDirectory = &VirtualDirectory{Site: d.spelled(pick(d, "Shop", "Quotes")), Path: d.spelled(pick(d, "/img", "/shop/img", "/new")), PhysicalPath: d.folder()}
	}
	return w
}

func (d dice) pool() Pool {
	p := Pool{Name: d.spelled(pick(d, "Shop", "Quotes", "New")), Framework: pick(d, "", "v2.0", "v4.0", "no managed code"), Identity: pick(d, "", "localsystem", specificUser), Stopped: d.yes(4)}
	if p.Identity == specificUser {
		p.User, p.Password = `CORP\shop`, "s3cret-password"
	}
	return p
}
