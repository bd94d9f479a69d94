package catalog

import (
	"context"
	"strings"

	"slipway/pipelines"
	"slipway/runner/records"
)

// RemoveDamaged takes the row of a user, team or user role away that cannot be
// read, so that the rest can be changed again; it had given no rights. Of a user the
// sessions and mailed links end, too.
func (c *Catalog) RemoveDamaged(ctx context.Context, p pipelines.Principal, id string) error {
	if err := p.Demand(pipelines.AdministerSystem, pipelines.Where{}); err != nil {
		return err
	}
	turn, err := c.Records.ChangeNouns(ctx)
	if err != nil {
		return err
	}
	changes, err := c.Records.RemoveDamaged(ctx, id)
	if err != nil {
		return err
	}
	changes = append(changes, turn)
	if strings.HasPrefix(id, string(records.Users)+"-") {
		changes = append(changes, records.EndSessions(id, c.Env.Now()), records.DropTickets(id))
	}
	err = c.Records.Tell(ctx, []pipelines.Event{c.event(p, deleted, id, "removed "+id+", of which nothing could be read")}, changes...)
	if records.Conflict(err) {
		return pipelines.Refuse(pipelines.Conflict, "%s or something else was changed at this moment: look at it again", id)
	}
	return err
}
