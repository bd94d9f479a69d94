package pretendhosts

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"slipway/pipelines/iisconf"
	"slipway/pipelines/task"
)

// wantedOfIIS is what a step wants of IIS with all its texts resolved, as far as
// nothing ended the attempt.
func (p *player) wantedOfIIS(work *task.IIS) iisconf.Wanted {
	var w iisconf.Wanted
	if t := work.Site; t != nil {
		w.Site = &iisconf.Site{
			Name: p.word("site.name", t.Name), PhysicalPath: p.below("site.web-root", t.WebRoot), Pool: p.pool("site.pool", t.Pool),
			MergeBindings: t.MergeBindings, Anonymous: t.Anonymous, Basic: t.Basic, Windows: t.Windows, Stopped: t.Stopped,
		}
		for i, b := range t.Bindings {
			p.binding(fmt.Sprintf("site.bindings[%d]", i), b, w.Site)
		}
	}
	if t := work.Application; t != nil {
		w.Application = &iisconf.Application{
			Site: p.word("application.site", t.Site), Path: p.word("application.path", t.Path),
			PhysicalPath: p.below("application.root", t.Root), Pool: p.pool("application.pool", t.Pool),
		}
	}
	if t := work.VirtualDirectory; t != nil {
		w.VirtualDirectory = &iisconf.VirtualDirectory{
			Site: p.word("virtual-directory.site", t.Site), Path: p.word("virtual-directory.path", t.Path), PhysicalPath: p.below("virtual-directory.root", t.Root),
		}
	}
	return w
}

func (p *player) word(what, text string) string {
	text, _ = p.evaluate(what, text)
	return strings.TrimSpace(text)
}

func (p *player) pool(at string, t task.IISPool) iisconf.Pool {
	return iisconf.Pool{
		Name: p.word(at+".name", t.Name), Framework: p.word(at+".framework", t.Framework), Identity: p.word(at+".identity", t.Identity),
		User: p.word(at+".user", t.User), Password: p.word(at+".password", t.Password), Stopped: t.Stopped,
	}
}

// below is the folder to be served: the installation, or one below it, or any
// with its whole path.
func (p *player) below(what, text string) string {
	text = strings.ReplaceAll(p.word(what, text), `\`, "/")
	switch clean := path.Clean(text); {
	case text == "":
		return p.installed
	case strings.HasPrefix(text, "//"), len(text) > 2 && text[1:3] == ":/":
		return strings.ReplaceAll(text, "/", `\`)
	case clean == "..", strings.HasPrefix(clean, "../"), strings.HasPrefix(clean, "/"):
		p.fail("%s %q leads outside the installation: write a folder below it, or a whole path", what, text)
		return ""
	case !p.machine.windows:
		return path.Join(p.installed, clean)
	case clean == ".":
		return p.installed
	default:
		return p.installed + `\` + strings.ReplaceAll(clean, "/", `\`)
	}
}

// binding adds an enabled binding to the site.
func (p *player) binding(at string, b task.IISBinding, site *iisconf.Site) {
	switch enabled := strings.ToLower(p.word(at+".enabled", b.Enabled)); enabled {
	case "", "true":
	case "false":
		return
	default:
		p.fail("%s.enabled is %q, and it is true or false", at, enabled)
	}
	text := p.word(at+".port", b.Port)
	port, err := strconv.Atoi(text)
	if err != nil && !p.done {
		p.fail("%s.port %q is no number", at, text)
	}
	wanted := iisconf.Binding{
		Protocol: strings.ToLower(p.word(at+".protocol", b.Protocol)), Address: p.word(at+".address", b.Address), Port: port,
		Host: p.word(at+".host", b.Host), SNI: b.RequireSNI,
	}
	if wanted.Address == "" {
		wanted.Address = "*"
	}
	p.certificate(at, b, &wanted)
	site.Bindings = append(site.Bindings, wanted)
}

// certificate names what a binding answers TLS with. A pretend host has every
// certificate that is asked for.
func (p *player) certificate(at string, b task.IISBinding, to *iisconf.Binding) {
	if to.Protocol != "https" || b.Thumbprint == "" && b.CertificateVariable == "" || p.done {
		return
	}
	text, what := b.Thumbprint, at+".thumbprint"
	if name := p.word(at+".certificate", b.CertificateVariable); name != "" {
		text, what = "#{"+name+".Thumbprint}", name+".Thumbprint"
	}
	text = p.word(what, text)
	if p.done {
		return
	}
	var err error
	if to.Thumbprint, err = iisconf.CleanThumbprint(text); err != nil {
		p.fail("binding %s, %s: %v", to, what, err)
		return
	}
	to.Store = "My"
}
