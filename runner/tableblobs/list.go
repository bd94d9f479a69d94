package tableblobs

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"slipway/runner/blobs"
	"slipway/runner/table"
)

// List implements blobs.Blobs.
func (s *Store) List(ctx context.Context, prefix, after string, limit int) ([]blobs.Info, error) {
	large, err := s.large.List(ctx, prefix, after, limit)
	if err != nil {
		return nil, err
	}
	if limit == 0 {
		limit = blobs.MaxList
	}
	small, err := s.listSmall(ctx, prefix, after, limit)
	if err != nil {
		return nil, fmt.Errorf("list the blobs %s…: %w", prefix, err)
	}
	if len(small) == 0 {
		return large, nil
	}
	// Both are the beginning of what there is, so the beginning of both together is that of all.
	all := append(small, large...)
	slices.SortFunc(all, func(a, b blobs.Info) int { return cmp.Compare(a.Name, b.Name) })
	return all[:min(limit, len(all))], nil
}

func (s *Store) listSmall(ctx context.Context, prefix, after string, limit int) ([]blobs.Info, error) {
	if !strings.HasPrefix(prefix, s.under) && !strings.HasPrefix(s.under, prefix) {
		return nil, nil
	}
	r := table.Range{Partition: partition, Prefix: prefix, After: after, Limit: limit}
	if r.Check() != nil { // texts that no name has
		r.After = ""
		if r.Check() != nil {
			return nil, nil
		}
	}
	var found []blobs.Info
	for item, err := range table.All(ctx, s.table, r) {
		if err != nil {
			return nil, err
		}
		if len(found) == limit {
			break
		}
		if name := item.Key.Sort; name > after {
			found = append(found, described(name, item.Value))
		}
	}
	return found, nil
}
