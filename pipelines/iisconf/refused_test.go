package iisconf

import (
	"strings"
	"testing"
)

func TestRefusals(t *testing.T) {
	t.Parallel()
	dev := with(t, fresh(), Wanted{Site: quotes("Dev", 8081)})
	const other = "0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B"
	secure := func(name string, bindings ...Binding) *Site {
		s := quotes(name, 1)
		s.Bindings = bindings
		return s
	}
	https := func(host, print string, sni bool) Binding {
		return Binding{Protocol: "https", Port: 443, Host: host, Thumbprint: print, SNI: sni}
	}
	secured := with(t, dev, Wanted{Site: secure("Dev", https("a.example.org", thumbprint, false))})
	app := func(site, path string) *Application {
		return &Application{Site: site, Path: path, PhysicalPath: `C:\A`, Pool: Pool{Name: "Shop"}}
	}
	dir := func(site, path string) *VirtualDirectory {
		return &VirtualDirectory{Site: site, Path: path, PhysicalPath: `C:\V`}
	}
	shop := with(t, with(t, fresh(), Wanted{Application: app("Default Web Site", "/shop")}), Wanted{VirtualDirectory: dir("Default Web Site", "/shop/pictures")})
	rootless := fresh()
	rootless.Sites[0].Applications = nil
	kept := with(t, dev, Wanted{Site: quotes("Test", 8082)})
	kept.Sites[2].Stopped, kept.Sites[2].Bindings = true, kept.Sites[1].Bindings
	merging := quotes("Test", 8082)
	merging.MergeBindings = true
	changed := func(change func(*Site)) Wanted {
		s := quotes("Test", 8082)
		change(s)
		return Wanted{Site: s}
	}
	bound := func(b Binding) Wanted { return Wanted{Site: secure("Test", b)} }
	pool := func(p Pool) Wanted { return changed(func(s *Site) { s.Pool = p }) }

	for _, c := range []struct {
		want  Wanted
		state State
		words string
	}{
		{changed(func(s *Site) { s.Name = " " }), fresh(), `a site has no name: say which one is meant`},
		{changed(func(s *Site) { s.Name = "a/b" }), fresh(), `site "a/b": IIS has no '/' in such a name; choose another one`},
		{changed(func(s *Site) { s.Name = "a\nb" }), fresh(), `site "a\nb": a name has no line break and no other control character; choose another one`},
		{changed(func(s *Site) { s.PhysicalPath = "" }), fresh(), `site "RandomQuotes-Test" has no folder to serve`},
		{pool(Pool{Name: "a,b"}), fresh(), `application pool "a,b": IIS has no ',' in such a name; choose another one`},
		{pool(Pool{Name: strings.Repeat("p", 65)}), fresh(), `application pool "` + strings.Repeat("p", 65) + `": IIS takes no name of more than 64 characters`},
		{pool(Pool{Name: "P", Framework: "net8.0"}), fresh(), `application pool "P": "net8.0" is no version of .NET that IIS knows; write v4.0, v2.0 or ` + "`No Managed Code`"},
		{pool(Pool{Name: "P", Identity: "root"}), fresh(), `application pool "P" cannot run as "root": choose one of ApplicationPoolIdentity, LocalService, LocalSystem, NetworkService, SpecificUser`},
		{pool(Pool{Name: "P", Identity: "SpecificUser", Password: "hunter22"}), fresh(), `application pool "P" runs as SpecificUser and names no user`},

		{bound(Binding{Protocol: "ftp", Port: 21}), fresh(), `binding ftp *:21:: the protocol is http or https`},
		{bound(Binding{Protocol: "http", Port: 0}), fresh(), `binding http *:0:: a port is a number from 1 to 65535`},
		{bound(Binding{Protocol: "http", Port: 80, Host: "a b"}), fresh(), `binding http *:80:a b: "a b" is not a host name; leave it empty for any`},
		{bound(Binding{Protocol: "http", Port: 80, Address: "localhost"}), fresh(), `binding http localhost:80:: "localhost" is no IP address; leave it empty for any`},
		{bound(https("", "", false)), fresh(), `binding https *:443: names no certificate: say its thumbprint, or the variable that holds it`},
		{bound(https("", thumbprint, true)), fresh(), `binding https *:443: with SNI: SNI chooses the certificate by the host name, and there is none: say ` + "`host`, or leave SNI out"},
		{Wanted{Site: secure("Test", Binding{Protocol: "http", Port: 81, Host: "A.example.org"}, Binding{Protocol: "HTTP", Address: "*", Port: 81, Host: "a.EXAMPLE.org"})}, fresh(),
			`binding http *:81:a.EXAMPLE.org is wanted twice: remove one`},
		{Wanted{Site: secure("Test", Binding{Protocol: "http", Port: 443}, https("a.example.org", thumbprint, false))}, fresh(),
			`bindings http *:443: and https *:443:a.example.org: http and https cannot share *:443; give one of them another port`},
		{Wanted{Site: secure("Test", https("a.example.org", thumbprint, false), https("b.example.org", other, false))}, fresh(),
			"two https bindings want 0.0.0.0:443 with different certificates: give each a host name and `require-sni: true`"},

		{Wanted{Site: quotes("Test", 8081)}, dev, `binding http *:8081: of site "RandomQuotes-Test" belongs to site "RandomQuotes-Dev" already: choose another port or host for one of them, or stop "RandomQuotes-Dev"`},
		{bound(https("b.example.org", thumbprint, true)), with(t, dev, Wanted{Site: quotes("Dev", 443)}),
			`binding https *:443:b.example.org with SNI of site "RandomQuotes-Test" meets http *:443: of site "RandomQuotes-Dev": http and https cannot share *:443; choose another port for one of them, or stop "RandomQuotes-Dev"`},
		{Wanted{Site: merging}, kept, `binding http *:8081: of site "RandomQuotes-Test" belongs to site "RandomQuotes-Dev" already: choose another port or host for one of them, or stop "RandomQuotes-Dev"`},
		{Wanted{Site: secure("Test", https("b.example.org", other, false))}, secured,
			`site "RandomQuotes-Test" would answer on 0.0.0.0:443 with certificate ` + other + `, and site "RandomQuotes-Dev" answers there with ` + thumbprint + ": give both the same certificate, or a host name and `require-sni: true`"},

		{Wanted{Application: app("Nowhere", "/a")}, fresh(), `site "Nowhere" is not there, so it can have no application /a: deploy the site by an earlier step`},
		{Wanted{Site: quotes("Dev", 8081), Application: app("RandomQuotes-Dev", "/a")}, fresh(), `site "RandomQuotes-Dev" is not there, so it can have no application /a: deploy the site by an earlier step`},
		{Wanted{Application: app("Default Web Site", "/")}, fresh(), `application "/": its path is that of the site itself; say one below it, like /shop`},
		{Wanted{Application: app("Default Web Site", "/a/../b")}, fresh(), "application \"/a/../b\": a virtual path has no `.` and no `..` in it"},
		{Wanted{Application: app("Default Web Site", "/a?b")}, fresh(), `application "/a?b": IIS has no '?' in such a path; choose another one`},
		{Wanted{Application: app("Default Web Site", "/a/b/c")}, fresh(), `/a of site "Default Web Site" is not there, so it can have no application /a/b/c: make each part of the path first`},
		{Wanted{VirtualDirectory: dir("Default Web Site", "/a/b")}, fresh(), `/a of site "Default Web Site" is not there, so it can have no virtual directory /a/b: make each part of the path first`},
		{Wanted{VirtualDirectory: dir("Default Web Site", "/Shop")}, shop, `/Shop of site "Default Web Site" is an application and would become a virtual directory: remove the application first, or choose another path`},
		{Wanted{Application: app("default web site", "/shop/Pictures")}, shop, `/shop/Pictures of site "Default Web Site" is a virtual directory and would become an application: remove the virtual directory first, or choose another path`},
		{Wanted{VirtualDirectory: dir("Default Web Site", "/a")}, rootless, `site "Default Web Site" has no root application, so nothing can lie below it: deploy the site first`},
		{Wanted{Application: app("Default Web Site", "/a"), VirtualDirectory: dir("default web site", "/A")}, fresh(), `/a of site "Default Web Site" is wanted as an application and as a virtual directory: choose one of them`},
		{Wanted{Site: quotes("Dev", 8081), Application: &Application{Site: "Default Web Site", Path: "/a", PhysicalPath: `C:\A`, Pool: Pool{Name: "randomquotes-dev"}}}, fresh(),
			`site "RandomQuotes-Dev" and application /a both want pool "randomquotes-dev" and want it different: say the same of it, or give one of them another pool`},
	} {
		actions, err := Diff(c.want, c.state)
		if err == nil {
			t.Errorf("Diff gives %v, want the refusal %s", actions, c.words)
			continue
		}
		if !strings.Contains("\n"+err.Error()+"\n", "\n"+c.words+"\n") {
			t.Errorf("Diff is refused with\n%s\nwant\n%s", err, c.words)
		}
		if strings.Contains(err.Error(), "hunter22") {
			t.Errorf("the refusal says the password: %v", err)
		}
	}
}

// TestDirectoriesBeforeApplications: a directory made first would lie in the
// application above, and be hidden by the new one.
func TestDirectoriesBeforeApplications(t *testing.T) {
	t.Parallel()
	s := fresh()
	s.Folders = []Folder{{Site: "Default Web Site", Path: "/new"}}
	_, err := Diff(Wanted{
		Application:      &Application{Site: "Default Web Site", Path: "/new", PhysicalPath: `C:\A`, Pool: Pool{Name: "P"}},
		VirtualDirectory: &VirtualDirectory{Site: "Default Web Site", Path: "/new/img", PhysicalPath: `C:\V`},
	}, s)
	const want = `virtual directory /new/img of site "Default Web Site" lies in application /new, which is not there yet, and virtual directories come first: deploy the application by an earlier step`
	if err == nil || err.Error() != want {
		t.Errorf("Diff = %v, want %s", err, want)
	}
}

// TestStoppedSitesMayShareABinding: that is how a site takes over from another.
func TestStoppedSitesMayShareABinding(t *testing.T) {
	t.Parallel()
	s := fresh()
	s.Sites[0].Stopped = true
	if _, err := Diff(Wanted{Site: quotes("Dev", 80)}, s); err != nil {
		t.Errorf("beside a stopped site: %v", err)
	}
	waiting := quotes("Dev", 80)
	waiting.Stopped = true
	if _, err := Diff(Wanted{Site: waiting}, fresh()); err != nil {
		t.Errorf("a site that is not to run: %v", err)
	}
}

func TestApplyRefusesWhatCannotBeDone(t *testing.T) {
	t.Parallel()
	const site = "Default Web Site"
	for _, c := range []struct {
		action Action
		want   string
	}{
		{Action{Verb: AddPool, Pool: Pool{Name: "defaultapppool"}}, "there is a pool of that name"},
		{Action{Verb: StartPool, Pool: Pool{Name: "P"}}, "there is no such pool"},
		{Action{Verb: AddSite, Site: "DEFAULT web site", SiteID: 2}, "there is a site of that name"},
		{Action{Verb: AddSite, Site: "S", SiteID: 1}, "there is a site with id 1"},
		{Action{Verb: StopSite, Site: "S"}, "there is no such site"},
		{Action{Verb: AddApplication, Site: site, Path: "/", Pool: Pool{Name: "DefaultAppPool"}}, "there is an application already"},
		{Action{Verb: AddApplication, Site: site, Path: "/a", Pool: Pool{Name: "P"}}, "there is no such pool"},
		{Action{Verb: SetPool, Site: site, Path: "/a", Pool: Pool{Name: "DefaultAppPool"}}, "there is no such application"},
		{Action{Verb: SetPath, Site: site, Path: "/a/b", Application: "/a"}, "there is no application /a"},
		{Action{Verb: SetPath, Site: site, Path: "/a", Application: "/"}, "there is no such virtual directory"},
		{Action{Verb: AddDirectory, Site: site, Path: "/", Application: "/"}, "there is a virtual directory already"},
		{Action{Verb: DropCertificate, Certificate: Certificate{Address: "0.0.0.0:443"}}, "there is no certificate on it"},
		{Action{Verb: "dance", Site: site}, `there is no verb "dance"`},
	} {
		if _, err := Apply(fresh(), c.action); err == nil || !strings.HasSuffix(err.Error(), ": "+c.want) {
			t.Errorf("Apply(%+v) = %v, want %s", c.action, err, c.want)
		}
	}
	bound, err := Apply(fresh(), Action{Verb: BindCertificate, Certificate: Certificate{Address: "0.0.0.0:443"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Apply(bound, Action{Verb: BindCertificate, Certificate: Certificate{Address: "0.0.0.0:443"}}); err == nil {
		t.Error("a second certificate on one address is taken")
	}
}
