package views

import (
	"slices"

	"slipway/pipelines"
	"slipway/pipelines/variables"
)

// seenProject is a project with the values that may be seen, and how many others
// it has.
func seenProject(p pipelines.Principal, project pipelines.Project) (pipelines.Project, int) {
	var hidden int
	project.Variables, hidden = variables.Seen(p, project.Name, project.Variables)
	return project, hidden
}

// seenSets are the variable sets with those of their values that may be seen in a
// project, and how many others the sets have that it includes.
func seenSets(p pipelines.Principal, project pipelines.Project, sets []pipelines.VariableSet) ([]pipelines.VariableSet, int) {
	out, hidden := slices.Clone(sets), 0
	for i, set := range sets {
		seen, others := variables.Seen(p, project.Name, set.Variables)
		out[i].Variables = seen
		if pipelines.HasName(project.VariableSets, set.Name) {
			hidden += others
		}
	}
	return out, hidden
}
