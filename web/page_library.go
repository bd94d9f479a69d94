package web

import (
	"net/http"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/web/pages"
	"slipway/web/route"
)

// libraryRoutes are the pages of what deployments go by and where they go.
func (s *site) libraryRoutes() []route.Route {
	environment, lifecycle, target, project := environmentForm{s}, lifecycleForm{s}, targetForm{s}, projectForm{s}
	return []route.Route{
		{Pattern: "GET /library", Needs: pipelines.Own, Serve: s.libraryPage},

		{Pattern: "GET /environments", Needs: pipelines.EnvironmentView, Serve: s.environmentsPage},
		{Pattern: "GET /environments/new", Needs: pipelines.EnvironmentEdit, Serve: s.nounPage(environment, "")},
		{Pattern: "POST /environments/new", Needs: pipelines.EnvironmentEdit, Serve: s.saveNoun(environment, "")},
		{Pattern: "GET /environments/{environment}", Needs: pipelines.EnvironmentView, Serve: s.environmentPage},
		{Pattern: "GET /environments/{environment}/edit", Needs: pipelines.EnvironmentEdit, Serve: s.nounPage(environment, "environment")},
		{Pattern: "POST /environments/{environment}/edit", Needs: pipelines.EnvironmentEdit, Serve: s.saveNoun(environment, "environment")},
		{Pattern: "POST /environments/{environment}/move", Needs: pipelines.EnvironmentEdit, Serve: s.moveEnvironment},

		{Pattern: "GET /lifecycles", Needs: pipelines.LifecycleView, Serve: s.lifecyclesPage},
		{Pattern: "GET /lifecycles/new", Needs: pipelines.LifecycleEdit, Serve: s.nounPage(lifecycle, "")},
		{Pattern: "POST /lifecycles/new", Needs: pipelines.LifecycleEdit, Serve: s.saveNoun(lifecycle, "")},
		{Pattern: "GET /lifecycles/{lifecycle}", Needs: pipelines.LifecycleView, Serve: s.lifecyclePage},
		{Pattern: "GET /lifecycles/{lifecycle}/edit", Needs: pipelines.LifecycleEdit, Serve: s.nounPage(lifecycle, "lifecycle")},
		{Pattern: "POST /lifecycles/{lifecycle}/edit", Needs: pipelines.LifecycleEdit, Serve: s.saveNoun(lifecycle, "lifecycle")},

		{Pattern: "GET /targets", Needs: pipelines.MachineView, Serve: s.targetsPage},
		{Pattern: "GET /targets/new", Needs: pipelines.MachineEdit, Serve: s.nounPage(target, "")},
		{Pattern: "POST /targets/new", Needs: pipelines.MachineEdit, Serve: s.saveNoun(target, "")},
		{Pattern: "GET /targets/{target}", Needs: pipelines.MachineView, Serve: s.targetPage},
		{Pattern: "GET /targets/{target}/edit", Needs: pipelines.MachineEdit, Serve: s.nounPage(target, "target")},
		{Pattern: "POST /targets/{target}/edit", Needs: pipelines.MachineEdit, Serve: s.saveNoun(target, "target")},
		{Pattern: "POST /targets/{target}/key", Needs: pipelines.SecretEdit, Serve: s.setTargetKey},
		{Pattern: "POST /targets/{target}/check", Needs: pipelines.MachineEdit, Serve: s.checkTarget},

		{Pattern: "GET /step-types", Needs: pipelines.Own, Serve: s.stepTypesPage},
		{Pattern: "GET /step-types/{type}", Needs: pipelines.Own, Serve: s.stepTypePage},
		{Pattern: "GET /projects/{project}/edit", Needs: pipelines.ProjectEdit, Serve: s.nounPage(project, "project")},
		{Pattern: "POST /projects/{project}/edit", Needs: pipelines.ProjectEdit, Serve: s.saveNoun(project, "project")},
		{Pattern: "GET /search", Needs: pipelines.Own, Serve: s.searchPage},
	}
}

// libraryPage leads to the first of its pages that this person may see.
func (s *site) libraryPage(w http.ResponseWriter, r *http.Request) {
	s.to(w, r, libraryTabs(s.SignIn.Principal(r), "")[0].Path)
}

func libraryTabs(p pipelines.Principal, current string) []pages.Tab {
	var out []pages.Tab
	if p.AllowsAnywhere(pipelines.LifecycleView) {
		out = append(out, pages.Tab{Text: "Lifecycles", Path: pages.LifecyclesPath})
	}
	if p.Allows(pipelines.ProjectView, pipelines.Where{}) {
		out = append(out, pages.Tab{Text: "Variable sets", Path: pages.VariableSetsPath})
	}
	if p.AllowsAnywhere(pipelines.SecretEdit) {
		out = append(out, pages.Tab{Text: "Secrets", Path: pages.SecretsPath})
	}
	return at(current, append(out, pages.Tab{Text: "Step types", Path: pages.StepTypesPath}))
}

func targetTabs(p pipelines.Principal, current string) []pages.Tab {
	var out []pages.Tab
	if p.AllowsAnywhere(pipelines.MachineView) {
		out = append(out, pages.Tab{Text: "Targets", Path: pages.TargetsPath})
	}
	if p.AllowsAnywhere(pipelines.EnvironmentView) {
		out = append(out, pages.Tab{Text: "Environments", Path: pages.EnvironmentsPath})
	}
	return at(current, out)
}

func packageTabs(current string) []pages.Tab {
	return at(current, []pages.Tab{{Text: "Packages", Path: pages.PackagesPath}, {Text: "Feeds", Path: pages.FeedsPath}})
}

func at(current string, all []pages.Tab) []pages.Tab {
	for i := range all {
		all[i].Current = all[i].Path == current
	}
	return all
}

func crumb(text, path string) pages.Crumb { return pages.Crumb{Text: text, Path: path} }

// textOf is a noun as it is written in a folder; a page without it still holds.
func (s *site) textOf(kind records.Kind, noun any) string {
	text, err := s.Catalog.TextOf(kind, noun)
	if err != nil {
		s.Log.Warn("write a noun as text", "kind", kind, "error", err)
	}
	return text
}
