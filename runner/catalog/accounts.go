package catalog

import (
	"context"
	"strings"

	"slipway/pipelines"
	"slipway/runner/records"
)

// SetPassword sets one's own password, or that of another user, which takes
// the right to edit users. It ends all sessions of that user; API keys stay.
func (c *Catalog) SetPassword(ctx context.Context, p pipelines.Principal, username, password string) error {
	if !p.Known() {
		return p.Demand(pipelines.Own, pipelines.Where{})
	}
	own := pipelines.SameName(p.Username, username)
	if !own {
		if err := p.Demand(pipelines.UserEdit, pipelines.Where{}); err != nil {
			return err
		}
	}
	all, err := c.Records.Users(ctx)
	if err != nil {
		return err
	}
	u, ok := userNamed(all, username)
	if !ok {
		return pipelines.Refuse(pipelines.NotFound, "there is no user %q", username)
	}
	if !own {
		if err := mayChangeAccount(p, u); err != nil {
			return err
		}
	}
	hash, err := c.hash(ctx, u.Username, password)
	if err != nil {
		return err
	}
	entry := c.event(p, modified, u.ID, "set the password of "+u.Username)
	return c.Records.Write(ctx, records.SetPassword(u.ID, hash), records.EndSessions(u.ID, c.Env.Now()), records.Audit(entry))
}

// hash refuses what the rules for passwords refuse, and the username itself.
func (c *Catalog) hash(ctx context.Context, username, password string) (string, error) {
	if strings.EqualFold(username, password) {
		return "", pipelines.Refuse(pipelines.Invalid, "the password is the username: choose another")
	}
	hash, err := c.HashPassword(ctx, password)
	if err != nil && pipelines.CodeOf(err) == "" && ctx.Err() == nil {
		return "", pipelines.Refuse(pipelines.Invalid, "%s", err)
	}
	return hash, err
}

// NewKey makes an API key: the key itself, the hash that is stored in its
// place, and a hint by which people tell keys apart.
type NewKey func() (key, hash, hint string, err error)

// NewAPIKey makes an API key that can do what its owner can. The key is
// returned this once.
func (c *Catalog) NewAPIKey(ctx context.Context, p pipelines.Principal, purpose string, newKey NewKey) (records.APIKey, string, error) {
	if err := p.Demand(pipelines.Own, pipelines.Where{}); err != nil {
		return records.APIKey{}, "", err
	}
	purpose = strings.TrimSpace(purpose)
	if purpose == "" || len(purpose) > 200 {
		return records.APIKey{}, "", pipelines.Refuse(pipelines.Invalid, "an API key needs a purpose of at most 200 bytes, like `build server`, so that one knows later what breaks without it")
	}
	if _, err := c.Records.User(ctx, p.UserID); err != nil {
		return records.APIKey{}, "", err
	}
	key, hash, hint, err := newKey()
	if err != nil {
		return records.APIKey{}, "", err
	}
	stored := records.APIKey{ID: "APIKeys-" + c.Env.NewID(), Hash: hash, UserID: p.UserID, Purpose: purpose, Hint: hint, Created: c.Env.Now()}
	entry := c.event(p, created, p.UserID, "made the API key "+hint+" for "+purpose)
	err = c.Records.Write(ctx, append(records.AddAPIKey(stored), records.Audit(entry))...)
	return stored, key, err
}

// RemoveAPIKey makes one of the principal's own keys worthless.
func (c *Catalog) RemoveAPIKey(ctx context.Context, p pipelines.Principal, id string) error {
	if err := p.Demand(pipelines.Own, pipelines.Where{}); err != nil {
		return err
	}
	mine, err := c.Records.APIKeys(ctx, p.UserID)
	if err != nil {
		return err
	}
	for _, k := range mine {
		if k.ID != id {
			continue
		}
		entry := c.event(p, deleted, p.UserID, "removed the API key "+k.Hint+" for "+k.Purpose)
		return c.Records.Write(ctx, append(records.RemoveAPIKey(k), records.Audit(entry))...)
	}
	return pipelines.Refuse(pipelines.NotFound, "%s has no API key %q", p.Username, id)
}
