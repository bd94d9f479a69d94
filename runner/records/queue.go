package records

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"slipway/pipelines"
	"slipway/runner/table"
)

// Holder is the id of the deployment that holds the place of d's project and
// environment, or "".
func (r *Records) Holder(ctx context.Context, d pipelines.Deployment) (string, error) {
	id, _, _, err := get[string](ctx, r, slotKey(d))
	return id, err
}

// Queue are the ids of the deployments that wait for d's place, first come
// first.
func (r *Records) Queue(ctx context.Context, d pipelines.Deployment) ([]string, error) {
	var out []string
	for item, err := range table.All(ctx, r.table, table.Range{Partition: place(d), Prefix: "waiting/"}) {
		if err != nil {
			return nil, err
		}
		out = append(out, waits(item))
	}
	return out, nil
}

// waits is whose row it is. One that is damaged is told by its key, so that
// those behind it are still found.
func waits(item table.Item) string {
	var id string
	if decode(item, &id) == nil && id != "" {
		return id
	}
	n, _ := strconv.Atoi(strings.TrimPrefix(item.Key.Sort, "waiting/"))
	return fmt.Sprintf("Deployments-%d", n)
}

// Sweep takes away the row of a deployment that stands in others' way although
// it has ended. No turn leaves one behind; a restored or mended table may have
// one. It says whether there was any.
func (r *Records) Sweep(ctx context.Context, place pipelines.Deployment, id string) (bool, error) {
	for _, k := range []table.Key{slotKey(place), {Partition: slotKey(place).Partition, Sort: waitingKey(pipelines.Deployment{ID: id}).Sort}} {
		holds, at, there, err := get[string](ctx, r, k)
		if _, damaged := Corrupt(err); damaged || err == nil && (!there || holds != id) {
			continue
		}
		if err != nil {
			return false, err
		}
		d, revision, there, err := get[pipelines.Deployment](ctx, r, recordKey(id))
		if err != nil || there && d.Finished == nil {
			return false, err
		}
		ended := table.DemandAbsent(recordKey(id))
		if there {
			ended = table.Demand(recordKey(id), revision)
		}
		err = r.table.Write(ctx, table.RemoveAt(k, at), ended)
		return err == nil, ignoring(err, table.ErrConflict)
	}
	return false, nil
}

func ignoring(err, such error) error {
	if errors.Is(err, such) {
		return nil
	}
	return err
}
