package views

import (
	"slices"

	"slipway/pipelines"
)

// seesAt says whether the principal may see what a project holds for an
// environment. Who may change the project sees all of it: they would save it
// without what they do not see.
func seesAt(p pipelines.Principal, project, environment string) bool {
	return p.Allows(pipelines.ProjectView, pipelines.Where{Project: project, Environment: environment}) ||
		p.Allows(pipelines.ProjectEdit, pipelines.Where{Project: project})
}

// seenValues are the values that hold in some environment that the principal may
// see the project in, or in any, and how many others there are.
func seenValues(p pipelines.Principal, project string, all []pipelines.Variable) ([]pipelines.Variable, int) {
	if seesAt(p, project, "") {
		return all, 0
	}
	hidden := func(x pipelines.Variable) bool {
		return len(x.Environments) > 0 && !slices.ContainsFunc(x.Environments, func(e string) bool { return seesAt(p, project, e) })
	}
	seen := slices.DeleteFunc(slices.Clone(all), hidden)
	return seen, len(all) - len(seen)
}

// seenProject is a project with the values that may be seen, and how many others
// it has.
func seenProject(p pipelines.Principal, project pipelines.Project) (pipelines.Project, int) {
	var hidden int
	project.Variables, hidden = seenValues(p, project.Name, project.Variables)
	return project, hidden
}

// seenSets are the variable sets with those of their values that may be seen in a
// project, and how many others the sets have that it includes.
func seenSets(p pipelines.Principal, project pipelines.Project, sets []pipelines.VariableSet) ([]pipelines.VariableSet, int) {
	out, hidden := slices.Clone(sets), 0
	for i, set := range sets {
		seen, others := seenValues(p, project.Name, set.Variables)
		out[i].Variables = seen
		if pipelines.HasName(project.VariableSets, set.Name) {
			hidden += others
		}
	}
	return out, hidden
}
