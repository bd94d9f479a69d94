package web

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/web/pages"
)

// projectForm edits what of a project is data: what it is for, which lifecycle
// it goes by, which shared variables it has. Its process stays text.
type projectForm struct{ *site }

// projectChoices are what a project can choose from.
type projectChoices struct{ lifecycles, sets []string }

func (f projectForm) open(r *http.Request, id string) (openNoun, error) {
	o := openNoun{kind: records.Projects, list: pages.DashboardPath}
	p := f.SignIn.Principal(r)
	if id == "" { // what was edited has been removed meanwhile
		return f.gone(r, p, o)
	}
	stored, err := f.Views.StoredProject(r.Context(), p, id)
	if err != nil {
		return o, err
	}
	project := stored.Noun
	if err := p.Demand(pipelines.ProjectEdit, pipelines.Where{Project: project.Name}); err != nil {
		return o, err
	}
	if o.choices, err = f.choices(r, p); err != nil {
		return o, err
	}
	o.id, o.noun, o.revision, o.owner, o.what = project.ID, project, stored.Revision, project.Owner, "project "+project.Name
	o.home = pages.ProjectPath(project.ID)
	o.path = pages.EditPath(o.home)
	o.frame = f.pageFrame(r, pages.InDashboard, "Edit "+project.Name, "", projectCrumbs(project.ID, project.Name)...)
	o.frame.Tabs = projectTabs(p, project, o.path)
	o.removal = &pages.Removal{
		Button: "Remove this project",
		Goes:   "Project " + project.Name + " goes with " + projectParts(project) + ". Releases and deployments made before stay on record, and what was deployed stays on the hosts.",
	}
	return o, nil
}

func (f projectForm) choices(r *http.Request, p pipelines.Principal) (projectChoices, error) {
	var out projectChoices
	lifecycles, err := f.Views.Lifecycles(r.Context(), p)
	if err != nil {
		return out, err
	}
	sets, err := f.Views.VariableSets(r.Context(), p)
	for _, l := range lifecycles {
		if !builtIn(l) {
			out.lifecycles = append(out.lifecycles, l.Name)
		}
	}
	for _, set := range sets {
		out.sets = append(out.sets, set.Name)
	}
	return out, err
}

// gone is the form of a project that is not there any more, for who could have
// changed it.
func (f projectForm) gone(r *http.Request, p pipelines.Principal, o openNoun) (openNoun, error) {
	name := r.PostForm.Get("name")
	if !p.Allows(pipelines.ProjectEdit, pipelines.Where{Project: name}) {
		return o, pipelines.Refuse(pipelines.NotFound, "there is no such project any more: somebody has removed it")
	}
	var err error
	o.choices, err = f.choices(r, p)
	o.noun, o.what, o.home, o.path = pipelines.Project{}, "project", pages.DashboardPath, pages.EditPath(pages.ProjectPath(r.PathValue("project")))
	o.added = "another one is begun on the dashboard."
	o.frame = f.pageFrame(r, pages.InDashboard, "A project that is gone", "", dashboardCrumb())
	return o, err
}

func (projectForm) values(noun any) url.Values {
	p := noun.(pipelines.Project)
	return url.Values{"name": {p.Name}, "description": {p.Description}, "lifecycle": {p.Lifecycle}, "variable-sets": p.VariableSets}
}

func (projectForm) read(v url.Values, now any) (any, []pages.Problem) {
	p := now.(pipelines.Project)
	p.Description, p.Lifecycle, p.VariableSets = trimmed(v, "description"), v.Get("lifecycle"), v["variable-sets"]
	return p, nil
}

func (projectForm) fields(o openNoun, v url.Values, problems []pages.Problem) templ.Component {
	choices, _ := o.choices.(projectChoices)
	var chosen []string
	if name := v.Get("lifecycle"); name != "" {
		chosen = []string{name}
	}
	fields := pages.ProjectFields{
		Name: v.Get("name"), Description: v.Get("description"), Lifecycles: options(choices.lifecycles, chosen),
		Sets: options(choices.sets, v["variable-sets"]), Problems: problems, Base: o.frame,
	}
	if o.id != "" {
		fields.Text = pages.ProjectTextPath(o.id)
	}
	return pages.ProjectForm(fields)
}

// projectParts are what goes with a project.
func projectParts(p pipelines.Project) string {
	steps := 0
	for range p.AllSteps() {
		steps++
	}
	out := []string{"its process of " + plural(steps, "step")}
	for _, part := range []struct {
		n    int
		word string
	}{{len(p.Variables), "value"}, {len(p.Channels), "channel"}, {len(p.Triggers), "trigger"}} {
		if part.n > 0 {
			out = append(out, plural(part.n, part.word))
		}
	}
	return anded(out)
}
