package iismodel

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"slipway/pipelines/iisconf"
)

// Few names and ports, so that what is wanted often meets what is there.
var (
	siteNames  = []string{"RandomQuotes", "Default Web Site", "Shop", "Intranet", "Größe 'Süd' 100%"}
	poolNames  = []string{"RandomQuotes", "DefaultAppPool", "Shop", "Legacy", ".NET v4.5 'Classic'"}
	ports      = []string{"80", "81", "8081", "8082", "8443", "443"}
	hosts      = []string{"", "", "", "shop.example.org", "www.example.com", "od-temp.example.com"}
	addresses  = []string{"*", "*", "*", "10.0.0.5", "[::1]"}
	paths      = []string{"/shop", "/shop/admin", "/photos", "/api"}
	roots      = []string{`C:\inetpub\wwwroot`, `C:\apps\RandomQuotes\1.0.6`, `D:\old & new\site`, `%SystemDrive%\inetpub\shop`}
	frameworks = []string{"v4.0", "v2.0", ""}
	identities = []string{"ApplicationPoolIdentity", "LocalService", "LocalSystem", "NetworkService", "SpecificUser"}
	users      = []string{`CORP\web`, `.\iis`}
	thumbs     = []string{"0123456789ABCDEF0123456789ABCDEF01234567", "89ABCDEF0123456789ABCDEF0123456789ABCDEF", "FFFF0000FFFF0000FFFF0000FFFF0000FFFF0000"}
)

const noKey = 2 // the thumbprint whose certificate has no private key

func randomCase(r *rand.Rand, folder string) one {
	m := randomMachine(r)
	return one{m, randomWanted(r, m), folder}
}

func randomMachine(r *rand.Rand) *Machine {
	m := Empty()
	if chance(r, 20) {
		m.Speak("de")
	}
	for i, thumb := range thumbs {
		m.AddKey(Key{Store: pick(r, "My", "WebHosting"), Thumbprint: thumb, NoPrivateKey: i == noKey})
	}
	for _, name := range poolNames {
		if chance(r, 60) {
			m.pools = append(m.pools, randomPool(r, name))
		}
	}
	for i, name := range siteNames {
		if chance(r, 55) {
			m.sites = append(m.sites, randomSite(r, m, name, strconv.Itoa(i*i+1)))
		}
	}
	for _, name := range sectionNames() {
		if chance(r, 20) {
			m.unlocked[name] = true
		}
	}
	for range r.IntN(4) {
		e := &certificate{tag: "ipport", address: pick(r, "0.0.0.0", "10.0.0.5", "[::1]") + ":" + pick(r, ports...), hash: pick(r, thumbs[:2]...), appID: "{4dc3e181-e14b-4a21-b022-59fc669b0914}", store: pick(r, "My", "")}
		if chance(r, 50) {
			e.tag, e.address, e.store = "hostnameport", pick(r, hosts[3:]...)+":"+pick(r, ports...), "My"
		}
		if m.certificate(e.tag, e.address) == nil {
			m.certificates = append(m.certificates, e)
			// What is bound was in that store once.
			m.AddKey(Key{Store: "My", Thumbprint: e.hash})
		}
	}
	return m
}

func randomPool(r *rand.Rand, name string) *pool {
	p := &pool{attributes{"name": name}, pick(r, started, started, stopped)}
	if chance(r, 50) {
		p.attributes["managedRuntimeVersion"] = pick(r, frameworks...)
	}
	if chance(r, 50) {
		p.attributes["processModel.identityType"] = pick(r, identities...)
		if p.get("processModel.identityType") == "SpecificUser" {
			p.attributes["processModel.userName"], p.attributes["processModel.password"] = pick(r, users...), pick(r, "former & <secret>", "s3cret")
		}
	}
	if chance(r, 20) {
		p.attributes["autoStart"] = "false"
	}
	return p
}

func randomSite(r *rand.Rand, m *Machine, name, id string) *site {
	s := &site{attributes: attributes{"name": name, "id": id}, state: pick(r, started, started, stopped)}
	if chance(r, 15) {
		s.attributes["serverAutoStart"] = "false"
	}
	for range r.IntN(4) {
		b := binding{protocol: "http", information: pick(r, addresses...) + ":" + pick(r, ports...) + ":" + pick(r, hosts...)}
		if chance(r, 30) {
			if b.protocol = "https"; !strings.HasSuffix(b.information, ":") {
				b.sslFlags = pick(r, "", "0", "1")
			}
		}
		if chance(r, 5) {
			b = binding{protocol: "net.tcp", information: "808:*"}
		}
		if s.binding(b.protocol, b.information) == nil {
			s.bindings = append(s.bindings, b)
		}
	}
	if m.takenBy(s) != nil {
		s.state = stopped
	}
	if chance(r, 90) {
		s.apps = append(s.apps, randomApp(r, m, "/"))
		for _, path := range paths {
			if chance(r, 25) {
				s.apps = append(s.apps, randomApp(r, m, path))
			}
		}
	}
	for _, name := range sectionNames() {
		if chance(r, 25) {
			m.sections = append(m.sections, &section{name, s.get("name"), attributes{"enabled": pick(r, truth...)}})
		}
	}
	return s
}

func randomApp(r *rand.Rand, m *Machine, path string) *app {
	a := &app{attributes: attributes{"path": path}}
	if name := pick(r, poolNames...); chance(r, 70) {
		a.attributes["applicationPool"] = name
	}
	if chance(r, 95) {
		a.dirs = append(a.dirs, &dir{attributes{"path": "/", "physicalPath": pick(r, roots...)}})
	}
	if chance(r, 25) {
		a.dirs = append(a.dirs, &dir{attributes{"path": "/photos", "physicalPath": pick(r, roots...)}})
	}
	return a
}

// otherCase writes a name as people do.
func otherCase(r *rand.Rand, name string) string {
	if chance(r, 15) {
		return strings.ToUpper(name)
	}
	return name
}

const target = `C:\apps\RandomQuotes\1.0.7`

func randomWanted(r *rand.Rand, m *Machine) iisconf.Wanted {
	var w iisconf.Wanted
	if chance(r, 75) {
		w.Site = &iisconf.Site{
			Name: otherCase(r, pick(r, siteNames...)), PhysicalPath: pick(r, target, target, target, roots[0]), Pool: randomWantedPool(r),
			MergeBindings: chance(r, 30), Anonymous: chance(r, 60), Basic: chance(r, 30), Windows: chance(r, 30), Stopped: chance(r, 15),
		}
		for range r.IntN(3) {
			w.Site.Bindings = append(w.Site.Bindings, randomWantedBinding(r, m))
		}
	}
	if chance(r, 30) || w.Site == nil {
		w.Application = &iisconf.Application{Site: otherCase(r, someSite(r, m)), Path: pick(r, paths...), PhysicalPath: target, Pool: randomWantedPool(r)}
	}
	if chance(r, 20) {
		w.VirtualDirectory = &iisconf.VirtualDirectory{Site: otherCase(r, someSite(r, m)), Path: pick(r, paths...), PhysicalPath: target + `\static`}
	}
	return w
}

// someSite is mostly one that is there.
func someSite(r *rand.Rand, m *Machine) string {
	if len(m.sites) > 0 && chance(r, 90) {
		return pick(r, m.sites...).get("name")
	}
	return pick(r, siteNames...)
}

func randomWantedPool(r *rand.Rand) iisconf.Pool {
	p := iisconf.Pool{Name: otherCase(r, pick(r, poolNames[:4]...)), Framework: pick(r, frameworks...), Identity: pick(r, identities...), Stopped: chance(r, 15)}
	if p.Identity == "SpecificUser" {
		p.User, p.Password = pick(r, users...), secret
	}
	return p
}

// secret must never stand on a command line.
const secret = `p"w<&>'7 ü`

func randomWantedBinding(r *rand.Rand, m *Machine) iisconf.Binding {
	port, _ := strconv.Atoi(pick(r, ports[1:]...))
	if chance(r, 10) {
		port = 80
	}
	b := iisconf.Binding{Protocol: "http", Address: pick(r, "*", "*", "", "10.0.0.5"), Port: port, Host: pick(r, hosts[:5]...)}
	if chance(r, 35) {
		k := pick(r, m.keys[:3]...)
		if chance(r, 90) {
			k = m.keys[r.IntN(2)]
		}
		b.Protocol, b.Thumbprint, b.Store = "https", k.Thumbprint, k.Store
		b.SNI = b.Host != "" && chance(r, 60)
	}
	return b
}

func describe(w iisconf.Wanted) string {
	var b strings.Builder
	if w.Site != nil {
		fmt.Fprintf(&b, "site %+v\n", *w.Site)
	}
	if w.Application != nil {
		fmt.Fprintf(&b, "application %+v\n", *w.Application)
	}
	if w.VirtualDirectory != nil {
		fmt.Fprintf(&b, "virtual directory %+v\n", *w.VirtualDirectory)
	}
	return b.String()
}
