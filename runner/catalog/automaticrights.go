package catalog

import (
	"slices"

	"slipway/pipelines"
	"slipway/pipelines/textform"
)

// What deploys by itself asks nobody for the right to deploy. So whoever makes it
// do so, or sooner than it did, must have that right: by a lifecycle, by choosing
// another one for a project or a channel, or by a trigger.

// mayLetGo demands it of what the configuration is and will be.
func mayLetGo(p pipelines.Principal, now, all textform.Nouns) error {
	if p.Allows(pipelines.AdministerSystem, pipelines.Where{}) {
		return nil
	}
	for _, project := range all.Projects {
		old, _ := projectNamed(now.Projects, project.Name)
		before := goesAlone(old, now)
		for _, goes := range goesAlone(project, all) {
			there := pipelines.Where{Project: project.Name, Environment: goes.environment}
			if p.Allows(pipelines.DeploymentCreate, there) || slices.ContainsFunc(before, goes.noSoonerThan) {
				continue
			}
			return mayNotLetGo(p, there, goes)
		}
	}
	return nil
}

// mayNotLetGo names only what the principal may know of.
func mayNotLetGo(p pipelines.Principal, there pipelines.Where, goes alone) error {
	project, environment := "a project that you do not see", "an environment that you do not see"
	if p.AllowsIn(pipelines.ProjectView, there.Project) {
		project = "project " + there.Project
	}
	if p.AllowsAnywhere(pipelines.LifecycleView) || p.Allows(pipelines.EnvironmentView, pipelines.Where{Environment: there.Environment}) {
		environment = there.Environment
	}
	return lacking(p, pipelines.DeploymentCreate, "releases of %s would go to %s by themselves, or sooner than now: %s. That takes the permission %s there: ask somebody who may deploy there to change it", project, environment, goes.why, pipelines.DeploymentCreate)
}

// alone is an environment to which releases of a project go by themselves.
type alone struct {
	environment string
	why         string
	triggered   bool   // only those that a trigger makes
	behind      []need // what must have succeeded before
}

// need is how many of some environments must have had a success.
type need struct {
	of      []string // by pipelines.NameKey
	minimum int
}

// goesAlone are those of a project, as releases of any of its channels go.
func goesAlone(project pipelines.Project, n textform.Nouns) []alone {
	if project.Name == "" {
		return nil // there is none
	}
	var out []alone
	for _, channel := range project.AllChannels() {
		var behind []need
		lifecycle := lifecycleCalled(n, project.LifecycleOf(channel.Name))
		for i, phase := range lifecycle.Phases {
			why, triggered := "", false
			switch {
			case phase.Automatic:
				why = "phase " + phase.Name + " of lifecycle " + lifecycle.Name + " is automatic"
			case i == 0 && len(project.Triggers) > 0:
				why, triggered = "a trigger deploys to the first phase of lifecycle "+lifecycle.Name+", which is "+phase.Name, true
			}
			for _, e := range phase.Environments {
				if why != "" {
					out = append(out, alone{environment: e, why: why, triggered: triggered, behind: slices.Clone(behind)})
				}
			}
			if !phase.Optional {
				behind = append(behind, needOf(phase))
			}
		}
	}
	return out
}

func needOf(phase pipelines.Phase) need {
	n := need{of: keys(phase.Environments), minimum: phase.Minimum}
	if n.minimum == 0 {
		n.minimum = len(phase.Environments)
	}
	return n
}

// noSoonerThan says that where this goes by itself, the other went already.
func (a alone) noSoonerThan(before alone) bool {
	if !pipelines.SameName(a.environment, before.environment) || before.triggered && !a.triggered {
		return false
	}
	for _, needed := range before.behind {
		if !slices.ContainsFunc(a.behind, func(n need) bool { return n.implies(needed) }) {
			return false
		}
	}
	return true
}

// implies: so many successes among these leave at least as many among those.
func (n need) implies(other need) bool {
	return n.minimum-len(added(other.of, n.of)) >= other.minimum
}

// lifecycleCalled is the lifecycle of that name, else the built-in one.
func lifecycleCalled(n textform.Nouns, name string) pipelines.Lifecycle {
	for _, l := range n.Lifecycles {
		if pipelines.SameName(l.Name, name) {
			return l
		}
	}
	return pipelines.DefaultLifecycle(n.Environments)
}
