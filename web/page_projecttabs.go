package web

import (
	"slipway/pipelines"
	"slipway/web/pages"
)

// projectTabs lead to the pages of a project, those that this person may see.
func projectTabs(p pipelines.Principal, project pipelines.Project, current string) []pages.Tab {
	home, where := pages.ProjectPath(project.ID), pipelines.Where{Project: project.Name}
	out := []pages.Tab{
		{Text: "Overview", Path: home}, {Text: "Process", Path: pages.ProcessPath(project.ID)}, {Text: "Variables", Path: pages.VariablesPath(project.ID)},
	}
	if p.Allows(pipelines.ProjectView, where) {
		out = append(out, pages.Tab{Text: "Text", Path: pages.ProjectTextPath(project.ID)})
	}
	if p.Allows(pipelines.ProjectEdit, where) {
		out = append(out, pages.Tab{Text: "Settings", Path: pages.EditPath(home)})
	}
	return at(current, out)
}

// hiddenValues says that there are values which this person is not shown.
func hiddenValues(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "1 value is for environments you may not see."
	}
	return plural(n, "value") + " are for environments you may not see."
}
