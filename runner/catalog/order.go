package catalog

import (
	"context"
	"slices"

	"slipway/pipelines"
	"slipway/pipelines/textform"
	"slipway/runner/records"
)

// MoveEnvironment lets an environment change places with the one before or
// behind it. The order is no part of the text, so it goes by no owner; the
// built-in lifecycle goes by it.
func (c *Catalog) MoveEnvironment(ctx context.Context, p pipelines.Principal, id string, forward bool) error {
	for range 20 {
		err := c.moveEnvironment(ctx, p, id, forward)
		if !records.Conflict(err) {
			return err
		}
	}
	return pipelines.Refuse(pipelines.Unavailable, "the configuration changes too fast at this moment: try again")
}

func (c *Catalog) moveEnvironment(ctx context.Context, p pipelines.Principal, id string, forward bool) error {
	turn, err := c.Records.ChangeNouns(ctx)
	if err != nil {
		return err
	}
	all, err := c.Records.Environments(ctx)
	if err != nil {
		return err
	}
	at := -1
	for i, e := range all {
		if e.ID == id {
			at = i
		}
	}
	if at < 0 {
		return pipelines.Refuse(pipelines.NotFound, "there is no environment %q any more: somebody has removed it", id)
	}
	if err := p.Demand(pipelines.EnvironmentEdit, pipelines.Where{Environment: all[at].Name}); err != nil {
		return err
	}
	other, word := at+1, "behind"
	if forward {
		other, word = at-1, "before"
	}
	if other < 0 || other == len(all) {
		return nil // it stands at this end already
	}
	a, b := all[at], all[other]
	for _, e := range []pipelines.Environment{a, b} {
		if err := p.Demand(pipelines.EnvironmentEdit, pipelines.Where{Environment: e.Name}); err != nil {
			return err
		}
	}
	a.SortOrder, b.SortOrder = b.SortOrder, a.SortOrder
	if err := c.mayReorder(ctx, p, all, at, other); err != nil {
		return err
	}
	changes := []records.Change{turn}
	for _, e := range []pipelines.Environment{a, b} {
		revision, err := c.Records.Revision(ctx, records.Environments, e.ID)
		if err != nil {
			return err
		}
		changes = append(changes, records.ReplaceNoun(records.Environments, e.ID, e, revision))
	}
	entry := c.event(p, modified, a.ID, "put environment "+a.Name+" "+word+" "+b.Name)
	return c.Records.Tell(ctx, []pipelines.Event{entry}, changes...)
}

// mayReorder: where triggers deploy by the built-in lifecycle goes by the order.
func (c *Catalog) mayReorder(ctx context.Context, p pipelines.Principal, before []pipelines.Environment, one, other int) error {
	now := textform.Nouns{Environments: before}
	var err error
	if now.Lifecycles, err = c.Records.Lifecycles(ctx); err != nil {
		return err
	}
	if now.Projects, err = c.Records.Projects(ctx); err != nil {
		return err
	}
	then := now
	then.Environments = slices.Clone(before)
	then.Environments[one], then.Environments[other] = before[other], before[one]
	return mayLetGo(p, now, then)
}
