package api

import (
	"net/http"
	"slices"

	"slipway/pipelines"
	"slipway/web/rest"
	"slipway/web/route"
)

// peopleRoutes are those of users, teams and user roles. Who may give which
// rights is decided in the catalog.
func (a *API) peopleRoutes() []route.Route {
	return []route.Route{
		{Pattern: "GET /v1/users", Needs: pipelines.UserView, Serve: a.answer(a.users)},
		{Pattern: "POST /v1/users", Needs: pipelines.UserEdit, Serve: a.answer(a.addUser)},
		{Pattern: "POST /v1/users/{username}/disable", Needs: pipelines.UserEdit, Serve: a.answer(a.disableUser(true))},
		{Pattern: "POST /v1/users/{username}/enable", Needs: pipelines.UserEdit, Serve: a.answer(a.disableUser(false))},
		{Pattern: "GET /v1/teams", Needs: pipelines.TeamView, Serve: a.answer(a.teams)},
		{Pattern: "POST /v1/teams", Needs: pipelines.TeamEdit, Serve: a.answer(a.addTeam)},
		{Pattern: "DELETE /v1/teams/{team}", Needs: pipelines.TeamEdit, Serve: a.answer(a.removeTeam)},
		{Pattern: "POST /v1/teams/{team}/members", Needs: pipelines.TeamEdit, Serve: a.answer(a.addMember)},
		{Pattern: "DELETE /v1/teams/{team}/members/{username}", Needs: pipelines.TeamEdit, Serve: a.answer(a.removeMember)},
		{Pattern: "POST /v1/teams/{team}/roles", Needs: pipelines.TeamEdit, Serve: a.answer(a.includeRole)},
		{Pattern: "DELETE /v1/teams/{team}/roles", Needs: pipelines.TeamEdit, Serve: a.answer(a.excludeRole)},
		{Pattern: "GET /v1/user-roles", Needs: pipelines.UserRoleView, Serve: a.answer(a.userRoles)},
		{Pattern: "DELETE /v1/damaged/{id}", Needs: pipelines.AdministerSystem, Serve: a.answer(a.removeDamaged)},
	}
}

func (a *API) users(r *http.Request, p pipelines.Principal) (any, error) {
	all, err := a.Views.Users(r.Context(), p)
	if err != nil {
		return nil, err
	}
	teams, err := a.Views.Teams(r.Context(), p)
	out := []rest.User{}
	for _, u := range all {
		shown := rest.User{User: u, Teams: []string{}}
		for _, t := range teams {
			if t.Has(u.Username) {
				shown.Teams = append(shown.Teams, t.Name)
			}
		}
		out = append(out, shown)
	}
	return out, err
}

func (a *API) removeDamaged(r *http.Request, p pipelines.Principal) (any, error) {
	return nil, a.Catalog.RemoveDamaged(r.Context(), p, r.PathValue("id"))
}

func (a *API) addUser(r *http.Request, p pipelines.Principal) (any, error) {
	in, err := read[rest.NewUser](r)
	if err != nil {
		return nil, err
	}
	if in.ID != "" || in.Owner != "" || in.Admin {
		return nil, pipelines.Refuse(pipelines.Invalid, "the id and the owner of a user are not chosen, and administrators are made by a team: leave id, owner and admin out")
	}
	return nil, a.Catalog.AddUser(r.Context(), p, in.User, in.Password)
}

func (a *API) disableUser(disabled bool) handler {
	return func(r *http.Request, p pipelines.Principal) (any, error) {
		return nil, a.Catalog.ChangeUser(r.Context(), p, r.PathValue("username"), takesOver(r), func(u *pipelines.User) { u.Disabled = disabled })
	}
}

func takesOver(r *http.Request) bool { return r.URL.Query().Get("take-over") == "true" }

func (a *API) teams(r *http.Request, p pipelines.Principal) (any, error) {
	all, err := a.Views.Teams(r.Context(), p)
	return list(all), err
}

func (a *API) addTeam(r *http.Request, p pipelines.Principal) (any, error) {
	in, err := read[pipelines.Team](r)
	if err != nil {
		return nil, err
	}
	return nil, a.Catalog.AddTeam(r.Context(), p, in)
}

func (a *API) removeTeam(r *http.Request, p pipelines.Principal) (any, error) {
	return nil, a.Catalog.ChangeTeam(r.Context(), p, r.PathValue("team"), takesOver(r), nil)
}

func (a *API) addMember(r *http.Request, p pipelines.Principal) (any, error) {
	in, err := read[rest.Member](r)
	if err != nil {
		return nil, err
	}
	return nil, a.Catalog.ChangeTeam(r.Context(), p, r.PathValue("team"), takesOver(r), func(t *pipelines.Team) error {
		if !pipelines.HasName(t.Members, in.Username) { // who is there by signing in stays from now on
			t.Members = append(append([]string(nil), t.Members...), in.Username)
		}
		return nil
	})
}

func (a *API) removeMember(r *http.Request, p pipelines.Principal) (any, error) {
	username := r.PathValue("username")
	return nil, a.Catalog.ChangeTeam(r.Context(), p, r.PathValue("team"), takesOver(r), func(t *pipelines.Team) error {
		without, err := t.Without(username)
		*t = without
		return err
	})
}

func (a *API) includeRole(r *http.Request, p pipelines.Principal) (any, error) {
	in, err := read[pipelines.RoleGrant](r)
	if err != nil {
		return nil, err
	}
	return nil, a.Catalog.ChangeTeam(r.Context(), p, r.PathValue("team"), takesOver(r), func(t *pipelines.Team) error {
		if slices.ContainsFunc(t.Roles, in.Same) {
			return pipelines.Refuse(pipelines.Conflict, "team %s has the user role %s there already", t.Name, in.Role)
		}
		t.Roles = append(append([]pipelines.RoleGrant(nil), t.Roles...), in)
		return nil
	})
}

// excludeRole takes away what includeRole gave: the same role in the same places.
func (a *API) excludeRole(r *http.Request, p pipelines.Principal) (any, error) {
	in, err := read[pipelines.RoleGrant](r)
	if err != nil {
		return nil, err
	}
	return nil, a.Catalog.ChangeTeam(r.Context(), p, r.PathValue("team"), takesOver(r), func(t *pipelines.Team) error {
		left := slices.DeleteFunc(slices.Clone(t.Roles), in.Same)
		if len(left) == len(t.Roles) {
			return pipelines.Refuse(pipelines.NotFound, "team %s does not include the user role %s in this scope: `slipway team list` shows what it has where", t.Name, in.Role)
		}
		t.Roles = left
		return nil
	})
}

func (a *API) userRoles(r *http.Request, p pipelines.Principal) (any, error) {
	all, err := a.Views.UserRoles(r.Context(), p)
	if err != nil {
		return nil, err
	}
	teams, err := a.Views.Teams(r.Context(), p)
	out := []rest.UserRole{}
	for _, role := range all {
		shown := rest.UserRole{UserRole: role, BuiltIn: role.BuiltIn(), Teams: []string{}}
		for _, t := range teams {
			if t.Includes(role.Name) {
				shown.Teams = append(shown.Teams, t.Name)
			}
		}
		out = append(out, shown)
	}
	return out, err
}
