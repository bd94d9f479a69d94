package catalog

import (
	"fmt"
	"slices"

	"slipway/pipelines"
	"slipway/pipelines/textform"
)

// madeAdmin: whoever may edit users may not make themselves one who may do
// everything.
func madeAdmin(now []pipelines.User, wanted pipelines.User) []pipelines.Problem {
	old, _ := userNamed(now, wanted.Username)
	if !wanted.Admin || old.Admin {
		return nil
	}
	return []pipelines.Problem{{Path: "admin", Message: fmt.Sprintf("%s cannot be made an admin by text; `slipway init` makes the first, and a team with the user role \"System administrator\" others", wanted.Username)}}
}

// lockedOut finds that nobody would be left who may do everything.
func lockedOut(now, all textform.Nouns) []pipelines.Problem {
	if admins(now) == 0 || admins(all) > 0 {
		return nil
	}
	return []pipelines.Problem{{Path: "users", Message: "this would disable the last admin, or take the rights from them, and nobody could undo it: keep one enabled"}}
}

// LocksOut says whether nobody would be left who may do everything and sign in,
// once teams that stand as now stand as wanted.
func LocksOut(users []pipelines.User, roles []pipelines.UserRole, now, wanted []pipelines.Team) bool {
	with := func(teams []pipelines.Team) textform.Nouns {
		return textform.Nouns{Users: users, UserRoles: roles, Teams: teams}
	}
	return len(lockedOut(with(now), with(wanted))) > 0
}

// MakesAdmins says whether the team's members may do everything.
func MakesAdmins(t pipelines.Team, roles []pipelines.UserRole) bool {
	return slices.ContainsFunc(t.Roles, func(g pipelines.RoleGrant) bool {
		role, _ := pipelines.UserRoleNamed(roles, g.Role)
		return role.Holds(pipelines.AdministerSystem)
	})
}

// admins counts the people who may do everything and sign in.
func admins(of textform.Nouns) int {
	n := 0
	for _, u := range of.Users {
		if !u.Disabled && !u.Service && isAdmin(of, u) {
			n++
		}
	}
	return n
}

// isAdmin: be it by themselves or by a team.
func isAdmin(of textform.Nouns, u pipelines.User) bool {
	return principalOf(of, u).Admin
}

// principalOf is what a user may do by what is configured.
func principalOf(of textform.Nouns, u pipelines.User) pipelines.Principal {
	return pipelines.PrincipalOf(u, of.Teams, of.UserRoles, "")
}
