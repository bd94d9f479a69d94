package catalog

import (
	"context"

	"slipway/pipelines"
	"slipway/pipelines/textform"
	"slipway/runner/records"
)

// AddTarget adds one target; one of that name must not be there.
func (c *Catalog) AddTarget(ctx context.Context, p pipelines.Principal, t pipelines.Target) (pipelines.Target, error) {
	if err := MayCheck(p, t); err != nil { // what is there is told to those only who may add
		return pipelines.Target{}, err
	}
	_, err := c.apply(ctx, p, func(now textform.Nouns) (Wanted, error) {
		if old, ok := targetNamed(now.Targets, t.Name); ok {
			return Wanted{}, pipelines.Refuse(pipelines.Conflict, "there is a target %q already: remove it first, or choose another name", old.Name)
		}
		return onPages(textform.Nouns{Targets: []pipelines.Target{t}}), nil
	})
	if err != nil {
		return pipelines.Target{}, err
	}
	return c.target(ctx, t.Name)
}

// SetTargetDisabled takes a target out of deployments, or back in.
func (c *Catalog) SetTargetDisabled(ctx context.Context, p pipelines.Principal, name string, disabled bool) (pipelines.Target, error) {
	_, err := c.apply(ctx, p, func(now textform.Nouns) (Wanted, error) {
		t, ok := targetNamed(now.Targets, name)
		if !ok {
			return Wanted{}, noTarget(name)
		}
		t.Disabled = disabled
		return onPages(textform.Nouns{Targets: []pipelines.Target{t}}), nil
	})
	if err != nil {
		return pipelines.Target{}, err
	}
	return c.target(ctx, name)
}

// RemoveTarget forgets a target. What was deployed to it stays there, and so
// does what was recorded about it. One that is written in a folder goes only
// with takeOver; it comes back when the folder is applied again.
func (c *Catalog) RemoveTarget(ctx context.Context, p pipelines.Principal, name string, takeOver bool) error {
	for range 100 {
		err := c.removeTarget(ctx, p, name, takeOver)
		if !records.Conflict(err) {
			return err
		}
	}
	return pipelines.Refuse(pipelines.Unavailable, "the configuration changes too fast at this moment: try again")
}

func (c *Catalog) removeTarget(ctx context.Context, p pipelines.Principal, name string, takeOver bool) error {
	turn, err := c.Records.ChangeNouns(ctx)
	if err != nil {
		return err
	}
	hold, err := c.Records.HoldDeployments(ctx)
	if err != nil {
		return err
	}
	t, err := c.target(ctx, name)
	if err != nil {
		return err
	}
	stored, err := c.Records.Target(ctx, t.ID)
	if err != nil {
		return err
	}
	t = stored.Noun
	for _, place := range placesOf(nil, t) {
		if err := p.Demand(pipelines.MachineEdit, place); err != nil {
			return err
		}
	}
	if err := pipelines.MayEdit("target", t.Name, t.Owner, pipelines.OwnedByPages); err != nil && !takeOver {
		return err
	}
	if err := c.idle(ctx, write{kind: records.Targets, id: t.ID, change: textform.Change{Kind: "target", Name: t.Name}}); err != nil {
		return err
	}
	changes := append(records.RemoveNounAt(records.Targets, t.ID, t.Name, stored.Revision), turn, hold)
	entry := c.event(p, deleted, t.ID, "removed target "+t.Name+" ("+t.Address()+")")
	return c.Records.Tell(ctx, []pipelines.Event{entry}, changes...)
}

// onPages is what pages, the API and the command line want.
func onPages(n textform.Nouns) Wanted { return Wanted{Nouns: n, Owner: pipelines.OwnedByPages} }

func (c *Catalog) target(ctx context.Context, name string) (pipelines.Target, error) {
	all, err := c.Records.Targets(ctx)
	if err != nil {
		return pipelines.Target{}, err
	}
	t, ok := targetNamed(all, name)
	if !ok {
		return pipelines.Target{}, noTarget(name)
	}
	return t, nil
}

func noTarget(name string) error {
	return pipelines.Refuse(pipelines.NotFound, "there is no target %q: `slipway target list` shows those there are", name)
}
