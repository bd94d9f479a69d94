package catalog

import (
	"context"
	"fmt"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/runner/records"
)

// NewKey makes an API key: the key itself, the hash that is stored in its
// place, and a hint by which people tell keys apart.
type NewKey func() (key, hash, hint string, err error)

// KeyLife is how long a key is good for where nobody says otherwise.
const KeyLife = 180 * 24 * time.Hour

// KeyWish is an API key as somebody wants it.
type KeyWish struct {
	Purpose string
	For     string    // username of a service account; "": one's own key
	Expires time.Time // zero: after KeyLife, unless Never
	Never   bool      // it does not expire
	Scope   pipelines.KeyScope
}

// keyIDs is what ids of keys begin with.
const keyIDs = "APIKeys-"

// The bounds of a key's fields.
const (
	mostPurpose = 200
	mostScope   = 100
)

// NewAPIKey makes an API key that can do what its owner can, within its scope.
// The key is returned this once.
func (c *Catalog) NewAPIKey(ctx context.Context, p pipelines.Principal, wish KeyWish, newKey NewKey) (records.APIKey, string, error) {
	owner, err := c.keyOwner(ctx, p, wish.For)
	if err != nil {
		return records.APIKey{}, "", err
	}
	ends, err := c.endOf(ctx, p)
	if err != nil {
		return records.APIKey{}, "", err
	}
	expires, err := c.checkKey(ctx, &wish, ends)
	if err != nil {
		return records.APIKey{}, "", err
	}
	key, hash, hint, err := newKey()
	if err != nil {
		return records.APIKey{}, "", err
	}
	stored := records.APIKey{
		ID: keyIDs + c.Env.NewID(), Hash: hash, UserID: owner.ID, Purpose: wish.Purpose, Hint: hint,
		Created: c.Env.Now(), Expires: expires, Scope: wish.Scope,
	}
	entry := c.event(p, created, owner.ID, "made the API key "+hint+" of "+owner.Username+" for "+wish.Purpose)
	entry.Related, entry.Details = []string{stored.ID}, keyDetails(stored)
	err = c.Records.Tell(ctx, []pipelines.Event{entry}, records.AddAPIKey(stored)...)
	return stored, key, err
}

// keyOwner is whose key it becomes: one's own, or that of a service account that
// one may come in as.
func (c *Catalog) keyOwner(ctx context.Context, p pipelines.Principal, username string) (pipelines.User, error) {
	if err := p.DemandWhole(); err != nil {
		return pipelines.User{}, err
	}
	if username == "" || pipelines.SameName(username, p.Username) {
		u, err := c.Records.User(ctx, p.UserID)
		return u.Noun, err
	}
	if err := p.Demand(pipelines.UserEdit, pipelines.Where{}); err != nil {
		return pipelines.User{}, err
	}
	now, err := c.load(ctx)
	if err != nil {
		return pipelines.User{}, err
	}
	u, ok := userNamed(now.Users, username)
	switch {
	case !ok:
		return u, pipelines.Refuse(pipelines.NotFound, "there is no user %q", username)
	case !u.Service:
		return u, pipelines.Refuse(pipelines.Forbidden, "%s is a person, and people make their keys themselves; for others only those of service accounts are made", u.Username)
	}
	return u, c.mayTakeOver(ctx, p, now, u, "make a key for")
}

// endOf is when the API key ends that the principal came by, nil for never and
// for whoever came without one. No key makes another that outlives it: what
// somebody found must not last longer for it.
func (c *Catalog) endOf(ctx context.Context, p pipelines.Principal) (*time.Time, error) {
	if !strings.HasPrefix(p.Credential, keyIDs) {
		return nil, nil
	}
	k, ok, err := c.Records.OwnKey(ctx, p.UserID, p.Credential)
	if err == nil && !ok {
		err = pipelines.Refuse(pipelines.Unauthenticated, "the API key that asks was removed")
	}
	return k.Expires, err
}

// checkKey finds all that is wrong with a wish, and when the key expires: not after
// ends, where that is given.
func (c *Catalog) checkKey(ctx context.Context, wish *KeyWish, ends *time.Time) (*time.Time, error) {
	var found []pipelines.Problem
	add := func(path, format string, args ...any) {
		found = append(found, pipelines.Problem{Path: path, Message: fmt.Sprintf(format, args...)})
	}
	wish.Purpose = strings.TrimSpace(wish.Purpose)
	if wish.Purpose == "" || len(wish.Purpose) > mostPurpose || !pipelines.OneLine(wish.Purpose) {
		add("purpose", "an API key needs a purpose of at most %d bytes in one line, without characters that nobody sees, like `build server`, so that one knows later what breaks without it", mostPurpose)
	}
	now := c.Env.Now()
	expires := &wish.Expires
	switch {
	case wish.Never && !wish.Expires.IsZero():
		add("expires", "a key expires at some time or never: say one of them")
	case wish.Never:
		expires = nil
	case wish.Expires.IsZero():
		wish.Expires = now.Add(KeyLife)
		if ends != nil && ends.Before(wish.Expires) {
			wish.Expires = *ends
		}
	case !wish.Expires.After(now):
		add("expires", "a key that expires on %s is no use now: name a later day, or say that it never does", wish.Expires.UTC().Format(time.DateOnly))
	}
	if ends != nil && (wish.Never || wish.Expires.After(*ends)) {
		add("expires", "the API key that asks ends on %s, and makes none that lasts longer: name an earlier day, or make the key on the pages", ends.UTC().Format("2006-01-02 15:04 MST"))
	}
	s := wish.Scope
	if len(s.Projects)+len(s.Environments)+len(s.Roles)+len(s.Permissions) > mostScope {
		add("scope", "the scope of a key names at most %d things: make several keys", mostScope)
	} else {
		more, err := c.checkScope(ctx, s)
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	if len(found) > 0 {
		return nil, &pipelines.Error{Code: pipelines.Invalid, Message: found[0].Message, Problems: found}
	}
	return expires, nil
}

func (c *Catalog) checkScope(ctx context.Context, s pipelines.KeyScope) ([]pipelines.Problem, error) {
	if !s.Limits() {
		return nil, nil
	}
	now, err := c.load(ctx)
	if err != nil {
		return nil, err
	}
	return s.Check(now.Projects, now.Environments, now.UserRoles), nil
}

// KeyWarnings say which rights a key with the scope is to have and will not have.
func (c *Catalog) KeyWarnings(ctx context.Context, s pipelines.KeyScope) ([]string, error) {
	if len(s.Roles)+len(s.Permissions) == 0 {
		return nil, nil
	}
	roles, err := c.Records.UserRoles(ctx)
	return s.Warnings(roles), err
}

// keyDetails are what the audit log tells of a key.
func keyDetails(k records.APIKey) map[string]string {
	out := map[string]string{"expires": "never"}
	if k.Expires != nil {
		out["expires"] = k.Expires.UTC().Format(time.RFC3339)
	}
	for name, list := range map[string][]string{
		"projects": k.Scope.Projects, "environments": k.Scope.Environments, "roles": k.Scope.Roles, "permissions": permissionNames(k.Scope.Permissions),
	} {
		if len(list) > 0 {
			out[name] = strings.Join(list, ", ")
		}
	}
	return out
}

func permissionNames(all []pipelines.Permission) []string {
	out := make([]string, len(all))
	for i, p := range all {
		out[i] = string(p)
	}
	return out
}

// RemoveAPIKey makes a key worthless: one's own, or that of a service account
// where one may take that over. A key with a scope, and that of a build, ends
// itself at most.
func (c *Catalog) RemoveAPIKey(ctx context.Context, p pipelines.Principal, id string) error {
	if err := p.DemandWhole(); err != nil && p.Credential != id {
		return err
	}
	if err := p.Demand(pipelines.Own, pipelines.Where{}); err != nil {
		return err
	}
	k, owner, err := c.keyToEnd(ctx, p, id)
	if err != nil {
		return err
	}
	entry := c.event(p, deleted, owner.ID, "removed the API key "+k.Hint+" of "+owner.Username+" for "+k.Purpose)
	entry.Related = []string{k.ID}
	changes, err := c.Records.RemoveAPIKey(ctx, k)
	if err != nil {
		return err
	}
	if len(changes) > 0 {
		err = c.Records.Tell(ctx, []pipelines.Event{entry}, changes...)
	}
	if len(changes) == 0 || records.Conflict(err) { // somebody else was quicker
		return noKey(p, id)
	}
	return err
}

func noKey(p pipelines.Principal, id string) error {
	return pipelines.Refuse(pipelines.NotFound, "%s has no API key %q", p.Username, id)
}

// MaySeeKeys demands what seeing the keys of a service account takes, which is what
// making and ending them does: they say where it is used, and by whom.
func (c *Catalog) MaySeeKeys(ctx context.Context, p pipelines.Principal, username string) error {
	if err := p.Demand(pipelines.UserEdit, pipelines.Where{}); err != nil {
		return err
	}
	all, err := c.Records.Users(ctx)
	if err != nil {
		return err
	}
	u, ok := userNamed(all, username)
	if !ok {
		return pipelines.Refuse(pipelines.NotFound, "there is no user %q", username)
	}
	if !u.Service {
		return pipelines.Refuse(pipelines.Forbidden, "%s is a person, and nobody sees the keys of another person", u.Username)
	}
	return MayTakeOver(ctx, c.Records, p, u, "see the keys of")
}

// keyToEnd finds a key among those that the principal may end.
func (c *Catalog) keyToEnd(ctx context.Context, p pipelines.Principal, id string) (records.APIKey, pipelines.User, error) {
	owners := []pipelines.User{{ID: p.UserID, Username: p.Username}}
	if p.Allows(pipelines.UserEdit, pipelines.Where{}) {
		all, err := c.Records.Users(ctx)
		if err != nil {
			return records.APIKey{}, pipelines.User{}, err
		}
		for _, u := range all {
			if u.Service {
				owners = append(owners, u)
			}
		}
	}
	for _, u := range owners {
		keys, err := c.Records.APIKeys(ctx, u.ID)
		if err != nil {
			return records.APIKey{}, u, err
		}
		for _, k := range keys {
			switch {
			case k.ID != id:
			case u.ID == p.UserID:
				return k, u, nil
			default:
				return k, u, MayTakeOver(ctx, c.Records, p, u, "end a key of")
			}
		}
	}
	return records.APIKey{}, pipelines.User{}, noKey(p, id)
}

// ReadExpiry reads when a key expires, as people write it: a span like `90d`, a
// day like `2027-01-31` (its end), `never`, or nothing for KeyLife.
func ReadExpiry(text string, now time.Time) (expires time.Time, never bool, err error) {
	switch text = strings.TrimSpace(text); text {
	case "":
		return time.Time{}, false, nil
	case "never":
		return time.Time{}, true, nil
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, false, nil
	}
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day.AddDate(0, 0, 1), false, nil
	}
	var span pipelines.Duration
	if span.UnmarshalText([]byte(text)) == nil && span > 0 {
		return now.Add(time.Duration(span)), false, nil
	}
	return time.Time{}, false, &pipelines.Error{Code: pipelines.Invalid, Message: fmt.Sprintf("a key expires after a time like 90d, at the end of a day like 2027-01-31, or never; got %.40q", text),
		Problems: []pipelines.Problem{{Path: "expires", Message: fmt.Sprintf("write a time like 90d, a day like 2027-01-31, or never; got %.40q", text)}}}
}
