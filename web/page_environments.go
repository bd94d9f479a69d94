package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/runner/views"
	"slipway/web/pages"
)

func (s *site) environmentsPage(w http.ResponseWriter, r *http.Request) {
	p := s.SignIn.Principal(r)
	all, err := s.Views.EnvironmentsSeen(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	targets, err := s.Views.Targets(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v := pages.Environments{Frame: s.pageFrame(r, pages.InTargets, "Environments", "")}
	v.Tabs = targetTabs(p, pages.EnvironmentsPath)
	if p.Allows(pipelines.EnvironmentEdit, pipelines.Where{}) {
		v.New = pages.NewPath(pages.EnvironmentsPath)
	}
	if len(all) > 0 {
		v.Sentence = toSentence(plural(len(all), "environment") + ", in the order of promotion")
	}
	for i, e := range all {
		n := 0
		for _, t := range targets {
			if t.In(e.Name) {
				n++
			}
		}
		v.Items = append(v.Items, pages.EnvironmentRow{
			ID: e.ID, Name: e.Name, Description: e.Description, Address: e.Address, Targets: plural(n, "target"),
			MayMove: p.Allows(pipelines.EnvironmentEdit, pipelines.Where{}), First: i == 0, Last: i == len(all)-1, Folder: folderOf(e.Owner),
		})
	}
	s.show(w, r, http.StatusOK, pages.EnvironmentsPage(v))
}

func (s *site) moveEnvironment(w http.ResponseWriter, r *http.Request) {
	p := s.SignIn.Principal(r)
	e, err := s.Views.Environment(r.Context(), p, r.PathValue("environment"))
	if err != nil {
		s.fail(w, r, unseen(err))
		return
	}
	err = s.Catalog.MoveEnvironment(r.Context(), p, e.Noun.ID, r.PostFormValue("do") == "up")
	if pipelines.CodeOf(err) == pipelines.Forbidden && p.Allows(pipelines.EnvironmentEdit, pipelines.Where{Environment: e.Noun.Name}) {
		// The refusal would name the other one, which need not be seen.
		err = pipelines.Refuse(pipelines.Forbidden, "environment %s cannot change places with the one beside it: that takes the permission %s for both, and the rights to what goes by their order", e.Noun.Name, pipelines.EnvironmentEdit)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.to(w, r, pages.EnvironmentsPath)
}

func (s *site) environmentPage(w http.ResponseWriter, r *http.Request) {
	p := s.SignIn.Principal(r)
	stored, err := s.Views.Environment(r.Context(), p, r.PathValue("environment"))
	if err != nil {
		s.fail(w, r, unseen(err))
		return
	}
	v, err := s.environment(r, p, stored.Noun)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.show(w, r, http.StatusOK, pages.EnvironmentPage(v))
}

func (s *site) environment(r *http.Request, p pipelines.Principal, e pipelines.Environment) (pages.EnvironmentDetail, error) {
	v := pages.EnvironmentDetail{Folder: folderOf(e.Owner), Text: s.textOf(records.Environments, e)}
	if p.Allows(pipelines.EnvironmentEdit, pipelines.Where{Environment: e.Name}) {
		v.Edit = pages.EditPath(pages.EnvironmentPath(e.ID))
	}
	if e.Address != "" {
		v.Facts = append(v.Facts, pages.Fact{Label: "Address", Text: e.Address, Address: e.Address})
	}
	here, err := s.Views.InEnvironment(r.Context(), p, e)
	if err != nil {
		return v, err
	}
	for _, one := range here {
		v.Here = append(v.Here, s.placed(one))
	}
	v.Nothing = "Nothing was deployed here yet."
	if all := (pipelines.Where{Environment: e.Name}); !p.Allows(pipelines.DeploymentView, all) || !p.Allows(pipelines.ProjectView, all) {
		v.Nothing = "Nothing was deployed here that you may see."
	}
	machines, err := s.Views.Machines(r.Context(), p)
	if err != nil {
		return v, err
	}
	for _, m := range machines {
		if m.In(e.Name) {
			v.Targets = append(v.Targets, s.targetRow(m))
		}
	}
	deployers, err := s.Views.Deployers(r.Context(), p, e.Name)
	if err != nil {
		return v, err
	}
	users, err := s.Views.Users(r.Context(), p)
	for _, d := range deployers {
		v.Deployers = append(v.Deployers, pages.DeployerRow{Team: d.Team.Name, Members: called(users, d.Team.Members), Projects: d.Projects})
	}
	sentence := e.Description
	if sentence == "" {
		sentence = fmt.Sprintf("%s, %s here", plural(len(v.Targets), "target"), plural(len(v.Here), "project"))
	}
	v.Frame = s.pageFrame(r, pages.InTargets, e.Name, toSentence(sentence), crumb("Environments", pages.EnvironmentsPath))
	return v, err
}

// placed is what a project has in an environment: what is live there, and what
// has been tried since.
func (s *site) placed(one views.Placed) pages.HereRow {
	d := one.Newest
	if one.Live != nil {
		d = *one.Live
	}
	row := pages.HereRow{
		Project: one.Project.Name, ProjectPath: pages.ProjectPath(one.Project.ID), What: d.Release, State: stateOf(d.Status),
		When: s.moment(lastMoved(d)), Deployment: d.ID, Path: pages.DeploymentPath(d.ID), By: by(d.CreatedBy, d.Via),
	}
	if n := one.Newest; n.ID != d.ID {
		row.Note = fmt.Sprintf("since then %s: %s", n.Release, strings.ToLower(stateOf(n.Status).Word()))
	}
	return row
}

// environmentForm edits environments.
type environmentForm struct{ *site }

func (f environmentForm) open(r *http.Request, id string) (openNoun, error) {
	o := openNoun{
		kind: records.Environments, noun: pipelines.Environment{}, what: "environment",
		list: pages.EnvironmentsPath, home: pages.EnvironmentsPath, path: pages.NewPath(pages.EnvironmentsPath),
	}
	crumbs := []pages.Crumb{crumb("Environments", pages.EnvironmentsPath)}
	p := f.SignIn.Principal(r)
	if id == "" {
		o.frame = f.pageFrame(r, pages.InTargets, "Add an environment", "", crumbs...)
		return o, p.Demand(pipelines.EnvironmentEdit, pipelines.Where{})
	}
	stored, err := f.Views.Environment(r.Context(), p, id)
	if err != nil {
		return o, err
	}
	e := stored.Noun
	if err := p.Demand(pipelines.EnvironmentEdit, pipelines.Where{Environment: e.Name}); err != nil {
		return o, err
	}
	o.id, o.noun, o.revision, o.owner, o.what = e.ID, e, stored.Revision, e.Owner, "environment "+e.Name
	o.home = pages.EnvironmentPath(e.ID)
	o.path = pages.EditPath(o.home)
	o.frame = f.pageFrame(r, pages.InTargets, "Edit "+e.Name, "", append(crumbs, crumb(e.Name, o.home))...)
	o.removal, err = f.removal(r, p, e)
	return o, err
}

func (f environmentForm) removal(r *http.Request, p pipelines.Principal, e pipelines.Environment) (*pages.Removal, error) {
	out := &pages.Removal{
		Button: "Remove this environment", Because: "These name it, and have to let it go first:",
		Goes: "Environment " + e.Name + " goes, and with it what is known of which release is there. What was deployed stays on the hosts, and deployments made before stay on record.",
	}
	lifecycles, err := f.Views.Lifecycles(r.Context(), p)
	for _, l := range lifecycles {
		for _, phase := range l.Phases {
			if pipelines.HasName(phase.Environments, e.Name) && !builtIn(l) {
				out.UsedBy = append(out.UsedBy, pages.Link{Text: "lifecycle " + l.Name, Path: pages.LifecyclePath(l.ID)})
			}
		}
	}
	if err != nil {
		return nil, err
	}
	targets, err := f.Views.Targets(r.Context(), p)
	for _, t := range targets {
		if t.In(e.Name) {
			out.UsedBy = append(out.UsedBy, pages.Link{Text: "target " + t.Name, Path: pages.TargetPath(t.ID)})
		}
	}
	return out, err
}

func (environmentForm) values(noun any) url.Values {
	e := noun.(pipelines.Environment)
	return url.Values{"name": {e.Name}, "description": {e.Description}, "address": {e.Address}}
}

func (environmentForm) read(v url.Values, now any) (any, []pages.Problem) {
	e := now.(pipelines.Environment)
	e.Name, e.Description, e.Address = trimmed(v, "name"), trimmed(v, "description"), trimmed(v, "address")
	return e, nil
}

func (environmentForm) fields(o openNoun, v url.Values, problems []pages.Problem) templ.Component {
	return pages.EnvironmentForm(pages.EnvironmentFields{Name: v.Get("name"), Fixed: o.id != "", Description: v.Get("description"), Address: v.Get("address"), Problems: problems})
}

func trimmed(v url.Values, name string) string { return strings.TrimSpace(v.Get(name)) }
