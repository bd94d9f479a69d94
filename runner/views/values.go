package views

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/variables"
)

// ValuesUsed are the values of one deployment, as its plan has kept them. What
// scripts set while it ran is not among them: that stands in its log.
type ValuesUsed struct {
	Deployment pipelines.Deployment
	Plan       plan.Plan
	Given      []plan.Variable // by whoever ordered it, by name
	Own        []ValueUsed     // of the project and its variable sets, by name
	System     []ValueUsed     // that Slipway provides, by name
	Texts      []TextUsed      // in the order of the steps
}

// ValueUsed is one value and where it held. Of the values of one name the
// narrower one counts: a target's, then a step's, then that of every step.
type ValueUsed struct {
	Step   string // "": in every step
	Target string // "": on every target
	plan.Variable
}

// TextUsed is one text of a step, evaluated as far as it was known when the
// deployment was planned.
type TextUsed struct {
	Step string
	plan.Shown
}

// ValuesUsed reads what a deployment was planned with.
func (v *Views) ValuesUsed(ctx context.Context, p pipelines.Principal, id string) (ValuesUsed, error) {
	d, err := v.Deployment(ctx, p, id)
	if err != nil {
		return ValuesUsed{}, err
	}
	out := ValuesUsed{Deployment: d.Deployment, Plan: d.Plan}
	for _, name := range slices.Sorted(maps.Keys(d.Deployment.Values)) {
		out.Given = append(out.Given, plan.Variable{Name: name, Value: d.Deployment.Values[name]})
	}
	out.add(ValueUsed{}, d.Plan.Variables)
	for _, s := range d.Plan.Steps {
		if s.Skip != "" {
			continue
		}
		out.add(ValueUsed{Step: s.Name}, s.Variables)
		for _, t := range s.Targets {
			out.add(ValueUsed{Step: s.Name, Target: t.Name}, t.Variables)
		}
		for _, text := range s.Shown {
			out.Texts = append(out.Texts, TextUsed{s.Name, text})
		}
	}
	slices.SortStableFunc(out.Own, byName)
	slices.SortStableFunc(out.System, byName)
	return out, nil
}

// add takes in the values of one place, of each name the last: it is the one
// that counted.
func (u *ValuesUsed) add(at ValueUsed, all []plan.Variable) {
	for i, x := range all {
		again := slices.ContainsFunc(all[i+1:], func(y plan.Variable) bool { return pipelines.SameName(x.Name, y.Name) })
		if again {
			continue
		}
		at.Variable = x
		if strings.HasPrefix(pipelines.NameKey(x.Name), "octopus.") {
			u.System = append(u.System, at)
			continue
		}
		u.Own = append(u.Own, at)
	}
}

func byName(a, b ValueUsed) int {
	return cmp.Compare(pipelines.NameKey(a.Name), pipelines.NameKey(b.Name))
}

// FrozenValues are all values that the release of a deployment has frozen, with
// their scopes; nil for who may not see the project.
func (v *Views) FrozenValues(ctx context.Context, p pipelines.Principal, d pipelines.Deployment) (*variables.Values, error) {
	if !p.AllowsIn(pipelines.ProjectView, d.Project) {
		return nil, nil
	}
	release, err := v.Records.Release(ctx, d.ReleaseID)
	if err != nil {
		return nil, err
	}
	return variables.New(release.Project, release.Sets, d.Values), nil
}
