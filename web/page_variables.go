package web

import (
	"cmp"
	"net/http"
	"slices"

	"slipway/pipelines"
	"slipway/runner/views"
	"slipway/web/pages"
)

func (s *site) surroundings() views.Surroundings {
	return views.Surroundings{Types: s.Requests.Types, BaseURL: s.BaseURL}
}

// projectHome is where the variables of a project live.
func (s *site) projectHome(r *http.Request, project pipelines.Project) (valuesHome, error) {
	p := s.SignIn.Principal(r)
	sets, err := s.Views.VariableSets(r.Context(), p)
	return valuesHome{
		path: pages.VariablesPath(project.ID), project: project.Name, edits: p.Allows(pipelines.ProjectEdit, pipelines.Where{Project: project.Name}),
		reach:  func(name string) string { return pages.VariableReachPath(project.ID, name) },
		shared: p.Allows(pipelines.ProjectView, pipelines.Where{}), sets: sets,
	}, err
}

// variablesPage shows every value of a project, or at the place that is asked
// for the one of each name with why.
func (s *site) variablesPage(w http.ResponseWriter, r *http.Request) {
	ctx, p := r.Context(), s.SignIn.Principal(r)
	q := r.URL.Query()
	at := views.Asked{Environment: q.Get("environment"), Channel: q.Get("channel"), Step: q.Get("step"), Target: q.Get("target")}
	e, err := s.Views.Explain(ctx, p, s.surroundings(), r.PathValue("project"), at)
	status := http.StatusOK
	var problems []pages.Problem
	if pipelines.CodeOf(err) == pipelines.NotFound && at != (views.Asked{}) {
		// An address that was kept may name a place that is gone: the project is there all the same.
		if known, again := s.Views.Explain(ctx, p, s.surroundings(), r.PathValue("project"), views.Asked{}); again == nil {
			status, problems, e, at, err = http.StatusNotFound, problemsOf(err, nil), known, views.Asked{}, nil
		}
	}
	if err != nil {
		s.fail(w, r, unseen(err))
		return
	}
	home, err := s.projectHome(r, e.Project)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	places, err := s.places(r, e, at)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v := pages.Variables{
		Home: home.path, What: "project " + e.Project.Name, Places: places, Problems: problems, Saved: savedWords(q), Sets: setLinks(home, e.Project),
		Empty: "No variables yet. A value may be a text, a secret, or one that is asked for at each deployment; it may hold in some environments only.",
	}
	v.Folder = folderOf(e.Project.Owner)
	if home.edits {
		v.Add = pages.EditVariablesPath(home.path)
	}
	var all []views.Value
	names := 0
	for _, x := range e.Variables {
		if isOurs(x) {
			if at != (views.Asked{}) {
				v.Ours = append(v.Ours, home.here(x))
			}
			continue
		}
		names++
		all = append(all, valuesOf(x)...)
		v.Here = append(v.Here, home.here(x))
	}
	v.Groups = home.groupsOf(inOrder(e.Project, all))
	v.Frame = s.pageFrame(r, pages.InDashboard, "Variables", valuesSentence(len(all), names), projectCrumbs(e.Project.ID, e.Project.Name)...)
	v.Tabs, v.Hidden = projectTabs(p, e.Project, home.path), hiddenValues(e.Hidden)
	s.show(w, r, status, pages.VariablesPage(v))
}

// valuesOf are all people's values of a name.
func valuesOf(e views.Explanation) []views.Value {
	var out []views.Value
	add := func(x views.Value) {
		if !x.System {
			x.Rank, x.Why = 0, "" // of a place
			out = append(out, x)
		}
	}
	if e.Winner != nil {
		add(*e.Winner)
	}
	for _, x := range append(e.Losers[:len(e.Losers):len(e.Losers)], e.Others...) {
		add(x)
	}
	return out
}

// inOrder puts values into the order in which they are written: the project's
// own, then those of its sets.
func inOrder(project pipelines.Project, all []views.Value) []views.Value {
	place := map[string]int{}
	for i, name := range project.VariableSets {
		place[pipelines.NameKey(name)] = i + 1
	}
	slices.SortStableFunc(all, func(a, b views.Value) int {
		return cmp.Or(place[pipelines.NameKey(a.Set)]-place[pipelines.NameKey(b.Set)], a.Index-b.Index)
	})
	return all
}

// places is the form that asks for a place, with what was asked for.
func (s *site) places(r *http.Request, e views.Explained, at views.Asked) (*pages.VariablePlaces, error) {
	ctx, p := r.Context(), s.SignIn.Principal(r)
	targets, err := s.Views.Targets(ctx, p)
	if err != nil {
		return nil, err
	}
	v := &pages.VariablePlaces{}
	if at != (views.Asked{}) {
		asked := e.At
		asked.Channel = at.Channel // one that nobody asked for need not be told
		v.Chosen = placeWords(asked)
	}
	add := func(name, label, anyone, chosen string, all []string) {
		if len(all) == 0 {
			return
		}
		c := pages.PlaceChoice{Name: name, Label: label, Any: anyone}
		for _, one := range all {
			c.Options = append(c.Options, pages.Option{Text: one, Chosen: chosen != "" && pipelines.SameName(one, chosen)})
		}
		v.Choices = append(v.Choices, c)
	}
	add("environment", "Environment", "any", e.At.Environment, e.Environments)
	add("target", "Target", "none", e.At.Target, namesOf(targets, func(t pipelines.Target) string { return t.Name }))
	add("step", "Step", "none", e.At.Step, stepNames(e.Project))
	if channels := e.Project.AllChannels(); len(channels) > 1 {
		add("channel", "Channel", "any", e.At.Channel, namesOf(channels, func(c pipelines.Channel) string { return c.Name }))
	}
	return v, nil
}

func stepNames(p pipelines.Project) []string {
	var out []string
	for _, s := range p.AllSteps() {
		out = append(out, s.Name)
	}
	return out
}

func namesOf[T any](all []T, name func(T) string) []string {
	out := make([]string, len(all))
	for i, x := range all {
		out[i] = name(x)
	}
	return out
}

// included leads to the sets that a project includes.
func (h valuesHome) included(project pipelines.Project) []pages.Link {
	var out []pages.Link
	for _, name := range project.VariableSets {
		out = append(out, pages.Link{Text: name, Path: h.from(views.Value{Set: name}).Path})
	}
	return out
}

// setLinks lead to the sets that a project includes, and to all there are.
func setLinks(h valuesHome, project pipelines.Project) []pages.Link {
	out := h.included(project)
	if h.shared {
		text := "All variable sets"
		if len(out) == 0 {
			text = "This project includes none; all variable sets"
		}
		out = append(out, pages.Link{Text: text, Path: pages.VariableSetsPath})
	}
	return out
}

// reachPage says what changing a project's variable reaches.
func (s *site) reachPage(w http.ResponseWriter, r *http.Request) {
	p := s.SignIn.Principal(r)
	project, err := s.Views.Project(r.Context(), p, r.PathValue("project"))
	if err != nil {
		s.fail(w, r, unseen(err))
		return
	}
	all, err := s.Views.ReachOf(r.Context(), p, s.surroundings(), project, r.PathValue("variable"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	home, err := s.projectHome(r, project)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.showReach(w, r, home, all, variablesCrumbs(project)...)
}

func (s *site) showReach(w http.ResponseWriter, r *http.Request, home valuesHome, all []views.Reach, crumbs ...pages.Crumb) {
	v := pages.VariableReach{Frame: s.pageFrame(r, pages.InDashboard, all[0].Name, "What changing each of its values would reach.", crumbs...)}
	for _, x := range all {
		v.Values = append(v.Values, home.reachOf(x))
	}
	s.show(w, r, http.StatusOK, pages.VariableReachPage(v))
}

func variablesCrumbs(project pipelines.Project) []pages.Crumb {
	return append(projectCrumbs(project.ID, project.Name), pages.Crumb{Text: "Variables", Path: pages.VariablesPath(project.ID)})
}
