package catalog

import (
	"fmt"

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
