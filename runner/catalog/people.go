package catalog

import (
	"context"

	"slipway/pipelines"
	"slipway/runner/records"
)

// AddUser adds a user, with a first password unless that is empty: who has none
// is invited, or is a service account.
func (c *Catalog) AddUser(ctx context.Context, p pipelines.Principal, u pipelines.User, password string) error {
	u.ID, u.Owner, u.Admin = "", "", false
	if err := p.Demand(pipelines.UserEdit, pipelines.Where{}); err != nil {
		return err
	}
	if password != "" {
		if u.Service {
			return pipelines.Refuse(pipelines.Invalid, "a service account has no password: it comes in by API keys")
		}
		if _, err := c.hash(ctx, u.Username, password); err != nil { // before there is an account
			return err
		}
	}
	if _, err := c.SaveNoun(ctx, p, NounEdit{Kind: records.Users, Noun: u}); err != nil || password == "" {
		return err
	}
	return c.SetPassword(ctx, p, u.Username, password)
}

// ChangeUser changes one user by name.
func (c *Catalog) ChangeUser(ctx context.Context, p pipelines.Principal, username string, takeOver bool, change func(*pipelines.User)) error {
	all, err := c.Records.Users(ctx)
	if err != nil {
		return err
	}
	if err := p.Demand(pipelines.UserEdit, pipelines.Where{}); err != nil {
		return err
	}
	u, ok := userNamed(all, username)
	if !ok {
		return pipelines.Refuse(pipelines.NotFound, "there is no user %q", username)
	}
	edit := NounEdit{Kind: records.Users, ID: u.ID, TakeOver: takeOver}
	if edit.Revision, err = c.Records.Revision(ctx, records.Users, u.ID); err != nil {
		return err
	}
	change(&u)
	edit.Noun = u
	_, err = c.SaveNoun(ctx, p, edit)
	return err
}

// AddTeam adds a team.
func (c *Catalog) AddTeam(ctx context.Context, p pipelines.Principal, t pipelines.Team) error {
	t.ID, t.Owner = "", ""
	_, err := c.SaveNoun(ctx, p, NounEdit{Kind: records.Teams, Noun: t})
	return err
}

// ChangeTeam changes one team by name; without a change it removes it.
func (c *Catalog) ChangeTeam(ctx context.Context, p pipelines.Principal, name string, takeOver bool, change func(*pipelines.Team) error) error {
	if err := p.Demand(pipelines.TeamEdit, pipelines.Where{}); err != nil {
		return err
	}
	all, err := c.Records.Teams(ctx)
	if err != nil {
		return err
	}
	t, ok := pipelines.TeamNamed(all, name)
	if !ok {
		return pipelines.Refuse(pipelines.NotFound, "there is no team %q", name)
	}
	edit := NounEdit{Kind: records.Teams, ID: t.ID, TakeOver: takeOver, Remove: change == nil}
	if edit.Revision, err = c.Records.Revision(ctx, records.Teams, t.ID); err != nil {
		return err
	}
	if change != nil {
		if err := change(&t); err != nil {
			return err
		}
		edit.Noun = t
	}
	_, err = c.SaveNoun(ctx, p, edit)
	return err
}
