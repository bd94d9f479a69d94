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
	return found
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
}

func checkLocation(at string, l Location, add adder) {
	if l.Path == "" {
		add(at+".path", "a location has a path, like `/` or `= /` or `@app`")
	}
	refuse(at+".path", l.Path, add)
	refuse(at+".proxy", l.Proxy, add)
	for i, d := range l.Directives {
		at := fmt.Sprintf("%s.directives[%d]", at, i)
		if len(d) != 1 {
			add(at, "a directive is one name and its value, like `- root: /srv/www`; this has %d", len(d))
		}
		for name, value := range d {
			if strings.ContainsAny(name, " \t") {
				add(at, "a directive's name is one word; got %q", name)
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
		Outputs: []string{"Package.InstallationDirectoryPath", "Package.ExtractedFileCount"},
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
		Installation: task.Installation{Scripts: task.Scripts{PreDeploy: string(s.PreDeploy), Deploy: string(s.Deploy), PostDeploy: string(s.PostDeploy)}},
	}
	for _, b := range s.Bindings {
		protocol := b.Protocol
		if protocol == "" {
			protocol = "http"
		}
		out.Bindings = append(out.Bindings, task.NginxBinding{
			Protocol: protocol, Address: b.Address, Port: string(b.Port),
			Certificate: b.Certificate, CertificateKey: b.CertificateKey,
		})
	}
	for _, l := range s.Locations {
		location := task.NginxLocation{Path: l.Path, Proxy: l.Proxy}
		for _, d := range l.Directives {
			for name, value := range d {
				location.Directives = append(location.Directives, task.NginxDirective{Name: name, Value: string(value)})
			}
		}
		out.Locations = append(out.Locations, location)
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
	}
	for i, l := range s.Locations {
		at := fmt.Sprintf("locations[%d].", i)
		add(at+"path", l.Path)
		add(at+"proxy", l.Proxy)
		for j, d := range l.Directives {
			for name, value := range d {
				add(fmt.Sprintf("%sdirectives[%d].%s", at, j, name), string(value))
			}
		}
	}
	add("pre-deploy", string(s.PreDeploy))
	add("deploy", string(s.Deploy))
	add("post-deploy", string(s.PostDeploy))
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
	return out
}
