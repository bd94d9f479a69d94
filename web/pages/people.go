package pages

import (
	"net/url"
	"strconv"
)

// The addresses of people. Users are the first of three tabs.
const (
	TeamsPath     = PeoplePath + "/teams"
	UserRolesPath = PeoplePath + "/roles"
	usersPath     = PeoplePath + "/users"
	NewUserPath   = usersPath + "/new"
)

// UserPath is the page of a user.
func UserPath(id string) string { return usersPath + "/" + url.PathEscape(id) }

// What can be done to a user's account by one button.
func UserInvitePath(id string) string      { return UserPath(id) + "/invite" }
func UserEndSessionsPath(id string) string { return UserPath(id) + "/end-sessions" }
func UserResetFactorPath(id string) string { return UserPath(id) + "/reset-factor" }

// UserPasswordPath takes a user's first password.
func UserPasswordPath(id string) string { return UserPath(id) + "/password" }

// TeamPath is the page of a team.
func TeamPath(id string) string { return TeamsPath + "/" + url.PathEscape(id) }

// UserRolePath is the page of a user role, by id, or by name if it is built in.
func UserRolePath(id string) string { return UserRolesPath + "/" + url.PathEscape(id) }

// ServiceKeysPath are the keys of a service account.
func ServiceKeysPath(username string) string { return KeysPath + "?for=" + url.QueryEscape(username) }

// Users lists users.
type Users struct {
	Frame
	Items   []UserRow
	New     string   // where one is added, "" for who may not
	Damaged []string // what is stored of people and cannot be read, for administrators
}

// UserRow is one user.
type UserRow struct {
	ID, Name, Display, Mail string
	Teams                   []string
	Note                    string // "administrator", "disabled"
	Off                     bool
}

// UserDetail is one user: what they may do where, and by which team and role.
type UserDetail struct {
	Frame
	Edit, Folder, Text string
	Facts              []Fact
	Teams              []Link
	Everything         string // why they may do everything, "" if they may not
	Rights             []RightRow
	Keys               string        // where the keys of a service account are, for who may see them
	Password           *PasswordForm // for who may set one
	Invite             string        // takes the order to send a link, "" where that is not offered
	InviteText         string        // what the button says
	InviteMeans        string        // where the link goes and what it is for
	EndSessions        string        // signs them out everywhere, "" where that is not offered
	ResetFactor        string        // takes their second factor away, "" where that is not offered
	Problems           []Problem     // of what was wanted on this page
}

func (v UserDetail) acts() bool {
	return v.Invite != "" || v.EndSessions != "" || v.ResetFactor != "" || v.Password != nil
}

// RightRow is one permission that somebody has.
type RightRow struct {
	Name, Means string
	By          []RightBy
}

// RightBy is where somebody has a permission, and what gives it.
type RightBy struct {
	Where      string
	Team, Role Link
}

// PasswordForm takes a password twice. Posts password and again.
type PasswordForm struct {
	Path, Title, Button string
	Problems            []Problem
}

// NewUser is the form of a new user. Posts username, display-name, mail, kind
// (person or service), password and again.
type NewUser struct {
	Frame
	Name, Display, Mail string
	Service             bool
	Problems            []Problem
}

// UserFields are the inside of the form of a user.
type UserFields struct {
	Name, Display, Mail string
	Disabled, Service   bool
	Problems            []Problem
}

// Teams lists teams.
type Teams struct {
	Frame
	Items []TeamRow
	New   string
}

// TeamRow is one team.
type TeamRow struct {
	ID, Name, Description string
	Members               []string
	Roles                 []string
}

// TeamDetail is one team.
type TeamDetail struct {
	Frame
	Edit, Folder, Text string
	Members            []Link
	Roles              []GrantRow
}

// GrantRow is a user role that a team includes.
type GrantRow struct {
	Role  Link
	Means string
	Where string // "everywhere", "for Dev and Test"
}

// TeamFields are the inside of the form of a team.
type TeamFields struct {
	Name        string
	Fixed       bool
	Description string
	Members     []TickRow
	Grants      []GrantFields
	Problems    []Problem
}

// GrantFields are those of one included role.
type GrantFields struct {
	Role         string
	Roles        []Option
	Environments []Option
	Projects     string   // one a line
	ProjectTicks []Option // instead, where there are few projects
}

// GrantField is the name of a field of the i-th included role.
func GrantField(i int, name string) string { return "roles[" + strconv.Itoa(i) + "]." + name }

// DoAddGrant is the order of the button that adds a role to the form.
const DoAddGrant = "add-role"

// TickRow is one box to tick, with what it means.
type TickRow struct {
	Value, Text, Means string
	Ticked             bool
}

// UserRoles lists user roles.
type UserRoles struct {
	Frame
	Items []UserRoleRow
	New   string
}

// UserRoleRow is one user role.
type UserRoleRow struct {
	ID, Name, Description string
	BuiltIn               bool
	Permissions           string // "7 permissions"
	Teams                 []string
}

// UserRoleDetail is one user role: its permissions, and who has it.
type UserRoleDetail struct {
	Frame
	Edit, Folder, Text string
	Permissions        []PermissionRow
	Teams              []RoleHolder
}

// PermissionRow is one permission.
type PermissionRow struct {
	Name, Means string
	Scope       string // "projects and environments", "everywhere"
}

// RoleHolder is a team that includes a role.
type RoleHolder struct {
	Team    Link
	Where   string
	Members []string
}

// UserRoleFields are the inside of the form of a user role.
type UserRoleFields struct {
	Name        string
	Fixed       bool
	Description string
	Permissions []TickRow
	Problems    []Problem
}
