package web

import (
	"net/http"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/runner/views"
	"slipway/web/pages"
)

// builtIn says whether a lifecycle is the one that is always there.
func builtIn(l pipelines.Lifecycle) bool { return l.ID == pipelines.DefaultLifecycle(nil).ID }

func (s *site) lifecyclesPage(w http.ResponseWriter, r *http.Request) {
	p := s.SignIn.Principal(r)
	all, err := s.Views.Lifecycles(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	link, err := s.environmentLinks(r, p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v := pages.Lifecycles{Frame: s.pageFrame(r, pages.InLibrary, "Lifecycles", "In which order releases go through environments.")}
	v.Tabs = libraryTabs(p, pages.LifecyclesPath)
	if p.Allows(pipelines.LifecycleEdit, pipelines.Where{}) {
		v.New = pages.NewPath(pages.LifecyclesPath)
	}
	projects, err := s.Views.Projects(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	for _, l := range all {
		v.Items = append(v.Items, pages.LifecycleRow{
			ID: l.ID, Name: l.Name, Description: toSentence(l.Description), BuiltIn: builtIn(l), Phases: phasesOf(l, link, triggered(views.GoingBy(projects, l.Name))),
			UsedBy: linksTo(views.GoingBy(projects, l.Name)), Folder: folderOf(l.Owner),
		})
	}
	s.show(w, r, http.StatusOK, pages.LifecyclesPage(v))
}

func linksTo(all []pipelines.Project) []pages.Link {
	var out []pages.Link
	for _, p := range all {
		out = append(out, pages.Link{Text: p.Name, Path: pages.ProjectPath(p.ID)})
	}
	return out
}

// environmentLinks gives for the name of an environment its link; one that may
// not be seen has none.
func (s *site) environmentLinks(r *http.Request, p pipelines.Principal) (func(name string) pages.Link, error) {
	all, err := s.Views.EnvironmentsSeen(r.Context(), p)
	return func(name string) pages.Link {
		if e, ok := pipelines.EnvironmentNamed(all, name); ok {
			return pages.Link{Text: e.Name, Path: pages.EnvironmentPath(e.ID)}
		}
		return pages.Link{Text: name}
	}, err
}

func (s *site) lifecyclePage(w http.ResponseWriter, r *http.Request) {
	p := s.SignIn.Principal(r)
	stored, err := s.Views.Lifecycle(r.Context(), p, r.PathValue("lifecycle"))
	if err != nil {
		s.fail(w, r, unseen(err))
		return
	}
	l := stored.Noun
	link, err := s.environmentLinks(r, p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	environments, err := s.Views.EnvironmentsSeen(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	projects, err := s.Views.Projects(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v := pages.Lifecycle{BuiltIn: builtIn(l), Folder: folderOf(l.Owner), Phases: phasesOf(l, link, triggered(views.GoingBy(projects, l.Name))), UsedBy: linksTo(views.GoingBy(projects, l.Name))}
	v.Retention = "Installations on hosts: " + retentionWords(l.Retention, "all of them stay") + "."
	for _, e := range environments {
		if !inPhase(l, e.Name) {
			v.LeftOut = append(v.LeftOut, link(e.Name))
		}
	}
	if !v.BuiltIn {
		v.Text = s.textOf(records.Lifecycles, l)
		if p.Allows(pipelines.LifecycleEdit, pipelines.Where{}) {
			v.Edit = pages.EditPath(pages.LifecyclePath(l.ID))
		}
	}
	v.Frame = s.pageFrame(r, pages.InLibrary, l.Name, toSentence(l.Description), crumb("Lifecycles", pages.LifecyclesPath))
	s.show(w, r, http.StatusOK, pages.LifecyclePage(v))
}

func inPhase(l pipelines.Lifecycle, environment string) bool {
	for _, p := range l.Phases {
		if pipelines.HasName(p.Environments, environment) {
			return true
		}
	}
	return false
}

// triggered are the projects that a package sends on its way, by name.
func triggered(projects []pipelines.Project) []string {
	var out []string
	for _, p := range projects {
		if len(p.Triggers) > 0 {
			out = append(out, p.Name)
		}
	}
	return out
}

// phasesOf is the picture of a lifecycle.
func phasesOf(l pipelines.Lifecycle, link func(string) pages.Link, triggered []string) []pages.LifecyclePhase {
	var out []pages.LifecyclePhase
	for i, p := range l.Phases {
		phase := pages.LifecyclePhase{Name: p.Name, Optional: p.Optional, Automatic: p.Automatic, Mode: "deployed by hand"}
		if p.Automatic {
			phase.Mode = "deployed by itself"
		} else if i == 0 && len(triggered) > 0 {
			phase.Mode = "deployed by hand, or by a trigger of " + anded(triggered)
		}
		for _, e := range p.Environments {
			phase.Environments = append(phase.Environments, link(e))
		}
		if p.Retention != nil {
			phase.Retention = "keeps " + retentionWords(p.Retention, "")
		}
		if i < len(l.Phases)-1 {
			phase.Opens = opensNext(p)
		}
		out = append(out, phase)
	}
	return out
}

// opensNext is what has to be before the phase behind opens.
func opensNext(p pipelines.Phase) string {
	switch n := len(p.Environments); {
	case p.Optional:
		return "may be left out"
	case p.Minimum > 0 && p.Minimum < n:
		return "once " + grouped(p.Minimum) + " of " + grouped(n) + " succeeded"
	case n > 1:
		return "once all " + grouped(n) + " succeeded"
	}
	return "once it succeeded"
}

// retentionWords say which installations stay.
func retentionWords(r *pipelines.Retention, none string) string {
	switch {
	case r == nil:
		return none
	case r.Days > 0:
		return "those of " + plural(r.Days, "day")
	}
	return grouped(r.Keep) + " besides the present one"
}
