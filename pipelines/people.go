package pipelines

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// User is a person who may sign in. The password's hash is kept by the
// records, never here.
type User struct {
	ID          string `json:"id,omitempty" text:"-"`
	Owner       string `json:"owner,omitempty" text:"-"`
	Username    string `json:"username"`
	DisplayName string `json:"display-name,omitempty"`
	Mail        string `json:"mail,omitempty"`
	Disabled    bool   `json:"disabled,omitempty"`
	// Service: a program's account. It has no password and no session, only API keys.
	Service bool `json:"service,omitempty"`
	// Admin may do everything. Only `init` and other admins make one.
	Admin bool `json:"admin,omitempty" text:"-"`
}

// Team is a group of users. Its roles are what members may do; being a member
// is what makes somebody responsible for a sign-off.
type Team struct {
	ID          string   `json:"id,omitempty" text:"-"`
	Owner       string   `json:"owner,omitempty" text:"-"`
	Name        string   `json:"name"`
	Description string   `json:"description,omitempty"`
	Members     []string `json:"members,omitempty"` // usernames
	// BySignIn are members, too: those whom an identity provider put here when they
	// last signed in. Text says nothing of them.
	BySignIn []string    `json:"bySignIn,omitempty" text:"-"`
	Roles    []RoleGrant `json:"roles,omitempty"`
}

// RoleGrant gives a team's members a user role, everywhere or within a scope.
type RoleGrant struct {
	Role         string   `json:"role"`
	Environments []string `json:"environments,omitempty"`
	Projects     []string `json:"projects,omitempty"`
}

// Same says whether two grants give the same in the same places.
func (g RoleGrant) Same(other RoleGrant) bool {
	return SameName(g.Role, other.Role) && sameNames(g.Environments, other.Environments) && sameNames(g.Projects, other.Projects)
}

// sameNames says whether two lists hold the same names, in whatever order.
func sameNames(a, b []string) bool {
	within := func(some, all []string) bool {
		return !slices.ContainsFunc(some, func(name string) bool { return !HasName(all, name) })
	}
	return within(a, b) && within(b, a)
}

// Called is the name to show for the user.
func (u User) Called() string {
	if u.DisplayName != "" {
		return u.DisplayName
	}
	return u.Username
}

// NameOf is a name that is shown, with the user name where that is another, like
// "Rita Roe (rita)"; one that does not know the user name is as it is.
func NameOf(called, username string) string {
	if username == "" || SameName(called, username) {
		return called
	}
	return called + " (" + username + ")"
}

// Check finds what is wrong with the user by itself.
func (u User) Check() []Problem {
	found := checkName("username", "user", u.Username)
	if strings.ContainsAny(u.Username, "\u200c\u200d") {
		found = append(found, Problem{Path: "username", Message: "a username has no joiners between its characters, which nobody sees: " + quote(u.Username)})
	}
	if strings.ContainsAny(u.Username, " \t:/") {
		found = append(found, Problem{Path: "username", Message: "a username has no spaces, colons or slashes: " + quote(u.Username)})
	}
	if hasEscape(u.Username) {
		found = append(found, Problem{Path: "username", Message: "the username " + quote(u.Username) + " cannot stand in an address: a username has no % before two digits"})
	}
	if name := NameKey(u.Username); name == "system" || strings.HasPrefix(name, "users-") {
		found = append(found, Problem{Path: "username", Message: "the username " + quote(u.Username) + " would be taken for what Slipway does itself, or for the id of another user: choose another"})
	}
	switch {
	case utf8.RuneCountInString(u.DisplayName) > longestDisplayName:
		found = append(found, Problem{Path: "display-name", Message: fmt.Sprintf("a display name has at most %d characters", longestDisplayName)})
	case !utf8.ValidString(u.DisplayName) || strings.ContainsFunc(u.DisplayName, unseen):
		found = append(found, Problem{Path: "display-name", Message: "a display name has no control characters, and none that nobody sees, like those that turn the direction of writing"})
	}
	if len(u.Mail) > longestMail {
		found = append(found, Problem{Path: "mail", Message: fmt.Sprintf("a mail address has at most %d characters", longestMail)})
	} else if u.Mail != "" && !IsMailAddress(u.Mail) {
		found = append(found, Problem{Path: "mail", Message: quote(u.Mail) + " is no mail address, like somebody@example.org"})
	}
	return found
}

// hasEscape says whether a text holds what an address would read as another
// character, like %2e.
func hasEscape(text string) bool {
	for i := range len(text) - 2 {
		if text[i] == '%' && isHex(text[i+1]) && isHex(text[i+2]) {
			return true
		}
	}
	return false
}

func isHex(c byte) bool { return strings.IndexByte("0123456789abcdefABCDEF", c) >= 0 }

// How long a name that is shown, and a mail address, may be: no mail server takes
// a longer one.
const (
	longestDisplayName = 100
	longestMail        = 254
)

// IsMailAddress is a rough look at a bare address; the mail server knows
// better.
func IsMailAddress(s string) bool {
	local, domain, found := strings.Cut(s, "@")
	return found && local != "" && domain != "" && !strings.ContainsAny(s, " \t\r\n<>,;\"") && !strings.Contains(domain, "@")
}

// Has says whether the user is a member.
func (t Team) Has(username string) bool {
	return HasName(t.Members, username) || HasName(t.BySignIn, username)
}

// Without is the team without a member whom somebody wrote down. Who is there
// because of their groups at an identity provider stays: only these decide.
func (t Team) Without(username string) (Team, error) {
	switch {
	case !t.Has(username):
		return t, Refuse(NotFound, "%s is no member of the team %s", username, t.Name)
	case !HasName(t.Members, username):
		return t, Refuse(Conflict, "%s is in the team %s by signing in: the groups at the identity provider decide that. Take them out of the group there, or take the group from the team in Settings, Signing in", username, t.Name)
	}
	t.Members = slices.DeleteFunc(slices.Clone(t.Members), func(m string) bool { return SameName(m, username) })
	return t, nil
}

// Includes says whether the team includes the user role, with whatever scope.
func (t Team) Includes(role string) bool {
	for _, g := range t.Roles {
		if SameName(g.Role, role) {
			return true
		}
	}
	return false
}

// Check finds what is wrong with the team, seen with the users and the roles that
// were made.
func (t Team) Check(users []User, roles []UserRole, environments []Environment) []Problem {
	found := checkName("name", "team", t.Name)
	for i, m := range t.Members {
		if !hasUser(users, m) {
			found = append(found, Problem{Path: index("members", i), Message: "there is no user " + quote(m)})
		}
	}
	for i, g := range t.Roles {
		at := index("roles", i)
		role, ok := UserRoleNamed(roles, g.Role)
		switch {
		case !ok:
			found = append(found, Problem{Path: at + ".role", Message: noRole(g.Role, roles)})
		case role.Holds(AdministerSystem) && len(g.Projects)+len(g.Environments) > 0:
			found = append(found, Problem{Path: at, Message: fmt.Sprintf("the user role %q is for everything, so it has no scope: remove projects and environments", role.Name)})
		}
		found = append(found, checkEnvironments(at+".environments", g.Environments, environments)...)
	}
	return found
}

func hasUser(users []User, username string) bool {
	for _, u := range users {
		if SameName(u.Username, username) {
			return true
		}
	}
	return false
}

// TeamNamed finds a team by name.
func TeamNamed(all []Team, name string) (Team, bool) {
	for _, t := range all {
		if SameName(t.Name, name) {
			return t, true
		}
	}
	return Team{}, false
}
