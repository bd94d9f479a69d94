package web

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/web/pages"
)

// setAsText opens a variable set to be edited as text.
func (s *site) setAsText(r *http.Request, id string) (openNoun, error) {
	if id == "" {
		o, err := s.newSet(r)
		o.path = pages.TextPath(o.path)
		return o, err
	}
	p := s.SignIn.Principal(r)
	o := openNoun{list: pages.VariableSetsPath}
	stored, err := s.Views.VariableSet(r.Context(), p, id)
	if err != nil {
		return o, err
	}
	set := stored.Noun
	if err := p.Demand(pipelines.ProjectEdit, pipelines.Where{}); err != nil {
		return o, err
	}
	o.id, o.noun, o.revision, o.owner, o.what = set.ID, set, stored.Revision, set.Owner, "variable set "+set.Name
	o.home = pages.VariableSetPath(set.ID)
	o.path = pages.TextPath(o.home)
	o.frame = s.pageFrame(r, pages.InLibrary, set.Name+" as text", "", setCrumbs(set)...)
	projects, err := s.Views.ProjectsWith(r.Context(), p, set.Name)
	o.removal = &pages.Removal{
		Button: "Remove this variable set", Goes: "Variable set " + set.Name + " goes with its " + plural(len(set.Variables), "value") + ". Releases made before keep the values they were made with.",
		UsedBy: projectLinks(projects), Because: "These projects include it, and have to let it go first:",
	}
	return o, err
}

// setForm begins a variable set; its values are added one by one, or as text.
type setForm struct{ *site }

func (f setForm) open(r *http.Request, _ string) (openNoun, error) { return f.newSet(r) }

func (s *site) newSet(r *http.Request) (openNoun, error) {
	o := openNoun{
		kind: records.VariableSets, noun: pipelines.VariableSet{}, what: "variable set",
		list: pages.VariableSetsPath, home: pages.VariableSetsPath, path: pages.NewPath(pages.VariableSetsPath),
		frame: s.pageFrame(r, pages.InLibrary, "Add a variable set", "", setsCrumbs()...), made: s.madeSet,
	}
	return o, s.SignIn.Principal(r).Demand(pipelines.ProjectEdit, pipelines.Where{})
}

// madeSet is the page of a set that has just been made, where its values are
// added.
func (s *site) madeSet(r *http.Request, noun any) string {
	stored, err := s.Views.VariableSet(r.Context(), s.SignIn.Principal(r), noun.(pipelines.VariableSet).Name)
	if err != nil {
		return pages.VariableSetsPath
	}
	return pages.VariableSetPath(stored.Noun.ID)
}

func (setForm) values(noun any) url.Values {
	set := noun.(pipelines.VariableSet)
	return url.Values{"name": {set.Name}, "description": {set.Description}}
}

func (setForm) read(v url.Values, now any) (any, []pages.Problem) {
	set := now.(pipelines.VariableSet)
	set.Name, set.Description = trimmed(v, "name"), trimmed(v, "description")
	return set, nil
}

func (setForm) fields(_ openNoun, v url.Values, problems []pages.Problem) templ.Component {
	return pages.SetForm(pages.SetFields{Name: v.Get("name"), Description: v.Get("description"), Problems: problems})
}

// feedAsText opens a feed to be edited as text.
func (s *site) feedAsText(r *http.Request, id string) (openNoun, error) {
	p := s.SignIn.Principal(r)
	o := openNoun{list: pages.FeedsPath, home: pages.FeedsPath, noun: pipelines.Feed{}, what: "feed"}
	crumbs := []pages.Crumb{packagesCrumb(), crumb("Feeds", pages.FeedsPath)}
	if id == "" {
		o.path = pages.TextPath(pages.NewPath(pages.FeedsPath))
		o.noun = pipelines.Feed{Type: pipelines.FeedNuGet}
		o.frame = s.pageFrame(r, pages.InPackages, "Add a feed", "", crumbs...)
		return o, p.Demand(pipelines.FeedEdit, pipelines.Where{})
	}
	stored, err := s.Catalog.StoredFeed(r.Context(), p, id)
	if err != nil {
		return o, err
	}
	f := stored.Noun
	o.id, o.noun, o.revision, o.owner, o.what = f.ID, f, stored.Revision, f.Owner, "feed "+f.Name
	o.home = pages.FeedPath(f.ID)
	o.path = pages.TextPath(o.home)
	o.frame = s.pageFrame(r, pages.InPackages, f.Name+" as text", "", append(crumbs, crumb(f.Name, o.home))...)
	o.removal = &pages.Removal{
		Button: "Remove this feed",
		Goes:   "Feed " + f.Name + " is forgotten. What was fetched from it stays, and so do the releases that install it. A project that takes a package from it has to let it go first.",
	}
	return o, nil
}

// targetAsText opens a target to be edited as text: also how it is reached, and
// the keys that prove it.
func (s *site) targetAsText(r *http.Request, id string) (openNoun, error) {
	o, err := (targetForm{s}).open(r, id)
	if err != nil {
		return o, err
	}
	if id == "" {
		o.path = pages.TextPath(o.path)
		return o, nil
	}
	o.path = pages.TextPath(o.home)
	o.frame.Title = o.noun.(pipelines.Target).Name + " as text"
	return o, nil
}
