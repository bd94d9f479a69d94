package pipelines

import "fmt"

// Grant is one permission and where it holds; empty lists mean everywhere. Team
// and Role say what gives it, "" where nothing named does.
type Grant struct {
	Permission   Permission
	Projects     []string
	Environments []string
	Team, Role   string
}

// Everywhere says whether the grant has no scope.
func (g Grant) Everywhere() bool { return len(g.Projects) == 0 && len(g.Environments) == 0 }

// places are the questions that the grant answers with yes, its widest ones.
func (g Grant) places() []Where {
	projects, environments := g.Projects, g.Environments
	if len(projects) == 0 {
		projects = []string{""}
	}
	if len(environments) == 0 {
		environments = []string{""}
	}
	var out []Where
	for _, p := range projects {
		for _, e := range environments {
			out = append(out, Where{p, e})
		}
	}
	return out
}

// fits: a scoped grant answers only a question that names the place.
func fits(scope []string, asked string) bool {
	return len(scope) == 0 || asked != "" && HasName(scope, asked)
}

// PrincipalOf puts together what a user may do from the teams they are in and
// the roles that these include. Roles are those that were made; the built-in
// ones are known.
func PrincipalOf(u User, teams []Team, roles []UserRole, via string) Principal {
	p := Principal{UserID: u.ID, Username: u.Username, Called: u.Called(), Mail: u.Mail, Admin: u.Admin, Via: via}
	for _, t := range teams {
		if !t.Has(u.Username) {
			continue
		}
		p.Teams = append(p.Teams, t.Name)
		p.Grants = append(p.Grants, Grant{Permission: InterruptionSubmit, Team: t.Name})
		for _, g := range t.Roles {
			for _, gives := range g.gives(roles) {
				gives.Team = t.Name
				if gives.Permission != AdministerSystem {
					p.Grants = append(p.Grants, gives)
				} else if gives.Everywhere() { // who may do everything may do it everywhere
					p.Admin = true
					p.Grants = append(p.Grants, gives)
				}
			}
		}
	}
	return p
}

// gives are the grants that come of including a role.
func (g RoleGrant) gives(roles []UserRole) []Grant {
	role, _ := UserRoleNamed(roles, g.Role)
	out := make([]Grant, len(role.Permissions))
	for i, p := range role.Permissions {
		out[i] = Grant{Permission: p, Projects: g.Projects, Environments: g.Environments, Role: role.Name}
		if info, _ := InfoOf(p); info.Looking {
			out[i].Projects, out[i].Environments = nil, nil
		}
	}
	return out
}

// NamesOnlyBuiltIn says whether the user's rights can be told without the roles
// that were made: most often they can.
func NamesOnlyBuiltIn(u User, teams []Team) bool {
	for _, t := range teams {
		if !t.Has(u.Username) {
			continue
		}
		for _, g := range t.Roles {
			if _, ok := roleNamed(builtInRoles, g.Role); !ok {
				return false
			}
		}
	}
	return true
}

// MayGive says whether the principal holds all that including the role gives:
// nobody gives what they do not have themselves.
func (p Principal) MayGive(g RoleGrant, roles []UserRole) error {
	for _, gives := range g.gives(roles) {
		if err := p.mayGive(gives); err != nil {
			return err
		}
	}
	return nil
}

// MayPutInto is MayGive for each permission by itself, everywhere: what
// widening a role takes.
func (p Principal) MayPutInto(role UserRole, more []Permission) error {
	for _, permission := range more {
		if err := p.mayGive(Grant{Permission: permission, Role: role.Name}); err != nil {
			return err
		}
	}
	return nil
}

// Covers says whether the principal may do everything that another may.
func (p Principal) Covers(other Principal) bool {
	if p.Allows(AdministerSystem, Where{}) {
		return true
	}
	if other.Admin {
		return false
	}
	for _, g := range other.Grants {
		if p.mayGive(g) != nil {
			return false
		}
	}
	return true
}

func (p Principal) mayGive(g Grant) error {
	for _, where := range g.places() {
		switch {
		case p.Allows(g.Permission, where):
		case !p.Known():
			return p.Demand(g.Permission, where)
		case g.Permission == AdministerSystem:
			return Refuse(Forbidden, "only an administrator makes administrators, and %s is none", p.Username)
		default:
			return Refuse(Forbidden, "%s cannot give %s%s: nobody gives what they do not have themselves", p.Username, fmt.Sprintf("%s (by the role %s)", g.Permission, g.Role), where.Words())
		}
	}
	return nil
}
