package conventions

import (
	"context"
	"fmt"
	"strings"

	"slipway/pipelines/task"
)

// checkTexts resolves everything that comes later, before anything of it runs.
// What follows a script that sets variables can only be checked in its turn.
func (a *attempt) checkTexts(n task.Nginx) error {
	for _, stage := range []struct {
		body  string
		check func() error
	}{
		{n.Scripts.PreDeploy, func() error { return a.checkText("pre-deployment script", n.Scripts.PreDeploy) }},
		{n.Scripts.Deploy, func() error { return a.checkText("deployment script", n.Scripts.Deploy) }},
		{"", func() error { _, err := a.values.site(n); return err }},
		{n.Scripts.PostDeploy, func() error { return a.checkText("post-deployment script", n.Scripts.PostDeploy) }},
		{"", func() error { _, err := a.values.services(n.Services); return err }},
	} {
		if err := stage.check(); err != nil {
			return err
		}
		if setsVariables(stage.body) {
			return nil
		}
	}
	return nil
}

func (a *attempt) checkText(name, text string) error {
	_, err := a.values.Text(name, text)
	return err
}

// setsVariables says whether a script may set output variables.
func setsVariables(body string) bool {
	return strings.Contains(body, "set_octopusvariable") || strings.Contains(body, "##octopus[")
}

// runText resolves a script's text and runs it.
func (a *attempt) runText(ctx context.Context, name, text, dir string) error {
	body, err := a.values.Text(name, text)
	if err != nil {
		return err
	}
	return a.runBody(ctx, name, body, dir)
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
	}
	locations := make([]task.NginxLocation, len(n.Locations))
	for i, l := range n.Locations {
		at := fmt.Sprintf("location %s: ", l.Path)
		locations[i] = task.NginxLocation{Path: r.text(at+"path", l.Path), Proxy: r.text(at+"proxy", l.Proxy)}
		for _, d := range l.Directives {
			locations[i].Directives = append(locations[i].Directives, task.NginxDirective{
				Name: r.text(at+"name of a directive", d.Name), Value: r.text(at+d.Name, d.Value),
			})
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
