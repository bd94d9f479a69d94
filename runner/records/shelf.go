package records

import (
	"context"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/versions"
	"slipway/runner/table"
)

// NewestPackage is the newest version of a package, and how many there are. The
// key of each names its version, so that only the newest is decoded.
func (r *Records) NewestPackage(ctx context.Context, id string) (newest pipelines.Package, count int, err error) {
	var last table.Item
	var of versions.Version
	for item, err := range table.All(ctx, r.table, table.Range{Partition: "package/" + pipelines.NameKey(id)}) {
		if err != nil {
			return newest, 0, err
		}
		count++
		text, _, _ := strings.Cut(item.Key.Sort, "/")
		v, err := versions.Parse(text)
		if count == 1 || err == nil && versions.Compare(v, of) > 0 {
			last, of = item, v
		}
	}
	if count == 0 {
		return newest, 0, nil
	}
	return newest, count, decode(last, &newest)
}
