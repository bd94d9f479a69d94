package views

import (
	"context"

	"slipway/pipelines"
	"slipway/runner/records"
)

// SharedSet is a variable set with the projects that include it, of those that
// may be seen.
type SharedSet struct {
	pipelines.VariableSet
	Projects []pipelines.Project
}

// VariableSets are all variable sets, by name. They belong to no project, so it
// takes a right that is not limited to one.
func (v *Views) VariableSets(ctx context.Context, p pipelines.Principal) ([]SharedSet, error) {
	if !p.Allows(pipelines.ProjectView, pipelines.Where{}) {
		return nil, nil
	}
	sets, err := v.Records.VariableSets(ctx)
	if err != nil {
		return nil, err
	}
	projects, err := v.Projects(ctx, p)
	if err != nil {
		return nil, err
	}
	out := make([]SharedSet, len(sets))
	for i, s := range sets {
		out[i] = SharedSet{s, usersOf(s.Name, projects)}
	}
	return out, nil
}

func usersOf(set string, projects []pipelines.Project) []pipelines.Project {
	var out []pipelines.Project
	for _, p := range projects {
		if pipelines.HasName(p.VariableSets, set) {
			out = append(out, p)
		}
	}
	return out
}

// VariableSet is one variable set by name or id, at its revision.
func (v *Views) VariableSet(ctx context.Context, p pipelines.Principal, idOrName string) (records.Stored[pipelines.VariableSet], error) {
	if err := p.Demand(pipelines.ProjectView, pipelines.Where{}); err != nil {
		return records.Stored[pipelines.VariableSet]{}, err
	}
	all, err := v.Records.VariableSets(ctx)
	if err != nil {
		return records.Stored[pipelines.VariableSet]{}, err
	}
	s, ok := find(all, idOrName, func(s pipelines.VariableSet) (string, string) { return s.ID, s.Name })
	if !ok {
		return records.Stored[pipelines.VariableSet]{}, missing("variable set", idOrName, names(all, func(s pipelines.VariableSet) string { return s.Name }))
	}
	return v.Records.VariableSet(ctx, s.ID)
}

// StoredProject is one project by name or id, at its revision, with the values
// that may be seen.
func (v *Views) StoredProject(ctx context.Context, p pipelines.Principal, idOrName string) (records.Stored[pipelines.Project], error) {
	found, err := v.Project(ctx, p, idOrName)
	if err != nil {
		return records.Stored[pipelines.Project]{}, err
	}
	stored, err := v.Records.Project(ctx, found.ID)
	stored.Noun, _ = seenProject(p, stored.Noun)
	return stored, err
}

// ProjectsWith are the projects that include a set, of those that may be seen.
func (v *Views) ProjectsWith(ctx context.Context, p pipelines.Principal, set string) ([]pipelines.Project, error) {
	all, err := v.Projects(ctx, p)
	return usersOf(set, all), err
}
