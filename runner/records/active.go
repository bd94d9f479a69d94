package records

import (
	"context"
	"fmt"
	"strings"

	"slipway/runner/table"
)

// Active are the ids of all deployments that are not closed. Their rows are read
// by their keys alone, so that no damage to one hides the others.
func (r *Records) Active(ctx context.Context) ([]string, error) {
	var out []string
	for item, err := range table.All(ctx, r.table, table.Range{Partition: "active"}) {
		if err != nil {
			return nil, err
		}
		id, _, _ := strings.Cut(item.Key.Sort, "@")
		if len(out) == 0 || out[len(out)-1] != id {
			out = append(out, id)
		}
	}
	return out, nil
}

// activeKey is a row of its own for each time that a deployment was taken up
// again: so whoever takes the former one away, late, hides nothing.
func activeKey(id string, takeups int) table.Key {
	if takeups == 0 {
		return key("active", id)
	}
	return key("active", fmt.Sprintf("%s@%d", id, takeups))
}

// Retire takes a closed deployment off the list of those that are alive; takeups
// is how often it was taken up again before that. Whoever was to do so the times
// before may have died.
func (r *Records) Retire(ctx context.Context, id string, takeups int) error {
	if r.together() { // the turn that closed it has done so, as a rule
		return r.RetireLate(ctx, id, takeups)
	}
	var rows []Change
	for n := max(0, takeups-mostLeft); n <= takeups; n++ {
		rows = append(rows, table.Remove(activeKey(id, n)))
	}
	return r.table.Write(ctx, rows...)
}

// closing is what goes with the turn that closes a deployment, where a row more
// costs nothing.
func (r *Records) closing(was, is *Loaded) []Change {
	if !is.State.Head.Closed || was.State.Head.Closed || !r.together() {
		return nil
	}
	return []Change{table.Remove(activeKey(is.Deployment.ID, is.State.Head.TakenUp()))}
}

// mostLeft bounds the write; what is older still, RetireLate finds.
const mostLeft = 50

// RetireLate is Retire for a deployment that was closed before: as a rule it has
// been retired, and reading costs less than writing.
func (r *Records) RetireLate(ctx context.Context, id string, takeups int) error {
	for n := range takeups + 1 {
		_, err := r.table.Get(ctx, activeKey(id, n))
		if err == nil {
			err = r.table.Write(ctx, table.Remove(activeKey(id, n)))
		}
		if err != nil && !missing(err) {
			return err
		}
	}
	return nil
}
