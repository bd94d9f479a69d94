package conventions

import (
	"context"
	"fmt"
	"strings"

	"slipway/pipelines/task"
)

// checkTexts resolves everything that comes later, before anything of it runs.
// What follows a script that sets variables can only be checked in its turn.
func (d *deployment) checkTexts(context.Context) error {
	w := d.wanted
	if err := d.checkLanguage(); err != nil {
		return err
	}
	for _, text := range []struct {
		check func() error
		after bool // whether what comes then may still get other values
	}{
		{check: d.readable(preDeploy, w.Scripts.PreDeploy), after: setsVariables(w.Scripts.PreDeploy) || d.packagedSets(PreDeploy)},
		{check: d.checkInstallation},
		{after: d.packagedSets(Deploy)},
		{check: d.readable(deploy, w.Scripts.Deploy), after: setsVariables(w.Scripts.Deploy)},
		{check: d.web.readable, after: d.packagedSets(PostDeploy)},
		{check: d.readable(postDeploy, w.Scripts.PostDeploy), after: setsVariables(w.Scripts.PostDeploy)},
		{check: d.web.readableAfter},
	} {
		if text.check != nil {
			if err := text.check(); err != nil {
				return err
			}
		}
		if text.after {
			return nil
		}
	}
	return nil
}

func (d *deployment) readable(name, text string) func() error {
	return func() error {
		_, err := d.values.Text(name, text)
		return err
	}
}

// checkInstallation looks at what says where files go and which are changed.
func (d *deployment) checkInstallation() error {
	if _, err := d.customDirectory(); err != nil {
		return err
	}
	var transforms []string
	if d.wanted.Transforms != nil {
		transforms = d.wanted.Transforms.Files
	}
	lists := []struct {
		field string
		texts []string
	}{
		{"substitute-in-files", d.wanted.SubstituteIn}, {"config-transforms", transforms},
		{"structured-variables", d.wanted.StructuredIn}, {"purge-except", d.wanted.KeepOnPurge},
	}
	for _, list := range lists {
		if _, err := d.lines(list.field, list.texts, ""); err != nil {
			return err
		}
	}
	_, err := d.encoding()
	return err
}

// packagedSets says whether the package's own script for a stage may.
func (d *deployment) packagedSets(stage string) bool {
	names, err := d.rootFiles()
	if err != nil {
		return false
	}
	run, _ := d.ownScripts(stage).Choose(names)
	if run == "" {
		return false
	}
	f, err := openFolder(d.dir)
	if err != nil {
		return false
	}
	defer f.close()
	body, _, err := f.read(run, mostScript)
	return err == nil && setsVariables(string(body))
}

// site resolves every field of a site on its own, so that a value never
// becomes part of the structure.
func (v *Values) site(n task.Nginx) (task.Nginx, error) {
	r := &resolver{values: v}
	n.ConfigDirectory = r.text("the configuration directory", n.ConfigDirectory)
	n.HostName = r.text("the host name", n.HostName)
	bindings := make([]task.NginxBinding, len(n.Bindings))
	for i, b := range n.Bindings {
		at := fmt.Sprintf("binding %d: ", i+1)
		bindings[i] = task.NginxBinding{
			Protocol:       r.text(at+"protocol", b.Protocol),
			Address:        r.text(at+"address", b.Address),
			Port:           strings.TrimSpace(r.text(at+"port", b.Port)),
			Certificate:    r.text(at+"certificate", b.Certificate),
			CertificateKey: r.text(at+"certificate key", b.CertificateKey),
		}
		for _, version := range b.TLSVersions {
			bindings[i].TLSVersions = append(bindings[i].TLSVersions, r.text(at+"TLS version", version))
		}
	}
	locations := make([]task.NginxLocation, len(n.Locations))
	for i, l := range n.Locations {
		at := fmt.Sprintf("location %s: ", l.Path)
		locations[i] = task.NginxLocation{
			Path: r.text(at+"path", l.Path), Proxy: r.text(at+"proxy", l.Proxy),
			Directives: r.directives(at, l.Directives), Headers: r.directives(at, l.Headers),
		}
	}
	n.Bindings, n.Locations = bindings, locations
	return n, r.err
}

// services resolves the units' names and drops those that come out empty.
func (v *Values) services(names []string) ([]string, error) {
	r := &resolver{values: v}
	var units []string
	for _, name := range names {
		if unit := strings.TrimSpace(r.text("the name of a service", name)); unit != "" {
			units = append(units, unit)
		}
	}
	return units, r.err
}

// resolver keeps the first error of many texts.
type resolver struct {
	values *Values
	err    error
}

func (r *resolver) text(field, text string) string {
	if r.err != nil || !strings.Contains(text, "#{") {
		return text
	}
	text, r.err = r.values.Text(field, text)
	return text
}

func (r *resolver) directives(at string, list []task.NginxDirective) []task.NginxDirective {
	var out []task.NginxDirective
	for _, d := range list {
		out = append(out, task.NginxDirective{Name: r.text(at+"name of a directive", d.Name), Value: r.text(at+d.Name, d.Value)})
	}
	return out
}
