package iis

import (
	"fmt"

	"slipway/pipelines/plan"
)

// texts are all the settings that may hold `#{…}`, with their place.
func (s Settings) texts() []plan.Shown {
	t := &texts{}
	if w := s.Site; w != nil {
		t.add("site.name", w.Name)
		t.add("site.web-root", w.WebRoot)
		t.pool("site.pool.", w.Pool)
		for i, b := range w.Bindings {
			t.binding(fmt.Sprintf("site.bindings[%d].", i), b)
		}
	}
	if a := s.Application; a != nil {
		t.add("application.site", a.Site)
		t.add("application.path", a.Path)
		t.add("application.root", a.Root)
		t.pool("application.pool.", a.Pool)
	}
	if v := s.VirtualDirectory; v != nil {
		t.add("virtual-directory.site", v.Site)
		t.add("virtual-directory.path", v.Path)
		t.add("virtual-directory.root", v.Root)
	}
	return append(t.found, s.Installation.Texts("iis")...)
}

type texts struct{ found []plan.Shown }

func (t *texts) add(path, text string) {
	if text != "" {
		t.found = append(t.found, plan.Shown{Path: "iis." + path, Text: text})
	}
}

func (t *texts) pool(at string, p Pool) {
	t.add(at+"name", p.Name)
	t.add(at+"framework", p.Framework)
	t.add(at+"identity", p.Identity)
	t.add(at+"user", p.User)
	t.add(at+"password", p.Password)
}

func (t *texts) binding(at string, b Binding) {
	t.add(at+"protocol", b.Protocol)
	t.add(at+"address", b.Address)
	t.add(at+"port", string(b.Port))
	t.add(at+"host", b.Host)
	t.add(at+"thumbprint", b.Thumbprint)
	t.add(at+"enabled", string(b.Enabled))
	if b.Certificate != "" { // the host reads its parts, so they must be there
		t.add(at+"certificate", "#{"+b.Certificate+".Thumbprint} #{"+b.Certificate+".Pfx}")
	}
}
