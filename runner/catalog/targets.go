package catalog

import (
	"context"

	"slipway/pipelines"
	"slipway/pipelines/textform"
	"slipway/runner/records"
)

// AddTarget adds one target; one of that name must not be there.
func (c *Catalog) AddTarget(ctx context.Context, p pipelines.Principal, t pipelines.Target) (pipelines.Target, error) {
	_, err := c.apply(ctx, p, func(now textform.Nouns) (textform.Nouns, error) {
		if old, ok := targetNamed(now.Targets, t.Name); ok {
			return textform.Nouns{}, pipelines.Refuse(pipelines.Conflict, "there is a target %q already, at %s: remove it first, or choose another name", old.Name, old.Address())
		}
		return textform.Nouns{Targets: []pipelines.Target{t}}, nil
	})
	if err != nil {
		return pipelines.Target{}, err
	}
	return c.target(ctx, t.Name)
}

// SetTargetDisabled takes a target out of deployments, or back in.
func (c *Catalog) SetTargetDisabled(ctx context.Context, p pipelines.Principal, name string, disabled bool) (pipelines.Target, error) {
	_, err := c.apply(ctx, p, func(now textform.Nouns) (textform.Nouns, error) {
		t, ok := targetNamed(now.Targets, name)
		if !ok {
			return textform.Nouns{}, noTarget(name)
		}
		t.Disabled = disabled
		return textform.Nouns{Targets: []pipelines.Target{t}}, nil
	})
	if err != nil {
		return pipelines.Target{}, err
	}
	return c.target(ctx, name)
}

// RemoveTarget forgets a target. What was deployed to it stays there, and so
// does what was recorded about it.
func (c *Catalog) RemoveTarget(ctx context.Context, p pipelines.Principal, name string) error {
	t, err := c.target(ctx, name)
	if err != nil {
		return err
	}
	for _, place := range placesOf(nil, t) {
		if err := p.Demand(pipelines.MachineEdit, place); err != nil {
			return err
		}
	}
	if err := c.unused(ctx, t); err != nil {
		return err
	}
	changes := records.RemoveNoun(records.Targets, t.ID, t.Name)
	entry := c.event(p, deleted, t.ID, "removed target "+t.Name+" ("+t.Address()+")")
	return c.Records.Write(ctx, append(changes, records.Audit(entry))...)
}

// unused refuses to take a target away from under a deployment.
func (c *Catalog) unused(ctx context.Context, t pipelines.Target) error {
	ids, err := c.Records.Active(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		d, err := c.Records.Deployment(ctx, id)
		if err != nil {
			return err
		}
		p, err := c.Records.Plan(ctx, d.Plan)
		if err != nil {
			return err
		}
		if p.Touches(t.ID) {
			return pipelines.Refuse(pipelines.Conflict, "target %s is part of %s (%s %s to %s), which has not ended: wait for it or cancel it first", t.Name, d.ID, d.Project, d.Release, d.Environment)
		}
	}
	return nil
}

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
