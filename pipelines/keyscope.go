package pipelines

import (
	"fmt"
	"strings"
)

// KeyScope narrows what an API key may do below what its owner may. Each empty
// list narrows nothing; the zero KeyScope is none at all.
type KeyScope struct {
	Projects     []string `json:"projects,omitempty"`
	Environments []string `json:"environments,omitempty"`
	// Roles and Permissions together are what the key may do at most.
	Roles       []string     `json:"roles,omitempty"`
	Permissions []Permission `json:"permissions,omitempty"`
}

// Limits says whether the scope narrows anything.
func (s KeyScope) Limits() bool {
	return len(s.Projects)+len(s.Environments)+len(s.Roles)+len(s.Permissions) > 0
}

// Check finds what is wrong with the scope, seen with what there is.
func (s KeyScope) Check(projects []Project, environments []Environment, roles []UserRole) []Problem {
	var found []Problem
	for i, name := range s.Projects {
		if !hasProject(projects, name) {
			found = append(found, Problem{Path: index("projects", i), Message: "there is no project " + quote(name)})
		}
	}
	found = append(found, checkEnvironments("environments", s.Environments, environments)...)
	for i, name := range s.Roles {
		if _, ok := UserRoleNamed(roles, name); !ok {
			found = append(found, Problem{Path: index("roles", i), Message: noRole(name, roles)})
		}
	}
	for i, p := range s.Permissions {
		switch info, ok := InfoOf(p); {
		case !ok:
			found = append(found, Problem{Path: index("permissions", i), Message: noPermission(p)})
		case info.Accounts:
			found = append(found, Problem{Path: index("permissions", i), Message: fmt.Sprintf("a key with a scope does not %s: leave %s out, or make a key without a scope", info.Means, p)})
		}
	}
	return found
}

func hasProject(all []Project, name string) bool {
	for _, p := range all {
		if SameName(p.Name, name) {
			return true
		}
	}
	return false
}

// Within is the principal as seen through a key with the scope: what both the
// owner and the scope allow, and nothing about accounts. A role that is gone
// allows nothing.
func (p Principal) Within(s KeyScope, roles []UserRole) Principal {
	if !s.Limits() {
		return p
	}
	all := p.Grants
	if p.Admin {
		all = nil
		for _, i := range permissions {
			all = append(all, Grant{Permission: i.Name})
		}
	}
	p.Admin, p.Grants, p.Limited = false, nil, true
	for _, g := range all {
		if narrowed, ok := s.narrow(g, roles); ok {
			p.Grants = append(p.Grants, narrowed)
		}
	}
	return p
}

func (s KeyScope) narrow(g Grant, roles []UserRole) (Grant, bool) {
	info, _ := InfoOf(g.Permission)
	if info.Accounts || !s.names(g.Permission, roles) {
		return g, false
	}
	if info.Looking {
		return g, true
	}
	var inProjects, inEnvironments bool
	g.Projects, inProjects = both(g.Projects, s.Projects)
	g.Environments, inEnvironments = both(g.Environments, s.Environments)
	return g, inProjects && inEnvironments
}

func (s KeyScope) names(p Permission, roles []UserRole) bool {
	if len(s.Roles)+len(s.Permissions) == 0 {
		return true
	}
	for _, named := range s.Permissions {
		if named == p {
			return true
		}
	}
	for _, name := range s.Roles {
		if r, ok := UserRoleNamed(roles, name); ok && r.Holds(p) {
			return true
		}
	}
	return false
}

// both are the names within two scopes, of which an empty one is everywhere;
// false where they share nothing.
func both(a, b []string) ([]string, bool) {
	switch {
	case len(a) == 0:
		return b, true
	case len(b) == 0:
		return a, true
	}
	var out []string
	for _, name := range a {
		if HasName(b, name) {
			out = append(out, name)
		}
	}
	return out, len(out) > 0
}

// placeless says whether a permission is for everything or not at all, so that a
// scope of projects or environments takes it away.
func placeless(want Permission) bool {
	i, known := InfoOf(want)
	return known && !i.Projects && !i.Environments && !i.Looking
}

// Useless are the permissions that a key is to have, by name or by a role, and
// that its scope takes away, so that it has them nowhere. Roles are those that
// were made; the built-in ones are known.
func (s KeyScope) Useless(roles []UserRole) []Permission {
	var out []Permission
	for _, info := range permissions {
		if len(s.Roles)+len(s.Permissions) > 0 && s.names(info.Name, roles) && s.takes(info) != "" {
			out = append(out, info.Name)
		}
	}
	return out
}

// Useless are the permissions of the role that its scope takes away, so that the
// team's members have them nowhere by it.
func (g RoleGrant) Useless(roles []UserRole) []Permission {
	scope := KeyScope{Projects: g.Projects, Environments: g.Environments, Roles: []string{g.Role}}
	if len(g.Projects)+len(g.Environments) == 0 {
		return nil
	}
	return scope.Useless(roles)
}

// takes says why no key with the scope has the permission, "" where one has.
func (s KeyScope) takes(info PermissionInfo) string {
	inProjects, inEnvironments := len(s.Projects) > 0, len(s.Environments) > 0
	switch {
	case info.Accounts:
		return "no key with a scope changes accounts, teams or user roles"
	case info.Looking, !inProjects && !inEnvironments:
		return ""
	case placeless(info.Name):
		return "it has no place, and the key is only for some projects or environments"
	case inEnvironments && !info.Environments:
		return "it is held for projects, and the key is only for some environments"
	case inProjects && !info.Projects && info.Name != EnvironmentView: // which lists them all the same
		return "it is held for environments, and the key is only for some projects"
	}
	return ""
}

// Warnings say which rights a key is to have and will not have, and why: a
// sentence for each reason.
func (s KeyScope) Warnings(roles []UserRole) []string {
	var reasons []string
	lacks := map[string][]string{}
	for _, p := range s.Useless(roles) {
		info, _ := InfoOf(p)
		why := s.takes(info)
		if len(lacks[why]) == 0 {
			reasons = append(reasons, why)
		}
		lacks[why] = append(lacks[why], string(p))
	}
	var out []string
	for _, why := range reasons {
		names := lacks[why]
		said := why
		if len(names) > 1 {
			said = strings.NewReplacer("it has", "they have", "it is", "they are").Replace(why)
		}
		out = append(out, "the key will not have "+strings.Join(names, ", ")+": "+said)
	}
	return out
}
