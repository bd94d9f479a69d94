package web

import (
	"context"
	"net/http"
	"strconv"

	"slipway/pipelines"
	"slipway/runner/catalog"
	"slipway/runner/records"
	"slipway/web/pages"
)

// variableList is a list of variables that is edited and saved as one: a
// project's, or a set's.
type variableList struct {
	home      valuesHome
	what      string // "project Random Quotes"
	owner     string
	revision  int64
	variables []pipelines.Variable
	crumbs    []pages.Crumb
	scopes    []pages.ScopeChoice                         // the names there are, none ticked
	whole     func([]pipelines.Variable) catalog.NounEdit // what has the list, with another one
	save      func(context.Context, pipelines.Principal, catalog.Edit) error
}

// lists finds the list that a request is about, for somebody who may change it.
type lists func(r *http.Request) (variableList, error)

func (s *site) projectList(r *http.Request) (variableList, error) {
	p := s.SignIn.Principal(r)
	stored, err := s.Views.StoredProject(r.Context(), p, r.PathValue("project"))
	if err != nil {
		return variableList{}, unseen(err)
	}
	project := stored.Noun
	if err := p.Demand(pipelines.ProjectEdit, pipelines.Where{Project: project.Name}); err != nil {
		return variableList{}, err
	}
	home, err := s.projectHome(r, project)
	if err != nil {
		return variableList{}, err
	}
	choices, err := s.scopeChoices(r, &project)
	return variableList{
		home: home, what: "project " + project.Name, owner: project.Owner, revision: stored.Revision, variables: project.Variables,
		crumbs: variablesCrumbs(project), scopes: choices,
		whole: func(all []pipelines.Variable) catalog.NounEdit {
			project.Variables = all
			return catalog.NounEdit{Kind: records.Projects, ID: project.ID, Noun: project}
		},
		save: func(ctx context.Context, p pipelines.Principal, e catalog.Edit) error {
			return s.Catalog.SaveProjectVariables(ctx, p, project.ID, e)
		},
	}, err
}

func (s *site) setList(r *http.Request) (variableList, error) {
	p := s.SignIn.Principal(r)
	stored, err := s.Views.VariableSet(r.Context(), p, r.PathValue("set"))
	if err != nil {
		return variableList{}, unseen(err)
	}
	set := stored.Noun
	if err := p.Demand(pipelines.ProjectEdit, pipelines.Where{}); err != nil {
		return variableList{}, err
	}
	choices, err := s.scopeChoices(r, nil)
	return variableList{
		home: s.setHome(r, set), what: "variable set " + set.Name, owner: set.Owner, revision: stored.Revision, variables: set.Variables,
		crumbs: setCrumbs(set), scopes: choices,
		whole: func(all []pipelines.Variable) catalog.NounEdit {
			set.Variables = all
			return catalog.NounEdit{Kind: records.VariableSets, ID: set.ID, Noun: set}
		},
		save: func(ctx context.Context, p pipelines.Principal, e catalog.Edit) error {
			return s.Catalog.SaveSetVariables(ctx, p, set.ID, e)
		},
	}, err
}

// scopeChoices are the names that a value may be limited to. A set is shared:
// steps and channels are of one project.
func (s *site) scopeChoices(r *http.Request, project *pipelines.Project) ([]pages.ScopeChoice, error) {
	ctx, p := r.Context(), s.SignIn.Principal(r)
	environments, err := s.Views.Environments(ctx, p)
	if err != nil {
		return nil, err
	}
	targets, err := s.Views.Targets(ctx, p)
	if err != nil {
		return nil, err
	}
	var roles []string
	note := func(all []string) {
		for _, role := range all {
			if !pipelines.HasName(roles, role) {
				roles = append(roles, role)
			}
		}
	}
	for _, t := range targets {
		note(t.Roles)
	}
	var steps, channels []string
	if project != nil {
		for _, step := range project.AllSteps() {
			note(step.Roles)
			steps = append(steps, step.Name)
		}
		for _, c := range project.Channels {
			channels = append(channels, c.Name)
		}
	}
	out := []pages.ScopeChoice{
		{Name: "environments", Label: "Environments", Options: untickedOptions(namesOf(environments, func(e pipelines.Environment) string { return e.Name }))},
		{Name: "roles", Label: "Target roles", Options: untickedOptions(roles)},
		{Name: "targets", Label: "Targets", Options: untickedOptions(namesOf(targets, func(t pipelines.Target) string { return t.Name }))},
	}
	if project != nil {
		out = append(out,
			pages.ScopeChoice{Name: "channels", Label: "Channels", Options: untickedOptions(channels)},
			pages.ScopeChoice{Name: "steps", Label: "Steps", Options: untickedOptions(steps)})
	}
	return out, nil
}

func untickedOptions(all []string) []pages.Option {
	out := make([]pages.Option, len(all))
	for i, name := range all {
		out[i].Text = name
	}
	return out
}

// editPage shows the form of the value that is asked for, or an empty one.
func (s *site) editPage(of lists) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		l, err := of(r)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		e := entry{revision: l.revision, base: l.variables, number: r.URL.Query().Get("value")}
		if e.number != "" {
			at := e.at()
			if at < 0 {
				s.fail(w, r, pipelines.Refuse(pipelines.NotFound, "%s has no value number %q: the list has changed, go back to it", l.what, e.number))
				return
			}
			e.variable = e.base[at]
		}
		s.showEdit(w, r, http.StatusOK, l.form(e), l)
	}
}

// edit saves the list with what the form says of one value. What was typed is
// never lost: whatever stands against it is said at the same form.
func (s *site) edit(of lists) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		l, err := of(r)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		e, problems, err := readEntry(r)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		do := r.PostForm.Get("do")
		if do == pages.DoChange {
			s.showEdit(w, r, http.StatusOK, l.form(e), l)
			return
		}
		if len(problems) > 0 {
			v := l.form(e)
			v.Problems = problems
			s.showEdit(w, r, http.StatusUnprocessableEntity, v, l)
			return
		}
		if do == pages.DoPreview {
			s.previewValue(w, r, of, l, e)
			return
		}
		err = l.save(r.Context(), s.SignIn.Principal(r), catalog.Edit{Revision: e.revision, Variables: e.list(), TakeOver: e.takeOver})
		switch {
		case err == nil:
			s.to(w, r, l.home.path+"?"+e.done())
		case forPerson(err):
			s.notSaved(w, r, of, e, err)
		default:
			s.fail(w, r, err)
		}
	}
}

// previewValue shows what saving changes, as text, and carries what was typed.
func (s *site) previewValue(w http.ResponseWriter, r *http.Request, of lists, l variableList, e entry) {
	edit := l.whole(e.list())
	edit.Revision, edit.TakeOver = e.revision, e.takeOver
	shown, err := s.Catalog.PreviewNoun(r.Context(), s.SignIn.Principal(r), edit)
	switch {
	case err == nil:
		o := openNoun{id: edit.ID, what: l.what, path: pages.EditVariablesPath(l.home.path)}
		o.frame = s.pageFrame(r, pages.InDashboard, "What changes", "", l.crumbs...)
		v := o.preview(shown, typedValues(r.PostForm), edit)
		s.show(w, r, http.StatusOK, pages.EditPreviewPage(v))
	case forPerson(err):
		s.notSaved(w, r, of, e, err)
	default:
		s.fail(w, r, err)
	}
}

// notSaved shows the form again with what stands against it: somebody else's
// version, or what is wrong.
func (s *site) notSaved(w http.ResponseWriter, r *http.Request, of lists, e entry, why error) {
	l, err := of(r) // as it is by now
	if err != nil {
		s.fail(w, r, err)
		return
	}
	status := formStatus(why)
	if l.revision != e.revision {
		conflict := conflictOf(why)
		conflict.Saving = "saving it now puts this one value into the newer list."
		gone := e.rebase(l)
		if gone {
			conflict.Gone = "The value you had open is not there any more as it was: saving adds yours beside the others."
		}
		v := l.form(e)
		v.Conflict = &conflict
		s.showEdit(w, r, http.StatusConflict, v, l)
		return
	}
	v := l.form(e)
	v.Problems = e.problemsOf(why)
	s.showEdit(w, r, status, v, l)
}

func (s *site) showEdit(w http.ResponseWriter, r *http.Request, status int, v pages.EditVariable, l variableList) {
	title := "Add a value"
	if v.Number != "" {
		title = "Edit " + v.Name
	}
	v.Frame = s.pageFrame(r, pages.InDashboard, title, "", l.crumbs...)
	s.show(w, r, status, pages.EditVariablePage(v))
}

// form is the form of an entry, on the list as it is.
func (l variableList) form(e entry) pages.EditVariable {
	x := e.variable
	v := pages.EditVariable{
		Home: l.home.path, What: l.what, Revision: strconv.FormatInt(e.revision, 10), Base: e.encoded(), Number: e.number, TakeOver: e.takeOver,
		Name: x.Name, Kind: e.kindOf(), Value: string(x.Value), Reference: reference(x), Description: x.Description, Scope: ticked(l.scopes, x.Scope),
		Saves: "Add this value",
	}
	if e.number != "" {
		v.Saves = "Save this value"
	}
	if e.posted { // also what the kind does not take is kept
		v.Kind, v.Value, v.Reference = e.kind, e.text, e.lies
	}
	v.Folder = folderOf(l.owner)
	if q := x.Prompt; q != nil {
		v.Asks, v.Required, v.Multiline, v.Label, v.Help, v.Options = true, q.Required, q.Multiline, q.Label, q.Description, joinLines(q.Options)
	}
	return v
}

// ticked ticks what a scope names. A name that is not there (any more), or that
// this person may not see, stays ticked: it is no accident of this form.
func ticked(all []pages.ScopeChoice, scope pipelines.Scope) []pages.ScopeChoice {
	chosen := map[string][]string{"environments": scope.Environments, "roles": scope.Roles, "targets": scope.Targets, "channels": scope.Channels, "steps": scope.Steps}
	out := make([]pages.ScopeChoice, len(all))
	for i, c := range all {
		out[i] = pages.ScopeChoice{Name: c.Name, Label: c.Label}
		var there []string
		for _, o := range c.Options {
			there = append(there, o.Text)
			out[i].Options = append(out[i].Options, pages.Option{Text: o.Text, Chosen: pipelines.HasName(chosen[c.Name], o.Text)})
		}
		for _, name := range chosen[c.Name] {
			if !pipelines.HasName(there, name) {
				out[i].Options = append(out[i].Options, pages.Option{Text: name, Chosen: true})
			}
		}
	}
	return out
}
