package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/web/pages"
)

func (s *site) teamsPage(w http.ResponseWriter, r *http.Request) {
	p := s.SignIn.Principal(r)
	teams, err := s.Views.Teams(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	users, err := s.Views.Users(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v := pages.Teams{Frame: s.pageFrame(r, pages.InPeople, "Teams", "")}
	v.Tabs = peopleTabs(p, pages.TeamsPath)
	if len(teams) > 0 {
		v.Sentence = toSentence(plural(len(teams), "team"))
	}
	if p.Allows(pipelines.TeamEdit, pipelines.Where{}) {
		v.New = pages.NewPath(pages.TeamsPath)
	}
	for _, t := range teams {
		row := pages.TeamRow{ID: t.ID, Name: t.Name, Description: t.Description, Members: append(called(users, t.Members), bySignIn(users, t)...)}
		for _, g := range t.Roles {
			row.Roles = append(row.Roles, grantWords(g))
		}
		v.Items = append(v.Items, row)
	}
	s.show(w, r, http.StatusOK, pages.TeamsPage(v))
}

// grantWords are a role with its scope, in few words.
func grantWords(g pipelines.RoleGrant) string {
	if len(g.Projects)+len(g.Environments) == 0 {
		return g.Role
	}
	return g.Role + " " + whereHolds(g.Projects, g.Environments)
}

func (s *site) teamPage(w http.ResponseWriter, r *http.Request) {
	p := s.SignIn.Principal(r)
	stored, err := s.Views.Team(r.Context(), p, r.PathValue("team"))
	if err != nil {
		s.fail(w, r, unseen(err))
		return
	}
	users, err := s.Views.Users(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	roles, err := s.Views.UserRoles(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	t := stored.Noun
	v := pages.TeamDetail{
		Frame:  s.pageFrame(r, pages.InPeople, t.Name, t.Description, crumb("People", pages.PeoplePath), crumb("Teams", pages.TeamsPath)),
		Folder: folderOf(t.Owner), Text: s.textOf(records.Teams, t),
	}
	if p.Allows(pipelines.TeamEdit, pipelines.Where{}) {
		v.Edit = pages.EditPath(pages.TeamPath(t.ID))
	}
	for i, name := range called(users, t.Members) {
		v.Members = append(v.Members, pages.Link{Text: name, Path: userPathOf(users, t.Members[i])})
	}
	for i, name := range bySignIn(users, t) {
		v.Members = append(v.Members, pages.Link{Text: name, Path: userPathOf(users, t.BySignIn[i])})
	}
	for _, g := range t.Roles {
		row := pages.GrantRow{Role: pages.Link{Text: g.Role}, Where: whereHolds(g.Projects, g.Environments)}
		if role, ok := roleOf(roles, g.Role); ok {
			row.Role.Path, row.Means = userRolePath(role), role.Description+withoutWords(g.Useless(roles))
		}
		v.Roles = append(v.Roles, row)
	}
	s.show(w, r, http.StatusOK, pages.TeamPage(v))
}

// withoutWords say what a role does not give within its scope.
func withoutWords(useless []pipelines.Permission) string {
	if len(useless) == 0 {
		return ""
	}
	names := make([]string, len(useless))
	for i, p := range useless {
		names[i] = string(p)
	}
	return "; with this scope without " + anded(names)
}

// bySignIn are the members that an identity provider's groups made, and say so:
// nobody here wrote them down.
func bySignIn(users []pipelines.User, t pipelines.Team) []string {
	out := called(users, t.BySignIn)
	for i := range out {
		out[i] += " (by sign-in)"
	}
	return out
}

func userPathOf(users []pipelines.User, username string) string {
	for _, u := range users {
		if pipelines.SameName(u.Username, username) {
			return pages.UserPath(u.ID)
		}
	}
	return ""
}

func roleOf(all []pipelines.UserRole, name string) (pipelines.UserRole, bool) {
	for _, r := range all {
		if pipelines.SameName(r.Name, name) {
			return r, true
		}
	}
	return pipelines.UserRole{}, false
}

// teamForm edits teams. Their roles stand in the form by number, and one more is
// always there to be filled in.
type teamForm struct{ *site }

// mostGrants is more than anybody includes.
const mostGrants = 100

// mostProjectTicks is how many projects a form offers as boxes; of more they are
// typed.
const mostProjectTicks = 30

// teamChoices are what the fields of a team offer.
type teamChoices struct {
	users        []pipelines.User
	roles        []string
	environments []string
	projects     []string
}

func (f teamForm) open(r *http.Request, id string) (openNoun, error) {
	o := openNoun{
		kind: records.Teams, noun: pipelines.Team{}, what: "team",
		list: pages.TeamsPath, home: pages.TeamsPath, path: pages.NewPath(pages.TeamsPath),
	}
	crumbs := []pages.Crumb{crumb("People", pages.PeoplePath), crumb("Teams", pages.TeamsPath)}
	ctx, p := r.Context(), f.SignIn.Principal(r)
	if err := p.Demand(pipelines.TeamEdit, pipelines.Where{}); err != nil {
		return o, err
	}
	var c teamChoices
	var err error
	if c.users, err = f.Views.Users(ctx, p); err != nil {
		return o, err
	}
	roles, err := f.Views.UserRoles(ctx, p)
	if err != nil {
		return o, err
	}
	c.roles = namesOf(roles, func(r pipelines.UserRole) string { return r.Name })
	environments, err := f.Views.Environments(ctx, p)
	if err != nil {
		return o, err
	}
	c.environments = namesOf(environments, func(e pipelines.Environment) string { return e.Name })
	projects, err := f.Views.Projects(ctx, p)
	if err != nil {
		return o, err
	}
	c.projects = namesOf(projects, func(p pipelines.Project) string { return p.Name })
	o.choices = c
	if id == "" {
		o.frame = f.pageFrame(r, pages.InPeople, "Add a team", "", crumbs...)
		return o, nil
	}
	stored, err := f.Views.Team(ctx, p, id)
	if err != nil {
		return o, err
	}
	t := stored.Noun
	o.id, o.noun, o.revision, o.owner, o.what = t.ID, t, stored.Revision, t.Owner, "team "+t.Name
	o.home = pages.TeamPath(t.ID)
	o.path = pages.EditPath(o.home)
	o.frame = f.pageFrame(r, pages.InPeople, "Edit "+t.Name, "", append(crumbs, crumb(t.Name, o.home))...)
	o.removal = &pages.Removal{Button: "Remove this team", Goes: "Team " + t.Name + " goes, and with it what its members may do by it. The members stay."}
	return o, nil
}

func (teamForm) values(noun any) url.Values {
	t := noun.(pipelines.Team)
	v := url.Values{"name": {t.Name}, "description": {t.Description}, "members": t.Members}
	for i, g := range t.Roles {
		v.Set(pages.GrantField(i, "role"), g.Role)
		v[pages.GrantField(i, "environments")] = g.Environments
		v[pages.GrantField(i, "projects")] = g.Projects
	}
	if len(t.Roles) == 0 {
		v.Set(pages.GrantField(0, "role"), "")
	}
	return v
}

// grantCount is how many roles the form has.
func grantCount(v url.Values) int {
	n := 0
	for n < mostGrants && v.Has(pages.GrantField(n, "role")) {
		n++
	}
	return n
}

func (teamForm) rearrange(do string, v url.Values) bool {
	if do != pages.DoAddGrant {
		return false
	}
	v.Set(pages.GrantField(grantCount(v), "role"), "")
	return true
}

func (teamForm) read(v url.Values, now any) (any, []pages.Problem) {
	t := now.(pipelines.Team)
	t.Name, t.Description, t.Members, t.Roles = trimmed(v, "name"), trimmed(v, "description"), v["members"], nil
	for i := range grantCount(v) {
		g := pipelines.RoleGrant{
			Role: v.Get(pages.GrantField(i, "role")), Environments: v[pages.GrantField(i, "environments")],
			Projects: nonEmptyLines(strings.Join(v[pages.GrantField(i, "projects")], "\n")),
		}
		if g.Role != "" {
			t.Roles = append(t.Roles, g)
		}
	}
	return t, nil
}

func nonEmptyLines(text string) []string {
	var out []string
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

func (teamForm) fields(o openNoun, v url.Values, problems []pages.Problem) templ.Component {
	c, _ := o.choices.(teamChoices)
	out := pages.TeamFields{Name: v.Get("name"), Fixed: o.id != "", Description: v.Get("description"), Problems: problems}
	names := namesOf(c.users, func(u pipelines.User) string { return u.Username })
	for _, m := range options(names, v["members"]) {
		out.Members = append(out.Members, pages.TickRow{Value: m.Text, Text: called(c.users, []string{m.Text})[0], Means: m.Text, Ticked: m.Chosen})
	}
	for i := range grantCount(v) {
		role := v.Get(pages.GrantField(i, "role"))
		chosen := nonEmptyLines(strings.Join(v[pages.GrantField(i, "projects")], "\n"))
		g := pages.GrantFields{
			Role: role, Roles: options(c.roles, nonEmptyLines(role)), Environments: options(c.environments, v[pages.GrantField(i, "environments")]),
			Projects: joinLines(chosen),
		}
		if len(c.projects) > 0 && len(c.projects) <= mostProjectTicks {
			g.ProjectTicks = options(c.projects, chosen)
		}
		out.Grants = append(out.Grants, g)
	}
	return pages.TeamForm(out)
}
