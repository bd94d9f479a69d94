package records

import (
	"context"
	"encoding/json"

	"slipway/pipelines"
	"slipway/runner/table"
)

// RemoveDamaged are the changes that take away the row of a user, team or user role
// that cannot be read, and the name that it took. id is like Teams-7. One that can
// be read is refused: it is removed as others are.
func (r *Records) RemoveDamaged(ctx context.Context, id string) ([]Change, error) {
	damaged, err := r.Damaged(ctx)
	if err != nil {
		return nil, err
	}
	for _, kind := range []Kind{Users, Teams, UserRoles} {
		for _, c := range damaged {
			if c.Key == nounKey(kind, id).String() {
				return r.removeDamaged(ctx, kind, id)
			}
		}
	}
	return nil, pipelines.Refuse(pipelines.NotFound, "there is no row %q of a user, team or user role that cannot be read: the page People shows those there are", id)
}

func (r *Records) removeDamaged(ctx context.Context, kind Kind, id string) ([]Change, error) {
	revision, err := r.Revision(ctx, kind, id)
	if err != nil {
		return nil, err
	}
	out := []Change{table.RemoveAt(nounKey(kind, id), revision)}
	for item, err := range table.All(ctx, r.table, table.Range{Partition: "names", Prefix: string(kind) + "/"}) {
		if err != nil {
			return nil, err
		}
		var of string
		if json.Unmarshal(item.Value, &of) == nil && of == id {
			out = append(out, table.Remove(item.Key))
		}
	}
	return out, nil
}
