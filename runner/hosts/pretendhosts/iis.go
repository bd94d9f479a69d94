package pretendhosts

import (
	"fmt"

	"slipway/pipelines/task"
)

func (p *player) iis(o *task.Order) {
	var work task.IIS
	if !p.settings(o, &work) || !p.install(o) {
		return
	}
	p.echo("pre-deployment script", work.Scripts.PreDeploy)
	p.configFiles(work.Installation)
	p.echo("deployment script", work.Scripts.Deploy)
	if d := work.VirtualDirectory; d != nil {
		p.isThere("virtual directory", d.Site+d.Path)
	}
	if a := work.Application; a != nil {
		p.isThere("application", a.Site+a.Path)
	}
	if work.Site != nil {
		p.iisSite(*work.Site)
	}
	p.echo("post-deployment script", work.Scripts.PostDeploy)
}

// isThere is for what stands below a site that was there before.
func (p *player) isThere(what, at string) {
	if at, ok := p.evaluate(what, at); ok {
		p.print(task.Note, what+" "+at+" is there")
	}
}

// iisSite evaluates what a real host would make of IIS.
func (p *player) iisSite(s task.IISSite) {
	name, ok := p.evaluate("site.name", s.Name)
	if !ok {
		return
	}
	pool, ok := p.evaluate("site.pool.name", s.Pool.Name)
	if !ok {
		return
	}
	for i, b := range s.Bindings {
		port, ok := p.evaluate(fmt.Sprintf("site.bindings[%d].port", i), b.Port)
		if !ok {
			return
		}
		p.print(task.Note, fmt.Sprintf("site %s has the binding %s *:%s:%s", name, b.Protocol, port, b.Host))
	}
	p.print(task.Note, fmt.Sprintf("site %s runs in the pool %s and serves the new folder", name, pool))
}
