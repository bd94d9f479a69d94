package iis

import (
	"strings"

	"slipway/pipelines"
)

// claims are what nobody else may have on the same host. An application pool is
// none: several may share one on purpose.
func (s Settings) claims() []pipelines.Claim {
	var out []pipelines.Claim
	add := func(c pipelines.Claim) {
		for _, there := range out {
			if there.Same(c) && there.When == c.When {
				return
			}
		}
		out = append(out, c)
	}
	if w := s.Site; w != nil {
		add(pipelines.Claim{Kind: "iis site", Value: w.Name})
		for _, b := range w.Bindings {
			switch enabled := string(b.Enabled); {
			case enabled == "" || strings.EqualFold(enabled, "true"):
				add(pipelines.Claim{Kind: "port", Value: b.claim()})
			case !strings.EqualFold(enabled, "false"):
				add(pipelines.Claim{Kind: "port", Value: b.claim(), When: enabled})
			}
		}
	}
	if a := s.Application; a != nil {
		add(pipelines.Claim{Kind: "iis path", Value: a.Site + "/" + strings.TrimLeft(a.Path, "/")})
	}
	if v := s.VirtualDirectory; v != nil {
		add(pipelines.Claim{Kind: "iis path", Value: v.Site + "/" + strings.TrimLeft(v.Path, "/")})
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
		text += " for " + b.Host
	}
	return text
}
