package iismodel

import (
	"strings"
	"testing"
)

// TestDocumentedOutput holds outputs that stand on pages, word for word but for
// the ends of lines; -update does not reach them.
func TestDocumentedOutput(t *testing.T) {
	t.Parallel()
	mySite := `appcmd add site /name:MySite /id:2 /bindings:http/*:81: /physicalPath:C:\inetpub\mysite`
	app1 := `appcmd add app /site.name:MySite /path:/app1 /physicalPath:C:\inetpub\mysite\app1`
	for name, tt := range map[string]struct {
		before []string
		call   string
		want   string // a part of the output
		exit   int
	}{
		"Getting Started, sites":        {nil, `appcmd list sites`, "SITE \"Default Web Site\" (id:1,bindings:http/*:80:,state:Started)\n", 0},
		"Getting Started, applications": {[]string{mySite}, app1, "APP object \"MySite/app1\" added\nVDIR object \"MySite/app1/\" added\n", 0},
		"Getting Started, moved":        {[]string{mySite, `appcmd add apppool /name:MyAppPool`}, `appcmd set app "MySite/" /applicationPool:MyAppPool`, "APP object \"MySite/\" changed\n", 0},
		"Getting Started, pools":        {[]string{`appcmd set apppool DefaultAppPool /managedRuntimeVersion:v2.0`}, `appcmd list apppools`, "APPPOOL \"DefaultAppPool\" (MgdVersion:v2.0,MgdMode:Integrated,state:Started)\n", 0},
		"ninjs-iis, sites as XML": {[]string{`appcmd add site "/name:Test Site" /bindings:https/*:443:`, `appcmd stop site "Test Site"`}, `appcmd list site /xml`,
			"<SITE SITE.NAME=\"Default Web Site\" SITE.ID=\"1\" bindings=\"http/*:80:\" state=\"Started\" />\n    <SITE SITE.NAME=\"Test Site\" SITE.ID=\"2\" bindings=\"https/*:443:\" state=\"Stopped\" />\n</appcmd>\n", 0},
		"sous-chefs/iis 100":     {nil, `appcmd add vdir "/app.name:Default Web Site/" /path:/ /physicalPath:C:\shared`, "ERROR ( message:Failed to add duplicate collection element \"/\". )\n", 183},
		"sous-chefs/iis 277":     {[]string{`appcmd add site /name:testapp /bindings:http/*:80: /physicalPath:C:\x`}, `appcmd start site /site.name:testapp`, "Cannot create a file when that file already exists.", 183},
		"a tool that deletes":    {nil, `appcmd delete site Nope`, "ERROR ( message:Cannot find SITE object with identifier \"Nope\". )\n", 1168},
		"azure-pipelines 18901":  {nil, `appcmd set config "Default Web Site" /section:anonymousAuthentication /enabled:true /commit:apphost`, "Applied configuration changes to section \"system.webServer/security/authentication/anonymousAuthentication\" for \"MACHINE/WEBROOT/APPHOST/Default Web Site\" at configuration commit path \"MACHINE/WEBROOT/APPHOST\"\n", 0},
		"RestPS":                 {nil, `netsh http delete sslcert ipport=0.0.0.0:8080`, "SSL Certificate deletion failed, Error: 2\nThe system cannot find the file specified.\n", 1},
		"KB 981506":              {nil, `netsh http add sslcert ipport=0.0.0.0:443 certhash=324b8631bce8f279c98ba65b7a77518f14439624 appid={4dc3e181-e14b-4a21-b022-59fc669b0914}`, "SSL Certificate add failed, Error: 1312\nA specified logon session does not exist. It may already have been terminated.\n", 1},
		"geekybob.com, 80070057": {nil, `appcmd set site Default Web`, "Failed to process input: The parameter 'Web' must begin with a / or - (HRESULT=80070057).", 87},
		"iis-docs 539":           {nil, `appcmd set site "Default Web Site" "/+bindings.[protocol='http'"`, "ERROR ( message:Malformed collection indexer; format is [@position,name='value',name2='value2',...].", 87},
		"PTVS 1597":              {nil, `appcmd set site "Default Web Site" "/-bindings.[protocol='http',bindingInformation='*:81:']"`, "ERROR ( message:Cannot find requested collection element. )\n", 4312},
		"extensions 677":         {nil, `appcmd set site "Default Web Site" "/+bindings.[protocol='http',bindingInformation='*:80:']"`, "ERROR ( message:New binding object missing required attributes. Cannot add duplicate collection entry of type 'binding' with combined key attributes 'protocol, bindingInformation' respectively set to 'http, *:80:'\n\n. )\n", 183},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := New()
			for _, call := range append(tt.before, tt.call) {
				words := fields(call)
				r := m.Run(words[0], words[1:], "")
				if call != tt.call {
					continue
				}
				if got := strings.ReplaceAll(r.Stdout, "\r\n", "\n"); !strings.Contains(got, tt.want) || r.Exit != tt.exit {
					t.Errorf("%s ended with %d and printed\n%s\nwant %d and\n%s", call, r.Exit, got, tt.exit, tt.want)
				}
			}
		})
	}
}

func FuzzArguments(f *testing.F) {
	f.Add("appcmd", "set", "site", "Default Web Site", "/+bindings.[protocol='http',bindingInformation='*:81:']", "")
	f.Add("appcmd", "add", "apppool", "/in", "", "<appcmd><APPPOOL APPPOOL.NAME='x'><add name='x' /></APPPOOL></appcmd>")
	f.Add("netsh", "http", "show", "sslcert", "ipport=0.0.0.0:443", "")
	f.Add("powershell", "-Command", "x", "", "", "eA==")
	f.Fuzz(func(t *testing.T, program, a, b, c, d, stdin string) {
		m := New()
		before := m.text()
		r := m.Run(program, []string{a, b, c, d}, stdin)
		if r.Exit != 0 && m.text() != before {
			t.Errorf("%s %q ended with %d and changed something", program, []string{a, b, c, d}, r.Exit)
		}
	})
}

func TestFaultRules(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"busy", "call=1", "call=1:sleepy", "call:busy", "call=1:busy=0", "call=1:busy=x", "colour=red:busy"} {
		if err := New().Inject(bad); err == nil {
			t.Errorf("Inject(%q) takes it, want an error", bad)
		}
	}
	if err := New().Inject(" call=7:locked; verb=set+object=site:busy=2 ;program=netsh:denied=*;"); err != nil {
		t.Error(err)
	}
}

func TestFolderKeepsEverything(t *testing.T) {
	t.Parallel()
	m := machineOf("# certificates\n# german\n")
	for _, call := range []string{
		`appcmd add apppool "/name:A & <B>" /managedRuntimeVersion: /processModel.identityType:SpecificUser /processModel.userName:x`,
		`appcmd stop apppool "A & <B>"`,
		`appcmd add site /name:S /bindings:http/*:81:,https/[::1]:443:h /physicalPath:C:\s`,
		`appcmd set site S "/bindings.[protocol='https',bindingInformation='[::1]:443:h'].sslFlags:1"`,
		`appcmd add app /site.name:S /path:/a /physicalPath:C:\a "/applicationPool:A & <B>"`,
		`appcmd set config S /section:basicAuthentication /enabled:true /commit:apphost`,
		`appcmd set config /section:windowsAuthentication /enabled:true /commit:apphost`,
		`appcmd unlock config /section:basicAuthentication`,
		`netsh http add sslcert ipport=0.0.0.0:443 certhash=d0013e91aab93f437a4443b13e6d18bd60f0279c appid={00112233-4455-6677-8899-aabbccddeeff}`,
	} {
		words := fields(call)
		if r := m.Run(words[0], words[1:], ""); r.Exit != 0 {
			t.Fatalf("%s: %+v", call, r)
		}
	}
	folder := t.TempDir()
	if err := m.Save(folder); err != nil {
		t.Fatal(err)
	}
	again, err := Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	if d := differences(m.config, again.config, nothing); len(d) > 0 {
		t.Error(strings.Join(d, "\n"))
	}
	if m.text() != again.text() || again.language != "de" || len(again.keys) != 3 || len(again.calls) != 9 {
		t.Errorf("it came back as\n%s", again.text())
	}
}
