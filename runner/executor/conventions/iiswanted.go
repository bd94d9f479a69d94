package conventions

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"slipway/pipelines/iisconf"
	"slipway/pipelines/task"
	"slipway/runner/executor/iis"
)

// certified is an enabled https binding: where it stands in the wanted site,
// and what names its certificate.
type certified struct {
	index                int
	variable, thumbprint string
}

// resolve makes what is wanted of the order's texts, each on its own. Which
// certificates its bindings have is said beside it: a host may still have to
// learn of them.
func (s *iisSite) resolve() (iisconf.Wanted, []certified, error) {
	r := &resolver{values: s.values}
	var w iisconf.Wanted
	var bindings []certified
	if t := s.asked.Site; t != nil {
		site := &iisconf.Site{
			Name: r.word("site: name", t.Name), PhysicalPath: s.folder(r, "site: web root", t.WebRoot), Pool: r.pool("site: ", t.Pool),
			MergeBindings: t.MergeBindings, Anonymous: t.Anonymous, Basic: t.Basic, Windows: t.Windows, Stopped: t.Stopped,
		}
		for i, b := range t.Bindings {
			bindings = r.binding(fmt.Sprintf("binding %d: ", i+1), b, site, bindings)
		}
		w.Site = site
	}
	if t := s.asked.Application; t != nil {
		w.Application = &iisconf.Application{
			Site: r.word("application: site", t.Site), Path: r.word("application: path", t.Path),
			PhysicalPath: s.folder(r, "application: root", t.Root), Pool: r.pool("application: ", t.Pool),
		}
	}
	if t := s.asked.VirtualDirectory; t != nil {
		w.VirtualDirectory = &iisconf.VirtualDirectory{
			Site: r.word("virtual directory: site", t.Site), Path: r.word("virtual directory: path", t.Path),
			PhysicalPath: s.folder(r, "virtual directory: root", t.Root),
		}
	}
	return w, bindings, r.err
}

// wantedWithStores is what is wanted, with each certificate where it lies.
func (s *iisSite) wantedWithStores() (iisconf.Wanted, error) {
	w, bindings, err := s.resolve()
	if err != nil {
		return w, err
	}
	for _, b := range bindings {
		text, field := b.thumbprint, "thumbprint"
		if b.variable != "" {
			field = b.variable + ".Thumbprint"
			if text, err = s.part(b.variable, "Thumbprint"); err != nil {
				return w, err
			}
		}
		to := &w.Site.Bindings[b.index]
		if to.Thumbprint, err = iisconf.CleanThumbprint(text); err != nil {
			return w, fmt.Errorf("binding %s, %s: %w", to, field, err)
		}
		if to.Store, err = iis.StoreOf(s.certificates(), to.Thumbprint); err != nil {
			return w, fmt.Errorf("binding %s: %w", to, err)
		}
	}
	return w, nil
}

// folder is the folder to be served: the installation, or one below it, or any
// with its whole path.
func (s *iisSite) folder(r *resolver, field, text string) string {
	text = strings.TrimSpace(r.text(field, text))
	if filepath.Separator == '/' {
		text = strings.ReplaceAll(text, `\`, "/")
	}
	path := filepath.FromSlash(text)
	switch {
	case r.err != nil || path == "":
		return s.dir
	case filepath.IsAbs(path):
		return filepath.Clean(path)
	case !filepath.IsLocal(path):
		r.err = fmt.Errorf("%s %q leads outside the installation: write a folder below it, or a whole path", field, text)
		return ""
	}
	return filepath.Join(s.dir, path)
}

func (r *resolver) word(field, text string) string { return strings.TrimSpace(r.text(field, text)) }

func (r *resolver) pool(at string, p task.IISPool) iisconf.Pool {
	return iisconf.Pool{
		Name: r.word(at+"pool", p.Name), Framework: r.word(at+"framework of the pool", p.Framework),
		Identity: r.word(at+"identity of the pool", p.Identity), User: r.word(at+"user of the pool", p.User),
		Password: r.text(at+"password of the pool", p.Password), Stopped: p.Stopped,
	}
}

// binding adds an enabled binding to the site.
func (r *resolver) binding(at string, b task.IISBinding, site *iisconf.Site, list []certified) []certified {
	switch enabled := r.word(at+"enabled", b.Enabled); strings.ToLower(enabled) {
	case "", "true":
	case "false":
		return list
	default:
		if r.err == nil {
			r.err = fmt.Errorf("%senabled is %q, and it is true or false", at, enabled)
		}
		return list
	}
	text := r.word(at+"port", b.Port)
	port, err := strconv.Atoi(text)
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("%sport %q is no number", at, text)
	}
	c := certified{index: len(site.Bindings), variable: r.word(at+"certificate", b.CertificateVariable), thumbprint: r.word(at+"thumbprint", b.Thumbprint)}
	wanted := iisconf.Binding{
		Protocol: strings.ToLower(r.word(at+"protocol", b.Protocol)), Address: r.word(at+"address", b.Address),
		Port: port, Host: r.word(at+"host", b.Host), SNI: b.RequireSNI,
	}
	site.Bindings = append(site.Bindings, wanted)
	if wanted.Protocol == "https" && (c.variable != "" || c.thumbprint != "") {
		list = append(list, c)
	}
	return list
}
