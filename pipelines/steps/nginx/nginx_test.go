package nginx

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/pipelines/plan"
)

var update = flag.Bool("update", false, "write what the steps want now")

func TestCheck(t *testing.T) {
	t.Parallel()
	const refused = ": the value may not hold `;`, `{`, `}` or a line break: write one directive for each; got "
	site := func(parts string) string {
		return `{"package":"A","bindings":[{"port":80}],"locations":[{"path":"/"}]` + parts + `}`
	}
	binding := func(b string) string {
		return `{"package":"A","bindings":[` + b + `],"locations":[{"path":"/"}]}`
	}
	location := func(l string) string {
		return `{"package":"A","bindings":[{"port":80}],"locations":[{"path":"/ok"},` + l + `]}`
	}
	for _, c := range []struct{ settings, want string }{
		{site(""), ""},
		{`{}`, "package: an nginx step names the package it installs\nbindings: an nginx step needs at least one binding, like `- port: 8080`\nlocations: an nginx step needs at least one location, like `- path: /`"},
		{binding(`{"port":"#{NGINX Port}"}`), ""},
		{binding(`{"port":"8080","protocol":"http","address":"127.0.0.1"}`), ""},
		{binding(`{"port":0}`), `bindings[0].port: a port is a number from 1 to 65535, or an expression like #{NGINX Port}; got "0"`},
		{binding(`{"port":80},{"port":65536}`), `bindings[1].port: a port is a number from 1 to 65535, or an expression like #{NGINX Port}; got "65536"`},
		{binding(`{"port":"http"}`), `bindings[0].port: a port is a number from 1 to 65535, or an expression like #{NGINX Port}; got "http"`},
		{binding(`{"port":null}`), `bindings[0].port: a port is a number from 1 to 65535, or an expression like #{NGINX Port}; got ""`},
		{binding(`{}`), `bindings[0].port: a port is a number from 1 to 65535, or an expression like #{NGINX Port}; got ""`},
		{binding(`{"port":443,"protocol":"https","certificate":"/c","certificate-key":"/k"}`), ""},
		{binding(`{"port":443,"protocol":"https","certificate":"/c"}`), "bindings[0].certificate: https needs `certificate` and `certificate-key`, two paths on the host"},
		{binding(`{"port":80,"certificate-key":"/k"}`), "bindings[0].certificate: a certificate goes with `protocol: https`"},
		{binding(`{"port":80,"protocol":"ftp"}`), `bindings[0].protocol: the protocol is http or https; got "ftp"`},
		{binding(`{"port":80,"address":"0.0.0.0; x"}`), `bindings[0].address` + refused + `"0.0.0.0; x"`},
		{site(`,"host-name":"a.example.org b.example.org"`), ""},
		{site(`,"host-name":"a; } server {"`), `host-name` + refused + `"a; } server {"`},
		{site(`,"host-name":"#{if X}a#{/if}"`), ""},
		{site(`,"host-name":"#{X | Replace \"[a-z]{2}\" b}"`), ""},
		{site(`,"host-name":"#{X} }"`), `host-name` + refused + `"#{X} }"`},
		{site(`,"host-name":"#{X"`), ""},
		{location(`{}`), "locations[1].path: a location has a path, like `/` or `= /` or `@app`"},
		{location(`{"path":"/ {"}`), `locations[1].path` + refused + `"/ {"`},
		{location(`{"path":"/","proxy":"http://a\nb"}`), `locations[1].proxy` + refused + `"http://a\nb"`},
		{location(`{"path":"/","directives":[{"root":"/srv"},{"expires":30},{"internal":null}]}`), ""},
		{location(`{"path":"/","directives":[{"a":"1","b":"2"}]}`), "locations[1].directives[0]: a directive is one name and its value, like `- root: /srv/www`; this has 2"},
		{location(`{"path":"/","directives":[{}]}`), "locations[1].directives[0]: a directive is one name and its value, like `- root: /srv/www`; this has 0"},
		{location(`{"path":"/","directives":[{"add header":"X 1"}]}`), `locations[1].directives[0]: a directive's name is one word; got "add header"`},
		{location(`{"path":"/","directives":[{"root":"/srv; internal"}]}`), `locations[1].directives[0].root` + refused + `"/srv; internal"`},
		{location(`{"path":"/","directives":[{"root}":"/srv"}]}`), `locations[1].directives[0].root}` + refused + `"root}"`},
		{location(`{"path":"/","headers":[{"X-A":"1"}]}`), ""},
		{location(`{"path":"/","headers":[{"X A":"1"}]}`), `locations[1].headers[0]: a header's name is one word; got "X A"`},
		{binding(`{"port":80,"tls-versions":["a;"]}`), `bindings[0].tls-versions[0]` + refused + `"a;"`},
		{site(`,"purge":true`), "purge: purge empties install-directory, and there is none: a new folder for each version needs no purging"},
		{`{"bindings":{}}`, "json: cannot unmarshal object into Go struct field Settings.bindings of type []nginx.Binding"},
	} {
		var got []string
		for _, p := range (Type{}).Check(json.RawMessage(c.settings)) {
			got = append(got, p.String())
		}
		if text := strings.Join(got, "\n"); text != c.want {
			t.Errorf("Check(%s) =\n%s\nwant\n%s", c.settings, text, c.want)
		}
	}
}

// TestWant writes what a step wants, with the host's half as text.
func TestWant(t *testing.T) {
	t.Parallel()
	at := plan.Context{Project: "Random Quotes", Environment: "Prod (EU)", Step: "Deploy"}
	for name, settings := range map[string]string{
		"small": `{"package":"RandomQuotes","bindings":[{"port":8080}],"locations":[{"path":"/"}]}`,
		"everything": `{"package":"RandomQuotes","config-name":"quotes","host-name":"#{Host}","config-directory":"/opt/nginx/conf.d",
			"bindings":[{"port":"#{Port}","address":"127.0.0.1"},{"protocol":"https","port":443,"certificate":"/etc/c.pem","certificate-key":"/etc/k.pem","tls-versions":["TLSv1.3"]}],
			"locations":[{"path":"@app","proxy":"http://unix:/run/app.sock","headers":[{"X-Site":"#{Site}"}]},{"path":"/","directives":[{"root":"/srv"},{"add_header":"A 1"},{"add_header":"B 2"},{"internal":null}]}],
			"pre-deploy":"echo pre","deploy":"echo deploy","post-deploy":"echo #{Post}","services":["quotes-#{Octopus.Environment.Name}","worker"],
			"install-directory":"/srv/quotes","substitute-in-files":["*.txt"],"structured-variables":["settings.json"],"skip-if-installed":true}`,
		"services": `{"package":"A","bindings":[{"port":1},{"port":2}],"locations":[{"path":"/"}],"services":["a"]}`,
	} {
		want, err := Type{}.Want(at, json.RawMessage(settings))
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(want); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", name+".json")
		if *update {
			if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := b.String(); got != string(file) {
			t.Errorf("%s: Want =\n%s\nwant\n%s", name, got, file)
		}
	}
	if _, err := (Type{}).Want(at, json.RawMessage(`[]`)); err == nil {
		t.Error("Want of a list gives no error")
	}
}

func TestPackage(t *testing.T) {
	t.Parallel()
	for settings, want := range map[string]string{`{"package":"A"}`: "A", `{}`: "", `[]`: ""} {
		if got := (Type{}).Package(json.RawMessage(settings)); got != want {
			t.Errorf("Package(%s) = %q, want %q", settings, got, want)
		}
	}
}

// TestAStepWantsTheSameEverySecondTime: a directive is a mapping, and mappings
// have no order.
func TestAStepWantsTheSameEverySecondTime(t *testing.T) {
	t.Parallel()
	settings := json.RawMessage(`{"package":"A","bindings":[{"port":1}],"locations":[{"path":"/","directives":[{"b":"1"},{"a":"2"},{"b":"3"}]}]}`)
	first, err := Type{}.Want(plan.Context{}, settings)
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		again, err := Type{}.Want(plan.Context{}, settings)
		if err != nil || !bytes.Equal(again.Work.Settings, first.Work.Settings) {
			t.Fatalf("Want = %s, then %s (%v)", first.Work.Settings, again.Work.Settings, err)
		}
	}
}
