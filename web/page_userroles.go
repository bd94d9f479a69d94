package web

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/web/pages"
)

func (s *site) userRolesPage(w http.ResponseWriter, r *http.Request) {
	p := s.SignIn.Principal(r)
	roles, err := s.Views.UserRoles(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	teams, err := s.Views.Teams(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v := pages.UserRoles{Frame: s.pageFrame(r, pages.InPeople, "User roles", "A team includes a user role, everywhere or for some projects and environments. Rights add up.")}
	v.Tabs = peopleTabs(p, pages.UserRolesPath)
	if p.Allows(pipelines.UserRoleEdit, pipelines.Where{}) {
		v.New = pages.NewPath(pages.UserRolesPath)
	}
	for _, role := range roles {
		row := pages.UserRoleRow{
			ID: roleID(role), Name: role.Name, Description: role.Description, BuiltIn: role.BuiltIn(), Permissions: plural(len(role.Permissions), "permission"),
		}
		for _, t := range teams {
			if t.Includes(role.Name) {
				row.Teams = append(row.Teams, t.Name)
			}
		}
		v.Items = append(v.Items, row)
	}
	s.show(w, r, http.StatusOK, pages.UserRolesPage(v))
}

// roleID is how a role is addressed: those built in have no id.
func roleID(r pipelines.UserRole) string {
	if r.ID == "" {
		return r.Name
	}
	return r.ID
}

func userRolePath(r pipelines.UserRole) string { return pages.UserRolePath(roleID(r)) }

func (s *site) userRolePage(w http.ResponseWriter, r *http.Request) {
	p := s.SignIn.Principal(r)
	stored, err := s.Views.UserRole(r.Context(), p, r.PathValue("role"))
	if err != nil {
		s.fail(w, r, unseen(err))
		return
	}
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
	role := stored.Noun
	v := pages.UserRoleDetail{
		Frame:  s.pageFrame(r, pages.InPeople, role.Name, toSentence(role.Description), crumb("People", pages.PeoplePath), crumb("User roles", pages.UserRolesPath)),
		Folder: folderOf(role.Owner),
	}
	if !role.BuiltIn() {
		v.Text = s.textOf(records.UserRoles, role)
		if p.Allows(pipelines.UserRoleEdit, pipelines.Where{}) {
			v.Edit = pages.EditPath(userRolePath(role))
		}
	}
	for _, i := range pipelines.Permissions() {
		if role.Holds(i.Name) {
			v.Permissions = append(v.Permissions, pages.PermissionRow{Name: string(i.Name), Means: i.Means, Scope: scopeWords(i)})
		}
	}
	for _, t := range teams {
		for _, g := range t.Roles {
			if pipelines.SameName(g.Role, role.Name) {
				v.Teams = append(v.Teams, pages.RoleHolder{
					Team: pages.Link{Text: t.Name, Path: pages.TeamPath(t.ID)}, Where: whereHolds(g.Projects, g.Environments), Members: called(users, slices.Concat(t.Members, slices.DeleteFunc(slices.Clone(t.BySignIn), func(name string) bool { return pipelines.HasName(t.Members, name) }))),
				})
			}
		}
	}
	s.show(w, r, http.StatusOK, pages.UserRolePage(v))
}

// scopeWords say what a scope can narrow a permission to.
func scopeWords(i pipelines.PermissionInfo) string {
	switch {
	case i.Projects && i.Environments:
		return "projects and environments"
	case i.Projects:
		return "projects"
	case i.Environments:
		return "environments"
	case i.Looking:
		return "nothing: what is seen has no place"
	}
	return "nothing: a role with a scope does not give it"
}

// userRoleForm edits the user roles that somebody made.
type userRoleForm struct{ *site }

func (f userRoleForm) open(r *http.Request, id string) (openNoun, error) {
	o := openNoun{
		kind: records.UserRoles, noun: pipelines.UserRole{}, what: "user role",
		list: pages.UserRolesPath, home: pages.UserRolesPath, path: pages.NewPath(pages.UserRolesPath),
	}
	crumbs := []pages.Crumb{crumb("People", pages.PeoplePath), crumb("User roles", pages.UserRolesPath)}
	p := f.SignIn.Principal(r)
	if err := p.Demand(pipelines.UserRoleEdit, pipelines.Where{}); err != nil {
		return o, err
	}
	if id == "" {
		o.frame = f.pageFrame(r, pages.InPeople, "Add a user role", "", crumbs...)
		return o, nil
	}
	stored, err := f.Views.UserRole(r.Context(), p, id)
	if err != nil {
		return o, err
	}
	role := stored.Noun
	if role.BuiltIn() {
		return o, pipelines.Refuse(pipelines.Conflict, "the user role %s is built in and stays as it is: add one of your own", role.Name)
	}
	o.id, o.noun, o.revision, o.owner, o.what = role.ID, role, stored.Revision, role.Owner, "user role "+role.Name
	o.home = pages.UserRolePath(role.ID)
	o.path = pages.EditPath(o.home)
	o.frame = f.pageFrame(r, pages.InPeople, "Edit "+role.Name, "", append(crumbs, crumb(role.Name, o.home))...)
	o.removal = &pages.Removal{Button: "Remove this user role", Goes: "User role " + role.Name + " goes.", Because: "These teams include it: take it out of them first."}
	teams, err := f.Views.Teams(r.Context(), p)
	for _, t := range teams {
		if t.Includes(role.Name) {
			o.removal.UsedBy = append(o.removal.UsedBy, pages.Link{Text: t.Name, Path: pages.TeamPath(t.ID)})
		}
	}
	return o, err
}

func (userRoleForm) values(noun any) url.Values {
	r := noun.(pipelines.UserRole)
	v := url.Values{"name": {r.Name}, "description": {r.Description}}
	for _, p := range r.Permissions {
		v.Add("permissions", string(p))
	}
	return v
}

func (userRoleForm) read(v url.Values, now any) (any, []pages.Problem) {
	r := now.(pipelines.UserRole)
	r.Name, r.Description, r.Permissions = trimmed(v, "name"), trimmed(v, "description"), nil
	for _, p := range v["permissions"] {
		r.Permissions = append(r.Permissions, pipelines.Permission(p))
	}
	return r, nil
}

func (userRoleForm) fields(o openNoun, v url.Values, problems []pages.Problem) templ.Component {
	out := pages.UserRoleFields{Name: v.Get("name"), Fixed: o.id != "", Description: v.Get("description"), Problems: problems}
	for _, i := range pipelines.Permissions() {
		name := string(i.Name)
		out.Permissions = append(out.Permissions, pages.TickRow{Value: name, Text: name, Means: i.Means, Ticked: slices.Contains(v["permissions"], name)})
	}
	return pages.UserRoleForm(out)
}
