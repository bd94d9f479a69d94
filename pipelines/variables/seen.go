package variables

import (
	"slices"

	"slipway/pipelines"
)

// SeesAt says whether the principal may see what a project holds for an
// environment. Who may change the project sees all of it: they would save it
// without what they do not see.
func SeesAt(p pipelines.Principal, project, environment string) bool {
	return p.Allows(pipelines.ProjectView, pipelines.Where{Project: project, Environment: environment}) ||
		p.Allows(pipelines.ProjectEdit, pipelines.Where{Project: project})
}

// Seen are the values that hold in some environment that the principal may see
// the project in, or in any, and how many others there are.
func Seen(p pipelines.Principal, project string, all []pipelines.Variable) ([]pipelines.Variable, int) {
	if SeesAt(p, project, "") {
		return all, 0
	}
	hidden := func(x pipelines.Variable) bool {
		return len(x.Environments) > 0 && !slices.ContainsFunc(x.Environments, func(e string) bool { return SeesAt(p, project, e) })
	}
	seen := slices.DeleteFunc(slices.Clone(all), hidden)
	return seen, len(all) - len(seen)
}

// ChangedSeen are those of Changed that the principal may see: of a project that
// they do not see, nothing.
func ChangedSeen(p pipelines.Principal, was, now pipelines.Project, setsWere, setsNow []pipelines.VariableSet) []Difference {
	if !p.AllowsIn(pipelines.ProjectView, now.Name) {
		return nil
	}
	seen := func(project pipelines.Project, sets []pipelines.VariableSet) *Values {
		project.Variables, _ = Seen(p, now.Name, project.Variables)
		sets = slices.Clone(sets)
		for i := range sets {
			sets[i].Variables, _ = Seen(p, now.Name, sets[i].Variables)
		}
		return New(project, sets, nil)
	}
	return Changed(seen(was, setsWere), seen(now, setsNow))
}
