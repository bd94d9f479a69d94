package records

import (
	"context"

	"slipway/pipelines"
	"slipway/runner/graph"
	"slipway/runner/table"
)

// row is how a deployment is found among those of its place.
type row int

const (
	noRow row = iota
	waitingRow
	slotRow
)

// rowOf follows from the state alone, so that the rows are right after every
// turn, however many events it took together.
func rowOf(h graph.Head) row {
	switch h.Stands() {
	case graph.PlaceWanted:
		return waitingRow
	case graph.PlaceHeld:
		return slotRow
	}
	return noRow
}

// moves are the changes from one row to another. That the slot is free is the
// condition by which two never have one place.
func (r *Records) moves(ctx context.Context, d pipelines.Deployment, from, to row) (out []Change, err error) {
	if from == to {
		return nil, nil
	}
	switch from {
	case waitingRow:
		out = append(out, table.Remove(waitingKey(d)))
	case slotRow:
		if out, err = r.leavesSlot(ctx, d); err != nil {
			return nil, err
		}
	}
	switch to {
	case waitingRow:
		out = append(out, table.Put(waitingKey(d), encode(d.ID)))
	case slotRow:
		out = append(out, table.Create(slotKey(d), encode(d.ID)))
	}
	return out, nil
}

// leavesSlot takes d's slot away, and nobody else's: somebody may have given d up
// meanwhile. A slot that nobody can read is d's, which has not been given up as
// long as its record is as it was read.
func (r *Records) leavesSlot(ctx context.Context, d pipelines.Deployment) ([]Change, error) {
	holder, revision, there, err := get[string](ctx, r, slotKey(d))
	_, damaged := Corrupt(err)
	switch {
	case damaged || err == nil && there && holder == d.ID:
		return []Change{table.RemoveAt(slotKey(d), revision)}, nil
	case err != nil:
		return nil, err
	}
	return nil, nil
}
