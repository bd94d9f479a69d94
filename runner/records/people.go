package records

import (
	"context"

	"slipway/pipelines"
	"slipway/runner/table"
)

// Password reads the encoded hash of a user's password, "" if there is none.
func (r *Records) Password(ctx context.Context, userID string) (string, error) {
	hash, _, _, err := get[string](ctx, r, key("passwords", userID))
	return hash, err
}

// SetPassword is the change that stores a password's hash.
func SetPassword(userID, hash string) Change {
	return table.Put(key("passwords", userID), encode(hash))
}

// DropPassword is the change after which nobody signs in with one.
func DropPassword(userID string) Change { return table.Remove(key("passwords", userID)) }

// Setup is the one-time link to the set-up page, by hash.
type Setup struct {
	Hash string `json:"hash"`
	Done bool   `json:"done"`
}

// Setup reads whether the first admin has been made. Before `init` it is the
// zero Setup.
func (r *Records) Setup(ctx context.Context) (Setup, int64, error) {
	s, revision, _, err := get[Setup](ctx, r, key("meta", "setup"))
	return s, revision, err
}

// SetSetup is the change of it, read at revision (0: there was none).
func SetSetup(s Setup, revision int64) Change {
	if revision == 0 {
		return table.Create(key("meta", "setup"), encode(s))
	}
	return table.Replace(key("meta", "setup"), encode(s), revision)
}

// Principal is what a user may do at this moment.
func (r *Records) Principal(ctx context.Context, userID, via string) (pipelines.Principal, error) {
	return r.PrincipalWithin(ctx, userID, via, pipelines.KeyScope{})
}

// PrincipalWithin is what a user may do at this moment with something that has a
// scope of its own, like an API key.
func (r *Records) PrincipalWithin(ctx context.Context, userID, via string, scope pipelines.KeyScope) (pipelines.Principal, error) {
	u, err := r.User(ctx, userID)
	if err != nil {
		return pipelines.Principal{}, err
	}
	if u.Noun.Disabled {
		return pipelines.Principal{}, pipelines.Refuse(pipelines.Unauthenticated, "the account %s is disabled", u.Noun.Username)
	}
	teams, err := r.Teams(ctx)
	if err != nil {
		return pipelines.Principal{}, err
	}
	var roles []pipelines.UserRole
	if len(scope.Roles) > 0 || !pipelines.NamesOnlyBuiltIn(u.Noun, teams) {
		if roles, err = r.UserRoles(ctx); err != nil {
			return pipelines.Principal{}, err
		}
	}
	return pipelines.PrincipalOf(u.Noun, teams, roles, via).Within(scope, roles), nil
}
