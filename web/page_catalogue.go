package web

import (
	"net/http"

	"slipway/pipelines"
	"slipway/pipelines/steps"
	"slipway/web/pages"
)

// stepTypesPage is the catalogue, narrowed by ?q=.
func (s *site) stepTypesPage(w http.ResponseWriter, r *http.Request) {
	query := searched(r)
	v := pages.StepTypes{Query: query, Frame: s.pageFrame(r, pages.InLibrary, "Step types", "What a step of a process can be.")}
	v.Tabs = libraryTabs(s.SignIn.Principal(r), pages.StepTypesPath)
	for _, e := range steps.Search(query) {
		v.Items = append(v.Items, pages.StepTypeRow{Name: e.Name, Title: e.Title, What: e.What, Runs: e.Runs})
	}
	s.show(w, r, http.StatusOK, pages.StepTypesPage(v))
}

func (s *site) stepTypePage(w http.ResponseWriter, r *http.Request) {
	e, ok := steps.CatalogueEntry(r.PathValue("type"))
	if !ok {
		s.fail(w, r, pipelines.Refuse(pipelines.NotFound, "there is no such step type: the list of step types has those there are"))
		return
	}
	v := pages.StepType{Frame: s.pageFrame(r, pages.InLibrary, e.Title, e.What, crumb("Step types", pages.StepTypesPath)), Name: e.Name, Runs: e.Runs, Sample: e.WholeText()}
	for _, one := range e.Settings {
		v.Settings = append(v.Settings, pages.SettingRow(one))
	}
	s.show(w, r, http.StatusOK, pages.StepTypePage(v))
}
