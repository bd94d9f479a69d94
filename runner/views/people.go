package views

import (
	"context"

	"slipway/pipelines"
	"slipway/runner/records"
)

// Users are all users.
func (v *Views) Users(ctx context.Context, p pipelines.Principal) ([]pipelines.User, error) {
	if !p.AllowsAnywhere(pipelines.UserView) {
		return nil, nil
	}
	return v.Records.Users(ctx)
}

// Teams are all teams. Of where their roles hold only what the principal may
// see is told.
func (v *Views) Teams(ctx context.Context, p pipelines.Principal) ([]pipelines.Team, error) {
	if !p.AllowsAnywhere(pipelines.TeamView) {
		return nil, nil
	}
	all, err := v.Records.Teams(ctx)
	for i := range all {
		all[i].Roles = seenGrants(p, all[i].Roles)
	}
	return all, err
}

// Hidden stands in a list for names of projects and environments that the
// principal may not see.
const Hidden = "…"

func seenGrants(p pipelines.Principal, grants []pipelines.RoleGrant) []pipelines.RoleGrant {
	out := make([]pipelines.RoleGrant, len(grants))
	for i, g := range grants {
		g.Projects = seenNames(g.Projects, func(name string) bool { return p.AllowsIn(pipelines.ProjectView, name) })
		g.Environments = seenNames(g.Environments, func(name string) bool {
			return p.Allows(pipelines.EnvironmentView, pipelines.Where{Environment: name}) || p.AllowsAnywhere(pipelines.LifecycleView)
		})
		out[i] = g
	}
	return out
}

// seenNames keeps the names that may be seen; the others are one Hidden, so that
// what is scoped never looks as if it held everywhere.
func seenNames(names []string, seen func(string) bool) []string {
	var out []string
	hidden := false
	for _, n := range names {
		if seen(n) {
			out = append(out, n)
		} else {
			hidden = true
		}
	}
	if hidden {
		out = append(out, Hidden)
	}
	return out
}

// UserRoles are all user roles, the built-in ones first.
func (v *Views) UserRoles(ctx context.Context, p pipelines.Principal) ([]pipelines.UserRole, error) {
	if !p.AllowsAnywhere(pipelines.UserRoleView) {
		return nil, nil
	}
	made, err := v.Records.UserRoles(ctx)
	return pipelines.UserRoles(made), err
}

// DamagedPeople says of each row of a user, team or user role that cannot be read
// what is wrong with it, to administrators.
func (v *Views) DamagedPeople(ctx context.Context, p pipelines.Principal) ([]string, error) {
	if !p.Allows(pipelines.AdministerSystem, pipelines.Where{}) {
		return nil, nil
	}
	damaged, err := v.Records.Damaged(ctx)
	var out []string
	for _, c := range damaged {
		out = append(out, c.Error())
	}
	return out, err
}

// Person is a user with what they may do, and why.
type Person struct {
	records.Stored[pipelines.User]
	Admin       bool // be it by themselves or by a team
	HasPassword bool
	HasFactor   bool               // a second one, besides the password
	Identities  []records.Identity // by which they sign in elsewhere
	Sessions    []records.Session  // told to whoever may edit users
	Teams       []pipelines.Team   // the user's
	Grants      []pipelines.Grant  // as far as the principal may see where they hold
}

// Person is one user by id or username.
func (v *Views) Person(ctx context.Context, p pipelines.Principal, name string) (Person, error) {
	if err := p.Demand(pipelines.UserView, anywhere(p, pipelines.UserView)); err != nil {
		return Person{}, err
	}
	users, err := v.Records.Users(ctx)
	if err != nil {
		return Person{}, err
	}
	for _, u := range users {
		if u.ID == name || pipelines.SameName(u.Username, name) {
			return v.person(ctx, p, u.ID)
		}
	}
	return Person{}, pipelines.Refuse(pipelines.NotFound, "there is no user %q", name)
}

func (v *Views) person(ctx context.Context, p pipelines.Principal, id string) (Person, error) {
	u, err := v.Records.User(ctx, id)
	if err != nil {
		return Person{}, err
	}
	teams, err := v.Teams(ctx, p)
	if err != nil {
		return Person{}, err
	}
	roles, err := v.Records.UserRoles(ctx)
	if err != nil {
		return Person{}, err
	}
	holds := pipelines.PrincipalOf(u.Noun, teams, roles, "")
	out := Person{Stored: u, Admin: holds.Admin, Grants: holds.Grants}
	if err := v.signsIn(ctx, p, &out); err != nil {
		return Person{}, err
	}
	for _, t := range teams {
		if t.Has(u.Noun.Username) {
			out.Teams = append(out.Teams, t)
		}
	}
	return out, nil
}

// signsIn adds by what somebody signs in, and where they are signed in.
func (v *Views) signsIn(ctx context.Context, p pipelines.Principal, out *Person) error {
	id := out.Noun.ID
	hash, err := v.Records.Password(ctx, id)
	if err != nil {
		return err
	}
	out.HasPassword = hash != ""
	if _, _, out.HasFactor, err = v.Records.Factor(ctx, id); err != nil {
		return err
	}
	if out.Identities, err = v.Records.Identities(ctx, id); err != nil {
		return err
	}
	if p.Allows(pipelines.UserEdit, pipelines.Where{}) {
		out.Sessions, err = v.Records.Sessions(ctx, id, v.Env.Now())
	}
	return err
}

// Team is one team by id or name, as it is kept: whoever may change it must see
// all of it.
func (v *Views) Team(ctx context.Context, p pipelines.Principal, name string) (records.Stored[pipelines.Team], error) {
	all, err := v.Teams(ctx, p)
	if err != nil {
		return records.Stored[pipelines.Team]{}, err
	}
	for _, t := range all {
		if t.ID != name && !pipelines.SameName(t.Name, name) {
			continue
		}
		stored, err := v.Records.Team(ctx, t.ID)
		if !p.Allows(pipelines.TeamEdit, pipelines.Where{}) {
			stored.Noun.Roles = t.Roles
		}
		return stored, err
	}
	return records.Stored[pipelines.Team]{}, pipelines.Refuse(pipelines.NotFound, "there is no team %q", name)
}

// UserRole is one user role by id or name; a built-in one has no id.
func (v *Views) UserRole(ctx context.Context, p pipelines.Principal, name string) (records.Stored[pipelines.UserRole], error) {
	all, err := v.UserRoles(ctx, p)
	if err != nil {
		return records.Stored[pipelines.UserRole]{}, err
	}
	for _, r := range all {
		switch {
		case r.ID != name && !pipelines.SameName(r.Name, name):
		case r.ID == "":
			return records.Stored[pipelines.UserRole]{Noun: r}, nil
		default:
			return v.Records.UserRole(ctx, r.ID)
		}
	}
	return records.Stored[pipelines.UserRole]{}, pipelines.Refuse(pipelines.NotFound, "there is no user role %q", name)
}

// anywhere is a place where the principal holds the permission, so that demanding
// it there asks whether they hold it at all.
func anywhere(p pipelines.Principal, want pipelines.Permission) pipelines.Where {
	for _, g := range p.Grants {
		if g.Permission != want {
			continue
		}
		var at pipelines.Where
		if len(g.Projects) > 0 {
			at.Project = g.Projects[0]
		}
		if len(g.Environments) > 0 {
			at.Environment = g.Environments[0]
		}
		return at
	}
	return pipelines.Where{}
}

// Key is an API key with its last use.
type Key struct {
	records.APIKey
	Used records.KeyUse
}

// Keys are the principal's own API keys; nobody sees another's. A key with a
// scope sees itself only.
func (v *Views) Keys(ctx context.Context, p pipelines.Principal) ([]Key, error) {
	if err := p.Demand(pipelines.Own, pipelines.Where{}); err != nil {
		return nil, err
	}
	return v.keys(ctx, p.UserID, func(k records.APIKey) bool { return !p.Limited || k.ID == p.Credential })
}

// ServiceKeys are the keys of a service account, for whoever may edit users.
func (v *Views) ServiceKeys(ctx context.Context, p pipelines.Principal, username string) ([]Key, error) {
	if err := p.Demand(pipelines.UserEdit, pipelines.Where{}); err != nil {
		return nil, err
	}
	users, err := v.Records.Users(ctx)
	if err != nil {
		return nil, err
	}
	for _, u := range users {
		if !pipelines.SameName(u.Username, username) && u.ID != username {
			continue
		}
		if !u.Service {
			return nil, pipelines.Refuse(pipelines.Forbidden, "%s is a person, and nobody sees the keys of another person", u.Username)
		}
		return v.keys(ctx, u.ID, func(records.APIKey) bool { return true })
	}
	return nil, pipelines.Refuse(pipelines.NotFound, "there is no user %q", username)
}

func (v *Views) keys(ctx context.Context, userID string, seen func(records.APIKey) bool) ([]Key, error) {
	all, err := v.Records.APIKeys(ctx, userID)
	if err != nil {
		return nil, err
	}
	var out []Key
	for _, k := range all {
		if !seen(k) {
			continue
		}
		used, err := v.Records.KeyUse(ctx, k)
		if err != nil {
			return nil, err
		}
		out = append(out, Key{k, used})
	}
	return out, nil
}

// User is one user by id.
func (v *Views) User(ctx context.Context, p pipelines.Principal, id string) (records.Stored[pipelines.User], error) {
	if err := p.Demand(pipelines.UserView, anywhere(p, pipelines.UserView)); err != nil {
		return records.Stored[pipelines.User]{}, err
	}
	return v.Records.User(ctx, id)
}
