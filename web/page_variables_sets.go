package web

import (
	"net/http"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/runner/views"
	"slipway/web/pages"
)

// setHome is where the variables of a set live.
func (s *site) setHome(r *http.Request, set pipelines.VariableSet) valuesHome {
	p := s.SignIn.Principal(r)
	return valuesHome{
		path: pages.VariableSetPath(set.ID), edits: p.Allows(pipelines.ProjectEdit, pipelines.Where{}), shared: true,
		reach: func(name string) string { return pages.SetVariableReachPath(set.ID, name) },
	}
}

func (s *site) variableSetsPage(w http.ResponseWriter, r *http.Request) {
	p := s.SignIn.Principal(r)
	if err := p.Demand(pipelines.ProjectView, pipelines.Where{}); err != nil {
		s.fail(w, r, err)
		return
	}
	all, err := s.Views.VariableSets(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v := pages.VariableSets{Frame: s.pageFrame(r, pages.InLibrary, "Variable sets", "Values that several projects share.")}
	v.Tabs = libraryTabs(p, pages.VariableSetsPath)
	if p.Allows(pipelines.ProjectEdit, pipelines.Where{}) {
		v.New = pages.NewPath(pages.VariableSetsPath)
	}
	for _, x := range all {
		row := pages.VariableSetRow{ID: x.ID, Name: x.Name, Description: x.Description, Values: plural(len(x.Variables), "value"), UsedBy: projectLinks(x.Projects)}
		row.Folder = folderOf(x.Owner)
		v.Items = append(v.Items, row)
	}
	s.show(w, r, http.StatusOK, pages.VariableSetsPage(v))
}

func projectLinks(all []pipelines.Project) []pages.Link {
	var out []pages.Link
	for _, p := range all {
		out = append(out, pages.Link{Text: p.Name, Path: pages.VariablesPath(p.ID)})
	}
	return out
}

func (s *site) variableSetPage(w http.ResponseWriter, r *http.Request) {
	p := s.SignIn.Principal(r)
	stored, err := s.Views.VariableSet(r.Context(), p, r.PathValue("set"))
	if err != nil {
		s.fail(w, r, unseen(err))
		return
	}
	set := stored.Noun
	projects, err := s.Views.ProjectsWith(r.Context(), p, set.Name)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	home := s.setHome(r, set)
	var all []views.Value
	for i, x := range set.Variables {
		all = append(all, views.Value{Variable: x, Index: i})
	}
	v := pages.Variables{
		Home: home.path, What: "variable set " + set.Name, Groups: home.groupsOf(all), UsedBy: projectLinks(projects), Saved: savedWords(r.URL.Query()),
		Text:  s.textOf(records.VariableSets, set),
		Empty: "No variables yet. Projects that include the set have its values besides their own, which are stronger.",
	}
	v.Folder = folderOf(set.Owner)
	if home.edits {
		v.Add = pages.EditVariablesPath(home.path)
		v.EditText = pages.TextPath(home.path)
	}
	sentence := set.Description
	if sentence == "" {
		sentence = valuesSentence(len(all), len(v.Groups))
	}
	v.Frame = s.pageFrame(r, pages.InLibrary, set.Name, toSentence(sentence), setsCrumbs()...)
	s.show(w, r, http.StatusOK, pages.VariablesPage(v))
}

// setReachPage says what changing a set's variable reaches.
func (s *site) setReachPage(w http.ResponseWriter, r *http.Request) {
	p := s.SignIn.Principal(r)
	stored, err := s.Views.VariableSet(r.Context(), p, r.PathValue("set"))
	if err != nil {
		s.fail(w, r, unseen(err))
		return
	}
	all, err := s.Views.ReachOfSet(r.Context(), p, s.surroundings(), stored.Noun, r.PathValue("variable"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.showReach(w, r, s.setHome(r, stored.Noun), all, setCrumbs(stored.Noun)...)
}

func setsCrumbs() []pages.Crumb {
	return []pages.Crumb{{Text: "Variable sets", Path: pages.VariableSetsPath}}
}

func setCrumbs(set pipelines.VariableSet) []pages.Crumb {
	return append(setsCrumbs(), pages.Crumb{Text: set.Name, Path: pages.VariableSetPath(set.ID)})
}
