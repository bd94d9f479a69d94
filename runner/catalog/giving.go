package catalog

import (
	"context"
	"slices"

	"slipway/pipelines"
	"slipway/pipelines/textform"
	"slipway/runner/records"
)

// Nobody gives what they do not have themselves, be it by a team, by a role or
// by an account that they could then sign in to. Taking away gives nothing.

// mayGive demands that whoever changes a noun has all rights that others get by
// the change.
func mayGive(p pipelines.Principal, now, all textform.Nouns, c textform.Change, asked []string) error {
	switch c.Kind {
	case users.word, userRoles.word, teams.word:
		if err := p.DemandWhole(); err != nil {
			return err
		}
	}
	switch c.Kind {
	case users.word:
		return mayGiveMail(p, now, all, c.Name, asked)
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
		if MakesAdmins(before, now.UserRoles) && !p.Allows(pipelines.AdministerSystem, pipelines.Where{}) {
			return onlyAdmins(p, "team", before.Name)
		}
		return mayGiveTeam(p, all, before, after, asked)
	}
	return nil
}

// onlyAdmins: who would take administrators their rights must be one.
func onlyAdmins(p pipelines.Principal, kind, name string) error {
	return pipelines.Refuse(pipelines.Forbidden, "%s %s makes administrators, so only an administrator changes it, and %s is none", kind, name, p.Username)
}

// mayGiveTeam: a role more takes its rights; a member more takes those of all
// roles of the team, and where the team answers sign-offs, being in it.
func mayGiveTeam(p pipelines.Principal, all textform.Nouns, before, after pipelines.Team, asked []string) error {
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
	if joins && pipelines.HasName(asked, after.Name) && !before.Has(p.Username) && !p.Allows(pipelines.AdministerSystem, pipelines.Where{}) {
		return pipelines.Refuse(pipelines.Forbidden, "%s answers sign-offs, of a process as it is or as a release froze it, so only its members and administrators add somebody", after.Name)
	}
	return nil
}

// mayGiveMail: a new password is sent to the address of an account, so setting
// that is as good as having the account.
func mayGiveMail(p pipelines.Principal, now, all textform.Nouns, username string, asked []string) error {
	before, existed := userNamed(now.Users, username)
	after, _ := userNamed(all.Users, username)
	if !existed || before.Mail == after.Mail && before.Service == after.Service {
		return nil
	}
	if p.Via == "api key" && pipelines.SameName(p.Username, username) {
		return pipelines.Refuse(pipelines.Forbidden, "with an API key nobody changes their own mail address, where a new password is sent to: do it on your profile page")
	}
	return mayTakeOver(p, now, before, "change how one signs in to", asked)
}

// mayTakeOver demands that the principal may do all that the account may, and
// answer for the same sign-offs: being in a team is a right that stands in no
// role.
func mayTakeOver(p pipelines.Principal, now textform.Nouns, u pipelines.User, what string, asked []string) error {
	other := principalOf(now, u)
	if pipelines.SameName(p.Username, u.Username) || p.Allows(pipelines.AdministerSystem, pipelines.Where{}) {
		return nil
	}
	for _, team := range other.Teams {
		if pipelines.HasName(asked, team) && !pipelines.HasName(p.Teams, team) {
			return pipelines.Refuse(pipelines.Forbidden, "%s cannot %s the account %s, which answers sign-offs in the team %s: only its members and administrators can", p.Username, what, u.Username, team)
		}
	}
	if p.Covers(other) {
		return nil
	}
	return pipelines.Refuse(pipelines.Forbidden, "%s cannot %s the account %s, which has more rights: nobody gives what they do not have themselves. An administrator can", p.Username, what, u.Username)
}

// MayKeep demands what looking after somebody's account takes besides the right
// to: nobody but an administrator lays hands on an administrator's, be they one by
// themselves or by a team.
func MayKeep(ctx context.Context, r *records.Records, p pipelines.Principal, u pipelines.User) error {
	now, err := aboutUser(ctx, r, p, u)
	if err != nil {
		return err
	}
	return mayChangeAccount(p, now, u.Username)
}

// MayTakeOver demands, besides, all rights of the account: for what leaves nothing
// or less between somebody and signing in to it. what is like `set the password of`.
func MayTakeOver(ctx context.Context, r *records.Records, p pipelines.Principal, u pipelines.User, what string) error {
	now, err := aboutUser(ctx, r, p, u)
	if err != nil {
		return err
	}
	if err := mayChangeAccount(p, now, u.Username); err != nil {
		return err
	}
	asked, err := askedTeams(ctx, r, now.Projects)
	if err != nil {
		return err
	}
	return mayTakeOver(p, now, u, what, asked)
}

// mayBeMore refuses everybody but administrators while rights cannot be read that
// somebody may have again once they can.
func mayBeMore(ctx context.Context, r *records.Records, p pipelines.Principal) error {
	if p.Allows(pipelines.AdministerSystem, pipelines.Where{}) {
		return nil
	}
	damaged, err := r.Damaged(ctx)
	if err != nil || len(damaged) == 0 {
		return err
	}
	return pipelines.Refuse(pipelines.Unavailable, "which rights the account has is not known while %s cannot be read: an administrator can do this", damaged[0].Key)
}

// aboutUser is what says which rights a user has.
func aboutUser(ctx context.Context, r *records.Records, p pipelines.Principal, u pipelines.User) (now textform.Nouns, err error) {
	now.Users = []pipelines.User{u}
	if now.Teams, err = r.Teams(ctx); err != nil {
		return now, err
	}
	if now.UserRoles, err = r.UserRoles(ctx); err != nil {
		return now, err
	}
	if err := mayBeMore(ctx, r, p); err != nil {
		return now, err
	}
	now.Projects, err = r.Projects(ctx)
	return now, err
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
