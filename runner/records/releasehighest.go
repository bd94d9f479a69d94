package records

import (
	"context"

	"slipway/pipelines/versions"
	"slipway/runner/table"
)

// highest is the highest number of a project's releases up to one of them. Those
// behind it are of programs that did not keep it.
type highest struct {
	Number  string `json:"number"`
	Through int    `json:"through"`
}

// HighestRelease is the highest number that a release of a project has, "" where
// none has one that can be compared.
func (r *Records) HighestRelease(ctx context.Context, projectID string) (string, error) {
	top, _, err := r.highest(ctx, projectID)
	return top.Number, err
}

func (r *Records) highest(ctx context.Context, projectID string) (top highest, revision int64, err error) {
	if top, revision, _, err = orNone[highest](ctx, r, highestKey(projectID)); err != nil {
		return top, 0, err
	}
	behind, err := all[ReleaseHead](ctx, r, table.Range{Partition: "project/" + projectID, From: "release/" + sequence(top.Through+1), Before: "release/~"})
	for _, head := range behind {
		top = top.with(head)
	}
	return top, revision, err
}

func (h highest) with(head ReleaseHead) highest {
	h.Through = max(h.Through, head.Sequence)
	v, err := versions.ParseRelease(head.Number)
	if err != nil {
		return h
	}
	if was, err := versions.ParseRelease(h.Number); h.Number == "" || err != nil || versions.Compare(v, was) > 0 {
		h.Number = head.Number
	}
	return h
}

// highestWith is the change by which a release may become the highest.
func (r *Records) highestWith(ctx context.Context, head ReleaseHead) (Change, error) {
	top, revision, err := r.highest(ctx, head.ProjectID)
	if err != nil {
		return Change{}, err
	}
	k, value := highestKey(head.ProjectID), encode(top.with(head))
	if revision == 0 {
		return table.Create(k, value), nil
	}
	return table.Replace(k, value, revision), nil
}

func highestKey(projectID string) table.Key { return key("project/"+projectID, "highest") }
