package iis

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"slipway/pipelines/iisconf"
)

const (
	appID = "{11111111-2222-4333-8444-555555555555}"
	hash  = "1234567890ABCDEF1234567890ABCDEF12345678"
)

var (
	on80   = iisconf.Binding{Protocol: "http", Address: "*", Port: 80}
	shop   = iisconf.Binding{Protocol: "https", Address: "*", Port: 443, Host: "shop.example.org", SNI: true}
	netTCP = iisconf.Binding{Protocol: "net.tcp", Other: "808:*"}
)

func TestCommandsOfActions(t *testing.T) {
	t.Parallel()
	now := iisconf.State{
		Sites: []iisconf.SiteState{{Name: "Shop", ID: 2, Bindings: []iisconf.Binding{on80, netTCP, {Protocol: "https", Address: "*", Port: 443, Host: "shop.example.org"}}}},
		Pools: []iisconf.Pool{{Name: "Shop", Identity: "SpecificUser", User: `CORP\web`}},
	}
	pool := func(p iisconf.Pool) iisconf.Pool { p.Name = "Shop"; return p }
	for _, tt := range []struct {
		action iisconf.Action
		want   string // lines of program and arguments, "|" between them
	}{
		{iisconf.Action{Verb: iisconf.AddPool, Pool: pool(iisconf.Pool{})}, `appcmd|add|apppool|/name:Shop`},
		{iisconf.Action{Verb: iisconf.AddPool, Pool: pool(iisconf.Pool{Identity: "SpecificUser", User: "a", Password: "b"})}, `appcmd|add|apppool|/in`},
		{iisconf.Action{Verb: iisconf.StopPool, Pool: pool(iisconf.Pool{})}, `appcmd|stop|apppool|/apppool.name:Shop`},
		{iisconf.Action{Verb: iisconf.StartPool, Pool: pool(iisconf.Pool{})}, `appcmd|start|apppool|/apppool.name:Shop`},
		{iisconf.Action{Verb: iisconf.SetFramework, Pool: pool(iisconf.Pool{Framework: "v4.0"})}, `appcmd|set|apppool|/apppool.name:Shop|/managedRuntimeVersion:v4.0`},
		{iisconf.Action{Verb: iisconf.SetFramework, Pool: pool(iisconf.Pool{})}, `appcmd|set|apppool|/apppool.name:Shop|/managedRuntimeVersion:`},
		{iisconf.Action{Verb: iisconf.SetIdentity, Pool: pool(iisconf.Pool{Identity: "LocalService"})},
			`appcmd|set|apppool|/apppool.name:Shop|/processModel.identityType:LocalService|/processModel.userName:|/processModel.password:`},
		{iisconf.Action{Verb: iisconf.SetIdentity, Pool: iisconf.Pool{Name: "Other", Identity: "LocalService"}},
			`appcmd|set|apppool|/apppool.name:Other|/processModel.identityType:LocalService`},
		{iisconf.Action{Verb: iisconf.SetIdentity, Pool: pool(iisconf.Pool{Identity: "SpecificUser", User: "a", Password: "b"})},
			`powershell|-NoLogo|-NoProfile|-NonInteractive|-ExecutionPolicy|Bypass|-Command|` + passwordScript},
		{iisconf.Action{Verb: iisconf.AddSite, Site: "New", SiteID: 7, Physical: `C:\Sites\New`, Bindings: []iisconf.Binding{{Protocol: "http", Port: 81, Host: "od-temp.example.com"}}},
			`appcmd|add|site|/name:New|/id:7|/physicalPath:C:\Sites\New|/bindings:http/*:81:od-temp.example.com`},
		{iisconf.Action{Verb: iisconf.StopSite, Site: "Shop"}, `appcmd|stop|site|/site.name:Shop`},
		{iisconf.Action{Verb: iisconf.StartSite, Site: "Shop"}, `appcmd|start|site|/site.name:Shop`},
		{iisconf.Action{Verb: iisconf.SetBindings, Site: "shop", Bindings: []iisconf.Binding{shop, netTCP, {Protocol: "http", Address: "[::1]", Port: 8080}}},
			`appcmd|set|site|/site.name:shop|/-bindings.[protocol='http',bindingInformation='*:80:']|/-bindings.[protocol='https',bindingInformation='*:443:shop.example.org']` +
				`|/+bindings.[protocol='https',bindingInformation='*:443:shop.example.org',sslFlags='1']|/+bindings.[protocol='http',bindingInformation='[::1]:8080:']`},
		{iisconf.Action{Verb: iisconf.SetBindings, Site: "Shop", Bindings: now.Sites[0].Bindings}, ``},
		{iisconf.Action{Verb: iisconf.SetLogins, Site: "Shop", Logins: iisconf.Login{Windows: true}},
			"appcmd|set|config|Shop|/section:system.webServer/security/authentication/anonymousAuthentication|/enabled:false|/commit:apphost\n" +
				"appcmd|set|config|Shop|/section:system.webServer/security/authentication/basicAuthentication|/enabled:false|/commit:apphost\n" +
				"appcmd|set|config|Shop|/section:system.webServer/security/authentication/windowsAuthentication|/enabled:true|/commit:apphost"},
		{iisconf.Action{Verb: iisconf.AddApplication, Site: "Shop", Path: "/a/b", Physical: `C:\b`, Pool: pool(iisconf.Pool{})},
			`appcmd|add|app|/site.name:Shop|/path:/a/b|/physicalPath:C:\b|/applicationPool:Shop`},
		{iisconf.Action{Verb: iisconf.SetPool, Site: "Shop", Path: "/", Pool: pool(iisconf.Pool{})}, `appcmd|set|app|/app.name:Shop/|/applicationPool:Shop`},
		{iisconf.Action{Verb: iisconf.AddDirectory, Site: "Shop", Application: "/", Path: "/photos", Physical: `C:\p`}, `appcmd|add|vdir|/app.name:Shop/|/path:/photos|/physicalPath:C:\p`},
		{iisconf.Action{Verb: iisconf.AddDirectory, Site: "Shop", Application: "/a", Path: "/a/photos", Physical: `C:\p`}, `appcmd|add|vdir|/app.name:Shop/a|/path:/photos|/physicalPath:C:\p`},
		{iisconf.Action{Verb: iisconf.SetPath, Site: "Shop", Application: "/", Path: "/", Physical: `C:\2 new`, Former: `C:\1`}, `appcmd|set|vdir|/vdir.name:Shop/|/physicalPath:C:\2 new`},
		{iisconf.Action{Verb: iisconf.SetPath, Site: "Shop", Application: "/a", Path: "/a", Physical: `C:\2`}, `appcmd|set|vdir|/vdir.name:Shop/a/|/physicalPath:C:\2`},
		{iisconf.Action{Verb: iisconf.SetPath, Site: "Shop", Application: "/a", Path: "/a/photos", Physical: `C:\2`}, `appcmd|set|vdir|/vdir.name:Shop/a/photos|/physicalPath:C:\2`},
		{iisconf.Action{Verb: iisconf.BindCertificate, Certificate: iisconf.Certificate{Address: "0.0.0.0:443", Thumbprint: hash, Store: "My"}},
			`netsh|http|add|sslcert|ipport=0.0.0.0:443|certhash=` + hash + `|appid=` + appID + `|certstorename=My`},
		{iisconf.Action{Verb: iisconf.BindCertificate, Certificate: iisconf.Certificate{Address: "shop.example.org:443", ByHost: true, Thumbprint: hash, Store: "WebHosting", AppID: "{old}"}},
			`netsh|http|add|sslcert|hostnameport=shop.example.org:443|certhash=` + hash + `|appid={old}|certstorename=WebHosting`},
		{iisconf.Action{Verb: iisconf.DropCertificate, Certificate: iisconf.Certificate{Address: "[::]:443", Thumbprint: hash}}, `netsh|http|delete|sslcert|ipport=[::]:443`},
		{iisconf.Action{Verb: dropSite, Site: "Shop"}, `appcmd|delete|site|/site.name:Shop`},
		{iisconf.Action{Verb: dropPool, Pool: pool(iisconf.Pool{})}, `appcmd|delete|apppool|/apppool.name:Shop`},
		{iisconf.Action{Verb: dropApplication, Site: "Shop", Path: "/a"}, `appcmd|delete|app|/app.name:Shop/a`},
		{iisconf.Action{Verb: dropDirectory, Site: "Shop", Application: "/", Path: "/p"}, `appcmd|delete|vdir|/vdir.name:Shop/p`},
	} {
		t.Run(string(tt.action.Verb), func(t *testing.T) {
			t.Parallel()
			commands, err := commandsOf(tt.action, now, appID)
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			for _, c := range commands {
				lines = append(lines, strings.Join(append([]string{c.Program}, c.Args...), "|"))
			}
			if got := strings.Join(lines, "\n"); got != tt.want {
				t.Errorf("commandsOf(%v) =\n%s\nwant\n%s", tt.action, got, tt.want)
			}
		})
	}
	if _, err := commandsOf(iisconf.Action{Verb: "dance"}, now, appID); err == nil {
		t.Error("an unknown verb has commands")
	}
}

func TestPasswordsAreNoArguments(t *testing.T) {
	t.Parallel()
	const password = `p"<&>'ä$(x)`
	p := iisconf.Pool{Name: "Shop", Identity: "SpecificUser", User: `CORP\web & co`, Password: password}
	for _, verb := range []iisconf.Verb{iisconf.AddPool, iisconf.SetIdentity} {
		commands, err := commandsOf(iisconf.Action{Verb: verb, Pool: p}, iisconf.State{}, appID)
		if err != nil || len(commands) != 1 {
			t.Fatalf("commandsOf(%s) = %v, %v", verb, commands, err)
		}
		c := commands[0]
		encoded := base64.StdEncoding.EncodeToString([]byte(password))
		if slices.ContainsFunc(c.Args, func(arg string) bool { return strings.Contains(arg, password) || strings.Contains(arg, encoded) }) {
			t.Errorf("%s has the password among its arguments: %q", verb, c.Args)
		}
		if verb == iisconf.SetIdentity {
			if !strings.HasSuffix(c.Input, "\n"+encoded+"\n") {
				t.Errorf("%s reads %q", verb, c.Input)
			}
			continue
		}
		root, err := parse(c.Input)
		if err != nil {
			t.Fatal(err)
		}
		s := seen{passwords: map[string]string{}}
		s.pools(root)
		if s.passwords["shop"] != password || s.Pools[0].User != p.User || s.Pools[0].Identity != p.Identity {
			t.Errorf("%s reads %+v with password %q from %s", verb, s.Pools, s.passwords["shop"], c.Input)
		}
	}
}

func TestBindingsThatAppcmdCannotBeGiven(t *testing.T) {
	t.Parallel()
	now := iisconf.State{Sites: []iisconf.SiteState{{Name: "Shop", Bindings: []iisconf.Binding{{Protocol: "net.pipe", Other: "it's"}}}}}
	if commands, err := commandsOf(iisconf.Action{Verb: iisconf.SetBindings, Site: "Shop", Bindings: []iisconf.Binding{on80}}, now, appID); err == nil {
		t.Errorf("commandsOf = %v, want an error", commands)
	}
}
