package nginxconf

import (
	"encoding/json"
	"path"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/task"
)

// DefaultCertificates is where certificates go in Octopus's form.
const DefaultCertificates = "/etc/ssl"

const variables = "Octopus.Action.Nginx."

// Described is a site as Octopus's variables describe it.
type Described struct {
	Site         task.Nginx
	Certificates []File   // to be written before the site; keys are for root's eyes only
	Warnings     []string // what was left out
}

// FromVariables reads Octopus's form of a site. get is a variable's evaluated
// text, "" for one that is not there. As in Octopus, bindings that cannot be
// read are no bindings, and reading changes nothing else in a value: what is
// then rendered in Octopus's style is what Octopus would have written.
func FromVariables(get func(name string) string) Described {
	d := Described{Site: task.Nginx{
		Name:            baseName(get(variables+"Server.ConfigName"), get("Octopus.Action.Package.PackageId")),
		ConfigDirectory: get(variables + "ConfigurationsDirectory"),
		HostName:        get(variables + "Server.HostName"),
	}}
	var bindings []octopusBinding
	if json.Unmarshal([]byte(get(variables+"Server.Bindings")), &bindings) != nil {
		bindings = nil
	}
	for _, b := range bindings {
		d.bind(b, get)
	}
	var locations []OctopusLocation
	if json.Unmarshal([]byte(get(variables+"Server.Locations")), &locations) != nil {
		locations = nil
	}
	for _, l := range locations {
		d.Site.Locations = append(d.Site.Locations, l.Location())
	}
	return d
}

// baseName is the name of a site's files: what a file name cannot hold splits
// it, and what is left is joined again.
func baseName(name, packageID string) string {
	if strings.TrimSpace(name) == "" {
		name = packageID
	}
	parts := strings.FieldsFunc(name, func(r rune) bool { return r == '/' || r == 0 })
	return strings.Join(parts, "_")
}

// octopusBinding is one entry of Octopus's list of bindings.
type octopusBinding struct {
	Protocol, IPAddress, Port                                        pipelines.Scalar
	CertificateLocation, CertificateKeyLocation, CertificateVariable pipelines.Scalar
	SecurityProtocols                                                []pipelines.Scalar
	Enabled                                                          pipelines.Scalar
}

func (d *Described) bind(b octopusBinding, get func(string) string) {
	if !strings.EqualFold(string(b.Enabled), "true") {
		return
	}
	binding := task.NginxBinding{
		Protocol: strings.ToLower(string(b.Protocol)), Address: strings.TrimSpace(string(b.IPAddress)), Port: string(b.Port),
		Certificate: string(b.CertificateLocation), CertificateKey: string(b.CertificateKeyLocation),
	}
	for _, version := range b.SecurityProtocols {
		binding.TLSVersions = append(binding.TLSVersions, string(version))
	}
	if name := string(b.CertificateVariable); binding.Protocol == "https" && name != "" {
		if !d.certify(&binding, name, get) {
			d.Warnings = append(d.Warnings, "the binding to port "+binding.Port+" is left out: there is no certificate variable "+name)
			return
		}
	}
	d.Site.Bindings = append(d.Site.Bindings, binding)
}

// certify points the binding to the files of a certificate variable.
func (d *Described) certify(b *task.NginxBinding, name string, get func(string) string) bool {
	commonName := strings.Join(strings.FieldsFunc(get(name+".SubjectCommonName"), func(r rune) bool { return r == '/' || r == 0 }), "_")
	leaf := get(name + ".CertificatePem")
	if commonName == "" || commonName == "." || commonName == ".." || leaf == "" {
		return false
	}
	folder := strings.TrimRight(get(variables+"CertificatesDirectory"), "/")
	if folder == "" {
		folder = DefaultCertificates
	}
	base := path.Join(folder, commonName, commonName)
	b.Certificate, b.CertificateKey = base+".crt", base+".key"
	if chain := get(name + ".ChainPem"); chain != "" {
		leaf += "\n" + chain
	}
	d.Certificates = append(d.Certificates, File{Path: b.Certificate, Text: leaf}, File{Path: b.CertificateKey, Text: get(name + ".PrivateKeyPem")})
	return true
}

// OctopusLocation is one entry of Octopus's list of locations. Some of its
// fields are texts that hold JSON themselves.
type OctopusLocation struct {
	Path                   pipelines.Scalar `json:"path"`
	Directives             pipelines.Scalar `json:"directives"`
	Headers                pipelines.Scalar `json:"headers"`
	ReverseProxyURL        pipelines.Scalar `json:"reverseProxyUrl"`
	ReverseProxyHeaders    pipelines.Scalar `json:"reverseProxyHeaders"`
	ReverseProxyDirectives pipelines.Scalar `json:"reverseProxyDirectives"`
}

// Location is the same in our form, with nothing left to be added: what the
// location says itself wins over what comes with the proxy.
func (o OctopusLocation) Location() task.NginxLocation {
	l := task.NginxLocation{Path: string(o.Path), Directives: pairs(string(o.Directives)), Headers: pairs(string(o.Headers))}
	for _, d := range pairs(string(o.ReverseProxyDirectives)) {
		if !has(l, d.Name) {
			l.Directives = append(l.Directives, d)
		}
	}
	for _, h := range pairs(string(o.ReverseProxyHeaders)) {
		if !setsHeader(task.NginxLocation{Headers: l.Headers}, h.Name) {
			l.Headers = append(l.Headers, h)
		}
	}
	if url := string(o.ReverseProxyURL); url != "" {
		l.Directives = append([]task.NginxDirective{{Name: "proxy_pass", Value: url}}, l.Directives...)
	}
	return l
}
