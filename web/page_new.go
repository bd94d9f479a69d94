package web

import (
	"net/http"
	"net/url"

	"slipway/pipelines"
	"slipway/pipelines/steps"
	"slipway/runner/catalog"
	"slipway/runner/records"
	"slipway/web/pages"
)

// starts are what a new project may begin with: a step of that type, or none.
var starts = []pages.Start{
	{Value: "nginx", Title: "A web app behind NGINX", What: "A package is installed on Linux hosts, and NGINX serves it. A new version of it makes a release."},
	{Value: "iis", Title: "A web site in IIS", What: "A package is installed on Windows hosts, and IIS serves it. A new version of it makes a release."},
	{Value: "script", Title: "A script on targets", What: "A script runs on each target that has a role."},
	{Value: "", Title: "Nothing", What: "The steps are added afterwards."},
}

// newProjectPage begins a project: its name, its lifecycle, and what it begins
// with. The rest of it is text.
func (s *site) newProjectPage(w http.ResponseWriter, r *http.Request) {
	s.showNewProject(w, r, http.StatusOK, url.Values{"start": {starts[0].Value}}, nil)
}

func (s *site) showNewProject(w http.ResponseWriter, r *http.Request, status int, typed url.Values, problems []pages.Problem) {
	p := s.SignIn.Principal(r)
	if err := p.Demand(pipelines.ProjectEdit, pipelines.Where{}); err != nil {
		s.fail(w, r, err)
		return
	}
	choices, err := projectForm{s}.choices(r, p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v := pages.NewProject{
		Frame: s.pageFrame(r, pages.InDashboard, "New project", "It is kept as text. This is its beginning, which comes next to be read and changed.", dashboardCrumb()),
		Name:  typed.Get("name"), Lifecycles: options(choices.lifecycles, listOf(typed.Get("lifecycle"))), Problems: problems,
	}
	for _, start := range starts {
		start.Chosen = start.Value == typed.Get("start")
		v.Starts = append(v.Starts, start)
	}
	s.show(w, r, status, pages.NewProjectPage(v))
}

// listOf is a list of a name, if there is one.
func listOf(name string) []string {
	if name == "" {
		return nil
	}
	return []string{name}
}

// beginProject leads to the text of the new project, once its name will do.
func (s *site) beginProject(w http.ResponseWriter, r *http.Request) {
	typed := url.Values{"name": {trimmed(r.PostForm, "name")}, "lifecycle": {r.PostForm.Get("lifecycle")}, "start": {r.PostForm.Get("start")}}
	bare := catalog.NounEdit{Kind: records.Projects, Noun: pipelines.Project{Name: typed.Get("name"), Lifecycle: typed.Get("lifecycle")}}
	_, err := s.Catalog.PreviewNoun(r.Context(), s.SignIn.Principal(r), bare)
	switch {
	case forPerson(err):
		found := problemsOf(err, map[string]string{"projects[0].name": "name", "projects[0].lifecycle": "lifecycle"})
		s.showNewProject(w, r, formStatus(err), typed, found)
	case err != nil:
		s.fail(w, r, err)
	default:
		s.to(w, r, pages.NewProjectTextPath+"?"+typed.Encode())
	}
}

// newProjectAsText opens the text of a project that is not there yet.
func (s *site) newProjectAsText(r *http.Request) (openNoun, error) {
	o := openNoun{
		what: "project", home: pages.DashboardPath, path: pages.NewProjectTextPath, list: pages.DashboardPath,
		frame: s.pageFrame(r, pages.InDashboard, "New project", "Nothing is saved yet. Change what differs in yours, and look at what comes of it.", dashboardCrumb(), crumb("New project", pages.NewProjectPath)),
		made:  s.madeProject,
	}
	if err := s.SignIn.Principal(r).Demand(pipelines.ProjectEdit, pipelines.Where{}); err != nil {
		return o, err
	}
	query := r.URL.Query()
	project := pipelines.Project{Name: query.Get("name"), Lifecycle: query.Get("lifecycle")}
	o.noun = project
	if start := query.Get("start"); start != "" && r.Method == http.MethodGet {
		with, err := s.withStep(r, project, start)
		if err != nil {
			return o, err
		}
		if all := steps.Installs(steps.Types(), with.Steps); len(all) > 0 && all[0].Feed == "" {
			with.Triggers = []pipelines.Trigger{{Package: all[0].Package}}
		}
		o.noun = with
	}
	return o, nil
}

// madeProject is the page of a project that has just been made.
func (s *site) madeProject(r *http.Request, noun any) string {
	named := noun.(pipelines.Project).Name
	project, err := s.Views.Project(r.Context(), s.SignIn.Principal(r), named)
	if err != nil {
		return pages.DashboardPath // made, but not to be seen
	}
	return pages.ProjectPath(project.ID)
}
