package records

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"slipway/pipelines"
	"slipway/runner/graph"
	"slipway/runner/table"
)

// edge is a turn that others must be told of: the deployment begins, ends, is
// taken up again, or comes to stand otherwise to its place.
type edge struct {
	at  time.Time
	pin int // of the claims, where the write renews it

	from, to              row
	begins, ends, resumes bool
}

// edges is what else is written with such a turn; nothing with any other.
func (r *Records) edges(ctx context.Context, before, after *Loaded, e edge) (also Also, err error) {
	was, is := &before.State.Head, &after.State.Head
	e.from, e.to = rowOf(*was), rowOf(*is)
	if !before.Stored {
		e.from = noRow
	}
	e.begins = was.Started.IsZero() && !is.Started.IsZero() && !neverRan(*is)
	e.ends = is.Status.Ended() && !was.Status.Ended()
	e.resumes = was.Status.Ended() && !is.Status.Ended()
	if e.from == e.to && !e.begins && !e.ends && !e.resumes && e.pin == 0 {
		return also, nil
	}
	d := &after.Deployment
	e.tell(d, *is)
	changes, err := r.moves(ctx, *d, e.from, e.to)
	if err != nil {
		return also, err
	}
	if e.begins {
		also.Told = append(also.Told, marked(*d, "DeploymentStarted", is.Started, 0))
	}
	if e.ends {
		also.Told = append(also.Told, marked(*d, "Deployment"+is.Status.Code(), is.Ended, is.TakenUp()))
	}
	if e.ends && is.Status == pipelines.Succeeded {
		changes = append(changes, table.Put(key("succeeded/"+d.ReleaseID, d.EnvironmentID), encode(d.EnvironmentID)))
	}
	if e.resumes {
		alive := activeKey(d.ID, is.TakenUp())
		changes = append(changes, table.Put(alive, encode(d.ID)), table.Put(takenUpKey(), encode(alive.Sort)))
	}
	left, err := r.leaves(ctx, after, e)
	if err != nil {
		return also, err
	}
	changes = append(changes, left...)
	index, err := r.index(ctx, before, after, e)
	also.Changes = append(changes, index...)
	return also, err
}

// neverRan says whether an end came before the deployment could begin: cancelled
// in the queue, or another one took its turn.
func neverRan(h graph.Head) bool {
	return h.Status == pipelines.Cancelled && h.Started.Equal(h.Ended)
}

// tell brings the record of the deployment up to its state.
func (e edge) tell(d *pipelines.Deployment, is graph.Head) {
	d.Status, d.Message = is.Status, is.Message
	if started := is.Started; !started.IsZero() && !neverRan(is) {
		d.Started = &started
	}
	if touched := is.Touched; !touched.IsZero() {
		d.Touched = &touched
	}
	if ended := is.Ended; e.ends {
		d.Finished = &ended
	}
	if e.resumes {
		d.Finished = nil
	}
}

// leaves are what the deployment's project and environment hold, and what was
// installed there. Whoever takes the place next must see it, so it is written
// when the place is given up and not only at the end.
func (r *Records) leaves(ctx context.Context, after *Loaded, e edge) ([]Change, error) {
	d, head := after.Deployment, after.State.Head
	var changes []Change
	switch {
	case e.from == slotRow || e.to == slotRow || e.begins || e.pin > 0:
		held, err := r.claims(ctx, after.Plan, d, head, e.pin)
		if err != nil {
			return nil, err
		}
		changes = held
	case e.ends:
		held, err := r.settledClaims(ctx, after.Plan, d)
		if err != nil {
			return nil, err
		}
		changes = held
	}
	if e.from != slotRow || e.to == slotRow {
		return changes, nil
	}
	installed, err := r.installs(ctx, after.Plan, d, after.State, e.at)
	return append(changes, installed...), err
}

// index are the changes of the record and its copies, if it says anything new.
// Who has changed the record since it was read has given the deployment up.
func (r *Records) index(ctx context.Context, before, after *Loaded, e edge) ([]Change, error) {
	d := after.Deployment
	record := encode(d)
	if before.Stored && bytes.Equal(record, encode(before.Deployment)) {
		return nil, nil
	}
	kept, listed := table.Replace(recordKey(d.ID), record, before.record), table.Put(indexKey(d), record)
	if !before.Stored {
		kept, listed = table.Create(recordKey(d.ID), record), table.Create(indexKey(d), record)
	}
	after.record = before.record + 1
	overtaken := false
	current, err := r.changeCurrent(ctx, d, func(c *Current) {
		overtaken = e.resumes && c.Since(before.Deployment) != nil
		c.arrived(d)
		if !after.State.Head.Blocked && (e.begins || e.to == slotRow && e.from != slotRow) {
			c.begun(d, e.begins)
		}
		if e.ends && d.Status == pipelines.Succeeded {
			c.succeeded(d)
		}
	})
	if err == nil && overtaken { // one has begun since the wish was judged: judge it again
		err = &table.ConflictError{Keys: []table.Key{current.Key}}
	}
	changes := []Change{current, kept, listed}
	if !before.Stored {
		changes = append(changes, listDeployed(d))
	}
	return changes, err
}

// become is a status as what has come about.
func become(s pipelines.Status) string {
	switch s {
	case pipelines.Succeeded, pipelines.Failed:
		return "has " + string(s)
	case pipelines.Cancelled, pipelines.Skipped:
		return "was " + string(s)
	}
	return "is " + string(s)
}

// marked is the audit entry of a deployment's start or end; takeups is how often
// it had been taken up again.
func marked(d pipelines.Deployment, category string, at time.Time, takeups int) pipelines.Event {
	by := pipelines.System("runner")
	message := d.Project + " " + d.Release + " to " + d.Environment + " " + become(d.Status)
	if d.Message != "" {
		message += ": " + d.Message
	}
	id := d.ID + "-" + category
	if takeups > 0 {
		id += fmt.Sprintf("-%d", takeups)
	}
	return pipelines.Event{
		ID: id, At: at, Category: category, Subject: d.ID,
		UserID: by.UserID, Username: by.Username, Via: by.Via, Message: message, Project: d.ProjectID, Environment: d.EnvironmentID, Related: []string{d.ProjectID, d.ReleaseID, d.EnvironmentID},
	}
}
