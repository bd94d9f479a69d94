package views

import (
	"context"
	"slices"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/variables"
)

// Reach is what changing one value would change. A place without a step is one
// where the value wins and no step reads it.
type Reach struct {
	Value
	Places []variables.Reached
}

// ReachOf says where each value of a project's variable wins, and which steps
// read it there. A value of a set reaches every project that includes the set,
// as far as it may be seen.
func (v *Views) ReachOf(ctx context.Context, p pipelines.Principal, s Surroundings, project pipelines.Project, name string) ([]Reach, error) {
	sets, err := v.Records.VariableSets(ctx)
	if err != nil {
		return nil, err
	}
	project, _ = seenProject(p, project)
	sets, _ = seenSets(p, project, sets)
	values := named(name, "", project.Variables)
	for _, set := range project.SetsOf(sets) {
		values = append(values, named(name, set.Name, set.Variables)...)
	}
	if len(values) == 0 {
		return nil, pipelines.Refuse(pipelines.NotFound, "project %s has no variable %q", project.Name, name)
	}
	return v.reach(ctx, p, s, &project, sets, values)
}

// ReachOfSet is ReachOf for a variable of a set.
func (v *Views) ReachOfSet(ctx context.Context, p pipelines.Principal, s Surroundings, set pipelines.VariableSet, name string) ([]Reach, error) {
	sets, err := v.Records.VariableSets(ctx)
	if err != nil {
		return nil, err
	}
	values := named(name, set.Name, set.Variables)
	if len(values) == 0 {
		return nil, pipelines.Refuse(pipelines.NotFound, "variable set %s has no variable %q", set.Name, name)
	}
	return v.reach(ctx, p, s, nil, sets, values)
}

func named(name, set string, all []pipelines.Variable) []Value {
	var out []Value
	for i, x := range all {
		if pipelines.SameName(x.Name, name) {
			out = append(out, Value{Variable: x, Set: set, Index: i})
		}
	}
	return out
}

func (v *Views) reach(ctx context.Context, p pipelines.Principal, s Surroundings, own *pipelines.Project, sets []pipelines.VariableSet, values []Value) ([]Reach, error) {
	world := variables.World{Sets: sets}
	environments, err := v.Environments(ctx, p)
	if err != nil {
		return nil, err
	}
	if world.Targets, err = v.Targets(ctx, p); err != nil {
		return nil, err
	}
	projects, err := v.Projects(ctx, p)
	if err != nil {
		return nil, err
	}
	out := make([]Reach, len(values))
	for i, value := range values {
		out[i].Value = value
		for _, project := range projects {
			mine := own != nil && project.ID == own.ID
			if value.Set == "" && !mine || value.Set != "" && !pipelines.HasName(project.VariableSets, value.Set) {
				continue
			}
			world.Project, world.Texts = project, plan.TextsOf(s.Types, project.Name)
			if world.Environments, err = v.within(ctx, project, environments); err != nil {
				return nil, err
			}
			places, err := world.Reach(value.Set, value.Index)
			if err != nil {
				return nil, err
			}
			out[i].Places = append(out[i].Places, withUnread(world, value, places)...)
		}
	}
	return out, nil
}

// within are the environments that a release of the project can go to.
func (v *Views) within(ctx context.Context, project pipelines.Project, all []pipelines.Environment) ([]pipelines.Environment, error) {
	var names []string
	for _, c := range project.AllChannels() {
		lifecycle, err := v.Records.LifecycleOf(ctx, project, c.Name)
		if err != nil {
			return nil, err
		}
		for _, phase := range lifecycle.Phases {
			names = append(names, phase.Environments...)
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(e pipelines.Environment) bool { return !pipelines.HasName(names, e.Name) }), nil
}

// withUnread adds the environments in which the value wins although no step
// reads it: files that are filled in on hosts may.
func withUnread(w variables.World, value Value, read []variables.Reached) []variables.Reached {
	values := variables.New(w.Project, w.Sets, nil)
	var out []variables.Reached
	for _, e := range w.Environments {
		before := len(out)
		for _, r := range read {
			if r.Environment == e.Name {
				out = append(out, r)
			}
		}
		if len(out) == before && wins(w, values, value, e.Name) {
			out = append(out, variables.Reached{Project: w.Project.Name, Environment: e.Name})
		}
	}
	return out
}

// wins says whether there is a place in the environment where the value holds.
// One that is limited to no steps, targets or roles is looked for where none of
// them is known; there are as few places as its scope leaves.
func wins(w variables.World, values *variables.Values, value Value, environment string) bool {
	if len(value.Environments) > 0 && !pipelines.HasName(value.Environments, environment) {
		return false
	}
	narrow := len(value.Steps)+len(value.Targets)+len(value.Roles) > 0
	choose := values.Choose
	if narrow {
		choose = values.ChooseNarrow
	}
	holds := func(at variables.Place) bool {
		choices, _ := choose(at)
		return slices.ContainsFunc(choices, func(c variables.Choice) bool {
			return c.Winner.Set == value.Set && c.Winner.Index == value.Index && pipelines.SameName(c.Winner.Name, value.Name)
		})
	}
	for _, c := range w.Project.AllChannels() {
		at := variables.Place{Environment: environment, Channel: c.Name}
		if !narrow && holds(at) || narrow && slices.ContainsFunc(placesFor(w, value, at), holds) {
			return true
		}
	}
	return false
}

// placesFor are the steps, and their targets, that a narrow value may be for.
func placesFor(w variables.World, value Value, at variables.Place) []variables.Place {
	var out []variables.Place
	for of, s := range w.Project.AllSteps() {
		parent := w.Project.Steps[of.Index]
		runs, _ := parent.Runs(at.Environment, at.Channel)
		at.Step, at.StepRoles, at.Within, at.Target, at.TargetRoles = s.Name, s.AnyRoles(), "", "", nil
		wanted := len(value.Steps) == 0 || pipelines.HasName(value.Steps, s.Name)
		if of.Child >= 0 {
			ofChild, _ := s.Runs(at.Environment, at.Channel)
			at.Within, at.StepRoles, runs = parent.Name, parent.RolesOf(s), runs && ofChild
			wanted = wanted || pipelines.HasName(value.Steps, parent.Name)
		}
		if !runs || !wanted || len(s.Steps) > 0 {
			continue
		}
		if len(value.Targets)+len(value.Roles) == 0 {
			out = append(out, at)
			continue
		}
		for _, t := range w.Targets {
			if t.In(at.Environment) && t.HasRole(at.StepRoles) && (len(value.Targets) == 0 || pipelines.HasName(value.Targets, t.Name)) && (len(value.Roles) == 0 || t.HasRole(value.Roles)) {
				at.Target, at.TargetRoles = t.Name, t.Roles
				out = append(out, at)
			}
		}
	}
	return out
}
