package web

import (
	"fmt"
	"net/http"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/steps"
	"slipway/runner/records"
	"slipway/web/pages"
)

// projectAsText opens a project to be edited as text. With ?add= a step of that
// type stands at its end, unsaved.
func (s *site) projectAsText(r *http.Request, id string) (openNoun, error) {
	if id == "" {
		return s.newProjectAsText(r)
	}
	p := s.SignIn.Principal(r)
	o := openNoun{list: pages.DashboardPath}
	project, revision, err := s.projectToEdit(r, id)
	if err != nil {
		return o, err
	}
	o.id, o.noun, o.revision, o.owner, o.what = project.ID, project, revision, project.Owner, "project "+project.Name
	o.home, o.path = pages.ProcessPath(project.ID), pages.ProjectTextPath(project.ID)
	o.frame = s.pageFrame(r, pages.InDashboard, project.Name+" as text", "", projectCrumbs(project.ID, project.Name)...)
	o.frame.Tabs = projectTabs(p, project, o.path)
	if add := r.URL.Query().Get("add"); add != "" && r.Method == http.MethodGet {
		if o.noun, err = s.withStep(r, project, add); err != nil {
			return o, err
		}
		o.frame.Sentence = "A step is added at the end, and not saved yet: make it yours."
	}
	return o, nil
}

// projectToEdit is a project for somebody who may see and change all of it.
func (s *site) projectToEdit(r *http.Request, id string) (pipelines.Project, int64, error) {
	p := s.SignIn.Principal(r)
	stored, err := s.Views.StoredProject(r.Context(), p, id)
	if err != nil {
		return pipelines.Project{}, 0, err
	}
	where := pipelines.Where{Project: stored.Noun.Name}
	if err := p.Demand(pipelines.ProjectView, where); err != nil {
		return pipelines.Project{}, 0, err
	}
	return stored.Noun, stored.Revision, p.Demand(pipelines.ProjectEdit, where)
}

// projectTextPage shows all that the text of a project says, and lets those edit
// it who may.
func (s *site) projectTextPage(form textForm) http.HandlerFunc {
	edit := s.nounPage(form, "project")
	return func(w http.ResponseWriter, r *http.Request) {
		p := s.SignIn.Principal(r)
		project, err := s.Views.Project(r.Context(), p, r.PathValue("project"))
		if err == nil { // the values for all environments stand in it
			err = p.Demand(pipelines.ProjectView, pipelines.Where{Project: project.Name})
		}
		if err != nil {
			s.fail(w, r, unseen(err))
			return
		}
		if p.Allows(pipelines.ProjectEdit, pipelines.Where{Project: project.Name}) {
			edit(w, r)
			return
		}
		frame := s.pageFrame(r, pages.InDashboard, project.Name+" as text", "This is how it is written in a folder.", projectCrumbs(project.ID, project.Name)...)
		frame.Tabs = projectTabs(p, project, pages.ProjectTextPath(project.ID))
		s.show(w, r, http.StatusOK, pages.ProjectTextPage(pages.ProjectText{Frame: frame, Text: s.textOf(records.Projects, project)}))
	}
}

// addStepPage is the catalogue of step types, narrowed by ?q=, to choose what a
// project does besides.
func (s *site) addStepPage(w http.ResponseWriter, r *http.Request) {
	project, _, err := s.projectToEdit(r, r.PathValue("project"))
	if err != nil {
		s.fail(w, r, unseen(err))
		return
	}
	v := pages.AddStep{Project: project.ID, Query: searched(r), Line: s.lineOfNext(r, project)}
	v.Frame = s.pageFrame(r, pages.InDashboard, "Add a step", "Choose what it does; its text comes next.", append(projectCrumbs(project.ID, project.Name), crumb("Process", pages.ProcessPath(project.ID)))...)
	for _, e := range steps.Search(v.Query) {
		v.Items = append(v.Items, pages.StepTypeRow{Name: e.Name, Title: e.Title, What: e.What, Runs: e.Runs})
	}
	s.show(w, r, http.StatusOK, pages.AddStepPage(v))
}

// lineOfNext is the line of a project's text where another step would begin.
func (s *site) lineOfNext(r *http.Request, project pipelines.Project) int {
	with, err := s.withStep(r, project, steps.Catalogue()[0].Name)
	if err != nil {
		return 0
	}
	typed, _ := s.Catalog.ReadText(records.Projects, s.textOf(records.Projects, with))
	return typed.Line(fmt.Sprintf("projects[0].steps[%d]", len(project.Steps)))
}

// textPlaces leads from a project's page to where its parts stand in its text.
func (s *site) textPlaces(v *pages.Project, project pipelines.Project) {
	v.EditText = pages.ProjectTextPath(project.ID)
	for i, line := range strings.Split(s.textOf(records.Projects, project), "\n") {
		switch key, _, _ := strings.Cut(strings.TrimPrefix(line, "    "), ":"); key {
		case "steps":
			v.StepsLine = i + 1
		case "channels":
			v.ChannelsLine = i + 1
		case "triggers":
			v.TriggersLine = i + 1
		}
	}
}
