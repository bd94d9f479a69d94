package web

import (
	"net/http"
	"strconv"
	"strings"

	"slipway/pipelines"
	"slipway/web/pages"
	"slipway/web/route"
)

// peopleRoutes are the pages of users, teams and user roles. Who may give which
// rights is decided in the catalog.
func (s *site) peopleRoutes() []route.Route {
	user, team, role := userForm{s}, teamForm{s}, userRoleForm{s}
	return []route.Route{
		{Pattern: "GET /people", Needs: pipelines.UserView, Serve: s.usersPage},
		{Pattern: "GET /people/users/new", Needs: pipelines.UserEdit, Serve: s.newUserPage},
		{Pattern: "POST /people/users/new", Needs: pipelines.UserEdit, Serve: s.addUser},
		{Pattern: "GET /people/users/{user}", Needs: pipelines.UserView, Serve: s.userPage},
		{Pattern: "GET /people/users/{user}/edit", Needs: pipelines.UserEdit, Serve: s.nounPage(user, "user")},
		{Pattern: "POST /people/users/{user}/edit", Needs: pipelines.UserEdit, Serve: s.saveNoun(user, "user")},
		{Pattern: "POST /people/users/{user}/password", Needs: pipelines.UserEdit, Serve: s.setUserPassword},

		{Pattern: "GET /people/teams", Needs: pipelines.TeamView, Serve: s.teamsPage},
		{Pattern: "GET /people/teams/new", Needs: pipelines.TeamEdit, Serve: s.nounPage(team, "")},
		{Pattern: "POST /people/teams/new", Needs: pipelines.TeamEdit, Serve: s.saveNoun(team, "")},
		{Pattern: "GET /people/teams/{team}", Needs: pipelines.TeamView, Serve: s.teamPage},
		{Pattern: "GET /people/teams/{team}/edit", Needs: pipelines.TeamEdit, Serve: s.nounPage(team, "team")},
		{Pattern: "POST /people/teams/{team}/edit", Needs: pipelines.TeamEdit, Serve: s.saveNoun(team, "team")},

		{Pattern: "GET /people/roles", Needs: pipelines.UserRoleView, Serve: s.userRolesPage},
		{Pattern: "GET /people/roles/new", Needs: pipelines.UserRoleEdit, Serve: s.nounPage(role, "")},
		{Pattern: "POST /people/roles/new", Needs: pipelines.UserRoleEdit, Serve: s.saveNoun(role, "")},
		{Pattern: "GET /people/roles/{role}", Needs: pipelines.UserRoleView, Serve: s.userRolePage},
		{Pattern: "GET /people/roles/{role}/edit", Needs: pipelines.UserRoleEdit, Serve: s.nounPage(role, "role")},
		{Pattern: "POST /people/roles/{role}/edit", Needs: pipelines.UserRoleEdit, Serve: s.saveNoun(role, "role")},
	}
}

func peopleTabs(p pipelines.Principal, current string) []pages.Tab {
	out := []pages.Tab{{Text: "Users", Path: pages.PeoplePath}}
	if p.AllowsAnywhere(pipelines.TeamView) {
		out = append(out, pages.Tab{Text: "Teams", Path: pages.TeamsPath})
	}
	if p.AllowsAnywhere(pipelines.UserRoleView) {
		out = append(out, pages.Tab{Text: "User roles", Path: pages.UserRolesPath})
	}
	return at(current, out)
}

func (s *site) usersPage(w http.ResponseWriter, r *http.Request) {
	p := s.SignIn.Principal(r)
	users, err := s.Views.Users(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	teams, err := s.Views.Teams(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v := pages.Users{Frame: s.pageFrame(r, pages.InPeople, "People", "")}
	v.Tabs = peopleTabs(p, pages.PeoplePath)
	v.Sentence = usersSentence(users)
	damaged, err := s.Views.DamagedPeople(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	for _, d := range damaged {
		v.Damaged = append(v.Damaged, toSentence(d))
	}
	if p.Allows(pipelines.UserEdit, pipelines.Where{}) {
		v.New = pages.NewUserPath
	}
	for _, u := range users {
		v.Items = append(v.Items, userRow(u, teams))
	}
	s.show(w, r, http.StatusOK, pages.UsersPage(v))
}

// usersSentence counts users, and those that are not as others.
func usersSentence(users []pipelines.User) string {
	var services, disabled int
	for _, u := range users {
		if u.Service {
			services++
		}
		if u.Disabled {
			disabled++
		}
	}
	said := plural(len(users), "user")
	var of []string
	if services > 0 {
		of = append(of, plural(services, "service account"))
	}
	if disabled > 0 {
		of = append(of, strconv.Itoa(disabled)+" disabled")
	}
	if len(of) > 0 {
		said += ", among them " + anded(of)
	}
	return said + "."
}

func userRow(u pipelines.User, teams []pipelines.Team) pages.UserRow {
	row := pages.UserRow{ID: u.ID, Name: u.Username, Display: u.Called(), Mail: u.Mail, Off: u.Disabled}
	for _, t := range teams {
		if t.Has(u.Username) {
			row.Teams = append(row.Teams, t.Name)
		}
	}
	var notes []string
	if u.Admin {
		notes = append(notes, "administrator")
	}
	if u.Service {
		notes = append(notes, "service account")
	}
	if u.Disabled {
		notes = append(notes, "disabled")
	}
	row.Note = strings.Join(notes, ", ")
	return row
}

// called are the names to show for members, as far as they may be seen.
func called(users []pipelines.User, members []string) []string {
	out := make([]string, len(members))
	for i, m := range members {
		out[i] = m
		for _, u := range users {
			if pipelines.SameName(u.Username, m) {
				out[i] = u.Called()
			}
		}
	}
	return out
}

// whereHolds says where a grant holds, as people say it.
func whereHolds(projects, environments []string) string {
	switch {
	case len(projects) == 0 && len(environments) == 0:
		return "everywhere"
	case len(environments) == 0:
		return "in " + anded(projects)
	case len(projects) == 0:
		return "for " + anded(environments)
	}
	return "in " + anded(projects) + " for " + anded(environments)
}
