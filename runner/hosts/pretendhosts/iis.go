package pretendhosts

import (
	"fmt"
	"slices"
	"strings"

	"slipway/pipelines/iisconf"
	"slipway/pipelines/task"
)

func (p *player) iis(o *task.Order) {
	var work task.IIS
	if !p.settings(o, &work) {
		return
	}
	if !p.machine.windows {
		p.print(task.Warning, "this pretend host is a Linux one: a real one has no IIS and would have failed here. Say `platform: windows` of the target (`slipway target add NAME --pretend … --platform windows`) to see what IIS is told")
	}
	if !p.install(o) {
		return
	}
	p.echo("pre-deployment script", work.Scripts.PreDeploy)
	p.configFiles(o, work.Installation)
	p.echo("deployment script", work.Scripts.Deploy)
	if p.machine.windows {
		p.changeIIS(&work)
	} else {
		p.withoutIIS(&work)
	}
	p.echo("post-deployment script", work.Scripts.PostDeploy)
	p.keepsIIS = work.KeepNewPath
}

// changeIIS does with the model of this host's IIS what a real host does with
// IIS, and says it in the same words.
func (p *player) changeIIS(work *task.IIS) {
	wanted := p.wantedOfIIS(work)
	if p.done {
		return
	}
	for _, text := range iisconf.Warnings(wanted) {
		p.print(task.Warning, "IIS: "+text)
	}
	now := untouchedIIS()
	if p.machine.iis != nil {
		now = *p.machine.iis
	}
	now.Folders = iisconf.Folders(wanted, now) // what a package holds is not looked into
	actions, err := iisconf.Diff(wanted, now)
	if err != nil {
		p.fail("%v", err)
		return
	}
	actions = withUsers(actions, now)
	if len(actions) == 0 {
		p.print(task.Note, "IIS: everything is as wanted, nothing to change")
	}
	for _, a := range actions {
		text := a.String()
		if a.Verb == iisconf.AddPool && a.Pool.User != "" {
			text += ", which runs as user " + a.Pool.User
		}
		p.print(task.Note, "IIS: "+text)
		if now, err = iisconf.Apply(now, a); err == nil && a.Verb == iisconf.AddPool && a.Pool.User != "" {
			a.Verb = iisconf.SetIdentity
			now, err = iisconf.Apply(now, a)
		}
		if err != nil {
			p.fail("IIS: %v", err)
			return
		}
	}
	p.after = &now
}

// withUsers makes a new pool with its user at once, and leaves a user as it is
// who is as wanted: nobody can tell a pool's password.
func withUsers(actions []iisconf.Action, now iisconf.State) []iisconf.Action {
	var list []iisconf.Action
	for _, a := range actions {
		if a.Verb == iisconf.SetIdentity && a.Pool.User != "" {
			is := func(p iisconf.Pool) bool { return strings.EqualFold(p.Name, a.Pool.Name) }
			if i := slices.IndexFunc(list, func(b iisconf.Action) bool { return b.Verb == iisconf.AddPool && is(b.Pool) }); i >= 0 {
				list[i].Pool = a.Pool
				continue
			}
			if i := slices.IndexFunc(now.Pools, is); i >= 0 && now.Pools[i].User == a.Pool.User {
				continue
			}
		}
		list = append(list, a)
	}
	return list
}

// withoutIIS says on a Linux host what would be there on another one.
func (p *player) withoutIIS(work *task.IIS) {
	wanted := p.wantedOfIIS(work)
	if p.done {
		return
	}
	if d := wanted.VirtualDirectory; d != nil {
		p.print(task.Note, "virtual directory "+d.Site+d.Path+" is there")
	}
	if a := wanted.Application; a != nil {
		p.print(task.Note, "application "+a.Site+a.Path+" is there")
	}
	if s := wanted.Site; s != nil {
		for _, b := range s.Bindings {
			p.print(task.Note, fmt.Sprintf("site %s has the binding %s", s.Name, b))
		}
		p.print(task.Note, fmt.Sprintf("site %s runs in the pool %s and serves the new folder", s.Name, s.Pool.Name))
	}
}
