package records

import (
	"context"
	"errors"
	"time"

	"slipway/pipelines"
	"slipway/runner/table"
)

// Abandonment gives a deployment up whose state cannot be read.
type Abandonment struct {
	ID      string
	Message string // who did it and why, for its page
	At      time.Time
	Told    []pipelines.Event
}

// Abandon ends a deployment by its record alone and frees what it stands in the
// way of, without looking at its journal. It returns what the record then says;
// whoever calls it sees to the next in the queue.
func (r *Records) Abandon(ctx context.Context, in Abandonment) (d pipelines.Deployment, err error) {
	err = again(ctx, func() error {
		if d, err = r.recordOrCopy(ctx, in.ID); err != nil {
			return err
		}
		if d.Finished == nil {
			d.Status, d.Message, d.Finished = pipelines.Failed, in.Message, &in.At
		}
		changes := []Change{table.Put(recordKey(d.ID), encode(d)), table.Put(indexKey(d), encode(d)), table.Remove(waitingKey(d))}
		freed, err := r.freed(ctx, d)
		if err != nil {
			return err
		}
		changes = append(changes, freed...)
		current, err := r.changeCurrent(ctx, d, func(c *Current) { c.arrived(d) })
		if err != nil {
			return err
		}
		return r.Tell(ctx, in.Told, append(changes, current)...)
	})
	return d, err
}

// freed are the changes that take a deployment's place and its rows among those
// that are alive away.
func (r *Records) freed(ctx context.Context, d pipelines.Deployment) ([]Change, error) {
	var out []Change
	holder, revision, there, err := get[string](ctx, r, slotKey(d))
	if err != nil {
		return nil, err
	}
	if there && holder == d.ID {
		out = append(out, table.RemoveAt(slotKey(d), revision))
	}
	for takeups := 0; ; takeups++ {
		_, err := r.table.Get(ctx, activeKey(d.ID, takeups))
		switch {
		case err == nil:
			out = append(out, table.Remove(activeKey(d.ID, takeups)))
		case !missing(err):
			return nil, err
		case takeups > 0:
			return out, nil
		}
	}
}

// recordOrCopy reads a deployment's record or, where that is damaged, the copy
// among those of its project.
func (r *Records) recordOrCopy(ctx context.Context, id string) (pipelines.Deployment, error) {
	d, err := r.Deployment(ctx, id)
	if _, damaged := Corrupt(err); !damaged {
		return d, err
	}
	projects, listing := r.Projects(ctx)
	if listing != nil {
		return d, errors.Join(err, listing)
	}
	for _, p := range projects {
		d, _, there, reading := get[pipelines.Deployment](ctx, r, indexKey(pipelines.Deployment{ID: id, ProjectID: p.ID}))
		if reading == nil && there && d.ID == id {
			return d, nil
		}
	}
	return d, err
}

// contradicted says whether the record has an end that the journal has not.
func (l *Loaded) contradicted() bool {
	return l.Deployment.Finished != nil && !l.State.Head.Status.Ended()
}

// takenUpSince says whether the deployment was taken up after the end that the
// record has: then the record is the older of the two.
func (l *Loaded) takenUpSince() bool {
	all := l.State.Head.Resumed
	return len(all) > 0 && !all[len(all)-1].At.Before(*l.Deployment.Finished)
}

// giveUp lets the record have the last word: somebody gave the deployment up
// while its journal could not be read.
func (l *Loaded) giveUp() {
	head := &l.State.Head
	head.Status, head.Message, head.Ended, head.Closed = l.Deployment.Status, l.Deployment.Message, *l.Deployment.Finished, true
}
