package nginxconf

import (
	"strings"

	"slipway/pipelines/task"
)

// server writes the file that NGINX includes; the site's other files follow
// from it.
func (s Style) server(site task.Nginx, root task.NginxLocation, folder string, more bool) string {
	lines := []string{"server {"}
	add := func(words ...string) { lines = append(lines, "    "+strings.Join(words, " ")+";") }
	for _, b := range site.Bindings {
		add(listen(b)...)
		if b.Protocol == "https" {
			add("ssl_certificate", s.word(b.Certificate))
			add("ssl_certificate_key", s.word(b.CertificateKey))
			if len(b.TLSVersions) > 0 {
				add("ssl_protocols", strings.Join(b.TLSVersions, " "))
			}
		}
	}
	if name := strings.TrimSpace(site.HostName); name != "" && name != "*" {
		add("server_name", name)
	}
	if missing := missingRoot(site.Locations); missing != "" && s == Ours {
		add("root", s.word(missing))
	}
	if more {
		add("include", s.word(folder+"/location.*.conf"))
	}
	lines = append(lines, s.block(root)...)
	return strings.Join(append(lines, "}"), "\n") + "\n"
}

func listen(b task.NginxBinding) []string {
	words := []string{"listen", b.Port}
	if b.Address != "" && b.Address != "*" {
		words[1] = b.Address + ":" + b.Port
	}
	if b.Protocol == "https" {
		words = append(words, "ssl")
	}
	return words
}

// missingRoot is the root of the location `/` when some location has an index
// but no root to look for it in: NGINX would look in the folder it was
// compiled with, which exists on some hosts and not on others.
func missingRoot(locations []task.NginxLocation) string {
	root, needed := "", false
	for _, l := range locations {
		if strings.TrimSpace(l.Path) == "/" {
			root = valueOf(l, "root")
		}
		if has(l, "index") && !has(l, "root") && !has(l, "alias") && l.Proxy == "" {
			needed = true
		}
	}
	if !needed {
		return ""
	}
	return root
}

// proxyDefaults come with every proxied location, unless it says otherwise.
var proxyDefaults = []task.NginxDirective{
	{Name: "proxy_http_version", Value: "1.1"},
	{Name: "proxy_cache_bypass", Value: "$http_upgrade"},
}

var proxyHeaders = []task.NginxDirective{
	{Name: "Upgrade", Value: "$http_upgrade"},
	{Name: "Connection", Value: "keep-alive"},
	{Name: "Host", Value: "$host"},
	{Name: "X-Forwarded-For", Value: "$proxy_add_x_forwarded_for"},
	{Name: "X-Forwarded-Proto", Value: "$scheme"},
}

// block writes one location.
func (s Style) block(l task.NginxLocation) []string {
	lines := []string{"    location " + strings.TrimSpace(l.Path) + " {"}
	add := func(name, value string) {
		lines = append(lines, strings.TrimRight("        "+name+" "+value, " ")+";")
	}
	if l.Proxy != "" {
		add("proxy_pass", s.word(l.Proxy))
	}
	for _, d := range l.Directives {
		add(d.Name, s.directiveValue(d))
	}
	if l.Proxy != "" {
		for _, d := range proxyDefaults {
			if !has(l, d.Name) {
				add(d.Name, d.Value)
			}
		}
	}
	for _, h := range l.Headers {
		add("proxy_set_header", h.Name+" "+s.headerValue(h))
	}
	if l.Proxy != "" {
		for _, h := range proxyHeaders {
			if !setsHeader(l, h.Name) {
				add("proxy_set_header", h.Name+" "+h.Value)
			}
		}
	}
	return append(lines, "    }")
}

// directiveValue keeps a folder with a space in its name one word; in all
// other directives a space separates words.
func (s Style) directiveValue(d task.NginxDirective) string {
	if d.Name == "root" || d.Name == "alias" {
		return s.word(d.Value)
	}
	return strings.TrimSpace(d.Value)
}

// headerValue is one word: NGINX knows no header of two values.
func (s Style) headerValue(h task.NginxDirective) string {
	if strings.TrimSpace(h.Value) == "" && s == Ours {
		return `""`
	}
	return s.word(h.Value)
}

// word quotes a value that must be one word and is not yet.
func (s Style) word(value string) string {
	value = strings.TrimSpace(value)
	if words, err := wordsOf(value); s == Octopus || err == nil && len(words) == 1 {
		return value
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
}

func has(l task.NginxLocation, name string) bool {
	for _, d := range l.Directives {
		if strings.EqualFold(d.Name, name) {
			return true
		}
	}
	return false
}

func valueOf(l task.NginxLocation, name string) string {
	for _, d := range l.Directives {
		if strings.EqualFold(d.Name, name) {
			return d.Value
		}
	}
	return ""
}

func setsHeader(l task.NginxLocation, header string) bool {
	for _, h := range l.Headers {
		if strings.EqualFold(h.Name, header) {
			return true
		}
	}
	for _, d := range l.Directives {
		name, _, _ := strings.Cut(strings.TrimSpace(d.Value), " ")
		if strings.EqualFold(d.Name, "proxy_set_header") && strings.EqualFold(strings.Trim(name, `"'`), header) {
			return true
		}
	}
	return false
}
