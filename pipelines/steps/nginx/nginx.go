package nginx

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
)

// Type is the step type.
type Type struct{}

// Name is the key in the written form.
func (Type) Name() string { return "nginx" }

// Settings is an empty settings struct.
func (Type) Settings() any { return &Settings{} }

// Package is the package the step installs.
func (Type) Package(raw json.RawMessage) string {
	var s Settings
	_ = json.Unmarshal(raw, &s) // settings that cannot be read name none; Check says so
	return s.Package
}

// Feed is the feed the package comes from.
func (Type) Feed(raw json.RawMessage) string {
	var s Settings
	_ = json.Unmarshal(raw, &s)
	return s.Feed
}

// Check finds what is wrong with the settings by themselves.
func (Type) Check(raw json.RawMessage) []pipelines.Problem {
	var s Settings
	if err := json.Unmarshal(raw, &s); err != nil {
		return []pipelines.Problem{{Message: err.Error()}}
	}
	var found []pipelines.Problem
	add := func(path, format string, args ...any) {
		found = append(found, pipelines.Problem{Path: path, Message: fmt.Sprintf(format, args...)})
	}
	if s.Package == "" {
		add("package", "an nginx step names the package it installs")
	}
	if len(s.Bindings) == 0 {
		add("bindings", "an nginx step needs at least one binding, like `- port: 8080`")
	}
	if len(s.Locations) == 0 {
		add("locations", "an nginx step needs at least one location, like `- path: /`")
	}
	for i, b := range s.Bindings {
		checkBinding(fmt.Sprintf("bindings[%d]", i), b, add)
	}
	for i, l := range s.Locations {
		checkLocation(fmt.Sprintf("locations[%d]", i), l, add)
	}
	refuse("host-name", s.HostName, add)
	if s.ConfigName != "" && s.ConfigName != pipelines.SafeName(s.ConfigName) {
		add("config-name", "config-name becomes a file name as it is written: letters, digits, `.`, `_` and `-`, without expressions; got %q", s.ConfigName)
	}
	return append(found, s.Installation.Check()...)
}

type adder func(path, format string, args ...any)

func checkBinding(at string, b Binding, add adder) {
	if port := string(b.Port); !strings.Contains(port, "#{") {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			add(at+".port", "a port is a number from 1 to 65535, or an expression like #{NGINX Port}; got %q", port)
		}
	}
	switch b.Protocol {
	case "", "http":
		if b.Certificate != "" || b.CertificateKey != "" {
			add(at+".certificate", "a certificate goes with `protocol: https`")
		}
	case "https":
		if b.Certificate == "" || b.CertificateKey == "" {
			add(at+".certificate", "https needs `certificate` and `certificate-key`, two paths on the host")
		}
	default:
		add(at+".protocol", "the protocol is http or https; got %q", b.Protocol)
	}
	refuse(at+".address", b.Address, add)
	for i, version := range b.TLSVersions {
		refuse(fmt.Sprintf("%s.tls-versions[%d]", at, i), version, add)
	}
}

func checkLocation(at string, l Location, add adder) {
	if l.Path == "" {
		add(at+".path", "a location has a path, like `/` or `= /` or `@app`")
	}
	refuse(at+".path", l.Path, add)
	refuse(at+".proxy", l.Proxy, add)
	checkPairs(at+".directives", l.Directives, add)
	checkPairs(at+".headers", l.Headers, add)
}

func checkPairs(list string, pairs []Directive, add adder) {
	what, example := "directive", "root: /srv/www"
	if strings.HasSuffix(list, ".headers") {
		what, example = "header", "X-Site: shop"
	}
	for i, d := range pairs {
		at := fmt.Sprintf("%s[%d]", list, i)
		if len(d) != 1 {
			add(at, "a %s is one name and its value, like `- %s`; this has %d", what, example, len(d))
		}
		for name, value := range d {
			if strings.ContainsAny(name, " \t") {
				add(at, "a %s's name is one word; got %q", what, name)
			}
			refuse(at+"."+name, name, add)
			refuse(at+"."+name, string(value), add)
		}
	}
}

// refuse finds characters that would end a directive or a block. Those of
// `#{…}` are not the author's; what they bring is checked on the host.
func refuse(path, value string, add adder) {
	if c := strings.IndexAny(outsideExpressions(value), ";{}\n\r"); c >= 0 {
		add(path, "the value may not hold `;`, `{`, `}` or a line break: write one directive for each; got %q", value)
	}
}

func outsideExpressions(value string) string {
	var out strings.Builder
	for {
		before, after, found := strings.Cut(value, "#{")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		depth := 1
		end := len(after)
		for i, c := range after {
			switch c {
			case '{':
				depth++
			case '}':
				depth--
			}
			if depth == 0 {
				end = i + 1
				break
			}
		}
		value = after[end:]
	}
}

// Want says what the step wants.
func (Type) Want(at plan.Context, raw json.RawMessage) (plan.Want, error) {
	var s Settings
	if err := json.Unmarshal(raw, &s); err != nil {
		return plan.Want{}, err
	}
	payload := s.payload(at)
	settings, err := json.Marshal(payload)
	if err != nil {
		return plan.Want{}, err
	}
	return plan.Want{
		Kind:    plan.OnHosts,
		Work:    &task.Work{Kind: task.KindNginx, Settings: settings},
		Texts:   s.texts(),
		Outputs: s.Outputs(),
		Claims:  s.claims(payload.Name),
	}, nil
}

func (s Settings) payload(at plan.Context) task.Nginx {
	name := s.ConfigName
	if name == "" {
		name = pipelines.SafeName(at.Project) + "-" + pipelines.SafeName(at.Environment)
	}
	out := task.Nginx{
		Name: name, ConfigDirectory: s.ConfigDir, HostName: s.HostName, Services: s.Services,
		Installation: s.Installation.Payload(),
	}
	for _, b := range s.Bindings {
		protocol := b.Protocol
		if protocol == "" {
			protocol = "http"
		}
		out.Bindings = append(out.Bindings, task.NginxBinding{
			Protocol: protocol, Address: b.Address, Port: string(b.Port),
			Certificate: b.Certificate, CertificateKey: b.CertificateKey, TLSVersions: b.TLSVersions,
		})
	}
	for _, l := range s.Locations {
		out.Locations = append(out.Locations, task.NginxLocation{
			Path: l.Path, Proxy: l.Proxy, Directives: pairs(l.Directives), Headers: pairs(l.Headers),
		})
	}
	return out
}

func pairs(list []Directive) []task.NginxDirective {
	var out []task.NginxDirective
	for _, d := range list {
		for name, value := range d {
			out = append(out, task.NginxDirective{Name: name, Value: string(value)})
		}
	}
	return out
}

// texts are all the settings that may hold `#{…}`, with their place.
func (s Settings) texts() []plan.Shown {
	var out []plan.Shown
	add := func(path, text string) {
		if text != "" {
			out = append(out, plan.Shown{Path: "nginx." + path, Text: text})
		}
	}
	add("host-name", s.HostName)
	add("config-directory", s.ConfigDir)
	for i, b := range s.Bindings {
		at := fmt.Sprintf("bindings[%d].", i)
		add(at+"address", b.Address)
		add(at+"port", string(b.Port))
		add(at+"certificate", b.Certificate)
		add(at+"certificate-key", b.CertificateKey)
		for j, version := range b.TLSVersions {
			add(fmt.Sprintf("%stls-versions[%d]", at, j), version)
		}
	}
	for i, l := range s.Locations {
		at := fmt.Sprintf("locations[%d].", i)
		add(at+"path", l.Path)
		add(at+"proxy", l.Proxy)
		pairs := func(field string, list []Directive) {
			for j, d := range list {
				for name, value := range d {
					add(fmt.Sprintf("%s%s[%d].%s", at, field, j, name), string(value))
				}
			}
		}
		pairs("directives", l.Directives)
		pairs("headers", l.Headers)
	}
	out = append(out, s.Installation.Texts("nginx")...)
	for i, service := range s.Services {
		add(fmt.Sprintf("services[%d]", i), service)
	}
	return out
}

// claims are what nobody else may have on the same host.
func (s Settings) claims(name string) []pipelines.Claim {
	out := []pipelines.Claim{{Kind: "nginx site", Value: name}}
	if s.HostName == "" {
		for _, b := range s.Bindings {
			out = append(out, pipelines.Claim{Kind: "port", Value: string(b.Port)})
		}
	}
	for _, unit := range s.Services {
		out = append(out, pipelines.Claim{Kind: "service", Value: unit})
	}
	return append(out, s.Installation.Claims()...)
}
