package nginx

import (
	"errors"
	"maps"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/executor/nginx/nginxtest"
)

func hostOf(p *nginxtest.Private, said *[]string) Host {
	return Host{
		Commands: p, Journal: p.Path("journal.json"), Stage: p.Path("stage"), Listening: Listening,
		Say: func(stream task.Stream, text string) { *said = append(*said, string(stream)+": "+text) },
	}
}

func siteOf(p *nginxtest.Private, port, text string) task.Nginx {
	return task.Nginx{
		Name: "Quotes-Dev", ConfigDirectory: p.Path("conf.d"),
		Bindings: []task.NginxBinding{{Protocol: "http", Port: port}},
		Locations: []task.NginxLocation{
			{Path: "/", Directives: []task.NginxDirective{{Name: "return", Value: "200 " + text}}},
			{Path: "/api", Directives: []task.NginxDirective{{Name: "return", Value: "200 api"}}},
		},
	}
}

func TestSiteIsServedChangedAndLeftAlone(t *testing.T) {
	t.Parallel()
	p := nginxtest.New(t)
	var said []string
	h := hostOf(p, &said)
	port := nginxtest.FreePort(t)
	if err := h.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := h.Apply(t.Context(), siteOf(p, port, "one")); err != nil {
		t.Fatal(err)
	}
	nginxtest.AwaitAnswer(t, port, "one")
	said = nil
	second := siteOf(p, port, "two")
	second.Locations = second.Locations[:1]
	if err := h.Apply(t.Context(), second); err != nil {
		t.Fatal(err)
	}
	nginxtest.AwaitAnswer(t, port, "two")
	if all := strings.Join(said, "\n"); !strings.Contains(all, "-         return 200 one;") || !strings.Contains(all, "+         return 200 two;") || !strings.Contains(all, "location.00api.conf goes") {
		t.Errorf("said:\n%s\nwant the difference", all)
	}
	if len(p.Snapshot()) != 1 {
		t.Errorf("files = %v, want the removed location's file gone", p.Snapshot())
	}
	p.Calls = nil
	if err := h.Apply(t.Context(), second); err != nil || p.Called("reload") || p.Called("mv ") {
		t.Errorf("unchanged site: %v, calls %q", err, p.Calls)
	}
	if h.Interrupted() {
		t.Error("a journal is left")
	}
}

func TestFailuresPutEveryByteBack(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused by the test")
	for _, tt := range []struct {
		name    string
		change  func(*task.Nginx)
		before  func(name string, args []string) error
		message string
	}{
		{"nginx -t", func(s *task.Nginx) { s.Locations[0].Directives[0].Name = "retrun" }, nil, `unknown directive "retrun"`},
		{"nginx -t in a location's file", func(s *task.Nginx) { s.Locations[1].Directives[0].Name = "retrun" }, nil, `unknown directive "retrun"`},
		{"reload", nil, func(name string, args []string) error {
			if name == "nginx" && len(args) == 2 && args[1] == "reload" {
				return refused
			}
			return nil
		}, "refused by the test"},
		{"mv of the last file", nil, func(name string, args []string) error {
			if name == "mv" && strings.HasSuffix(args[2], "Quotes-Dev.conf") && strings.Contains(args[1], "slipway-new") {
				refused := refused
				if b, _ := os.ReadFile(args[1]); strings.Contains(string(b), "200 two") {
					return refused
				}
			}
			return nil
		}, "refused by the test"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := nginxtest.New(t)
			var said []string
			h := hostOf(p, &said)
			port, other := nginxtest.FreePort(t), nginxtest.FreePort(t)
			p.Write("conf.d/other.conf", "server { listen "+other+"; location / { return 200 other; } }\n")
			if err := h.Apply(t.Context(), siteOf(p, port, "one")); err != nil {
				t.Fatal(err)
			}
			// A person's edit, in bytes that are no text.
			edited := p.Path("conf.d/Quotes-Dev.conf.d/location.00api.conf")
			b, _ := os.ReadFile(edited)
			if err := os.WriteFile(edited, append(b, "# \xff\xfe edited\n\n"...), 0o644); err != nil {
				t.Fatal(err)
			}
			former := p.Snapshot()
			site := siteOf(p, port, "two")
			site.Locations = append(site.Locations, task.NginxLocation{Path: "/new", Directives: []task.NginxDirective{{Name: "return", Value: "204"}}})
			if tt.change != nil {
				tt.change(&site)
			}
			p.Before = tt.before
			err := h.Apply(t.Context(), site)
			if err == nil || !strings.Contains(err.Error(), tt.message) || !strings.Contains(err.Error(), "byte for byte") {
				t.Errorf("Apply = %v, want %q", err, tt.message)
			}
			if now := p.Snapshot(); !maps.Equal(now, former) {
				t.Errorf("files now:\n%q\nbefore:\n%q", now, former)
			}
			p.Before = nil
			nginxtest.AwaitAnswer(t, port, "one")
			nginxtest.AwaitAnswer(t, other, "other")
			if _, err := p.Run(t.Context(), "nginx", "-s", "stop"); err != nil {
				t.Fatal(err)
			}
			for Listening(port) {
				time.Sleep(10 * time.Millisecond)
			}
			if _, err := p.Run(t.Context(), "nginx"); err != nil {
				t.Errorf("NGINX does not start from cold: %v", err)
			}
			nginxtest.AwaitAnswer(t, other, "other")
		})
	}
}

func TestFirstSiteThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	p := nginxtest.New(t)
	var said []string
	site := siteOf(p, nginxtest.FreePort(t), "one")
	site.Locations[0].Directives[0].Name = "retrun"
	if err := hostOf(p, &said).Apply(t.Context(), site); err == nil {
		t.Error("Apply worked")
	}
	if entries, _ := os.ReadDir(p.Path("conf.d")); len(entries) != 0 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestPowerCutInTheMiddleIsRestored(t *testing.T) {
	t.Parallel()
	type cut struct{}
	for at := range 12 {
		t.Run(strconv.Itoa(at), func(t *testing.T) {
			t.Parallel()
			p := nginxtest.New(t)
			var said []string
			h := hostOf(p, &said)
			port := nginxtest.FreePort(t)
			if err := h.Apply(t.Context(), siteOf(p, port, "one")); err != nil {
				t.Fatal(err)
			}
			former := p.Snapshot()
			site := siteOf(p, port, "two")
			site.Locations[1].Path = "/other"
			n, over := 0, false
			p.Before = func(name string, args []string) error {
				if name == "nginx" && args[0] == "-T" {
					return nil
				}
				if n++; n > at {
					over = true
					panic(cut{})
				}
				return nil
			}
			func() {
				defer func() {
					if r := recover(); r != nil && r != (cut{}) {
						panic(r)
					}
				}()
				if err := h.Apply(t.Context(), site); err != nil {
					t.Error(err)
				}
			}()
			p.Before = nil
			if !over {
				nginxtest.AwaitAnswer(t, port, "two")
				return
			}
			if !h.Interrupted() {
				t.Fatal("no journal after the cut")
			}
			if err := h.Restore(t.Context()); err != nil {
				t.Fatal(err)
			}
			if now := p.Snapshot(); !maps.Equal(now, former) {
				t.Errorf("files now:\n%q\nbefore:\n%q", now, former)
			}
			nginxtest.AwaitAnswer(t, port, "one")
			if h.Interrupted() {
				t.Error("the journal is still there")
			}
		})
	}
}

func TestPortsOfOthers(t *testing.T) {
	t.Parallel()
	p := nginxtest.New(t)
	var said []string
	h := hostOf(p, &said)
	taken := nginxtest.FreePort(t)
	p.Write("sites-enabled/default", "server { listen "+taken+" default_server; server_name _; location / { return 200 default; } }\n")
	if _, err := p.Run(t.Context(), "nginx"); err != nil {
		t.Fatal(err)
	}
	former := p.Snapshot()
	expect := func(site task.Nginx, parts ...string) {
		t.Helper()
		err := h.Apply(t.Context(), site)
		for _, part := range parts {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("Apply = %v, want it to name %q", err, part)
			}
		}
		if now := p.Snapshot(); !maps.Equal(now, former) || p.Called("mv ") {
			t.Errorf("something was written: %q", p.Calls)
		}
	}
	expect(siteOf(p, taken, "one"), "port "+taken, p.Path("sites-enabled/default"))

	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	foreign := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	expect(siteOf(p, foreign, "one"), "port "+foreign, "another program")

	named := siteOf(p, taken, "named")
	named.HostName = "quotes.example"
	if err := h.Apply(t.Context(), named); err != nil {
		t.Errorf("a site with a host name of its own: %v", err)
	}
	nginxtest.AwaitAnswer(t, taken, "default")
}

func TestBrokenHostCanBeRepaired(t *testing.T) {
	t.Parallel()
	p := nginxtest.New(t)
	var said []string
	h := hostOf(p, &said)
	port := nginxtest.FreePort(t)
	p.Write("conf.d/Quotes-Dev.conf", "this is no configuration\n")
	if err := h.Apply(t.Context(), siteOf(p, port, "good")); err != nil {
		t.Fatal(err)
	}
	nginxtest.AwaitAnswer(t, port, "good")
	if !strings.Contains(strings.Join(said, "\n"), "warning: NGINX refuses the configuration that is on this host now") {
		t.Errorf("said %q, want a warning", said)
	}
	p.Write("conf.d/foreign.conf", "this is no configuration\n")
	if err := h.Apply(t.Context(), siteOf(p, port, "better")); err == nil || !strings.Contains(err.Error(), "foreign.conf") {
		t.Errorf("Apply beside a broken foreign file = %v, want NGINX's words", err)
	}
	nginxtest.AwaitAnswer(t, port, "good")
}

func TestClosedFoldersAreNamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	closed := filepath.Join(dir, "home")
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	var said []string
	h := Host{Say: func(_ task.Stream, text string) { said = append(said, text) }}
	h.warnClosedFolders(task.Nginx{Locations: []task.NginxLocation{{Directives: []task.NginxDirective{{Name: "root", Value: closed + "/x/y"}, {Name: "index", Value: "/nowhere"}}}}})
	if all := strings.Join(said, "\n"); !strings.Contains(all, "chmod o+x "+closed+"`") {
		t.Errorf("said %q, want %s named", said, closed)
	}
}

func TestDiff(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ before, after, want string }{
		{"", "a\nb\n", "+ a\n+ b"},
		{"a\n", "", "- a"},
		{"a\nb\nc\nd\ne\nf\n", "a\nb\nc\nd\nX\nf\n", "  c\n  d\n- e\n+ X\n  f"},
		{"1\n2\n3\n4\n5\n6\n7\n", "0\n2\n3\n4\n5\n6\n8\n", "- 1\n+ 0\n  2\n  3\n  …\n  5\n  6\n- 7\n+ 8"},
	} {
		if got := strings.Join(diff(tt.before, tt.after), "\n"); got != tt.want {
			t.Errorf("diff(%q, %q) =\n%s\nwant\n%s", tt.before, tt.after, got, tt.want)
		}
	}
}
