package rest

import (
	"time"

	"slipway/pipelines"
)

// Key is one API key, as GET /v1/apikeys lists mine, and with ?for=… those of a
// service account.
type Key struct {
	ID       string     `json:"id"`
	Purpose  string     `json:"purpose"`
	Hint     string     `json:"hint"`
	Created  time.Time  `json:"created"`
	Expires  *time.Time `json:"expires,omitempty"` // nil: never
	Expired  bool       `json:"expired,omitempty"`
	Used     *time.Time `json:"used,omitempty"` // to the hour; nil: not yet
	UsedFrom string     `json:"usedFrom,omitempty"`
	pipelines.KeyScope
}

// KeyOrder is the body of POST /v1/apikeys.
type KeyOrder struct {
	Purpose string `json:"purpose"`
	For     string `json:"for,omitempty"`     // a service account; "": mine
	Expires string `json:"expires,omitempty"` // `90d`, `2027-01-31`, `never`; "": 180d
	pipelines.KeyScope
}

// NewKey answers POST /v1/apikeys and POST /v1/login. The key itself is never
// shown again.
type NewKey struct {
	Key
	Secret string `json:"key"`
	// Warnings say which rights the key was to have and has not, by its own scope.
	Warnings []string `json:"warnings,omitempty"`
}

// User is one user, as GET /v1/users lists them.
type User struct {
	pipelines.User
	Teams []string `json:"teams"`
}

// NewUser is the body of POST /v1/users. Without a password somebody is to be
// invited.
type NewUser struct {
	pipelines.User
	Password string `json:"password,omitempty"`
}

// Member is the body of POST /v1/teams/{team}/members.
type Member struct {
	Username string `json:"username"`
}

// UserRole is one user role, as GET /v1/user-roles lists them.
type UserRole struct {
	pipelines.UserRole
	BuiltIn bool     `json:"builtIn"`
	Teams   []string `json:"teams"` // that include it
}
