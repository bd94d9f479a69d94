package api

import (
	"net/http"
	"slices"

	"slipway/pipelines"
	"slipway/pipelines/variables"
	"slipway/runner/catalog"
	"slipway/runner/views"
	"slipway/web/rest"
)

func (a *API) surroundings() views.Surroundings {
	return views.Surroundings{Types: a.Requests.Types, BaseURL: a.BaseURL}
}

func (a *API) variables(r *http.Request, p pipelines.Principal) (any, error) {
	q := r.URL.Query()
	at := views.Asked{Environment: q.Get("environment"), Channel: q.Get("channel"), Step: q.Get("step"), Target: q.Get("target")}
	e, err := a.Views.Explain(r.Context(), p, a.surroundings(), r.PathValue("project"), at)
	if err != nil {
		return nil, err
	}
	all := e.Variables
	if name := q.Get("name"); name != "" {
		if all = e.Named(name); all == nil {
			return nil, pipelines.Refuse(pipelines.NotFound, "project %s has no variable %q here", e.Project.Name, name)
		}
	}
	out := rest.Explained{
		Project: e.Project.Name, Revision: e.Revision, Owner: e.Project.Owner, Own: list(e.Project.Variables), Variables: []rest.Explanation{},
		Place: rest.Place{Environment: e.At.Environment, Target: e.At.Target, Step: e.At.Step, Channel: e.At.Channel},
	}
	for _, x := range all {
		out.Variables = append(out.Variables, explanationOf(x))
	}
	return out, nil
}

func explanationOf(e views.Explanation) rest.Explanation {
	out := rest.Explanation{Name: e.Name, Evaluated: e.Evaluated, Problem: e.Trouble, Rule: e.Rule, Tie: e.Tie}
	if e.Winner != nil {
		w := valueOf(*e.Winner)
		out.Winner = &w
	}
	for _, x := range e.Losers {
		out.Losers = append(out.Losers, valueOf(x))
	}
	for _, x := range e.Others {
		out.Others = append(out.Others, valueOf(x))
	}
	return out
}

func valueOf(v views.Value) rest.VariableValue {
	out := rest.VariableValue{
		Value: string(v.Value), Secret: v.Secret, From: rest.FromProject, Scope: v.Scope, Scoped: rest.ScopeWords(v.Scope),
		Rank: v.Rank, Why: v.Why, Description: v.Description, Prompt: v.Prompt,
	}
	switch {
	case v.System:
		out.From = rest.FromSlipway
	case v.Set != "":
		out.From = rest.FromSet + v.Set
	}
	if v.Sensitive() {
		out.Value = ""
	}
	if source := v.Source(); source != "" {
		out.Secret = source
	}
	return out
}

func (a *API) reach(r *http.Request, p pipelines.Principal) (any, error) {
	project, err := a.Views.Project(r.Context(), p, r.PathValue("project"))
	if err != nil {
		return nil, err
	}
	all, err := a.Views.ReachOf(r.Context(), p, a.surroundings(), project, r.PathValue("variable"))
	if err != nil {
		return nil, err
	}
	out := rest.Reach{Project: project.Name, Name: all[0].Name, Values: []rest.ReachOfOne{}}
	for _, x := range all {
		out.Values = append(out.Values, rest.ReachOfOne{VariableValue: valueOf(x.Value), Places: placesOf(project.Name, x.Places)})
	}
	return out, nil
}

// placesOf puts steps together that go to the same targets. A project is named
// only where it is another one than was asked about.
func placesOf(project string, all []variables.Reached) []rest.ReachedPlace {
	var out []rest.ReachedPlace
	for _, x := range all {
		one := rest.ReachedPlace{Environment: x.Environment, Channel: x.Channel, Targets: x.Targets}
		if x.Project != project {
			one.Project = x.Project
		}
		i := slices.IndexFunc(out, func(o rest.ReachedPlace) bool {
			return o.Project == one.Project && o.Environment == one.Environment && o.Channel == one.Channel && slices.Equal(o.Targets, one.Targets)
		})
		if i < 0 {
			i, out = len(out), append(out, one)
		}
		if x.Step != "" {
			out[i].Steps = append(out[i].Steps, x.Step)
		}
	}
	return out
}

func (a *API) saveVariables(r *http.Request, p pipelines.Principal) (any, error) {
	in, err := read[rest.Variables](r)
	if err != nil {
		return nil, err
	}
	project, err := a.Views.Project(r.Context(), p, r.PathValue("project"))
	if err != nil {
		return nil, err
	}
	if err := a.Catalog.SaveProjectVariables(r.Context(), p, project.ID, catalog.Edit(in)); err != nil {
		return nil, err
	}
	now, err := a.Views.StoredProject(r.Context(), p, project.ID)
	return rest.Variables{Revision: now.Revision, Variables: list(now.Noun.Variables)}, err
}

func (a *API) variableSets(r *http.Request, p pipelines.Principal) (any, error) {
	all, err := a.Views.VariableSets(r.Context(), p)
	out := []rest.VariableSet{}
	for _, s := range all {
		one := rest.VariableSet{ID: s.ID, Name: s.Name, Description: s.Description, Owner: s.Owner, Values: len(s.Variables), Projects: []string{}}
		for _, project := range s.Projects {
			one.Projects = append(one.Projects, project.Name)
		}
		out = append(out, one)
	}
	return out, err
}

func (a *API) setVariables(r *http.Request, p pipelines.Principal) (any, error) {
	s, err := a.Views.VariableSet(r.Context(), p, r.PathValue("set"))
	return rest.Variables{Revision: s.Revision, Variables: list(s.Noun.Variables)}, err
}

func (a *API) saveSetVariables(r *http.Request, p pipelines.Principal) (any, error) {
	in, err := read[rest.Variables](r)
	if err != nil {
		return nil, err
	}
	s, err := a.Views.VariableSet(r.Context(), p, r.PathValue("set"))
	if err != nil {
		return nil, err
	}
	if err := a.Catalog.SaveSetVariables(r.Context(), p, s.Noun.ID, catalog.Edit(in)); err != nil {
		return nil, err
	}
	s, err = a.Views.VariableSet(r.Context(), p, s.Noun.ID)
	return rest.Variables{Revision: s.Revision, Variables: list(s.Noun.Variables)}, err
}
