package catalog

import (
	"context"
	"fmt"

	"slipway/pipelines"
	"slipway/runner/records"
)

// overtaken tells what would change by now, in place of what somebody was
// shown.
func overtaken(now Weighed) error {
	e := pipelines.Refuse(pipelines.Conflict, "the configuration has changed since these differences were shown, and nothing was done: look at them as they are now, and apply again")
	for _, c := range now.Changes {
		for _, line := range c.Lines {
			e.Problems = append(e.Problems, pipelines.Problem{Message: c.Do + " " + c.Kind + " " + c.Name + ": " + line})
		}
	}
	return e
}

// mostFreed are the claims that go in the write of a removal itself.
const mostFreed = 60

// removal are the changes that take a noun away. What was done with it stays on
// record. Claims beyond what one write takes go ahead of it.
func (c *Catalog) removal(ctx context.Context, w write, revision int64) ([]records.Change, error) {
	if err := c.idle(ctx, w); err != nil {
		return nil, err
	}
	changes := records.RemoveNounAt(w.kind, w.id, w.change.Name, revision)
	if w.kind == records.Projects || w.kind == records.Environments {
		freed, err := c.Records.FreeClaims(ctx, w.id)
		if err != nil {
			return nil, err
		}
		for ; len(freed) > mostFreed; freed = freed[mostFreed:] {
			if err := c.Records.Write(ctx, freed[:mostFreed]...); err != nil {
				return nil, err
			}
		}
		changes = append(changes, freed...)
	}
	return changes, nil
}

// idle refuses to take a noun away from under a deployment.
func (c *Catalog) idle(ctx context.Context, w write) error {
	ids, err := c.Records.Active(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		d, err := c.Records.Deployment(ctx, id)
		if err != nil {
			return err
		}
		involved := w.id == d.ProjectID || w.id == d.EnvironmentID
		if w.kind == records.Targets {
			plan, err := c.Records.Plan(ctx, d.Plan)
			if err != nil {
				return err
			}
			involved = plan.Touches(w.id)
		}
		if involved {
			return inUse(w.change.Kind, w.change.Name, d)
		}
	}
	return nil
}

func inUse(kind, name string, d pipelines.Deployment) error {
	return pipelines.Refuse(pipelines.Conflict, "%s", fmt.Sprintf("%s %s is part of %s (%s %s to %s), which has not ended: wait for it or cancel it first", kind, name, d.ID, d.Project, d.Release, d.Environment))
}
