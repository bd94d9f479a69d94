package pipelines

import (
	"fmt"
	"slices"

	"slipway/pipelines/spelling"
)

// UserRole is a named set of permissions. Teams include it, with a scope or
// without, by RoleGrant. Some are built in; others are made.
type UserRole struct {
	ID          string       `json:"id,omitempty" text:"-"`
	Owner       string       `json:"owner,omitempty" text:"-"`
	Name        string       `json:"name"`
	Description string       `json:"description,omitempty"`
	Permissions []Permission `json:"permissions,omitempty"`
}

// BuiltIn says whether the role is one of those that are always there.
func (r UserRole) BuiltIn() bool {
	_, ok := roleNamed(builtInRoles, r.Name)
	return ok
}

// Holds says whether the permission is in the role.
func (r UserRole) Holds(p Permission) bool { return slices.Contains(r.Permissions, p) }

// Check finds what is wrong with a role that somebody made.
func (r UserRole) Check() []Problem {
	found := checkName("name", "user role", r.Name)
	if r.BuiltIn() {
		found = append(found, Problem{Path: "name", Message: fmt.Sprintf("the user role %q is built in and stays as it is: give yours another name", r.Name)})
	}
	if len(r.Permissions) == 0 {
		found = append(found, Problem{Path: "permissions", Message: fmt.Sprintf("user role %q has no permission: name at least one, like %s", r.Name, ProjectView)})
	}
	seen := map[Permission]bool{}
	for i, p := range r.Permissions {
		at := index("permissions", i)
		switch _, known := InfoOf(p); {
		case !known:
			found = append(found, Problem{Path: at, Message: noPermission(p)})
		case seen[p]:
			found = append(found, Problem{Path: at, Message: fmt.Sprintf("%s stands here twice: remove one", p)})
		}
		seen[p] = true
	}
	return found
}

func noPermission(p Permission) string {
	names := permissionNames()
	if meant := spelling.Nearest(string(p), names); meant != "" {
		return fmt.Sprintf("there is no permission %q; did you mean %q?", p, meant)
	}
	return fmt.Sprintf("there is no permission %q; there are %s", p, list(names))
}

// UserRoles are all there are: those that are built in, then those made.
func UserRoles(made []UserRole) []UserRole {
	return append(BuiltInRoles(), made...)
}

// UserRoleNamed finds a role by name, among those built in and those made.
func UserRoleNamed(made []UserRole, name string) (UserRole, bool) {
	if r, ok := roleNamed(builtInRoles, name); ok {
		return r, true
	}
	return roleNamed(made, name)
}

func roleNamed(all []UserRole, name string) (UserRole, bool) {
	for _, r := range all {
		if SameName(r.Name, name) {
			return r, true
		}
	}
	return UserRole{}, false
}

// noRole is what to say where a role is named that there is none of.
func noRole(name string, made []UserRole) string {
	var names []string
	for _, r := range UserRoles(made) {
		names = append(names, r.Name)
	}
	if meant := spelling.Nearest(name, names); meant != "" {
		return fmt.Sprintf("there is no user role %q; did you mean %q?", name, meant)
	}
	return fmt.Sprintf("there is no user role %q; there are %s", name, list(names))
}
