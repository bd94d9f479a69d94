package records

import (
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
func moves(d pipelines.Deployment, from, to row) []Change {
	if from == to {
		return nil
	}
	var out []Change
	switch from {
	case waitingRow:
		out = append(out, table.Remove(waitingKey(d)))
	case slotRow:
		out = append(out, table.Remove(slotKey(d)))
	}
	switch to {
	case waitingRow:
		out = append(out, table.Put(waitingKey(d), encode(d.ID)))
	case slotRow:
		out = append(out, table.Create(slotKey(d), encode(d.ID)))
	}
	return out
}
