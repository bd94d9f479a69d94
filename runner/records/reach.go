package records

import (
	"bytes"
	"context"
	"sync"

	"slipway/pipelines"
	"slipway/runner/table"
)

// TargetToReach reads how a target is configured at this moment, which each
// attempt asks for. What is returned is shared with others who ask: whoever
// changes it copies first, or reads it by Target.
func (r *Records) TargetToReach(ctx context.Context, id string) (pipelines.Target, error) {
	item, err := r.table.Get(ctx, nounKey(Targets, id))
	if missing(err) || TooLarge(err) {
		return pipelines.Target{}, noNoun("target", id)
	}
	if err != nil {
		return pipelines.Target{}, err
	}
	return r.targets.decode(item)
}

// decodedTargets keeps targets beside the bytes that they were decoded from, and
// decodes those alone whose bytes are others now.
type decodedTargets struct {
	mu sync.Mutex
	of map[string]decodedTarget // by the sort key
}

type decodedTarget struct {
	value  []byte
	target pipelines.Target
}

const mostDecoded = 4096

func (d *decodedTargets) decode(item table.Item) (pipelines.Target, error) {
	d.mu.Lock()
	known, there := d.of[item.Key.Sort]
	d.mu.Unlock()
	if there && bytes.Equal(known.value, item.Value) {
		return known.target, nil
	}
	fresh := decodedTarget{value: item.Value}
	if err := decode(item, &fresh.target); err != nil {
		return pipelines.Target{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.of == nil || len(d.of) >= mostDecoded {
		d.of = map[string]decodedTarget{}
	}
	d.of[item.Key.Sort] = fresh
	return fresh.target, nil
}
