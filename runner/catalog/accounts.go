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
	if err := p.DemandWhole(); err != nil {
		return err
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
	if err := c.mayHavePassword(ctx, p, u); err != nil {
		return err
	}
	hash, err := c.hash(ctx, u.Username, password)
	if err != nil {
		return err
	}
	entry := c.event(p, modified, u.ID, "set the password of "+u.Username)
	// A link that was mailed before would set the password back.
	return c.Records.Tell(ctx, []pipelines.Event{entry}, records.SetPassword(u.ID, hash), records.EndSessions(u.ID, c.Env.Now()), records.DropTickets(u.ID))
}

// mayHavePassword refuses passwords of programs, and of those who may do more
// than the principal: whoever sets a password can sign in with it.
func (c *Catalog) mayHavePassword(ctx context.Context, p pipelines.Principal, u pipelines.User) error {
	if u.Service {
		return pipelines.Refuse(pipelines.Invalid, "%s is a service account and has no password: it comes in by API keys, `slipway key create --for %s`", u.Username, u.Username)
	}
	now, err := c.load(ctx)
	if err != nil || pipelines.SameName(p.Username, u.Username) {
		return err
	}
	if err := mayChangeAccount(p, now, u.Username); err != nil {
		return err
	}
	return c.mayTakeOver(ctx, p, now, u, "set the password of")
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

// closes are the changes that go with a user who is changed: links that were
// mailed, perhaps to another address, open nothing any more, who is disabled is
// signed out for good, and a program has no password.
func (c *Catalog) closes(noun any) []records.Change {
	u, ok := noun.(pipelines.User)
	if !ok {
		return nil
	}
	out := []records.Change{records.DropTickets(u.ID)}
	if u.Disabled || u.Service {
		out = append(out, records.EndSessions(u.ID, c.Env.Now()))
	}
	if u.Service {
		out = append(out, records.DropPassword(u.ID))
	}
	return out
}
