package iis

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

// TestWant writes what a step wants, with the host's half as text.
func TestWant(t *testing.T) {
	t.Parallel()
	at := plan.Context{Project: "Random Quotes", Environment: "Prod (EU)", Step: "Deploy"}
	for name, settings := range map[string]string{
		"tutorial": `{"package":"RandomQuotes","feed":"Artifactory","config-variables":true,"site":{"name":"RandomQuotes","pool":{"name":"RandomQuotes"},
			"bindings":[{"port":"#{IIS Port}"}],"authentication":{"anonymous":true}}}`,
		"everything": `{"package":"Shop","site":{"name":"Shop-#{Octopus.Environment.Name}","web-root":"public","start":false,"existing-bindings":"merge",
			"pool":{"name":"Shop","framework":"no managed code","identity":"SpecificUser","user":"CORP\\shop","password":"#{Pool Password}","start":false},
			"bindings":[{"port":8081,"address":"*"},{"port":80,"address":"10.0.0.1"},{"port":80,"host":"Shop.example.org"},{"protocol":"https","address":"::1","port":443,"host":"#{Host}","thumbprint":"#{Thumbprint}","require-sni":true},
				{"protocol":"https","port":8443,"certificate":"Shop Certificate","enabled":true},{"port":8090,"enabled":false},{"port":8091,"enabled":"#{Extra}"}],
			"authentication":{"basic":true,"windows":true}},
			"application":{"site":"Default Web Site","path":"shop/#{Octopus.Environment.Name}","root":"app","pool":{"name":"Shop App","framework":"v2.0","identity":"LocalService"}},
			"virtual-directory":{"site":"Default Web Site","path":"/pictures","root":"D:\\Pictures"},
			"offline":true,"keep-new-path":true,"change-retries":0,"change-pause":"2s",
			"deploy":"Write-Host 1","install-directory":"C:\\Shop","purge":true}`,
		"application":       `{"package":"A","application":{"site":"S","path":"/a","pool":{"name":"P"}},"post-deploy":"echo","script-syntax":"bash"}`,
		"virtual-directory": `{"package":"A","virtual-directory":{"site":"S","path":"#{Path}"}}`,
	} {
		want, err := Type{}.Want(at, json.RawMessage(settings))
		if err != nil {
			t.Fatal(err)
		}
		if found := (Type{}).Check(json.RawMessage(settings)); len(found) > 0 {
			t.Errorf("%s: Check finds %v", name, found)
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
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
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

func TestPackageAndFeed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ settings, pkg, feed string }{
		{`{"package":"A","feed":"F"}`, "A", "F"}, {`{"package":"A"}`, "A", ""}, {`{}`, "", ""}, {`[]`, "", ""},
	} {
		raw := json.RawMessage(c.settings)
		if pkg, feed := (Type{}).Package(raw), plan.FeedOf(Type{}, raw); pkg != c.pkg || feed != c.feed {
			t.Errorf("%s: package %q of feed %q, want %q of %q", c.settings, pkg, feed, c.pkg, c.feed)
		}
	}
}

// TestEnvironmentsWithOneSiteNameMeet is the tutorial as it is written: its site
// has no environment in its name, so the claims of all environments are equal.
func TestEnvironmentsWithOneSiteNameMeet(t *testing.T) {
	t.Parallel()
	settings := json.RawMessage(`{"package":"A","site":{"name":"RandomQuotes","pool":{"name":"P"},"bindings":[{"port":"#{IIS Port}"}]}}`)
	for _, environment := range []string{"Dev", "Test"} {
		want, err := Type{}.Want(plan.Context{Project: "Random Quotes", Environment: environment}, settings)
		if err != nil {
			t.Fatal(err)
		}
		if c := want.Claims[0]; c.Kind != "iis site" || c.Value != "RandomQuotes" {
			t.Errorf("%s claims %s %q, want the site's name as written", environment, c.Kind, c.Value)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	with := func(more string) string {
		return `{"package":"A","site":{"name":"S","pool":{"name":"P"},"bindings":[{"port":80}],"authentication":{}` + more + `}}`
	}
	pool := func(p string) string {
		return `{"package":"A","application":{"site":"S","path":"/a","pool":` + p + `}}`
	}
	binding := func(b string) string {
		return `{"package":"A","site":{"name":"S","pool":{"name":"P"},"bindings":[` + b + `],"authentication":{}}}`
	}
	const thumbprint = `"thumbprint":"\u200eab cd ef 01 23 45 67 89 ab cd ef 01 23 45 67 89 ab cd ef 01"`
	for _, c := range []struct{ settings, want string }{
		{with(""), ""},
		{`{}`, "package: an iis step names the package it installs\nsite: an iis step says what IIS is to serve: `site`, `application` or `virtual-directory`"},
		{`{"package":"A","site":{}}`, "site.name: a site has a name, like RandomQuotes-#{Octopus.Environment.Name}\n" +
			"site.pool.name: an application pool has a name, and may have that of the site\n" +
			"site.bindings: a site needs at least one binding, like `- port: 8081`, or `existing-bindings: merge` to keep those it has\n" +
			"site.authentication: say how callers may show who they are, like `authentication: { anonymous: true }`; what is not said is off"},
		{with(`,"web-root":"public\\www"`), ""},
		{with(`,"web-root":"C:\\www"`), `site.web-root: web-root is a folder of the package, like ` + "`public`" + `; got "C:\\www"`},
		{with(`,"existing-bindings":"keep"`), `site.existing-bindings: existing bindings are treated by replace or merge; got "keep"`},
		{`{"package":"A","site":{"name":"S","pool":{"name":"P"},"existing-bindings":"merge","authentication":{"anonymous":true}}}`, ""},
		{pool(`{"name":"P","identity":"#{Identity}","user":"u","password":"#{P}"}`), ""},
		{pool(`{"name":"P","identity":"Root"}`), `application.pool.identity: a pool runs as one of ApplicationPoolIdentity, LocalService, LocalSystem, NetworkService, SpecificUser; got "Root"`},
		{pool(`{"name":"P","identity":"SpecificUser"}`), `application.pool.user: identity SpecificUser needs a user, like CORP\shop or .\shop`},
		{pool(`{"name":"P","user":"u"}`), "application.pool.identity: a user and a password go with `identity: SpecificUser`"},
		{pool(`{"name":"P","identity":"SpecificUser","user":"u","password":"hunter2"}`), "application.pool.password: a password is not written here: keep it with `slipway secret set`, give a variable that secret, and write `#{Name of the variable}`"},
		{binding(`{"port":0}`), `site.bindings[0].port: a port is a number from 1 to 65535, or an expression like #{IIS Port}; got "0"`},
		{binding(`{"port":80},{"port":"x"}`), `site.bindings[1].port: a port is a number from 1 to 65535, or an expression like #{IIS Port}; got "x"`},
		{binding(`{"port":80,"enabled":"perhaps"}`), `site.bindings[0].enabled: enabled is true, false, or an expression; got "perhaps"`},
		{binding(`{"port":80,"protocol":"ftp"}`), `site.bindings[0].protocol: the protocol is http or https; got "ftp"`},
		{binding(`{"port":80,"require-sni":true}`), "site.bindings[0].protocol: a certificate and require-sni go with `protocol: https`"},
		{binding(`{"port":443,"protocol":"https"}`), "site.bindings[0].thumbprint: https needs either `thumbprint`, of a certificate on the host, or `certificate`, a variable that has one"},
		{binding(`{"port":443,"protocol":"https","certificate":"C","thumbprint":"x"}`), "site.bindings[0].thumbprint: https needs either `thumbprint`, of a certificate on the host, or `certificate`, a variable that has one"},
		{binding(`{"port":443,"protocol":"https","certificate":"#{C}"}`), `site.bindings[0].certificate: certificate is the name of a variable as it stands, without an expression; got "#{C}"`},
		{binding(`{"port":443,"protocol":"https",` + thumbprint + `}`), ""},
		{binding(`{"port":443,"protocol":"https","thumbprint":"abc"}`), `site.bindings[0].thumbprint: thumbprint "abc" has 3 hexadecimal digits: it needs 40`},
		{binding(`{"port":443,"protocol":"https","require-sni":true,` + thumbprint + `}`), "site.bindings[0].require-sni: SNI chooses the certificate by the host name: say `host` too"},
		{`{"package":"A","virtual-directory":{"path":"/"}}`, "virtual-directory.site: say below which site it lies\nvirtual-directory.path: say where below the site it lies, like /shop"},
		{`{"package":"A","virtual-directory":{"site":"S","path":"/a"},"change-retries":-1,"change-pause":"2m"}`, "change-retries: change-retries is a number from 0 to 100; got -1\nchange-pause: change-pause is at most 1m; got 2m"},
		{`{"package":"A","virtual-directory":{"site":"S","path":"/a"},"purge":true}`, "purge: purge empties install-directory, and there is none: a new folder for each version needs no purging"},
		{`{"site":[]}`, "json: cannot unmarshal array into Go struct field Settings.site of type iis.Site"},
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
