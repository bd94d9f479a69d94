package iis

import (
	"strings"

	"slipway/pipelines"
)

// claims are what nobody else may have on the same host. An application pool is
// none: several may share one on purpose.
func (s Settings) claims() []pipelines.Claim {
	var out []pipelines.Claim
	add := func(kind, value string) {
		for _, c := range out {
			if c.Kind == kind && c.Value == value {
				return
			}
		}
		out = append(out, pipelines.Claim{Kind: kind, Value: value})
	}
	if w := s.Site; w != nil {
		add("iis site", w.Name)
		for _, b := range w.Bindings {
			// Whether the host is going to enable it, only the host knows.
			if enabled := string(b.Enabled); enabled == "" || strings.EqualFold(enabled, "true") {
				add("port", b.claim())
			}
		}
	}
	if a := s.Application; a != nil {
		add("iis path", a.Site+under(a.Path))
	}
	if v := s.VirtualDirectory; v != nil {
		add("iis path", v.Site+under(v.Path))
	}
	return append(out, s.Installation.Claims()...)
}

// claim is the binding's port, and what else a request must have to reach it:
// IIS lets sites share a port that differ in that. A whole port is what other
// servers claim, too.
func (b Binding) claim() string {
	text := string(b.Port)
	if b.Address != "" && b.Address != "*" {
		text += " at " + b.Address
	}
	if b.Host != "" {
		text += " for " + lower(b.Host)
	}
	return text
}

// lower is a text without regard to case, as far as it is known yet.
func lower(text string) string {
	if known(text) {
		return strings.ToLower(text)
	}
	return text
}

func under(path string) string {
	if strings.HasPrefix(path, "/") || strings.HasPrefix(path, "#{") {
		return path
	}
	return "/" + path
}
