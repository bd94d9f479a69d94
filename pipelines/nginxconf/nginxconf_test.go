package nginxconf

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/task"
)

var update = flag.Bool("update", false, "write the golden files anew")

// tutorial is the tutorial's site in Dev, evaluated.
func tutorial(name string) task.Nginx {
	const dir = "/home/Octopus/Applications/Dev/RandomQuotes/1.0.1"
	return task.Nginx{
		Name:     name,
		Bindings: []task.NginxBinding{{Protocol: "http", Address: "*", Port: "8081"}},
		Locations: []task.NginxLocation{
			{Path: "= /", Directives: []task.NginxDirective{{Name: "index", Value: "index.html"}}},
			{Path: "@app", Proxy: "http://unix:" + dir + "/tmp/sockets/unicorn.sock"},
			{Path: "/", Directives: []task.NginxDirective{{Name: "root", Value: dir + "/lib/public"}, {Name: "try_files", Value: "$uri @app"}}},
		},
	}
}

func TestRender(t *testing.T) {
	t.Parallel()
	secure := task.Nginx{
		Name: "Shop-Prod", ConfigDirectory: "/opt/nginx/sites", HostName: "shop.example www.shop.example",
		Bindings: []task.NginxBinding{
			{Protocol: "http", Port: "80"},
			{Protocol: "https", Address: "10.0.0.1", Port: "443", Certificate: "/etc/ssl/shop/full chain.pem", CertificateKey: "/etc/ssl/shop/key.pem"},
		},
		Locations: []task.NginxLocation{
			{Path: "/", Proxy: "http://localhost:5000", Directives: []task.NginxDirective{
				{Name: "proxy_http_version", Value: "1.0"}, {Name: "proxy_set_header", Value: "Host shop.internal"}, {Name: "internal"},
			}},
			{Path: "/static/", Directives: []task.NginxDirective{{Name: "alias", Value: "/srv/static files/"}}},
		},
	}
	many := tutorial("Many-Dev")
	for _, path := range strings.Fields("/a /b/c ~*x /d /e /f /g /h /i /j") {
		many.Locations = append(many.Locations, task.NginxLocation{Path: path, Proxy: "http://localhost:1"})
	}
	for _, tt := range []struct {
		golden string
		site   task.Nginx
		style  Style
	}{
		{"tutorial-ours", tutorial("RandomQuotes-Dev"), Ours},
		{"tutorial-octopus", tutorial("RandomQuotes"), Octopus},
		{"secure", secure, Ours},
		{"many", many, Ours},
	} {
		t.Run(tt.golden, func(t *testing.T) {
			t.Parallel()
			files, err := Render(tt.site, tt.style)
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			for _, f := range files {
				b.WriteString("-- " + f.Path + " --\n" + f.Text)
			}
			path := filepath.Join("testdata", tt.golden+".txt")
			if *update {
				if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if b.String() != string(want) {
				t.Errorf("Render(%s) =\n%s\nwant\n%s", tt.golden, b.String(), want)
			}
		})
	}
}

func TestCheckFindsWhatCouldChangeTheStructure(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		why    string
		change func(*task.Nginx)
		path   string // "" for a site that is fine
	}{
		{"nothing", func(*task.Nginx) {}, ""},
		{"variable with braces", func(s *task.Nginx) { s.Locations[2].Directives[0].Value = "/srv/${host}/x" }, ""},
		{"quoted words", func(s *task.Nginx) { s.Locations[2].Directives[1].Value = `"$uri x" 'y z'` }, ""},
		{"folder with a space", func(s *task.Nginx) { s.Locations[2].Directives[0].Value = "/srv/Pre Prod" }, ""},
		{"quote inside a word", func(s *task.Nginx) { s.Locations[2].Directives[1].Value = `a"b` }, ""},
		{"semicolon", func(s *task.Nginx) { s.Locations[2].Directives[1].Value = "x; deny all" }, "locations[2].directives[1].value"},
		{"quoted semicolon", func(s *task.Nginx) { s.Locations[2].Directives[1].Value = `"x;y"` }, "locations[2].directives[1].value"},
		{"brace", func(s *task.Nginx) { s.Locations[1].Path = "/ { deny all" }, "locations[1].path"},
		{"closing brace", func(s *task.Nginx) { s.HostName = "a}b" }, "hostName"},
		{"line break", func(s *task.Nginx) { s.Locations[1].Proxy = "http://a\nb" }, "locations[1].proxy"},
		{"open quote", func(s *task.Nginx) { s.Locations[2].Directives[1].Value = `"x` }, "locations[2].directives[1].value"},
		{"comment", func(s *task.Nginx) { s.Locations[2].Directives[1].Value = "x #y" }, "locations[2].directives[1].value"},
		{"swallowed end", func(s *task.Nginx) { s.Locations[2].Directives[1].Value = `x\` }, "locations[2].directives[1].value"},
		{"root that swallows its end", func(s *task.Nginx) { s.Locations[2].Directives[0].Value = `/srv/a b\` }, "locations[2].directives[0].value"},
		{"name of a directive", func(s *task.Nginx) { s.Locations[0].Directives[0].Name = "index x" }, "locations[0].directives[0].name"},
		{"port", func(s *task.Nginx) { s.Bindings[0].Port = "80 default_server" }, "bindings[0].port"},
		{"port range", func(s *task.Nginx) { s.Bindings[0].Port = "65536" }, "bindings[0].port"},
		{"port with zero", func(s *task.Nginx) { s.Bindings[0].Port = "080" }, "bindings[0].port"},
		{"port twice", func(s *task.Nginx) {
			s.Bindings = append(s.Bindings, task.NginxBinding{Protocol: "http", Port: "8081"})
		}, "bindings[1].port"},
		{"address", func(s *task.Nginx) { s.Bindings[0].Address = "a b" }, "bindings[0].address"},
		{"protocol", func(s *task.Nginx) { s.Bindings[0].Protocol = "ftp" }, "bindings[0].protocol"},
		{"no certificate", func(s *task.Nginx) { s.Bindings[0].Protocol, s.Bindings[0].CertificateKey = "https", "/k" }, "bindings[0].certificate"},
		{"no bindings", func(s *task.Nginx) { s.Bindings = nil }, "bindings"},
		{"no root location", func(s *task.Nginx) { s.Locations = s.Locations[1:2] }, "locations"},
		{"location twice", func(s *task.Nginx) { s.Locations[1].Path = " /" }, "locations[2].path"},
		{"directory", func(s *task.Nginx) { s.ConfigDirectory = "/etc/../x" }, "configDirectory"},
		{"name", func(s *task.Nginx) { s.Name = "../x" }, "name"},
		{"proxy without scheme", func(s *task.Nginx) { s.Locations[1].Proxy = "localhost:5000" }, "locations[1].proxy"},
	} {
		t.Run(tt.why, func(t *testing.T) {
			t.Parallel()
			site := tutorial("X-Dev")
			tt.change(&site)
			problems := Check(site)
			if tt.path == "" {
				if len(problems) > 0 {
					t.Errorf("Check = %v, want none", problems)
				}
				return
			}
			if len(problems) != 1 || problems[0].Path != tt.path {
				t.Errorf("Check = %v, want one problem at %s", problems, tt.path)
			}
			if _, err := Render(site, Ours); pipelines.CodeOf(err) != pipelines.Invalid {
				t.Errorf("Render = %v, want it refused", err)
			}
		})
	}
}

func TestClash(t *testing.T) {
	t.Parallel()
	const dump = `nginx: the configuration file /etc/nginx/nginx.conf syntax is ok
# configuration file /etc/nginx/nginx.conf:
http { # server { listen 8081; }
  server { listen 127.0.0.1:8082; listen [::]:8083 default_server; server_name a.example b.example;
    location / { return 200 "listen 8084;"; } }
}
# configuration file /etc/nginx/sites-enabled/default:
server {
	listen 80 default_server;
	server_name _;
}
# configuration file /etc/nginx/conf.d/Own-Dev.conf:
server { listen 8090; }
# configuration file /etc/nginx/conf.d/named.conf:
server { listen 0.0.0.0:8095; server_name Shop.example; }
`
	for _, tt := range []struct {
		address, port, host string
		file                string // that is in the way
	}{
		{"", "8081", "", ""},
		{"127.0.0.1", "8082", "", "/etc/nginx/nginx.conf"},
		{"", "8082", "", ""},
		{"[::]", "8083", "", "/etc/nginx/nginx.conf"},
		{"", "8084", "", ""},
		{"*", "80", "", "/etc/nginx/sites-enabled/default"},
		{"", "80", "shop.example", ""},
		{"", "8090", "", ""},
		{"", "8095", "shop.example", "/etc/nginx/conf.d/named.conf"},
		{"", "8095", "other.example", ""},
		{"", "8095", "*", "/etc/nginx/conf.d/named.conf"},
	} {
		site := task.Nginx{Name: "Own-Dev", HostName: tt.host, Bindings: []task.NginxBinding{{Protocol: "http", Address: tt.address, Port: tt.port}}}
		err := Clash(site, Servers(ReadDump(dump)))
		if (err == nil) != (tt.file == "") || err != nil && (!strings.Contains(err.Error(), tt.file) || !strings.Contains(err.Error(), "port "+tt.port)) {
			t.Errorf("Clash(%s:%s %q) = %v, want one that names %q", tt.address, tt.port, tt.host, err, tt.file)
		}
	}
}
