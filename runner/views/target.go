package views

import (
	"context"
	"slices"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/task"
	"slipway/runner/records"
)

// Machine is a target with what is known of it.
type Machine struct {
	pipelines.Target
	Check *records.TargetCheck // the last look at it, nil if nobody looked
}

// Machines are the targets that may be seen, each with the last look at it.
func (v *Views) Machines(ctx context.Context, p pipelines.Principal) ([]Machine, error) {
	all, err := v.Targets(ctx, p)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	checks, err := v.Records.TargetChecks(ctx)
	out := make([]Machine, len(all))
	for i, t := range all {
		out[i].Target = t
		if c, ok := checks[t.ID]; ok {
			out[i].Check = &c
		}
	}
	return out, err
}

// Machine is one target by name or id. One that may not be seen is not there.
func (v *Views) Machine(ctx context.Context, p pipelines.Principal, idOrName string) (Machine, error) {
	t, err := v.Target(ctx, p, idOrName)
	if err != nil {
		return Machine{}, err
	}
	m := Machine{Target: t}
	c, ok, err := v.Records.TargetCheck(ctx, t.ID)
	if ok {
		m.Check = &c
	}
	return m, err
}

// StoredTarget is one target by name or id, at its revision.
func (v *Views) StoredTarget(ctx context.Context, p pipelines.Principal, idOrName string) (records.Stored[pipelines.Target], error) {
	t, err := v.Target(ctx, p, idOrName)
	if err != nil {
		return records.Stored[pipelines.Target]{}, err
	}
	return v.Records.Target(ctx, t.ID)
}

// Running is a package that a step of a project has installed on a target last.
type Running struct {
	Project     pipelines.Project
	Environment string
	Step        string
	task.Installed
	Release string // of the deployment, "" where it is not on record any more
}

// Arrived is a deployment that has installed something on a target.
type Arrived struct {
	pipelines.Deployment
	At       time.Time
	Packages []string // "RandomQuotes 1.0.7"
	Came     bool     // what it installed there did so with success
}

// mostArrived bounds the deployments shown of one target.
const mostArrived = 20

// OnTarget is what is on a target now, and the newest deployments that brought
// something there, of the projects and environments that may be seen.
func (v *Views) OnTarget(ctx context.Context, p pipelines.Principal, t pipelines.Target) ([]Running, []Arrived, error) {
	projects, err := v.Projects(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	environments, err := v.Records.Environments(ctx)
	if err != nil {
		return nil, nil, err
	}
	var now []Running
	arrived := map[string]*Arrived{}
	for _, project := range projects {
		for _, e := range environments {
			if !t.In(e.Name) || !p.Allows(pipelines.DeploymentView, pipelines.Where{Project: project.Name, Environment: e.Name}) {
				continue
			}
			steps, err := v.Records.InstalledOn(ctx, project.ID, e.ID, t.ID)
			if err != nil {
				return nil, nil, err
			}
			for _, s := range steps {
				now = append(now, present(project, e.Name, s)...)
				note(arrived, s)
			}
		}
	}
	out, err := v.newest(ctx, arrived)
	if err != nil {
		return nil, nil, err
	}
	for i, r := range now {
		d, err := v.Records.Deployment(ctx, r.Deployment)
		if err != nil && pipelines.CodeOf(err) != pipelines.NotFound {
			return nil, nil, err
		}
		now[i].Release = d.Release
	}
	return now, out, nil
}

// present is what a step has on a target now: the newest that came there with
// success.
func present(project pipelines.Project, environment string, s records.OnTarget) []Running {
	for _, one := range s.Installed {
		if one.Succeeded {
			return []Running{{Project: project, Environment: environment, Step: s.Step, Installed: one}}
		}
	}
	return nil
}

// note adds what a step has installed to the deployments that did.
func note(arrived map[string]*Arrived, s records.OnTarget) {
	for i, one := range s.Installed {
		if i == mostArrived {
			return
		}
		a := arrived[one.Deployment]
		if a == nil {
			a = &Arrived{At: one.At, Came: true}
			a.ID = one.Deployment
			arrived[one.Deployment] = a
		}
		if one.At.After(a.At) {
			a.At = one.At
		}
		a.Came = a.Came && one.Succeeded
		if name := one.Package + " " + one.Version; !slices.Contains(a.Packages, name) {
			a.Packages = append(a.Packages, name)
		}
	}
}

// newest are the newest of what has arrived, each with its deployment.
func (v *Views) newest(ctx context.Context, arrived map[string]*Arrived) ([]Arrived, error) {
	var out []Arrived
	for _, a := range arrived {
		out = append(out, *a)
	}
	slices.SortFunc(out, func(a, b Arrived) int {
		if n := b.At.Compare(a.At); n != 0 {
			return n
		}
		return strings.Compare(b.ID, a.ID)
	})
	out = out[:min(len(out), mostArrived)]
	for i, a := range out {
		d, err := v.Records.Deployment(ctx, a.ID)
		if pipelines.CodeOf(err) == pipelines.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		if out[i].Deployment, err = v.now(ctx, d); err != nil {
			return nil, err
		}
	}
	return out, nil
}
