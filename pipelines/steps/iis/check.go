package iis

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/iisconf"
)

// Check finds what is wrong with the settings by themselves. What holds an
// expression is judged on the host, when its value is known.
func (Type) Check(raw json.RawMessage) []pipelines.Problem {
	var s Settings
	if err := json.Unmarshal(raw, &s); err != nil {
		return []pipelines.Problem{{Message: err.Error()}}
	}
	c := &checker{}
	if s.Package == "" {
		c.add("package", "an iis step names the package it installs")
	}
	if s.Site == nil && s.Application == nil && s.VirtualDirectory == nil {
		c.add("site", "an iis step says what IIS is to serve: `site`, `application` or `virtual-directory`")
	}
	if w := s.Site; w != nil {
		c.site(*w)
	}
	if a := s.Application; a != nil {
		c.below("application", a.Site, a.Path)
		c.pool("application.pool", a.Pool)
	}
	if v := s.VirtualDirectory; v != nil {
		c.below("virtual-directory", v.Site, v.Path)
	}
	if n := s.ChangeRetries; n != nil && (*n < 0 || *n > 100) {
		c.add("change-retries", "change-retries is a number from 0 to 100; got %d", *n)
	}
	if pause := s.ChangePause; pause < 0 || pause > maxPause {
		c.add("change-pause", "change-pause is at most %s; got %s", maxPause, pause)
	}
	return append(c.found, s.Installation.Check()...)
}

const maxPause = pipelines.Duration(time.Minute)

type checker struct{ found []pipelines.Problem }

func (c *checker) add(path, format string, args ...any) {
	c.found = append(c.found, pipelines.Problem{Path: path, Message: fmt.Sprintf(format, args...)})
}

func (c *checker) site(w Site) {
	if w.Name == "" {
		c.add("site.name", "a site has a name, like RandomQuotes-#{Octopus.Environment.Name}")
	}
	if strings.HasPrefix(w.WebRoot, "/") || strings.HasPrefix(w.WebRoot, `\`) || strings.Contains(w.WebRoot, ":") && known(w.WebRoot) {
		c.add("site.web-root", "web-root is a folder of the package, like `public`; got %q", w.WebRoot)
	}
	c.pool("site.pool", w.Pool)
	switch w.ExistingBindings {
	case "", "replace":
		if len(w.Bindings) == 0 {
			c.add("site.bindings", "a site needs at least one binding, like `- port: 8081`, or `existing-bindings: merge` to keep those it has")
		}
	case "merge":
	default:
		c.add("site.existing-bindings", "existing bindings are treated by replace or merge; got %q", w.ExistingBindings)
	}
	for i, b := range w.Bindings {
		c.binding(fmt.Sprintf("site.bindings[%d]", i), b)
	}
	if w.Authentication == nil {
		c.add("site.authentication", "say how callers may show who they are, like `authentication: { anonymous: true }`; what is not said is off")
	}
}

func (c *checker) pool(at string, p Pool) {
	if p.Name == "" {
		c.add(at+".name", "an application pool has a name, and may have that of the site")
	}
	identity := p.Identity
	if identity != "" && known(identity) && !slices.Contains(iisconf.Identities, identity) {
		c.add(at+".identity", "a pool runs as one of %s; got %q", strings.Join(iisconf.Identities, ", "), identity)
	}
	switch {
	case !known(identity):
	case identity == "SpecificUser" && p.User == "":
		c.add(at+".user", "identity SpecificUser needs a user, like CORP\\shop or .\\shop")
	case identity != "SpecificUser" && (p.User != "" || p.Password != ""):
		c.add(at+".identity", "a user and a password go with `identity: SpecificUser`")
	}
	if p.Password != "" && known(p.Password) {
		c.add(at+".password", "a password is not written here: keep it with `slipway secret set`, give a variable that secret, and write `#{Name of the variable}`")
	}
}

func (c *checker) binding(at string, b Binding) {
	if port := string(b.Port); known(port) {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			c.add(at+".port", "a port is a number from 1 to 65535, or an expression like #{IIS Port}; got %q", port)
		}
	}
	if on := string(b.Enabled); known(on) && on != "" && !strings.EqualFold(on, "true") && !strings.EqualFold(on, "false") {
		c.add(at+".enabled", "enabled is true, false, or an expression; got %q", on)
	}
	switch b.Protocol {
	case "", "http":
		if b.Thumbprint != "" || b.Certificate != "" || b.RequireSNI {
			c.add(at+".protocol", "a certificate and require-sni go with `protocol: https`")
		}
	case "https":
		c.certificate(at, b)
	default:
		if known(b.Protocol) {
			c.add(at+".protocol", "the protocol is http or https; got %q", b.Protocol)
		}
	}
}

func (c *checker) certificate(at string, b Binding) {
	switch {
	case (b.Thumbprint == "") == (b.Certificate == ""):
		c.add(at+".thumbprint", "https needs either `thumbprint`, of a certificate on the host, or `certificate`, a variable that has one")
	case !known(b.Certificate):
		c.add(at+".certificate", "certificate is the name of a variable as it stands, without an expression; got %q", b.Certificate)
	case b.Thumbprint != "" && known(b.Thumbprint):
		if _, err := iisconf.CleanThumbprint(b.Thumbprint); err != nil {
			c.add(at+".thumbprint", "%s", err)
		}
	}
	if b.RequireSNI && b.Host == "" {
		c.add(at+".require-sni", "SNI chooses the certificate by the host name: say `host` too")
	}
}

func (c *checker) below(what, site, path string) {
	if site == "" {
		c.add(what+".site", "say below which site it lies")
	}
	if strings.Trim(path, `/\`) == "" {
		c.add(what+".path", "say where below the site it lies, like /shop")
	}
}

// known says whether a text is what it says, whatever the variables are.
func known(text string) bool { return !strings.Contains(text, "#{") }
