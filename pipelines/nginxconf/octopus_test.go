package nginxconf

import (
	"strings"
	"testing"

	"slipway/pipelines/task"
)

const oneBinding = `[{"protocol":"https","port":443,"ipAddress":"","certificateVariable":"Cert","securityProtocols":["TLSv1.3"],"enabled":"True"}]`

func TestFromVariables(t *testing.T) {
	t.Parallel()
	values := map[string]string{
		"Octopus.Action.Package.PackageId":      "Shop",
		"Octopus.Action.Nginx.Server.Bindings":  oneBinding,
		"Octopus.Action.Nginx.Server.Locations": `[{"path":"/","directives":"{\"root\":\"/srv\"}","reverseProxyUrl":null}]`,
		"Cert.SubjectCommonName":                "../../etc", "Cert.CertificatePem": "LEAF", "Cert.PrivateKeyPem": "KEY",
	}
	d := FromVariables(func(name string) string { return values[name] })
	if len(d.Site.Bindings) != 1 || d.Site.Bindings[0].Port != "443" || d.Site.Bindings[0].Certificate != "/etc/ssl/.._.._etc/.._.._etc.crt" || len(d.Certificates) != 2 {
		t.Errorf("site = %+v, certificates %+v", d.Site, d.Certificates)
	}
	files, err := Render(d.Site, Octopus)
	if err != nil || len(files) != 1 || !strings.Contains(files[0].Text, "        root /srv;\n") {
		t.Errorf("Render = %+v, %v", files, err)
	}
	delete(values, "Cert.CertificatePem")
	if d := FromVariables(func(name string) string { return values[name] }); len(d.Site.Bindings) != 0 || len(d.Warnings) != 1 || !strings.Contains(d.Warnings[0], "Cert") {
		t.Errorf("without a certificate: %+v", d)
	}
}

func TestHeadersAndVersionsAreChecked(t *testing.T) {
	t.Parallel()
	site := tutorial("Shop")
	site.Bindings = []task.NginxBinding{{Protocol: "https", Port: "443", Certificate: "/c", CertificateKey: "/k", TLSVersions: []string{"TLSv1.3"}}}
	site.Locations[1].Headers = []task.NginxDirective{{Name: "host", Value: "a b"}, {Name: "X-Empty"}}
	files, err := Render(site, Ours)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range files {
		all.WriteString(f.Text)
	}
	for _, line := range []string{"ssl_protocols TLSv1.3;", `proxy_set_header host "a b";`, `proxy_set_header X-Empty "";`} {
		if !strings.Contains(all.String(), line) {
			t.Errorf("no %s in\n%s", line, all.String())
		}
	}
	if strings.Contains(all.String(), "Host $host") {
		t.Errorf("the usual header stands beside the site's own:\n%s", all.String())
	}
	site.Bindings[0].TLSVersions = []string{"TLSv1.3; deny all"}
	site.Locations[1].Headers = []task.NginxDirective{{Name: "X A", Value: "1"}, {Name: "X-B", Value: "1; deny all"}}
	var got []string
	for _, p := range Check(site) {
		got = append(got, p.Path)
	}
	if text := strings.Join(got, " "); text != "bindings[0].tlsVersions[0] locations[1].headers[0].name locations[1].headers[1].value" {
		t.Errorf("Check finds %s", text)
	}
}

func FuzzFromVariables(f *testing.F) {
	f.Add(oneBinding, `[{"path":"/","directives":"[{\"root\":\"/srv\"}]"}]`, "Shop")
	f.Add(`[{"enabled":true}]`, `[{"path":"= /","directives":"{"}]`, "/../")
	f.Fuzz(func(t *testing.T, bindings, locations, name string) {
		d := FromVariables(func(variable string) string {
			switch {
			case strings.HasSuffix(variable, "Bindings"):
				return bindings
			case strings.HasSuffix(variable, "Locations"):
				return locations
			case strings.HasSuffix(variable, "ConfigName"), strings.HasPrefix(variable, "Cert"):
				return name
			}
			return ""
		})
		if strings.Contains(d.Site.Name, "/") {
			t.Errorf("name %q leads elsewhere", d.Site.Name)
		}
		Render(d.Site, Octopus)
		Render(d.Site, Ours)
	})
}
