package iisconf

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the lines as they come out now")

const thumbprint = "A1B2C3D4E5F60718293A4B5C6D7E8F9001122334"

// quotes is the site of the tutorial in one environment.
func quotes(environment string, port int) *Site {
	return &Site{
		Name: "RandomQuotes-" + environment, PhysicalPath: `C:\Applications\` + environment + `\RandomQuotes\1.0.7`, Anonymous: true,
		Pool: Pool{Name: "RandomQuotes-" + environment, Framework: "v4.0"}, Bindings: []Binding{{Protocol: "http", Port: port}},
	}
}

// fresh is a Windows on which somebody has just enabled IIS.
func fresh() State {
	return State{
		Version: "10.0", Logins: map[string]Login{"Default Web Site": {Anonymous: true}},
		Pools: []Pool{{Name: "DefaultAppPool", Framework: "v4.0", Identity: "ApplicationPoolIdentity"}},
		Sites: []SiteState{{Name: "Default Web Site", ID: 1, Bindings: []Binding{{Protocol: "http", Address: "*", Port: 80}},
			Applications: []ApplicationState{{Path: "/", Pool: "DefaultAppPool", Directories: []DirectoryState{{Path: "/", PhysicalPath: `%SystemDrive%\inetpub\wwwroot`}}}}}},
	}
}

// with is a state after a wish has come true.
func with(t *testing.T, s State, w Wanted) State {
	t.Helper()
	actions, err := Diff(w, s)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range actions {
		if s, err = Apply(s, a); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

type scene struct {
	name  string
	want  Wanted
	state State
}

func scenes(t *testing.T) []scene {
	dev := with(t, fresh(), Wanted{Site: quotes("Dev", 8081)})
	next, literal := quotes("Dev", 8081), quotes("Dev", 8082)
	next.PhysicalPath = `C:\Applications\Dev\RandomQuotes\1.0.8`
	literal.PhysicalPath = `C:\Applications\Test\RandomQuotes\1.0.7`

	secure := quotes("Dev", 8081)
	secure.Bindings = []Binding{
		{Protocol: "https", Port: 443, Host: "quotes.example.org", SNI: true, Thumbprint: thumbprint},
		{Protocol: "https", Address: "2001:db8::1", Port: 8443, Thumbprint: thumbprint, Store: "WebHosting"},
	}
	secured := with(t, dev, Wanted{Site: secure})
	renewed := *secure
	renewed.Bindings = []Binding{secure.Bindings[0]}
	renewed.Bindings[0].Thumbprint = strings.Repeat("0B", 20)
	merged := *quotes("Dev", 8085)
	merged.MergeBindings, merged.Windows, merged.Stopped = true, true, true
	merged.Pool = Pool{Name: "randomquotes-dev", Framework: NoManagedCode, Identity: "specificuser", User: `CORP\quotes`, Password: "hunter22"}
	merged.Pool.Stopped = true
	down := dev.clone()
	down.Sites[1].Stopped, down.Pools[1].Stopped = true, true
	old := fresh()
	old.Version = "7.5"
	app := &Application{Site: "default web site", Path: "shop", PhysicalPath: `C:\Shop\2`, Pool: Pool{Name: "Shop", Framework: "v4.0"}}
	shop := with(t, fresh(), Wanted{Application: app})
	moved := *app
	moved.Path, moved.PhysicalPath = "/SHOP/", `C:\Shop\3`
	pictures := &VirtualDirectory{Site: "Default Web Site", Path: "/shop/pictures", PhysicalPath: `D:\Pictures`}
	pictured := with(t, shop, Wanted{VirtualDirectory: pictures})
	elsewhere := *pictures
	elsewhere.Path, elsewhere.PhysicalPath = "/Shop/Pictures", `E:\Pictures`
	plain := fresh()
	plain.Folders = []Folder{{Site: "Default Web Site", Path: "/a", PhysicalPath: `%SystemDrive%\inetpub\wwwroot\a`}}
	rootless := fresh()
	rootless.Sites[0].Applications = nil
	def := quotes("Dev", 8081)
	def.Name = "Default Web Site"

	return []scene{
		{"nothing is wanted", Wanted{}, fresh()},
		{"a new site", Wanted{Site: quotes("Dev", 8081)}, fresh()},
		{"the same again", Wanted{Site: quotes("Dev", 8081)}, dev},
		{"the next version", Wanted{Site: next}, dev},
		{"another environment with the same site name", Wanted{Site: literal}, dev},
		{"another environment beside it", Wanted{Site: quotes("Test", 8082)}, dev},
		{"a site and a pool that somebody stopped", Wanted{Site: quotes("Dev", 8081)}, down},
		{"https with and without SNI", Wanted{Site: secure}, dev},
		{"another certificate, and one binding less", Wanted{Site: &renewed}, secured},
		{"SNI on IIS 7.5", Wanted{Site: &renewed}, old},
		{"merged, stopped, as a user", Wanted{Site: &merged}, dev},
		{"an application", Wanted{Application: app}, fresh()},
		{"the application's next version", Wanted{Application: &moved}, shop},
		{"a virtual directory in an application", Wanted{VirtualDirectory: pictures}, shop},
		{"the virtual directory's next folder", Wanted{VirtualDirectory: &elsewhere}, pictured},
		{"a virtual directory below a plain folder", Wanted{VirtualDirectory: &VirtualDirectory{Site: "Default Web Site", Path: "/a/b", PhysicalPath: `C:\B`}}, plain},
		{"all three", Wanted{Site: next, Application: &moved, VirtualDirectory: &elsewhere}, with(t, pictured, Wanted{Site: quotes("Dev", 8081)})},
		{"a site without a root application", Wanted{Site: def}, rootless},
	}
}

// TestLines is what people read before anything is done.
func TestLines(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	for _, s := range scenes(t) {
		out.WriteString("# " + s.name + "\n")
		actions, err := Diff(s.want, s.state)
		if err != nil {
			t.Errorf("%s: %v", s.name, err)
		}
		for _, a := range actions {
			out.WriteString(a.String() + "\n")
		}
		out.WriteString("\n")
	}
	const path = "testdata/lines.txt"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; make it with -update and read it", err)
	}
	if out.String() != string(want) {
		t.Errorf("the lines are\n%s\nwant\n%s", out.String(), want)
	}
}
