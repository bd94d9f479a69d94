package catalog

import (
	"slices"

	"slipway/pipelines"
	"slipway/pipelines/steps/approval"
	"slipway/pipelines/textform"
)

// Nobody gives what they do not have themselves, be it by a team, by a role or
// by an account that they could then sign in to. Taking away gives nothing.

// mayGive demands that whoever changes a noun has all rights that others get by
// the change.
func mayGive(p pipelines.Principal, now, all textform.Nouns, c textform.Change) error {
	switch c.Kind {
	case users.word, userRoles.word, teams.word:
		if err := p.DemandWhole(); err != nil {
			return err
		}
	}
	switch c.Kind {
	case users.word:
		return mayGiveMail(p, now, all, c.Name)
	case userRoles.word:
		before, _ := roleCalled(now.UserRoles, c.Name)
		after, _ := roleCalled(all.UserRoles, c.Name)
		if before.Holds(pipelines.AdministerSystem) && !p.Allows(pipelines.AdministerSystem, pipelines.Where{}) {
			return onlyAdmins(p, "user role", before.Name)
		}
		return p.MayPutInto(after, added(before.Permissions, after.Permissions))
	case teams.word:
		before, _ := pipelines.TeamNamed(now.Teams, c.Name)
		after, _ := pipelines.TeamNamed(all.Teams, c.Name)
		if makesAdmins(before, now.UserRoles) && !p.Allows(pipelines.AdministerSystem, pipelines.Where{}) {
			return onlyAdmins(p, "team", before.Name)
		}
		return mayGiveTeam(p, now, all, before, after)
	}
	return nil
}

// makesAdmins says whether the team's members may do everything.
func makesAdmins(t pipelines.Team, roles []pipelines.UserRole) bool {
	return slices.ContainsFunc(t.Roles, func(g pipelines.RoleGrant) bool {
		role, _ := pipelines.UserRoleNamed(roles, g.Role)
		return role.Holds(pipelines.AdministerSystem)
	})
}

// onlyAdmins: who would take administrators their rights must be one.
func onlyAdmins(p pipelines.Principal, kind, name string) error {
	return pipelines.Refuse(pipelines.Forbidden, "%s %s makes administrators, so only an administrator changes it, and %s is none", kind, name, p.Username)
}

// mayGiveTeam: a role more takes its rights; a member more takes those of all
// roles of the team, and where the team answers sign-offs, being in it.
func mayGiveTeam(p pipelines.Principal, now, all textform.Nouns, before, after pipelines.Team) error {
	roles := after.Roles
	joins := len(added(keys(before.Members), keys(after.Members))) > 0
	if !joins {
		roles = nil
		for _, g := range after.Roles {
			if !slices.ContainsFunc(before.Roles, func(old pipelines.RoleGrant) bool { return sameGrant(old, g) }) {
				roles = append(roles, g)
			}
		}
	}
	for _, g := range roles {
		if err := p.MayGive(g, all.UserRoles); err != nil {
			return err
		}
	}
	if joins && !before.Has(p.Username) && !p.Allows(pipelines.AdministerSystem, pipelines.Where{}) {
		if project := answersFor(now.Projects, after.Name); project != "" {
			return pipelines.Refuse(pipelines.Forbidden, "%s answers sign-offs of project %s, so only its members and administrators add somebody", after.Name, project)
		}
	}
	return nil
}

// answersFor is a project whose sign-offs the team answers, "" for none.
func answersFor(projects []pipelines.Project, team string) string {
	for _, p := range projects {
		for _, s := range p.Steps { // no child step asks people
			if s.Action.Type == (approval.Type{}).Name() && pipelines.HasName(approval.Teams(s.Action.Settings), team) {
				return p.Name
			}
		}
	}
	return ""
}

// mayGiveMail: a new password is sent to the address of an account, so setting
// that is as good as having the account.
func mayGiveMail(p pipelines.Principal, now, all textform.Nouns, username string) error {
	before, existed := userNamed(now.Users, username)
	after, _ := userNamed(all.Users, username)
	if !existed || before.Mail == after.Mail && before.Service == after.Service {
		return nil
	}
	return mayTakeOver(p, now, before, "change how one signs in to")
}

// mayTakeOver demands that the principal may do all that the account may, and
// answer for the same sign-offs: being in a team is a right that stands in no
// role.
func mayTakeOver(p pipelines.Principal, now textform.Nouns, u pipelines.User, what string) error {
	other := principalOf(now, u)
	if pipelines.SameName(p.Username, u.Username) || p.Allows(pipelines.AdministerSystem, pipelines.Where{}) {
		return nil
	}
	for _, team := range other.Teams {
		if project := answersFor(now.Projects, team); project != "" && !pipelines.HasName(p.Teams, team) {
			return pipelines.Refuse(pipelines.Forbidden, "%s cannot %s the account %s, which answers sign-offs of project %s in the team %s: only its members and administrators can", p.Username, what, u.Username, project, team)
		}
	}
	if p.Covers(other) {
		return nil
	}
	return pipelines.Refuse(pipelines.Forbidden, "%s cannot %s the account %s, which has more rights: nobody gives what they do not have themselves. An administrator can", p.Username, what, u.Username)
}

// mayChangeAccount keeps those who may edit users from taking over an admin's
// account, or closing it.
func mayChangeAccount(p pipelines.Principal, now textform.Nouns, username string) error {
	if u, _ := userNamed(now.Users, username); !isAdmin(now, u) {
		return nil
	}
	return p.Demand(pipelines.AdministerSystem, pipelines.Where{})
}

func sameGrant(a, b pipelines.RoleGrant) bool {
	return pipelines.SameName(a.Role, b.Role) && slices.Equal(keys(a.Projects), keys(b.Projects)) && slices.Equal(keys(a.Environments), keys(b.Environments))
}

// keys are names in the one form in which they are compared, sorted.
func keys(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = pipelines.NameKey(n)
	}
	slices.Sort(out)
	return out
}

// added are those of after that were not there before.
func added[T comparable](before, after []T) []T {
	var out []T
	for _, x := range after {
		if !slices.Contains(before, x) {
			out = append(out, x)
		}
	}
	return out
}

func roleCalled(all []pipelines.UserRole, name string) (pipelines.UserRole, bool) {
	for _, r := range all {
		if pipelines.SameName(r.Name, name) {
			return r, true
		}
	}
	return pipelines.UserRole{}, false
}
