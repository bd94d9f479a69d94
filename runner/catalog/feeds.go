package catalog

import (
	"context"

	"slipway/pipelines"
	"slipway/pipelines/steps"
	"slipway/pipelines/textform"
	"slipway/runner/records"
)

// AddFeed adds one feed; one of that name must not be there.
func (c *Catalog) AddFeed(ctx context.Context, p pipelines.Principal, f pipelines.Feed) (pipelines.Feed, error) {
	if err := p.Demand(pipelines.FeedEdit, pipelines.Where{}); err != nil {
		return pipelines.Feed{}, err
	}
	_, err := c.apply(ctx, p, func(now textform.Nouns) (Wanted, error) { return newFeed(now, f) })
	if err != nil {
		return pipelines.Feed{}, err
	}
	return c.feed(ctx, f.Name)
}

func newFeed(now textform.Nouns, f pipelines.Feed) (Wanted, error) {
	if old, ok := pipelines.FeedNamed(now.Feeds, f.Name); ok {
		return Wanted{}, pipelines.Refuse(pipelines.Conflict, "there is a feed %q already: remove it first, or choose another name", old.Name)
	}
	return onPages(textform.Nouns{Feeds: []pipelines.Feed{f}}), nil
}

// AddFeedWithPassword is AddFeed with the value of the secret that the feed names:
// one act, of which nothing is left where either is refused.
func (c *Catalog) AddFeedWithPassword(ctx context.Context, p pipelines.Principal, f pipelines.Feed, password string) (pipelines.Feed, error) {
	if err := p.Demand(pipelines.FeedEdit, pipelines.Where{}); err != nil {
		return pipelines.Feed{}, err
	}
	if err := p.Demand(pipelines.SecretEdit, pipelines.Where{}); err != nil {
		return pipelines.Feed{}, err
	}
	secret := Secret{Name: f.Secret, Value: []byte(password)}
	if found := f.Check(); len(found) == 0 { // else the feed is refused, in words of its own
		if err := secret.check(); err != nil {
			return pipelines.Feed{}, &pipelines.Error{Code: pipelines.Invalid, Message: err.Error(), Problems: []pipelines.Problem{{Path: "password", Message: err.Error()}}}
		}
	}
	_, err := c.apply(ctx, p, func(now textform.Nouns) (Wanted, error) {
		wanted, err := newFeed(now, f)
		if err != nil || len(f.Check()) > 0 {
			return wanted, err
		}
		changes, _, err := c.nextSecret(ctx, p, secret)
		wanted.also = func(entries []pipelines.Event) []records.Change {
			entries[0].Message += ", with its password, the secret " + f.Secret
			entries[0].Related = append(entries[0].Related, "Secrets")
			return changes
		}
		return wanted, err
	})
	if err != nil {
		return pipelines.Feed{}, err
	}
	return c.feed(ctx, f.Name)
}

// StoredFeed is one feed by name or id, at its revision, for somebody who may
// change it.
func (c *Catalog) StoredFeed(ctx context.Context, p pipelines.Principal, name string) (records.Stored[pipelines.Feed], error) {
	f, err := c.feedToEdit(ctx, p, name)
	if err != nil {
		return records.Stored[pipelines.Feed]{}, err
	}
	return c.Records.Feed(ctx, f.ID)
}

// RemoveFeed forgets a feed. What was fetched from it stays, and so do the
// releases that install it. One that is written in a folder goes only with
// takeOver; it comes back when the folder is applied again.
func (c *Catalog) RemoveFeed(ctx context.Context, p pipelines.Principal, name string, takeOver bool) error {
	for range 100 {
		err := c.removeFeed(ctx, p, name, takeOver)
		if !records.Conflict(err) {
			return err
		}
	}
	return pipelines.Refuse(pipelines.Unavailable, "the configuration changes too fast at this moment: try again")
}

func (c *Catalog) removeFeed(ctx context.Context, p pipelines.Principal, name string, takeOver bool) error {
	if err := p.Demand(pipelines.FeedEdit, pipelines.Where{}); err != nil {
		return err
	}
	turn, err := c.Records.ChangeNouns(ctx)
	if err != nil {
		return err
	}
	found, err := c.feed(ctx, name)
	if err != nil {
		return err
	}
	stored, err := c.Records.Feed(ctx, found.ID)
	if err != nil {
		return err
	}
	f := stored.Noun
	if err := pipelines.MayEdit("feed", f.Name, f.Owner, pipelines.OwnedByPages); err != nil && !takeOver {
		return err
	}
	if err := c.unused(ctx, f); err != nil {
		return err
	}
	changes := append(records.RemoveNounAt(records.Feeds, f.ID, f.Name, stored.Revision), turn)
	entry := c.event(p, deleted, f.ID, "removed feed "+f.Name+" ("+f.URL+")")
	return c.Records.Tell(ctx, []pipelines.Event{entry}, changes...)
}

// unused refuses to take a feed away from a project that installs from it.
func (c *Catalog) unused(ctx context.Context, f pipelines.Feed) error {
	projects, err := c.Records.Projects(ctx)
	if err != nil {
		return err
	}
	for _, project := range projects {
		for _, one := range steps.Installs(c.Types, project.Steps) {
			if pipelines.SameName(one.Feed, f.Name) {
				return pipelines.Refuse(pipelines.Conflict, "project %s installs %s from feed %s: change the project first", project.Name, one.Package, f.Name)
			}
		}
		for _, t := range project.Triggers {
			if pipelines.SameName(t.Feed, f.Name) {
				return pipelines.Refuse(pipelines.Conflict, "project %s has a trigger for %s of feed %s: change the project first", project.Name, t.Package, f.Name)
			}
		}
	}
	return nil
}

func (c *Catalog) feed(ctx context.Context, name string) (pipelines.Feed, error) {
	all, err := c.Records.Feeds(ctx)
	if err != nil {
		return pipelines.Feed{}, err
	}
	for _, f := range all {
		if f.ID == name || pipelines.SameName(f.Name, name) {
			return f, nil
		}
	}
	return pipelines.Feed{}, pipelines.Refuse(pipelines.NotFound, "there is no feed %q: `slipway feed list` shows those there are", name)
}
